"""Singular values are the roots of the eigenvalues of A A^T and of A^T A; computed so, they lose half their digits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.gram_eigenvalues import matrices_of_any_shape
from claims.frame.subject import Subject
from reference.linear_algebra import gram_eigenvalues as reference
from reference.truth import Truth

LARGEST = 256
"""The largest order of a Gram matrix whose eigenvalues are computed."""


@claim(
    title="Nonzero singular values are the roots of the nonzero eigenvalues of A A^T and of A^T A",
    statement=r"\{\sigma_i\ne0\}=\{\sqrt\mu:\mu\in\operatorname{spec}(AA^\top)\setminus0\}"
    r"=\{\sqrt\mu:\mu\in\operatorname{spec}(A^\top A)\setminus0\}\ \text{with multiplicity}",
    hypotheses="nonzero ones only: the two Gram matrices have different numbers of zeros",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    formal="Matrix.charpoly_mul_comm; Matrix.charpoly_mul_comm'",
    truth=TRUE,
    bound="squares: ((8 k + 8)(1 + gamma_q) u + gamma_q) ||A||_F^2 + k q eta = B for order k, inner dimension q "
    "(BND-EIGH; Weyl; ASNA section 3.5); roots: min(B / s, sqrt(B))",
)
@for_all(A=matrices_of_any_shape())
def singular_values_sqrt_gram_eigenvalues(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Torch's eigenvalues of A^T A and of A A^T are certified squares of singular values, and zeros besides.

    Their roots are the singular values, with the loss of digits that squaring costs; where rounding made a negative
    eigenvalue of zero, the root is NaN. The largest min(m, n) roots of A A^T, torch's singular values and the square of
    the spectral norm are compared with the same certified values. Gram matrices up to order 256.
    """
    a = values(A)
    for spectrum, gram, of in (("column_gram_spectrum", "A^T A", a), ("row_gram_spectrum", "A A^T", a.mT)):
        order, arithmetic = of.shape[-1], subject.arithmetic(spectrum)
        if order <= LARGEST:
            squares, roots = values(getattr(subject, spectrum)(A))
            fitting = squares.shape == roots.shape == (len(a), order)
            yield holds(fitting, label=f"{gram}: as many eigenvalues as rows")
            if fitting:
                truth = reference.squares(of, arithmetic)
                negative = (squares < 0) | ((squares == 0) & np.signbit(squares) & np.isnan(roots))
                yield within(squares, truth, label=f"eigenvalues of {gram}")
                yield equal(np.isnan(roots), negative, where=np.isfinite(truth.bound).all(-1), label=f"{gram}: NaN")
                yield within(np.where(negative, 0.0, roots), reference.roots(of, arithmetic), label=f"roots of {gram}")
    if a.shape[-2] <= LARGEST:
        exact = reference.roots(a.mT, subject.arithmetic("singular_values_by_gram"))
        largest = Truth(*(part[:, ::-1][:, : min(a.shape[1:])] for part in exact))
        roots = values(subject.singular_values_by_gram(A))
        lost = np.isnan(roots) & (largest.value <= largest.bound)
        yield within(np.where(lost, 0.0, roots), largest, label="the largest roots are the singular values")
    yield within(
        subject.svdvals(A), reference.singular_values(a, subject.arithmetic("svdvals")), label="singular values"
    )
    if a.size:
        norm = reference.squared_norm(a, subject.arithmetic("squared_spectral_norm"))
        yield within(subject.squared_spectral_norm(A), norm, label="the largest is the square of the norm")


@refutation(singular_values_sqrt_gram_eigenvalues, "A A^T and A^T A have the same eigenvalues, zeros included.")
def zeros_agree_too(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Their orders differ, and so do the numbers of zeros."""
    if max(A.shape) <= LARGEST:
        yield holds(subject.row_gram_spectrum(A)[0].shape == subject.column_gram_spectrum(A)[0].shape)


@refutation(
    singular_values_sqrt_gram_eigenvalues, "The roots of computed eigenvalues of A A^T are as accurate as svdvals."
)
def roots_are_as_accurate(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Laeuchli's matrix loses its small singular values when it is squared."""
    if A.shape[-2] <= LARGEST:
        truth = reference.singular_values(values(A), subject.arithmetic("svdvals"))
        yield within(subject.singular_values_by_gram(A), truth)


@refutation(singular_values_sqrt_gram_eigenvalues, "Computed eigenvalues of A^T A are not negative.")
def computed_eigenvalues_are_not_negative(subject: Subject, A: Tensor) -> Iterator[Check]:
    if A.shape[-1] <= LARGEST:
        yield at_most(0.0, subject.column_gram_spectrum(A)[0])
