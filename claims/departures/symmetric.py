"""Where eigenvalues and factors of symmetric matrices are wrong: NaN from numbers, numbers from NaN."""

from __future__ import annotations

from typing import Any

from claims import departure
from claims.frame.inputs.general import General
from claims.frame.inputs.gram_eigenvalues import Laeuchli
from claims.frame.inputs.spectra import Gallery, MatrixRegime, PrescribedSpectrum
from claims.frame.inputs.svd_and_eigen import NearlyEqual, Normal
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.plan import CallPlan
from claims.linear_algebra.definiteness import definiteness_by_eigenvalues
from claims.linear_algebra.gram_eigenvalues import LARGEST, singular_values_sqrt_gram_eigenvalues
from claims.linear_algebra.singular_vectors import left_singular_vectors, right_singular_vectors
from claims.linear_algebra.svd_and_eigen import svd_symmetric_relation
from claims.linear_algebra.symmetric_eigen import (
    eigenvalue_ordering,
    spectral_decomposition_uniqueness,
    spectral_theorem,
)

NAN: dict[str, Any] = {
    "summary": "torch.linalg.eigh and eigvalsh in float32 on the CPU give NaN for one or two eigenvalues of some"
    " symmetric matrices of low rank, of order 7 or above, or raise an error saying that they did not converge",
    "devices": ("cpu",),
    "dtypes": ("float32",),
    "script": "eigh_low_rank_nan",
}
SMALLEST = 7
"""The least order at which that was seen."""


@departure(
    spectral_theorem,
    eigenvalue_ordering,
    definiteness_by_eigenvalues,
    operations=("eigh", "eigvalsh"),
    **NAN,
)
def eigenvalues_of_low_rank_are_nan(plan: CallPlan, A: Symmetric) -> bool:
    """Matrices of rank one, with a multiple of I or without, scaled by powers of two or not."""
    return A.n >= SMALLEST and A.kind in {"rank-one", "ones"}


@departure(
    spectral_decomposition_uniqueness,
    operations=("eigh",),
    **NAN,
)
def eigenvectors_of_low_rank_are_nan(plan: CallPlan, A: Symmetric, simple: Symmetric) -> bool:
    """The same matrices."""
    return eigenvalues_of_low_rank_are_nan(plan, A)


@departure(
    singular_values_sqrt_gram_eigenvalues,
    operations=("column_gram_spectrum", "row_gram_spectrum", "singular_values_by_gram"),
    **NAN,
)
def gram_spectra_of_low_rank_are_nan(plan: CallPlan, A: MatrixRegime) -> bool:
    """Gram matrices of rank one, or whose small eigenvalues underflow or are below the rounding errors."""
    order = max((side for side in (A.rows, A.cols) if side <= LARGEST), default=0)
    low = min(A.rows, A.cols) == 1
    if isinstance(A, Gallery):
        low = low or A.name in {"rank-one", "ones", "nearly-ones", "half-rank"}
    if isinstance(A, PrescribedSpectrum):
        low = low or (A.spectrum == "logrand" and A.scale != "one")
    if isinstance(A, Laeuchli):
        low = A.scale != "one"
    return order >= SMALLEST and low


@departure(svd_symmetric_relation, operations=("absolute_eigenvalues", "svd_by_eigh"), **NAN)
def absolute_eigenvalues_of_low_rank_are_nan(plan: CallPlan, A: Symmetric | NearlyEqual, N: Normal, G: General) -> bool:
    """The same matrices."""
    return isinstance(A, Symmetric) and eigenvalues_of_low_rank_are_nan(plan, A)


@departure(left_singular_vectors, operations=("eigh_of_rows_gram",), **NAN)
def row_gram_vectors_of_low_rank_are_nan(plan: CallPlan, A: MatrixRegime) -> bool:
    """The same Gram matrices."""
    return gram_spectra_of_low_rank_are_nan(plan, A)


@departure(right_singular_vectors, operations=("eigh_of_columns_gram",), **NAN)
def column_gram_vectors_of_low_rank_are_nan(plan: CallPlan, A: MatrixRegime) -> bool:
    """The same Gram matrices."""
    return gram_spectra_of_low_rank_are_nan(plan, A)


@departure(
    spectral_theorem,
    summary="torch.linalg.eigh and eigvalsh of a matrix with a NaN may return finite eigenvalues: (-1.4, 1.4) for"
    " ((NaN, 1), (1, 1)), where the singular values raise an error",
    operations=("eigh", "eigvalsh"),
    devices=("cpu",),
    dtypes=("float32", "float64"),
    script="eigvalsh_hides_nan",
)
def eigenvalues_of_nan_are_finite(plan: CallPlan, A: Symmetric) -> bool:
    """No trial: the matrices of the claim are finite."""
    return False


@departure(
    definiteness_by_eigenvalues,
    summary="float32 on the CPU: torch.linalg.cholesky_ex of a subnormal multiple of I says that it is not positive"
    " definite, and ldl_factor_ex returns NaN and reports success",
    operations=("cholesky_succeeds",),
    devices=("cpu",),
    dtypes=("float32",),
    script="cholesky_subnormal",
    hardware="CPUs for which MKL has its AVX2 or SSE4.2 code; with AVX-512 only LDL^T is wrong",
)
def factors_of_subnormal_matrices_are_nan(plan: CallPlan, A: Symmetric) -> bool:
    """No trial: the claim leaves open what becomes of numbers that may underflow."""
    return False
