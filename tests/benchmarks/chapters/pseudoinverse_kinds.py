"""Right inverses and pseudoinverses of diagonal matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.pseudoinverse import pseudoinverses
from reference.linear_algebra.pseudoinverse_kinds import by_right_formula, reciprocals
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

AXES = "matrices x rows x columns"


def wide(rng: np.random.Generator, size: Size) -> Inputs:
    """Small integers, with more on the diagonal."""
    return Inputs((rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:]),))


def diagonal(rng: np.random.Generator, size: Size) -> Inputs:
    """Every other entry of the diagonal is zero."""
    d = rng.standard_normal(size) * np.eye(*size[-2:])
    d[:, ::2] = 0
    return Inputs((d,))


def right_inverse(a: Float64, how: Arithmetic) -> Truth:
    """A^T (A A^T)^-1 by exact rationals."""
    return by_right_formula(pseudoinverses(a), how)


ROWS = (
    Row("right_inverse_by_normal_equations", ((16, 3, 4), (8, 6, 8)), AXES, wide, right_inverse),
    Row("diagonal_reciprocals", ((16, 4, 3), (64, 16, 16), (64, 64, 64)), AXES, diagonal, reciprocals),
)
