"""General eigenvalue problems and determinants of normal matrices."""

from __future__ import annotations

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from reference.bounds import Balanced, balance
from reference.formats import Arithmetic
from reference.linear_algebra import eigen as reference
from reference.linear_algebra import eigen_kinds as kinds
from reference.linear_algebra import singularity
from reference.linear_algebra.residuals import Defect
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((64, 4, 4), (16, 16, 16), (2, 64, 64))
AXES = "matrices x rows x columns"
RESIDUALS = "residuals of NumPy's pairs, almost exactly, and their bounds"


def normal(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal matrices."""
    return Inputs((rng.standard_normal(size),))


def factors(rng: np.random.Generator, size: Size) -> Inputs:
    """V, upper triangular with ones, and small eigenvalues."""
    v = np.broadcast_to(np.triu(np.ones(size[1:])), size).copy()
    return Inputs((v, rng.choice([-1.0, 0.5, 1.0], size[:2])))


def factors_and_exponent(rng: np.random.Generator, size: Size) -> Inputs:
    """V, w and 3."""
    return Inputs((*factors(rng, size).args, 3))


def defects(a: Float64, how: Arithmetic) -> Defect:
    """How far NumPy's pairs are from eigenpairs, and what is allowed."""
    w, v = np.linalg.eig(a)
    return reference.pair_defects(a, w + 0j, v + 0j, balance(a), how)


def distances(a: Float64, how: Arithmetic) -> Float64:
    """How far B - l I is from singular for NumPy's eigenvalues."""
    return reference.distance_to_singularity(np.linalg.eigvals(a) + 0j, balance(a), how)[0]


def put_together(v: Float64, w: Float64, how: Arithmetic) -> Truth:
    """V diag(w) V^-1 and the rounding of it."""
    return powered(v, w, 1, how)


def powered(v: Float64, w: Float64, k: int, how: Arithmetic) -> Truth:
    """V diag(w)^k V^-1 and the rounding of it."""
    flat = Balanced(v, np.ones(w.shape), np.ones(len(w)))
    basis = reference.basis(v, v + 0j, flat, how)
    error = reference.synthesis_error(basis, v + 0j, w + 0j, k, how)
    return Truth((v * w[:, None, :] ** k) @ np.linalg.inv(v), error)


def rows_of_inverse(v: Float64, w: Float64, how: Arithmetic) -> Float64:
    """How far rows of V^-1 may be from left eigenvectors."""
    flat = Balanced(v, np.ones(w.shape), np.ones(len(w)))
    basis = reference.basis(v, v + 0j, flat, how)
    return kinds.rows_of_inverse_error(v, w + 0j, basis, how)


def determinants(a: Float64, how: Arithmetic) -> Truth:
    """The determinant with the bound by SciPy's factors."""
    return singularity.determinant(a, [singularity.Factors(*scipy.linalg.lu(a)[1:])], how)


def ranks(a: Float64, _: Arithmetic) -> NDArray[np.int64]:
    """Exact ranks."""
    return singularity.ranks(a)


SMALL = ORDERS[:2]
BY_FACTORS = "determinant and error bound by given factors"

ROWS = (
    Row("eig", ORDERS, AXES, normal, defects, RESIDUALS),
    Row("eigvals", SMALL, AXES, normal, distances, "distance of the shifted matrix from singular"),
    Row("synthesis synthesis_by_diagonal synthesis_by_solve", ORDERS, AXES, factors, put_together),
    Row("inv_of_vectors", ORDERS, AXES, factors, rows_of_inverse, "error bound of the rows as left eigenvectors"),
    Row("power_of_synthesis", ORDERS, AXES, factors_and_exponent, powered),
    Row("sum_of_eigenvalues", ORDERS, AXES, normal, lambda a, how: reference.trace(a, balance(a), how)),
    Row(
        "product_of_eigenvalues",
        SMALL,
        AXES,
        normal,
        lambda a, how: reference.product_of_eigenvalues(a, balance(a), how),
    ),
    Row("matrix_rank", SMALL, AXES, normal, ranks, "exact ranks"),
    Row("determinant", SMALL, AXES, normal, determinants),
    Row("slogdet lu lu_factor_ex inv_ex", SMALL, AXES, normal, lambda a, how: determinants(a, how).value, BY_FACTORS),
)
