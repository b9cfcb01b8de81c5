"""Sums of magnitudes and squares, maxima, and their derivatives; integers, whose sums most formats hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth, norm_truth, sum_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norm_family import derivative_of_norm, derivative_of_square, hessian_of_norm
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 16), (256, 1024))
FEW = ((16, 8), (4, 64))
BLOCKS = ((64, 4, 4), (16, 32, 32))
AXES = "vectors x entries"


def integers(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, the first of each row 1."""
    x = rng.integers(-3, 4, size).astype(np.float64)
    x[..., 0] = 1.0
    return x


def reduced(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors along the last axis."""
    x = integers(rng, size)
    return Inputs((x,), {"dim": -1}, given=(x,))


def alone(rng: np.random.Generator, size: Size) -> Inputs:
    """Vectors, one at a time; for matrices the reference takes all entries as one vector."""
    x = integers(rng, size)
    return Inputs((x,), given=(x.reshape(len(x), -1),))


def along_itself(rng: np.random.Generator, size: Size) -> Inputs:
    """A vector and a direction."""
    return Inputs((integers(rng, size), integers(rng, size)))


def magnitudes(x: Float64, how: Arithmetic) -> Truth:
    """Sums of magnitudes."""
    return sum_truth(np.abs(x), how)


def largest(x: Float64, _: Arithmetic) -> Float64:
    """The largest entry."""
    return np.asarray(x.max(-1))


def squares(x: Float64, how: Arithmetic) -> Truth:
    """Sums of squares, each stored."""
    return dot_truth(x, x, how, rounded_products=True)


def twice_the_identity(x: Float64, how: Arithmetic) -> Truth:  # noqa: ARG001
    """The Hessian of the squared norm."""
    return Truth(2 * np.eye(x.shape[-1]), np.zeros(()))


ROWS = (
    Row("sum_of_magnitudes", SIZES, AXES, reduced, magnitudes),
    Row("largest_magnitude maximum_of_magnitudes", SIZES, AXES, reduced, lambda x, how: norm_truth(x, np.inf, how)),
    Row("smallest_and_largest smallest_and_largest_apart", SIZES, AXES, reduced, largest, "the largest entry"),
    Row("sum_of_squares sum_of_second_powers product_with_itself", SIZES, AXES, reduced, squares),
    Row("l1_loss", FEW, AXES, alone, magnitudes),
    Row("mse_loss", FEW, AXES, alone, squares),
    Row(
        "frobenius_by_einsum linalg_norm_of_matrix",
        BLOCKS,
        "matrices x rows x columns",
        alone,
        lambda x, how: norm_truth(x, 2, how),
    ),
    Row("derivative_of_square", FEW, AXES, along_itself, derivative_of_square),
    Row("norm_along", FEW, AXES, along_itself, derivative_of_norm),
    Row("hessian_of_square", FEW, AXES, alone, twice_the_identity),
    Row("hessian_of_norm", FEW, AXES, alone, hessian_of_norm),
)
