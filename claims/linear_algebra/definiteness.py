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
    for_all,
    holds,
    refutation,
    values,
    within,
)
from claims.frame.checks import Check
from claims.frame.inputs.definite import nearly_singular_matrices
from claims.frame.inputs.spectra import only
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.subject import Subject
from reference.linear_algebra import definiteness as reference
from reference.truth import Truth


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
    """Four verdicts by the signs of torch's eigenvalues, compared with those by certified eigenvalues.

    Cholesky factorisations of A, from either triangle, end just where A is positive definite, those of -A where it is
    negative definite, and the pivots of L D L^T tell, too. At torch's extreme eigenvectors x^T A x has the sign of the
    eigenvalue, and so has x^T B x for a triangular B with (B + B^T)/2 = A. Where the rounding errors that are allowed
    could change a verdict, nothing is claimed.
    """
    a, eigh = values(A), subject.arithmetic("eigh")
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
