"""Tests of definiteness and quadratic forms; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.definiteness import cholesky_succeeds, factored_forms, positive_pivots
from reference.linear_algebra.symmetric_eigen import quadratic_forms
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
AXES = "matrices x rows x columns"
VERDICTS = "whether it must be so, must not, or may"


def gram(rng: np.random.Generator, size: Size) -> Inputs:
    """Gram matrices plus I of integers from -3 to 3."""
    b = rng.integers(-3, 4, size).astype(np.float64)
    return Inputs((b @ b.swapaxes(-1, -2) + np.eye(size[-1]),))


def every_pivot(a: Float64, how: Arithmetic) -> Truth:
    """The same verdict for each of n pivots: these matrices are definite."""
    return Truth(*(part[..., None] for part in positive_pivots(a, how)))


def vector_and_matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """x and A of x^T A x, in this order; the reference takes A first."""
    (a,), *_ = gram(rng, size)
    x = rng.integers(-3, 4, size[:-1]).astype(np.float64)
    return Inputs((x, a), given=(a, x))


ROWS = (
    Row("cholesky_succeeds", ORDERS, AXES, gram, cholesky_succeeds, VERDICTS),
    Row("pivot_signs", ORDERS, AXES, gram, every_pivot, VERDICTS),
    Row("form_by_right_product form_by_einsum", ORDERS, AXES, vector_and_matrix, quadratic_forms),
    Row("form_by_factor", ORDERS, AXES, vector_and_matrix, factored_forms),
)
