"""Training of a network whose hidden units are tensors of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.initialization import starting_point as reference
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]


def networks(rng: np.random.Generator, size: Size) -> Inputs:
    """Two outputs, four examples, one step by SGD; the reference makes an exact one from whole numbers."""
    h, m = size
    w, v, x, t = (rng.integers(-1, 2, shape).astype(np.float64) for shape in ((h, m), (2, h), (4, m), (4, 2)))
    return Inputs((w, v, x, t, "relu", "SGD", 1), {"lr": reference.RATE}, given=tuple(a[None] for a in (w, v, x, t)))


def step(w: Float64, v: Float64, x: Float64, t: Float64, how: Arithmetic) -> Float64:
    """The weights after a step."""
    return reference.step(w, v, x, t, how.result).w


ROWS = (Row("trained_units", ((3, 3), (16, 64)), "units x inputs", networks, step, "the weights after a step"),)
