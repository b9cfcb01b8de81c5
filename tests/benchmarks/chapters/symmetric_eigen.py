"""Symmetric eigenvalue problems; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.residuals import Defect
from reference.linear_algebra.symmetric_eigen import eigenvalues, orthogonality, quadratic_forms, reconstruction
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
AXES = "matrices x rows x columns"
RESIDUALS = "residuals of given factors, almost exactly, and their bounds"


def symmetric(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, mirrored."""
    lower = np.tril(rng.integers(-3, 4, size).astype(np.float64))
    return np.asarray(lower + np.tril(lower, -1).swapaxes(-1, -2))


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """One matrix an instance."""
    return Inputs((symmetric(rng, size),))


def decomposed(rng: np.random.Generator, size: Size) -> Inputs:
    """The reference judges factors, so it is given NumPy's."""
    a = symmetric(rng, size)
    return Inputs((a,), given=(a, *np.linalg.eigh(a)))


def vector_and_matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """x and A of x^T A x."""
    return Inputs((rng.integers(-3, 4, size[:-1]).astype(np.float64), symmetric(rng, size)))


def defects(a: Float64, values: Float64, q: Float64, how: Arithmetic) -> list[Defect]:
    """How far factors are from a decomposition, and what is allowed."""
    return [reconstruction(a, values, q, how), orthogonality(q, how)]


def form(x: Float64, a: Float64, how: Arithmetic) -> Truth:
    """x^T A x and its bound."""
    return quadratic_forms(a, x, how)


ROWS = (
    Row("eigh descending_eigh real_eigenvectors", ORDERS, AXES, decomposed, defects, RESIDUALS),
    Row("eigvalsh", ORDERS, AXES, matrix, eigenvalues),
    Row("quadratic_form", ORDERS, AXES, vector_and_matrix, form),
)
