"""Singular matrices: exactly those with a zero eigenvalue, a zero determinant, a zero singular value, a null vector."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.general import General, maybe_singular
from claims.frame.inputs.powers import JordanBlock, JordanPower
from claims.frame.inputs.spectra import only
from claims.frame.inputs.systems import ExactRank
from claims.frame.subject import Subject
from reference.linear_algebra import singularity as reference
from reference.linear_algebra.eigen import multiplicities
from reference.linear_algebra.symmetric_eigen import eigenvalues


@claim(
    title="A matrix is singular iff it has a zero eigenvalue",
    statement=r"\det A=0\iff0\in\operatorname{spec}(A)\iff\exists v\ne0:Av=0\iff\sigma_{\min}(A)=0",
    hypotheses="A square",
    correction="in floating point a determinant or an eigenvalue tells little: only a small singular value does",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.exists_mulVec_eq_zero_iff",
    truth=TRUE,
    bound="prod(s_i + e) - prod(s_i), e = gamma_n || |L||U| ||_F (ASNA theorem 9.3; Ipsen and Rehman); BND-SVD and "
    "BND-EIGH for singular values and eigenvalues",
)
@for_all(A=maybe_singular())
def singular_iff_zero_eigenvalue(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Exactly: rank below n, zero among the roots of the characteristic polynomial and a zero determinant coincide.

    Torch's determinant, its logarithm, singular values and rank against the exact ones, its factors P, L and U against
    A, and the eigenvalues of A + A^T, of which one vanishes up to rounding where that matrix is singular.
    """
    a = values(A)
    n = a.shape[-1]
    counted = multiplicities(a)
    singular = counted.rank < n
    how = subject.arithmetic("determinant")
    factors = [reference.Factors(*values(subject.lu(B)[1:])) for B in (A, A.mT)]
    determinant = reference.determinant(a, factors, how)
    yield holds(singular == (counted.nonzero_eigenvalues < n), label="exactly: zero is an eigenvalue")
    sign, logarithm = reference.logarithm(a, factors, how)
    yield holds(singular == (sign == 0), label="exactly: the determinant is zero")
    decided = np.isfinite(determinant.bound)
    yield within(subject.determinant(A), determinant, where=decided, label="determinant")
    decided = np.isfinite(logarithm.bound)
    computed_sign, computed_logarithm = subject.slogdet(A)
    yield equal(computed_sign, sign, where=decided, label="sign of the determinant")
    yield within(computed_logarithm, logarithm, where=decided, label="logarithm of the determinant")
    none = (values(computed_sign) == 0) == (values(computed_logarithm) == -np.inf)
    yield holds(none, label="no sign where the logarithm is -inf")
    p, lower, upper = values(subject.lu(A))
    yield holds(((p == 0) | (p == 1)).all((-2, -1)) & (p @ p.swapaxes(-1, -2) == np.eye(n)).all((-2, -1)), label="P")
    triangles = (np.tril(lower) == lower).all((-2, -1)) & (np.triu(upper) == upper).all((-2, -1))
    yield holds(triangles & (np.diagonal(lower, 0, -2, -1) == 1).all(-1), label="triangles")
    yield within(p @ lower @ upper, reference.factorised(a, p, lower, upper, how), label="P L U = A")
    yield within(subject.svdvals(A), reference.singular_values(a, how), label="singular values")
    clear = reference.clear_rank(a, counted.rank, how)
    yield holds(values(subject.matrix_rank(A)) == counted.rank, where=clear, label="rank")
    yield from symmetric_part(subject, a)


def symmetric_part(subject: Subject, a: np.ndarray) -> Iterator[Check]:
    """The smallest eigenvalue in magnitude of A + A^T, which is normal: zero, up to BND-EIGH, iff it is singular."""
    s = subject.format.round(a + a.swapaxes(-1, -2))
    if a.shape[-1]:
        exact = eigenvalues(s, subject.arithmetic("eigvalsh"))
        singular = reference.ranks(s) < a.shape[-1]
        w = np.abs(values(subject.eigvalsh(subject.tensor(s)))).min(-1)
        yield at_most(w, np.zeros(len(w)), exact.bound.max(-1), where=singular, label="A + A^T singular")
        apart = (np.abs(exact.value) - exact.bound).min(-1)
        yield holds(w > 0, where=~singular & (apart > exact.bound.max(-1)), label="A + A^T regular")


@refutation(singular_iff_zero_eigenvalue, "The computed determinant is 0 iff the matrix is singular.")
@for_all(A=only(ExactRank(3, 3, 1), ExactRank(5, 5, 1), ExactRank(8, 8, 1)))
def determinant_decides(subject: Subject, A: Tensor) -> Iterator[Check]:
    singular = reference.ranks(values(A)) < A.shape[-1]
    yield holds((values(subject.determinant(A)) == 0) == singular)


@refutation(
    singular_iff_zero_eigenvalue, "torch.linalg.inv raises for every singular matrix.", dtypes=("float32", "float64")
)
@for_all(A=only(ExactRank(5, 5, 1), ExactRank(8, 8, 1)))
def inversion_detects_singular_matrices(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Rounding may leave a small last pivot; what comes out is no inverse."""
    yield holds(np.array([is_refused(subject, one) for one in A], bool))


@refutation(
    singular_iff_zero_eigenvalue, r"The smallest computed $|\lambda|$ of a singular A is at most $20nu\|A\|_F$."
)
@for_all(A=only(ExactRank(2, 2, 1)), block=only(JordanBlock(3, similar=True), JordanBlock(4, similar=True)))
def zero_eigenvalues_are_computed_small(subject: Subject, A: Tensor, block: JordanPower) -> Iterator[Check]:
    """Only of normal matrices: the eigenvalues of S (J - I) S^-1 are of the size of the n-th root of u."""
    a = values(block.W) - block.eigenvalue * np.eye(block.W.shape[-1])
    w = np.abs(values(subject.eigvals(subject.tensor(a)))).min(-1)
    yield at_most(w, np.zeros(len(w)), 20 * a.shape[-1] * subject.format.u * np.sqrt((a**2).sum((-2, -1))))


@refutation(singular_iff_zero_eigenvalue, r"$|\det A|<10^{-6}$ means that A is nearly singular.")
@for_all(A=only(General(20, "identity", "tiny")))
def small_determinants_mean_nearly_singular(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Multiples of the identity are as far from singular as their size."""
    s = values(subject.svdvals(A))
    small = np.abs(values(subject.determinant(A))) < 1e-6
    yield holds((s[:, -1] < 1e-3 * s[:, 0]) | ~small)


@claim(
    title="Elimination finds no inverse exactly where it meets a zero pivot, and says which",
    statement=r"PA=LU:\quad\texttt{info}=\min\{i:u_{ii}=0\}\text{ (0 if none is)};\quad\texttt{info}=0\Rightarrow "
    r"\texttt{inv\_ex}(A)=\texttt{inv}(A)",
    hypotheses="A square; the pivots are the computed ones",
    notes="Linear algebra: inverse",
    book="2.3",
    truth=TRUE,
    bound="exact; gamma_{n+1} P |L||U| for the factors (ASNA theorem 9.3)",
)
@for_all(A=maybe_singular())
def inversion_reports_zero_pivots(subject: Subject, A: Tensor) -> Iterator[Check]:
    """`info` of torch.linalg.lu_factor_ex and inv_ex against the first zero on the diagonal of U, matrix by matrix.

    P L U, unpacked by LAPACK's conventions, must be A. Where no pivot vanishes inv_ex gives what inv gives, bit by bit;
    where one does, inv raises LinAlgError.
    """
    lu, pivots, info = values(subject.lu_factor_ex(A))
    factors = reference.unpacked(lu, pivots)
    yield equal(info, factors.first_zero, label="info of lu_factor_ex")
    how = subject.arithmetic("lu_factor_ex")
    truth = reference.factorised(values(A), *factors[:3], how)
    yield within(factors.p @ factors.lower @ factors.upper, truth, label="P L U = A")
    yield equal(subject.inv_ex(A)[1], factors.first_zero, label="info of inv_ex")
    regular = factors.first_zero == 0
    if regular.any():
        chosen = A[torch.as_tensor(regular, device=A.device)]
        yield equal(subject.inv_ex(chosen)[0], values(subject.inv(chosen)), label="inv_ex = inv")
    if not A.is_meta:
        for one in A[torch.as_tensor(~regular, device=A.device)][:4]:
            yield holds(is_refused(subject, one), label="inv raises")


def is_refused(subject: Subject, A: Tensor) -> bool:
    """Whether torch.linalg.inv raises LinAlgError for one matrix."""
    try:
        subject.inv(A[None])
    except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
        return True
    return False


@refutation(inversion_reports_zero_pivots, "Every singular matrix has a zero pivot.", dtypes=("float32", "float64"))
@for_all(A=only(ExactRank(5, 5, 1), ExactRank(8, 8, 1)))
def singular_matrices_have_zero_pivots(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Rounding may leave a small last one."""
    yield holds((values(subject.inv_ex(A)[1]) > 0) == (reference.ranks(values(A)) < A.shape[-1]))


@refutation(inversion_reports_zero_pivots, "`info` is the rank of the matrix where that is not full.")
@for_all(A=only(ExactRank(3, 3, 2)))
def info_is_the_rank(subject: Subject, A: Tensor) -> Iterator[Check]:
    """It counts from 1: the first zero pivot of a matrix of rank 1 may be the second one."""
    yield equal(subject.lu_factor_ex(A)[2], reference.ranks(values(A)))
