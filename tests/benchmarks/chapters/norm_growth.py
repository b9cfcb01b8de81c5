"""Losses that are quadratic near the origin, signs, and functions that are no norms; dyadic numbers below 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import sum_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norm_growth import half_square, logsumexp
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 16), (256, 1024))
FEW = ((16, 8), (4, 64))
AXES = "vectors x entries"


def eighths(rng: np.random.Generator, size: Size) -> Float64:
    """Multiples of 1/8 from -7/8 to 7/8."""
    return rng.integers(-7, 8, size) / 8


def reduced(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors along the last axis."""
    x = eighths(rng, size)
    return Inputs((x,), {"dim": -1}, given=(x,))


def alone(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors, one at a time or entry by entry."""
    return Inputs((eighths(rng, size),))


def exactly(value: Float64) -> Truth:
    """A value that no format rounds."""
    return Truth(value, np.zeros(value.shape))


def gauge(x: Float64, how: Arithmetic) -> Truth:
    """Sums of max(x, -2x)."""
    return sum_truth(np.maximum(x, -2 * x), how)


def capped(x: Float64, how: Arithmetic) -> Truth:
    """The sum of magnitudes, at most 1."""
    value, bound = sum_truth(np.abs(x), how)
    return Truth(np.minimum(value, 1.0), bound)


def signs(x: Float64, how: Arithmetic) -> Truth:  # noqa: ARG001
    """Signs."""
    return exactly(np.sign(x))


def first(x: Float64, how: Arithmetic) -> Truth:  # noqa: ARG001
    """The magnitude of the first entry."""
    return exactly(np.abs(x[..., 0]))


def no_curvature(x: Float64, how: Arithmetic) -> Truth:  # noqa: ARG001
    """The Hessian of a sum of magnitudes."""
    return exactly(np.zeros((*x.shape, x.shape[-1])))


ROWS = (
    Row("smooth_l1_loss huber_loss", FEW, AXES, alone, half_square),
    Row("hessian_of_l1", FEW, AXES, alone, no_curvature),
    Row("sign sgn", SIZES, AXES, alone, signs),
    Row("first_magnitude", SIZES, AXES, reduced, first),
    Row("asymmetric_gauge", SIZES, AXES, reduced, gauge),
    Row("logsumexp", SIZES, AXES, reduced, logsumexp),
    Row("capped_norm", SIZES, AXES, reduced, capped),
)
