"""Norms of windows, and vectors scaled into a ball."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds.norms import POW_CPU
from reference.formats import Arithmetic
from reference.linear_algebra import norm_uses as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((16, 8), (64, 512))
AXES = "vectors x entries"


def windows(rng: np.random.Generator, size: Size) -> Inputs:
    """Windows of four entries."""
    return Inputs((rng.integers(-3, 4, size).astype(np.float64), 2.0, 4))


def long_vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors that are scaled to the norm 1/2."""
    return Inputs((rng.integers(1, 4, size).astype(np.float64), 2.0, 0.5))


def pooled(x: Float64, p: float, size: int, how: Arithmetic) -> Truth:
    """Norms of windows."""
    return reference.window_norms(x, p, size, how, pow_error=POW_CPU)


def scaled(x: Float64, p: float, largest: float, how: Arithmetic) -> Truth:
    """Vectors in the ball."""
    return reference.renormed(x, p, largest, how, pow_error=POW_CPU)


ROWS = (
    Row("pooled_norms", SIZES, AXES, windows, pooled),
    Row("renormed", SIZES, AXES, long_vectors, scaled),
)
