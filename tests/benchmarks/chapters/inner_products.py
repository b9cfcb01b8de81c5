"""Inner products, squared norms and cosines; integers, whose sums most formats hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth
from reference.formats import Arithmetic
from reference.linear_algebra.inner_products import (
    angle_of,
    complex_squares,
    cosine_by_norms,
    cosine_of_quotients,
    embedding_losses,
    planar_angle,
    square_of_norm,
)
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 16), (256, 1024))
FEW = ((16, 8), (4, 64))
PLANE = ((256, 2), (16384, 2))
AXES = "vectors x entries"


def _integers(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, the first of each row 1."""
    x = rng.integers(-3, 4, size).astype(np.float64)
    x[..., 0] = 1.0
    return x


def pair(rng: np.random.Generator, size: Size) -> Inputs:
    """Two vectors an instance."""
    return Inputs((_integers(rng, size), _integers(rng, size)))


def reduced(rng: np.random.Generator, size: Size) -> Inputs:
    """Two vectors along the last axis."""
    x, y = pair(rng, size).args
    return Inputs((x, y), {"dim": -1}, given=(x, y))


def clamped(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with the norms clamped."""
    x, y = pair(rng, size).args
    return Inputs((x, y), {"dim": -1, "eps": 1e-8}, given=(x, y))


def one(rng: np.random.Generator, size: Size) -> Inputs:
    """One vector an instance."""
    x = _integers(rng, size)
    return Inputs((x,), {"dim": -1}, given=(x,))


def targeted(rng: np.random.Generator, size: Size) -> Inputs:
    """Two vectors that are to be alike."""
    x, y = pair(rng, size).args
    return Inputs((x, y, 1.0), given=(x, y))


def stored(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Every product stored."""
    return dot_truth(x, y, how, rounded_products=True)


def cosine(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The cosine with torch's default eps."""
    return cosine_of_quotients(x, y, 1e-8, how)


def unit_cosine(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The cosine of normalized vectors."""
    return cosine_of_quotients(x, y, 1e-12, how, rounded_products=False)


def theta(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The angle."""
    return angle_of(cosine(x, y, how), how.result)


def conjugated(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """conj(z) . z for z = x + iy."""
    return complex_squares(x, y, how).conjugated


def unconjugated(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """z . z for z = x + iy."""
    return complex_squares(x, y, how).plain


def attraction(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """1 - cos."""
    return embedding_losses(x, y, how)[0]


ROWS = (
    Row("vdot inner tensordot dot_by_einsum dot_by_matmul dot_by_mv", FEW, AXES, pair, dot_truth),
    Row("dot_by_bmm", SIZES, AXES, pair, dot_truth),
    Row("vecdot", SIZES, AXES, reduced, stored),
    Row("squared_vector_norm", SIZES, AXES, one, square_of_norm),
    Row("complex_vdot", FEW, AXES, pair, conjugated),
    Row("complex_dot", FEW, AXES, pair, unconjugated),
    Row("complex_vecdot", SIZES, AXES, pair, conjugated),
    Row("cosine_similarity cosine_similarity_layer", SIZES, AXES, clamped, cosine),
    Row("cosine_by_norms", FEW, AXES, pair, cosine_by_norms),
    Row("cosine_of_normalized", FEW, AXES, pair, unit_cosine),
    Row("cosine_embedding_loss", SIZES, AXES, targeted, attraction),
    Row("angle", SIZES, AXES, reduced, theta),
    Row("planar_angle", PLANE, AXES, pair, planar_angle),
)
