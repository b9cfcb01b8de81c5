"""Derivatives of distances and unit vectors along a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra import distance_derivatives as reference
from reference.linear_algebra.norm_family import derivative_of_norm
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((8, 4), (8, 64))
AXES = "vectors x entries"
EPS = 2.0**-10


def apart(rng: np.random.Generator, size: Size) -> Inputs:
    """Two points and two directions."""
    x, y, t, s = rng.integers(-3, 4, (4, *size)).astype(np.float64)
    return Inputs((x, y + 8, t, s, 2.0))


def directed(rng: np.random.Generator, size: Size) -> Inputs:
    """A point other than the origin and a direction."""
    x, t = rng.integers(-3, 4, (2, *size)).astype(np.float64)
    return Inputs((x + 4, t))


def directed_with_eps(rng: np.random.Generator, size: Size) -> Inputs:
    """With the norm below which a vector is not normalised."""
    return Inputs((*directed(rng, size).args, EPS))


def distances(x: Float64, y: Float64, t: Float64, s: Float64, p: float, how: Arithmetic) -> Truth:
    """The derivative of the distance along (t, s)."""
    return reference.along(reference.gradient_of_distance(x, y, p, how), x - y, t - s, p, how)


def roots(x: Float64, t: Float64, how: Arithmetic) -> Float64:
    """What the derivative of the root is compared with."""
    return derivative_of_norm(x, t, how).value


ROWS = (
    Row("distance_along", SIZES, AXES, apart, distances),
    Row("root_of_squares_along", SIZES, AXES, directed, roots, "value, and error bound"),
    Row("normalize_along", SIZES, AXES, directed_with_eps, reference.direction_derivative),
)
