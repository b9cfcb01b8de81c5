"""Functions with kinks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import kinks as reference
from reference.formats import Arithmetic
from tests.benchmarks.row import Inputs, Row, Size

SIZES, AXES = ((64, 16), (64, 1024)), "vectors x numbers"


def magnitudes(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers and directions, for magnitudes."""
    x, d = rng.standard_normal(size), np.ones(size)
    return Inputs((x, None, "abs"), given=(x, d))


def maxima(rng: np.random.Generator, size: Size) -> Inputs:
    """Whole numbers and directions, for maxima."""
    x, d = rng.integers(-3, 4, size).astype(np.float64), np.ones(size)
    return Inputs((x, None, "amax"), given=(x, d))


def slopes(x: NDArray[np.float64], d: NDArray[np.float64], how: Arithmetic) -> NDArray[np.float64]:  # noqa: ARG001
    """Derivatives of the magnitude."""
    return reference.derivative("abs", x, d)


def of_maxima(x: NDArray[np.float64], d: NDArray[np.float64], how: Arithmetic) -> NDArray[np.float64]:  # noqa: ARG001
    """Derivatives of the maximum."""
    return reference.derivative("amax", x, d)


ROWS = (
    Row("curve", SIZES, AXES, magnitudes, slopes, "directional derivative"),
    Row("of_vectors", SIZES, AXES, maxima, of_maxima, "directional derivative"),
)
