"""Definiteness of symmetric matrices: signs of eigenvalues, quadratic forms, factorisations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import (
    UNDER_HYPOTHESES,
    at_most,
    claim,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
)
from claims.frame.checks import Check
from claims.frame.inputs.definite import (
    definite_matrices_and_vectors,
    nearly_singular_matrices,
    semidefinite_factors,
)
from claims.frame.inputs.spectra import only
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.subject import Subject
from reference.linear_algebra import definiteness as reference
from reference.linear_algebra.symmetric_eigen import quadratic_forms
from reference.truth import Truth

FORMS = ("quadratic_form", "form_by_right_product", "form_by_einsum")


@claim(
    title="Positive and negative (semi)definiteness are the signs of the eigenvalues",
    statement=r"A=A^\top:\ A\succ0\iff\lambda_{\min}>0\iff x^\top Ax>0\ \forall x\ne0;\quad A\prec0\iff-A\succ0",
    hypotheses="A real symmetric, which the notes leave out",
    correction="for other matrices the eigenvalues of (A + A^T)/2 decide; the zero matrix is semidefinite both ways, "
    "and most matrices are none of the four",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.PosDef; Matrix.IsHermitian.posSemidef_iff_eigenvalues_nonneg; Matrix.PosDef.eigenvalues_pos",
    truth=UNDER_HYPOTHESES,
    bound="BND-EIGH for signs of eigenvalues; for factorisations l_min(H) against n g / (1 - g), g = gamma_{n+1} "
    "(Demmel 1989; ASNA theorem 10.7), gamma_{n+4} for L D L^T; BND-CHAIN for forms",
)
@for_all(A=nearly_singular_matrices())
def definiteness_by_eigenvalues(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Positive or negative, definite or semidefinite, by the signs of torch's eigenvalues, against certified ones.

    Cholesky factorisations of A, from either triangle, end just where A is positive definite, those of -A where it is
    negative definite, and the pivots of L D L^T tell, too. At torch's extreme eigenvectors x^T A x has the sign of the
    eigenvalue, and so has x^T B x for a triangular B with (B + B^T)/2 = A. Where the rounding errors that are allowed
    could change a verdict, nothing is claimed. A matrix with a NaN is not positive definite.
    """
    a, eigh = values(A), subject.arithmetic("eigh")
    if a.shape[-1]:
        hole = A.clone()
        hole[..., -1, -1] = float("nan")
        for upper in (False, True):
            yield holds(~values(subject.cholesky_succeeds(hole, upper=upper)).astype(bool), label="NaN is not definite")
    w, verdicts = values(subject.eigvalsh(A.tril())), reference.eigenvalue_verdicts(a, eigh)
    yield where_decided((w > 0).all(-1), verdicts.positive_definite, label="positive: positive definite")
    yield where_decided((w >= 0).all(-1), verdicts.positive_semidefinite, label="not negative: positive semidefinite")
    yield where_decided((w < 0).all(-1), verdicts.negative_definite, label="negative: negative definite")
    yield where_decided((w <= 0).all(-1), verdicts.negative_semidefinite, label="not positive: negative semidefinite")
    for s, name in ((1, "A"), (-1, "-A")):
        ends = reference.cholesky_succeeds(s * a, subject.arithmetic("cholesky_succeeds"))
        yield where_decided(subject.cholesky_succeeds(s * A.tril()), ends, label=f"Cholesky of {name}")
        yield where_decided(
            subject.cholesky_succeeds(s * A.triu(), upper=True), ends, label=f"Cholesky of {name}, upper"
        )
        pivots = reference.positive_pivots(s * a, subject.arithmetic("pivot_signs"))
        yield where_decided((values(subject.pivot_signs(A.tril())) == s).all(-1), pivots, label=f"pivots of {name}")
    if a.shape[-1]:
        q, B = values(subject.eigh(A)[1]), A.tril() + A.tril(-1)
        how = subject.arithmetic("quadratic_form"), eigh
        for i, end in ((0, "smallest"), (-1, "largest")):
            v = q[:, :, i]
            for matrix, name in ((A, "A"), (B, "B")):
                sign = reference.sign_at_eigenvector(a, values(matrix), v, i, *how)
                form = values(subject.quadratic_form(subject.tensor(v), matrix))
                yield where_decided(np.sign(form), sign, label=f"sign of x^T {name} x, {end} eigenvalue")


def where_decided(observed: Tensor | NDArray[Any], truth: Truth, *, label: str) -> Check:
    """The verdict or sign, exactly, where it is not left open."""
    return within(observed, truth, where=truth.bound == 0, label=label)


@refutation(definiteness_by_eigenvalues, "Positive eigenvalues make x^T A x positive without symmetry, too.")
@for_all(A=only(Symmetric(2)))
def positive_eigenvalues_without_symmetry(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A unit triangular matrix has eigenvalue 1 only, but its form is that of the symmetric part."""
    unit = values(A.tril(-1)) + np.eye(A.shape[-1])
    v = np.linalg.eigh(unit + unit.mT)[1][:, :, 0]
    yield at_most(0.0 * v[:, 0], subject.quadratic_form(subject.tensor(v), subject.tensor(unit)))


@refutation(definiteness_by_eigenvalues, "Positive entries make a matrix positive definite.")
@for_all(A=only(Symmetric(2)))
def positive_entries_suffice(subject: Subject, A: Tensor) -> Iterator[Check]:
    yield holds(subject.cholesky_succeeds(A.abs() + 1))


@refutation(definiteness_by_eigenvalues, "No matrix is both positive and negative semidefinite.")
def semidefinite_one_way_only(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The zero matrix is."""
    w = values(subject.eigvalsh(A))
    yield holds(~((w >= 0).all(-1) & (w <= 0).all(-1)), where=A.shape[-1] > 0)


@refutation(definiteness_by_eigenvalues, "A matrix that is not positive semidefinite is negative semidefinite.")
def one_of_the_two(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Most matrices are neither."""
    w = values(subject.eigvalsh(A))
    yield holds((w >= 0).all(-1) | (w <= 0).all(-1))


@refutation(definiteness_by_eigenvalues, r"\det A>0\Rightarrow A\succ0")
@for_all(A=only(Symmetric(2)))
def positive_determinant_suffices(subject: Subject, A: Tensor) -> Iterator[Check]:
    """It is positive for -I of order 2."""
    yield holds(subject.cholesky_succeeds(A), where=values(subject.determinant(A)) > 0)


@claim(
    title="Positive semidefinite matrices guarantee x^T A x >= 0",
    statement=r"A=BB^\top\succeq0\Rightarrow x^\top Ax=\|B^\top x\|^2\ge0\ \forall x",
    hypotheses="A real symmetric; computed, the form may be negative by its rounding error",
    correction="a computed form is at least -gamma_{2n} |x|^T |A| |x|; ||B^T x||^2 is never negative",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.PosSemidef; Matrix.posSemidef_self_mul_conjTranspose",
    truth=UNDER_HYPOTHESES,
    bound="BND-CHAIN: gamma_{2n} |x|^T |A| |x| (ASNA section 3.5); BND-COV for covariance matrices",
)
@for_all(pair=semidefinite_factors())
def positive_semidefinite_quadratic_form(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """A = B B^T of integers is exact in every format; x^T A x in three spellings is within its bound of ||B^T x||^2.

    So it is not below zero by more than that, in the null space of A, too. (B^T x)^2 summed is not negative at all. The
    covariance matrix of the columns of B is semidefinite up to the errors of its entries.
    """
    B, x = pair
    b, v = values(B), values(x)
    a = b @ b.mT
    for name in FORMS:
        form = getattr(subject, name)(x, subject.tensor(a))
        truth = quadratic_forms(a, v, subject.arithmetic(name))
        yield within(form, truth, label=name)
        yield at_most(np.zeros(len(a)), form, truth.bound, label=f"{name} >= 0")
    squared = subject.form_by_factor(x, B)
    yield within(squared, reference.factored_forms(b, v, subject.arithmetic("form_by_factor")), label="||B^T x||^2")
    yield at_most(0.0, squared, label="||B^T x||^2 >= 0")
    if b.shape[-1] > 1 and b.shape[-2] > 1:
        C, how = subject.cov(B), (subject.arithmetic("cov"), subject.arithmetic("quadratic_form"))
        slack = reference.covariance_slack(b, values(C), v, *how)
        yield at_most(np.zeros(len(a)), subject.quadratic_form(x, C), slack, label="covariance matrix")


@refutation(positive_semidefinite_quadratic_form, "The computed form of a semidefinite matrix is not negative.")
def computed_form_is_not_negative(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """It is, in the null space: by its rounding error."""
    B, x = pair
    b = values(B)
    yield at_most(0.0, subject.quadratic_form(x, subject.tensor(b @ b.mT)))


@refutation(positive_semidefinite_quadratic_form, r"x^\top Tx\ge0\ \forall x\Rightarrow T=T^\top")
def form_tells_symmetry(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """A triangular T with (T + T^T)/2 = A has the same form."""
    B, x = pair
    a = values(B) @ values(B).mT
    T = np.tril(a) + np.tril(a, -1)
    allowed = quadratic_forms(T, values(x), subject.arithmetic("quadratic_form")).bound
    yield equal(T, T.mT, where=values(subject.quadratic_form(x, subject.tensor(T))) >= -allowed)


@refutation(
    positive_semidefinite_quadratic_form, "Eigenvalues that are not negative make the form so without symmetry, too."
)
def eigenvalues_suffice_without_symmetry(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """A strictly triangular matrix has eigenvalue 0 only."""
    B, x = pair
    T = np.tril(values(B) @ values(B).mT, -1)
    allowed = quadratic_forms(T, values(x), subject.arithmetic("quadratic_form")).bound
    yield at_most(np.zeros(len(T)), subject.quadratic_form(x, subject.tensor(T)), allowed)


@claim(
    title="For positive definite A, x^T A x = 0 only at x = 0",
    statement=r"A\succ0:\quad x^\top Ax\ge\lambda_{\min}\|x\|^2,\quad x^\top Ax=0\Rightarrow x=0",
    hypotheses="A real symmetric; computed, small x underflows, and rounding hides a small smallest eigenvalue",
    correction="the computed form is positive where l_min ||x||^2 exceeds its rounding error",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.PosDef (definition)",
    truth=UNDER_HYPOTHESES,
    bound="BND-CHAIN: gamma_{2n} |x|^T |A| |x| + n eta (ASNA section 3.5)",
)
@for_all(pair=definite_matrices_and_vectors())
def positive_definite_kernel_trivial(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """Torch's x^T A x in three spellings is at least l_min ||x||^2, l_min certified, up to its rounding error.

    It is positive where that exceeds the error, and exactly zero at x = 0. Nothing is claimed of a matrix that is not
    positive definite once rounded.
    """
    A, x = pair
    a, v = values(A), values(x)
    least, zero = reference.least_form(a, v), ~v.any(-1)
    definite = ~np.isnan(least)
    for name in FORMS:
        form, truth = values(getattr(subject, name)(x, A)), quadratic_forms(a, v, subject.arithmetic(name))
        yield within(form, truth, label=name)
        yield at_most(least, form, truth.bound, where=definite, label=f"{name}: at least l_min ||x||^2")
        yield holds(form > 0, where=definite & (least > truth.bound), label=f"{name}: positive")
        yield equal(form, np.zeros(len(a)), where=zero, label=f"{name}: zero at zero")


@refutation(positive_definite_kernel_trivial, "A computed form of a definite matrix that is zero has x = 0.")
def computed_zero_means_zero(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The squares of a tiny vector underflow."""
    A, x = pair
    definite = reference.least_form(values(A), values(x)) >= 0
    yield holds(values(subject.quadratic_form(x, A)) != 0, where=definite & values(x).any(-1))


@refutation(positive_definite_kernel_trivial, "A positive semidefinite matrix suffices.")
def semidefinite_suffices(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The matrix of ones takes (1, -1) to zero."""
    a = values(pair[0])
    x = np.resize([1.0, -1.0], a.shape[:-1]) if a.shape[-1] % 2 == 0 else np.ones(a.shape[:-1])
    yield holds(values(subject.quadratic_form(subject.tensor(x), subject.tensor(np.ones_like(a)))) != 0)


@refutation(
    positive_definite_kernel_trivial, "A matrix is positive definite just where all of its entries are positive."
)
def definite_means_positive_entries(subject: Subject, pair: list[Tensor]) -> Iterator[Check]:
    """The identity has zeros."""
    yield holds(values(pair[0]) > 0, where=reference.least_form(values(pair[0]), values(pair[1])) >= 0)
