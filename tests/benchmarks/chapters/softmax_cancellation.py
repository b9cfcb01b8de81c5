"""The loss of a leading class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.losses import softmax_cancellation as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]


def leading(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal logits, the first of which leads by 8 at least."""
    x = -np.abs(rng.standard_normal(size)) - 8
    x[:, 0] = 0.0
    top = np.zeros(len(x), np.int64)
    return Inputs((x, top), {}, (x, top))


def loss(x: Float64, top: NDArray[np.int64], how: Arithmetic) -> Truth:
    """log(1 + s)."""
    return reference.relative_loss(reference.remainder(x, top, UNITS_CPU, how), UNITS_CPU, how)


ROWS = (Row("log1p_loss", ((256, 10), (256, 1000)), "rows x classes", leading, loss),)
