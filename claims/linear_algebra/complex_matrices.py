"""Eigenvalues, singular values, QR, systems and determinants of complex matrices; transposes are conjugated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.complex_matrices import ComplexMatrix, complex_matrices
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.linear_algebra import complex_matrices as reference
from reference.linear_algebra.eigen import lengths, parts
from reference.truth import Truth

ADJOINTS = ("mH", "H", "torch.adjoint")


def singular(subject: Subject, Z: Tensor) -> Iterator[Check]:
    """Z = U D V^H, full and reduced, with real D in descending order, and the singular values alone."""
    z, how, size = values(Z), subject.arithmetic("svd"), max(Z.shape[-2:])
    with_vectors, alone = reference.singular_values(z, how)
    k = min(Z.shape[-2:])
    for full in (True, False):
        U, S, Vh = subject.svd(Z, full_matrices=full)
        yield holds(not S.is_complex() and S.shape[-1] == k, label="D is real")
        u, s, vh = values([U, S, Vh])
        yield within_norm(*reference.reconstruction(z, u[..., :k], s, vh[..., :k, :], how), axes=2, label="Z = U D V^H")
        yield within_norm(*reference.orthonormality(u, size, how), axes=2, label="U^H U = I")
        right = reference.conjugate_transpose(vh)
        yield within_norm(*reference.orthonormality(right, size, how), axes=2, label="V^H V = I")
        yield within(s, with_vectors, label="singular values")
        yield at_most(s[:, 1:], s[:, :-1], label="descending")
    yield within(subject.svdvals(Z), alone, label="svdvals")


def triangular(subject: Subject, Z: Tensor) -> Iterator[Check]:
    """Z = Q R with orthonormal columns of Q and zeros below the diagonal of R."""
    z, how = values(Z), subject.arithmetic("qr")
    q, r = values(subject.qr(Z))
    yield within_norm(*reference.product_defect(z, q, r, how), axes=2, label="Z = Q R")
    yield within_norm(*reference.orthonormality(q, max(Z.shape[-2:]), how), axes=2, label="Q^H Q = I")
    yield equal(parts(np.tril(r, -1)), 0 * parts(r), label="R is triangular")


def hermitian(subject: Subject, Z: Tensor) -> Iterator[Check]:
    """H = Q L Q^H with real L, of which one triangle is read: the other one holds other numbers."""
    z, how, n = values(Z), subject.arithmetic("eigh"), Z.shape[-1]
    below = np.tril(z, -1)
    h = below + reference.conjugate_transpose(below) + z.real * np.eye(n)
    truth = reference.eigenvalues(h, how)
    for triangle, numbers in (("L", np.tril(h) + 2 * np.triu(h, 1)), ("U", np.triu(h) - np.tril(h, -1))):
        H = torch.complex(subject.tensor(numbers.real), subject.tensor(numbers.imag))
        w, q = subject.eigh(H, UPLO=triangle)
        yield holds(not w.is_complex(), label="L is real")
        w, q = values([w, q])
        defect = reference.spectral_reconstruction(h, w, q, how)
        yield within_norm(*defect, axes=2, label=f"{triangle}: H = Q L Q^H")
        yield within_norm(*reference.orthonormality(q, n, how), axes=2, label=f"{triangle}: Q^H Q = I")
        yield within(w, truth, label=f"{triangle}: eigenvalues")
        yield within(subject.eigvalsh(H, UPLO=triangle), truth, label=f"{triangle}: eigvalsh")


def square(subject: Subject, Z: Tensor) -> Iterator[Check]:
    """Eigenpairs, the determinant, and where Z is regular inverse and solutions of Z X = Z^H."""
    z, how = values(Z), subject.arithmetic("eig")
    w, v = values(subject.eig(Z))
    yield within_norm(*reference.pair_defects(z, w, v, subject.device, how), label="Z v = l v")
    yield within(*lengths(v, how), label="v is not zero")
    far, allowed = reference.distance_to_singularity(z, values(subject.eigvals(Z)), subject.device, how)
    yield at_most(far, np.zeros(far.shape), allowed, label="eigvals: Z - l I is singular")
    d = values(subject.determinant(Z))
    exact = reference.determinant(z, how)
    yield within_norm(np.stack((d.real, d.imag), -1), exact, where=np.isfinite(exact.bound), label="determinant")
    regular = reference.regular(z, how)
    if regular.any():
        chosen = Z[torch.as_tensor(regular, device=Z.device)]
        a = z[regular]
        identity = np.broadcast_to(np.eye(a.shape[-1]) + 0j, a.shape)
        for name, b, X in (
            ("Z Z^-1 = I", identity, subject.inv(chosen)),
            ("Z X = Z^H", reference.conjugate_transpose(a), subject.solve(chosen, chosen.mH.resolve_conj())),
        ):
            value, truth = reference.solution_defect(a, values(X), b, how)
            yield within_norm(value, truth, axes=2, label=name)


@claim(
    title="The decompositions hold over the complex numbers, with conjugate transposes",
    statement=r"Z\in\mathbb{C}^{m\times n}:\ Z=UDV^{\mathsf H}=QR,\ U^{\mathsf H}U=V^{\mathsf H}V=Q^{\mathsf H}Q=I,\ "
    r"D\ge0;\quad m=n:\ Zv=\lambda v,\ ZZ^{-1}=I;\quad H=H^{\mathsf H}=Q\Lambda Q^{\mathsf H},\ \Lambda\text{ real}",
    notes="Linear algebra: eigendecomposition, singular value decomposition",
    book="2.7, 2.8",
    formal="Matrix.IsHermitian.spectral_theorem",
    truth=TRUE,
    bound="BND-SVD, BND-EIGH and BND-EIG of the real matrix ((X, -Y), (Y, X)); 4 gamma_{3n} for LU (ASNA theorem 9.4, "
    "lemma 3.5; calibrated)",
)
@for_all(Z=complex_matrices())
def complex_decompositions(subject: Subject, Z: list[Tensor]) -> Iterator[Check]:
    """Torch's factors of X + iY are multiplied almost exactly as real matrices of twice the size.

    SVD and QR of every shape; of square matrices eigenpairs, inverse, determinant, solutions, and the decomposition
    of the Hermitian matrix that has one triangle of Z. The conjugate transpose is exact.
    """
    matrix = torch.complex(*Z)
    adjoint = reference.conjugate_transpose(values(matrix)) if not matrix.is_meta else values(matrix.mT)
    for spelling in ADJOINTS:
        found = values(subject.matrix_transpose(matrix, spelling))
        yield equal(parts(found), parts(adjoint), label=f"Z^H: {spelling}")
    plain = values(subject.matrix_transpose(matrix, "mT"))
    yield equal(parts(plain), parts(adjoint.conj()), label="Z^T")
    yield from singular(subject, matrix)
    yield from triangular(subject, matrix)
    if matrix.shape[-1] == matrix.shape[-2]:
        yield from hermitian(subject, matrix)
        yield from square(subject, matrix)


@refutation(complex_decompositions, r"Z=UDV^\top\text{ with the }V^{\mathsf H}\text{ that torch returns conjugated}")
@for_all(Z=only(ComplexMatrix(2, 2)))
def plain_transposes_will_do(subject: Subject, Z: list[Tensor]) -> Iterator[Check]:
    z, how = values(torch.complex(*Z)), subject.arithmetic("svd")
    u, s, vh = values(subject.svd(torch.complex(*Z)))
    yield within_norm(*reference.reconstruction(z, u, s, vh.conj(), how), axes=2)


@refutation(complex_decompositions, "Complex symmetric matrices, A = A^T, have the decomposition that eigh returns.")
@for_all(Z=only(ComplexMatrix(2, 2)))
def eigh_decomposes_symmetric_matrices(subject: Subject, Z: list[Tensor]) -> Iterator[Check]:
    """Only the Hermitian matrix with the same lower triangle."""
    X, Y = (t + t.mT for t in Z)
    w, q = values(subject.eigh(torch.complex(X, Y)))
    symmetric = values(torch.complex(X, Y))
    yield within_norm(*reference.spectral_reconstruction(symmetric, w, q, subject.arithmetic("eigh")), axes=2)


@refutation(complex_decompositions, r"\sigma_i(X+iY)^2=\sigma_i(X)^2+\sigma_i(Y)^2")
@for_all(Z=only(ComplexMatrix(2, 2)))
def singular_values_of_parts_add_up(subject: Subject, Z: list[Tensor]) -> Iterator[Check]:
    X, Y = Z
    together = np.hypot(values(subject.svdvals(X)), values(subject.svdvals(Y)))
    yield within(subject.svdvals(torch.complex(X, Y)), Truth(together, np.full(together.shape, 0.01)))


@refutation(complex_decompositions, "Eigenvalues of complex matrices come in conjugate pairs.")
@for_all(Z=only(ComplexMatrix(1, 1)))
def eigenvalues_are_conjugate_pairs(subject: Subject, Z: list[Tensor]) -> Iterator[Check]:
    """That is so for real matrices."""
    w = values(subject.eigvals(torch.complex(*Z)))
    yield within(w.imag.sum(-1), Truth(np.zeros(len(w)), np.full(len(w), 0.01)))
