"""Public spellings of determinants, inverses, spectra and decompositions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.decomposition_spellings import Weighted, full_rank_matrices
from claims.frame.inputs.spectra import only
from claims.frame.operations.chapters import decomposition_spellings as table
from claims.frame.operations.chapters.spellings import Groups
from claims.frame.subject import Subject
from reference.linear_algebra import decomposition_spellings as reference
from reference.linear_algebra.pseudoinverse import inverse_truth, pseudoinverse_truth, pseudoinverses
from reference.linear_algebra.singularity import Factors, determinant
from reference.linear_algebra.svd import singular_values
from reference.truth import Truth


def near(found: Tensor, truth: Truth, label: str) -> Check:
    """Within the bound, in norm if the bound is one for vectors or matrices."""
    axes = truth.value.ndim - truth.bound.ndim
    return within_norm(found, truth, axes=axes, label=label) if axes else within(found, truth, label=label)


def agree(call: Callable[[str], Tensor], groups: Groups, truth: Truth, name: str) -> Iterator[Check]:
    """Every spelling against the truth, in norm if the bound is one for matrices, and within a group bit by bit."""
    for group in groups:
        first: Tensor | None = None
        for spelling in group:
            found, label = call(spelling), f"{name}: {spelling}"
            yield holds(found.shape == truth.value.shape, label=f"{label}, shape")
            if found.shape == truth.value.shape:
                first = found if first is None else first
                yield near(found, truth, label)
                if found is not first:
                    yield equal(found, values(first), label=f"{label} = {group[0]}")


def of_square_matrices(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Determinant and inverse of A, the eigenvalues of A + A^T, the factors and the inverse of A^T A."""
    a = values(A)
    exact = pseudoinverses(a)
    truth = inverse_truth(exact, subject.arithmetic("spelled_inverse"))
    yield from agree(lambda s: subject.spelled_inverse(A, s), table.INVERSES, truth, "inverse")
    positive = subject.tensor(np.where(np.arange(a.shape[-1])[:, None] == 0, sign_of_determinant(a), 1.0) * a)
    factors = [Factors(*values(subject.lu(B)[1:])) for B in (positive, positive.mT)]
    how = subject.arithmetic("spelled_determinant")
    for groups, of in (
        (table.DETERMINANTS, determinant),
        (table.EXPONENTIALS_OF_LOGARITHMS, reference.determinant_by_logarithm),
    ):
        truth = of(values(positive), factors, how)
        yield from agree(lambda s: subject.spelled_determinant(positive, s), groups, truth, "determinant")
    signed = [Factors(*values(subject.lu(B)[1:])) for B in (A, A.mT)]
    plain = (*table.DETERMINANTS, *table.EXPONENTIALS_OF_LOGARITHMS[:1])
    value, bound = determinant(a, signed, how)
    either = Truth(value, reference.determinant_by_logarithm(a, signed, how).bound + bound)
    yield from agree(lambda s: subject.spelled_determinant(A, s), plain, either, "signed determinant")
    symmetric = subject.tensor(a + a.mT)
    truth = reference.any_eigenvalues(values(symmetric), subject.arithmetic("spelled_eigenvalues"))
    yield from agree(lambda s: subject.spelled_eigenvalues(symmetric, s), table.EIGENVALUES, truth, "eigenvalues")
    products = a.mT @ a
    gram = subject.tensor((products + products.mT) / 2)
    how = subject.arithmetic("factored_and_multiplied")
    truth = reference.multiplied_factors(values(gram), how, positive=True)
    inverse = inverse_truth(pseudoinverses(values(gram)), subject.arithmetic("spelled_symmetric_inverse"))
    yield from agree(
        lambda s: subject.spelled_symmetric_inverse(gram, s), table.SYMMETRIC_INVERSES, inverse, "inverse of A^T A"
    )
    for groups in (table.FACTORISATIONS, table.SYMMETRIC_FACTORISATIONS):
        yield from agree(lambda s: subject.factored_and_multiplied(gram, s), groups, truth, "A^T A")


def sign_of_determinant(a: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sign (batch, 1, 1) of the determinants of well-conditioned matrices."""
    return np.asarray(np.linalg.slogdet(a)[0][:, None, None])


@claim(
    title="Every spelling of a determinant, an inverse, a spectrum or a decomposition computes the same function",
    statement=r"f_1(A)=f_2(A)=\dots\text{ for all names, methods and }\texttt{out=}\text{ of }\det A,\ A^{-1},\ A^+,\ "
    r"\sigma(A),\ \lambda(A),\ \|A\|_2,\ \|A\|_*,\quad A=U\Sigma V^\top=QR=PLU,\ A^\top A=LL^\top=V\Lambda V^\top",
    hypotheses="names of one kernel agree bit by bit in the same memory layout, others up to rounding",
    notes="Linear algebra: eigendecomposition, singular value decomposition",
    book="2.3, 2.7-2.9, 2.11",
    truth=TRUE,
    bound="LU (ASNA theorem 9.4), BND-SVD, BND-EIGH, BND-EIG, Cholesky (theorem 10.3), and the rounding of products",
)
@for_all(A=full_rank_matrices())
def decomposition_spellings_agree(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Each spelling is compared with the exact value in every layout, and with the first of its names bit by bit.

    Of any matrix the singular values, norms made of them, the pseudoinverse, and the products of SVD, QR and LU
    factors. Of a square one the inverse, the determinant (made positive by a sign), the eigenvalues of A + A^T, and the
    factors and the inverse of A^T A.
    """
    a = values(A)
    (m, n), spectrum = a.shape[-2:], singular_values(a, subject.arithmetic("spelled_singular_values"))
    either = Truth(spectrum.alone.value, np.maximum(spectrum.alone.bound, spectrum.with_vectors.bound))
    yield from agree(lambda s: subject.spelled_singular_values(A, s), table.SINGULAR_VALUES, either, "singular values")
    yield from agree(lambda s: subject.spectral_norm(A, s), table.SPECTRAL_NORMS, spectrum.spectral_norm, "norm 2")
    yield from agree(lambda s: subject.nuclear_norm(A, s), table.NUCLEAR_NORMS, spectrum.nuclear_norm, "nuclear norm")
    truth = pseudoinverse_truth(pseudoinverses(a), m, n, subject.arithmetic("spelled_pseudoinverse"))
    rtol = max(m, n) * 2 * subject.format.u
    yield from agree(lambda s: subject.spelled_pseudoinverse(A, rtol, s), table.PSEUDOINVERSES, truth, "pseudoinverse")
    nothing = Truth(0 * truth.value, 0 * truth.value)
    yield from agree(lambda s: subject.spelled_pseudoinverse(A, 2.0, s), table.PSEUDOINVERSES, nothing, "rtol 2")
    truth = reference.multiplied_factors(a, subject.arithmetic("factored_and_multiplied"))
    yield from agree(lambda s: subject.factored_and_multiplied(A, s), table.FACTORISATIONS, truth, "factors")
    yield from agree(lambda s: subject.reflected_and_multiplied(A, s), table.REFLECTIONS, truth, "reflectors")
    if m == n:
        yield from of_square_matrices(subject, A)


@refutation(decomposition_spellings_agree, "torch.linalg.solve(A, I) is torch.linalg.inv(A), bit by bit.")
@for_all(A=only(Weighted(6, 6)))
def solving_is_inverting_bitwise(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Not from the right: rows of the inverse are solved for, not columns."""
    yield equal(subject.spelled_inverse(A, "torch.linalg.inv"), values(subject.spelled_inverse(A, ROWS)))


ROWS = "torch.linalg.solve, left=False"


@refutation(decomposition_spellings_agree, "torch.svd and torch.linalg.svd return the same three matrices.")
@for_all(A=only(Weighted(3, 3)))
def svd_returns_the_same_in_both(subject: Subject, A: Tensor) -> Iterator[Check]:
    """torch.svd returns V, torch.linalg.svd its transpose."""
    yield equal(subject.svd_with_v(A)[2], values(subject.svd(A, full_matrices=False)[2]))


@refutation(decomposition_spellings_agree, r"e^{\texttt{torch.logdet}(A)}=\det A\text{ for every invertible }A")
@for_all(A=only(Weighted(2, 2)))
def logarithm_of_every_determinant(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A negative determinant has no real logarithm."""
    a = values(A)
    negative = subject.tensor(np.where(np.arange(2)[:, None] == 0, -sign_of_determinant(a), 1.0) * a)
    by_log = subject.spelled_determinant(negative, "torch.logdet")
    exact = np.linalg.det(values(negative))
    yield within(by_log, Truth(exact, np.abs(exact) / 2))
