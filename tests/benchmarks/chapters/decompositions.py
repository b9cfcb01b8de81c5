"""Singular values, pseudoinverses and least squares; matrices of small integers, which every format holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra import pseudoinverse
from reference.linear_algebra.residuals import Defect
from reference.linear_algebra.svd import orthogonality, reconstruction, singular_values
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SPECTRA = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
SYSTEMS = ((16, 4, 3), (8, 8, 6))
SQUARES = ((16, 3, 3), (8, 6, 6))
AXES = "matrices x rows x columns"
GRAM = "Q^T Q of NumPy's Q, almost exactly, and its bound"


def integers(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -3 to 3, and 4 more on the diagonal."""
    return rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:])


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """One matrix an instance."""
    return Inputs((integers(rng, size),))


def decomposed(rng: np.random.Generator, size: Size) -> Inputs:
    """The reference judges factors, so it is given NumPy's."""
    a = integers(rng, size)
    return Inputs((a,), {"full_matrices": False}, given=(a, *np.linalg.svd(a, full_matrices=False)))


def with_v(rng: np.random.Generator, size: Size) -> Inputs:
    """The same without a choice of full factors."""
    a, *factors = decomposed(rng, size).given or ()
    return Inputs((a,), given=(a, *factors))


def with_q(rng: np.random.Generator, size: Size) -> Inputs:
    """The reference judges orthonormal columns, so it is given NumPy's."""
    a = integers(rng, size)
    return Inputs((a,), given=(np.linalg.qr(a)[0],))


def reflectors(rng: np.random.Generator, size: Size) -> Inputs:
    """LAPACK's Householder vectors below the diagonal, and their factors."""
    a = integers(rng, size)
    h, tau = np.linalg.qr(a, mode="raw")
    return Inputs((h.swapaxes(-1, -2), tau), given=(np.linalg.qr(a)[0],))


def system(rng: np.random.Generator, size: Size) -> Inputs:
    """A tall system with one right-hand side."""
    return Inputs((integers(rng, size), rng.integers(-4, 5, (*size[:-1], 1)).astype(np.float64)))


def driven(rng: np.random.Generator, size: Size) -> Inputs:
    """The same for the only LAPACK driver that every device has."""
    args = system(rng, size).args
    return Inputs(args, {"driver": "gels"}, given=args)


def defects(a: Float64, u: Float64, s: Float64, vh: Float64, how: Arithmetic) -> list[Defect]:
    """How far factors are from a decomposition, and what is allowed."""
    size = max(a.shape[-2:])
    factors = (u, vh.swapaxes(-1, -2))
    return [reconstruction(a, u, s, vh, how), *(orthogonality(q, size, how) for q in factors)]


def columns(q: Float64, how: Arithmetic) -> Defect:
    """How far columns are from orthonormal ones, and what is allowed."""
    return orthogonality(q, q.shape[-2], how)


def moore_penrose(a: Float64, how: Arithmetic) -> Truth:
    """A^+ by exact rationals."""
    return pseudoinverse.pseudoinverse_truth(pseudoinverse.pseudoinverses(a), *a.shape[-2:], how)


def inverse(a: Float64, how: Arithmetic) -> Truth:
    """A^-1 by exact rationals."""
    return pseudoinverse.inverse_truth(pseudoinverse.pseudoinverses(a), how)


def least_squares(method: str) -> Any:  # noqa: ANN401  a reference
    """A^+ y by exact rationals, and what a method may miss."""

    def truth(a: Float64, y: Float64, how: Arithmetic) -> Truth:
        exact = pseudoinverse.solutions(a, y)
        return Truth(exact.x, pseudoinverse.accuracy(exact, exact.x, method, how).solution[:, 0])

    return truth


ROWS = (
    Row("svd", SPECTRA, AXES, decomposed, defects, "residuals of given factors, almost exactly, and their bounds"),
    Row("svd_with_v", SPECTRA, AXES, with_v, defects, "residuals of given factors, almost exactly, and their bounds"),
    Row("qr geqrf", SPECTRA, AXES, with_q, columns, GRAM),
    Row("householder_product", SPECTRA, AXES, reflectors, columns, GRAM),
    Row("orthogonal_", ((16, 16), (64, 64)), "rows x columns", with_q, columns, GRAM),
    Row("svdvals", SPECTRA, AXES, matrix, lambda a, how: singular_values(a, how).alone),
    Row("pinv pinverse", SYSTEMS, AXES, matrix, moore_penrose),
    Row("inv", SQUARES, AXES, matrix, inverse),
    Row("least_squares", SYSTEMS, AXES, driven, least_squares("gels")),
    Row("least_squares_by_qr", SYSTEMS, AXES, system, least_squares("qr")),
    Row("least_squares_by_normal_equations", SYSTEMS, AXES, system, least_squares("normal equations")),
)
