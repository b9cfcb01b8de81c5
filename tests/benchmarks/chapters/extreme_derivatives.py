"""Derivatives of elementary functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import extreme_derivatives as reference
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES, AXES = ((16, 16), (64, 64)), "vectors x numbers"


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Arguments of the exponential."""
    x = rng.uniform(-2, 2, size)
    return Inputs((x, "exp", 1), given=(x,))


def slopes(x: NDArray[np.float64], how: Arithmetic) -> Truth:
    """Derivatives of the exponential."""
    return reference.derivative("exp", x, how.result)


ROWS = (Row("repeated_slope", SIZES, AXES, numbers, slopes, "derivative, in balls"),)
