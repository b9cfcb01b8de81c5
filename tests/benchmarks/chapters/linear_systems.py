"""Inverses, left inverses and linear systems; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import Consistent, by_first_rows, by_normal_equations
from reference.linear_algebra.pseudoinverse import inverse_truth, pseudoinverses
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SQUARES = ((16, 3, 3), (8, 6, 6))
TALL = ((16, 4, 3), (8, 8, 6))
AXES = "matrices x rows x columns"


def integers(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, and 4 more on the diagonal."""
    return rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:])


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """One matrix an instance."""
    return Inputs((integers(rng, size),))


def identity_on_the_right(rng: np.random.Generator, size: Size) -> Inputs:
    """A X = I."""
    a = integers(rng, size)
    return Inputs((a, np.broadcast_to(np.eye(size[-1]), size).copy()), given=(a,))


def one_axis(rng: np.random.Generator, size: Size) -> Inputs:
    """A tensor whose first axis makes the rows."""
    return Inputs((integers(rng, size),), {"ind": 1})


def inverse(a: Float64, how: Arithmetic) -> Truth:
    """A^-1 by exact rationals."""
    return inverse_truth(pseudoinverses(a), how)


def consistent(a: Float64) -> Consistent:
    """A system with the solution zero."""
    zero = np.zeros((*a.shape[:-2], 1, 1))
    return Consistent(a, zero * a[..., :1], zero * a.swapaxes(-1, -2)[..., :1], pseudoinverses(a))


def by_gram_matrix(a: Float64, how: Arithmetic) -> Truth:
    """A^+ by exact rationals, and ||A^+|| times what X A may miss of the identity: X A A^+ = X."""
    system = consistent(a)
    norms = system.inverses.norms
    return Truth(system.inverses.value, by_normal_equations(system, how) * norms.inverse)


def of_first_rows(a: Float64, how: Arithmetic) -> Truth:
    """T^-1 beside zeros by exact rationals, and the same bound with T^-1."""
    top = pseudoinverses(a[:, : a.shape[-1]])
    value = np.concatenate((top.value, np.zeros((*top.value.shape[:-1], a.shape[-2] - a.shape[-1]))), -1)
    return Truth(value, by_first_rows(consistent(a), how) * top.norms.inverse)


ROWS = (
    Row("inverse", SQUARES, AXES, matrix, inverse),
    Row("tensorinv", ((3, 3), (6, 6)), "rows x columns", one_axis, lambda a, how: inverse(a[None], how)),
    Row("solve", SQUARES, AXES, identity_on_the_right, inverse),
    Row("left_inverse_by_normal_equations", TALL, AXES, matrix, by_gram_matrix),
    Row("left_inverse_of_first_rows", TALL, AXES, matrix, of_first_rows),
)
