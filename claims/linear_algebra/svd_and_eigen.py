"""Singular values and eigenvalues: where they agree, what they share, and which matrices have which."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TENDENCY, TRUE, at_most, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.general import General
from claims.frame.inputs.linear_systems import rectangular_matrices
from claims.frame.inputs.powers import JordanPower, jordan_blocks
from claims.frame.inputs.spectra import only
from claims.frame.inputs.svd_and_eigen import (
    NearlyEqual,
    Normal,
    general_matrices,
    normal_matrices,
    symmetric_or_nearly_equal,
)
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.subject import Subject
from claims.linear_algebra.svd import decompositions
from reference.bounds import balance, svdvals_error
from reference.linear_algebra import eigen, svd
from reference.linear_algebra import svd_and_eigen as reference
from reference.truth import Truth

EIGENVALUE_SOLVERS = ("eig", "eigvals", "eigh", "eigvalsh")
TOLD_APART = 0.5
"""Numbers near one that are further apart than this differ by more than rounding."""


@claim(
    title="SVD reveals the same kind of information as the eigendecomposition",
    statement=r"A=A^\top:\ \sigma_i=|\lambda_i|\text{ sorted};\quad A\succeq0:\ U=V=Q\text{ possible};\quad "
    r"\prod_i\sigma_i=\prod_i|\lambda_i|=|\det A|,\ \sigma_1\ge|\lambda_i|\ge\sigma_n",
    hypotheses="equality for symmetric, and more generally normal A; products and bounds for every square A",
    correction="for other matrices singular values and moduli of eigenvalues differ",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    truth=TENDENCY,
    bound="BND-SVD and BND-EIGH, Weyl; kappa(D) BND-EIG with the balancing D, (2n - 1) times that for normal matrices "
    "(Bauer and Fike); prod(s_i + e) - prod(s_i) for determinants (Ipsen and Rehman)",
)
@for_all(A=symmetric_or_nearly_equal(), N=normal_matrices(), G=general_matrices())
def svd_symmetric_relation(subject: Subject, A: Tensor, N: Tensor, G: Tensor) -> Iterator[Check]:
    """For symmetric A torch's singular values and magnitudes of eigenvalues against certified ones.

    Q sign(L), |L| and Q^T of torch's eigendecomposition must be a singular value decomposition, with U = V = Q for
    positive definite A. For normal N moduli of eigenvalues against certified singular values. For every square G all
    moduli lie between the smallest and the largest singular value, and the products agree with the exact determinant.
    Condition numbers of diagonal matrices of powers of two must be the exact ones, infinity if they are singular.
    """
    a, by_svd, by_eigh = values(A), subject.arithmetic("svd"), subject.arithmetic("eigh")
    exact, certified = svd.singular_values(a, by_svd), reference.absolute_eigenvalues(a, by_eigh)
    yield within(subject.svdvals(A), exact.alone, label="svdvals")
    yield within(subject.svd(A)[1], exact.with_vectors, label="S of svd")
    yield within(subject.absolute_eigenvalues(A), certified.values, label="|eigvalsh|, sorted")
    U, S, Vh = subject.svd_by_eigh(A)
    fitting = (U.shape, S.shape, Vh.shape) == (A.shape, A.shape[:-1], A.shape)
    yield holds(fitting, label="SVD from eigh: shapes")
    if fitting:
        u, s, vh = values((U, S, Vh))
        found = reference.svd_by_eigh(a, u, s, vh, by_eigh)
        for name, part in zip(("A = U D V^T", "U^T U = I", "V^T V = I"), found, strict=True):
            yield within_norm(*part, axes=2, label=f"SVD from eigh: {name}")
        yield at_most(0.0, s, label="SVD from eigh: D >= 0")
        yield at_most(s[:, 1:], s[:, :-1], label="SVD from eigh: order")
        yield equal(u, vh.swapaxes(-1, -2), where=certified.positive, label="positive definite: U = V")
    normal, how = values(N), subject.arithmetic("eigvals")
    moduli = subject.moduli_of_eigenvalues(N)
    yield within(
        moduli, reference.normal_moduli(normal, balance(normal, subject.device), how), label="normal: |eigvals|, sorted"
    )
    if min(G.shape):
        yield from shared_by_all_square_matrices(subject, G)


def shared_by_all_square_matrices(subject: Subject, G: Tensor) -> Iterator[Check]:
    """s_n <= |l| <= s_1, products of either, and the condition number s_1 / s_n, for matrices of positive order."""
    g, how, n = values(G), subject.arithmetic("svd"), G.shape[-1]
    balanced, s = balance(g, subject.device), svd.certified_singular_values(g)
    largest = (s.value + s.bound).max(-1)
    error = svdvals_error(largest, n, n, how)
    moduli, alone = values(subject.moduli_of_eigenvalues(G)), values(subject.svdvals(G))
    slack = reference.moved_eigenvalues(g, balanced, subject.arithmetic("eigvals")) + error
    decided = np.isfinite(slack)
    slack = np.where(decided, slack, 0.0)[:, None]
    yield at_most(moduli, np.broadcast_to(alone[:, :1], moduli.shape), slack, where=decided, label="|l| <= s_1")
    yield at_most(np.broadcast_to(alone[:, -1:], moduli.shape), moduli, slack, where=decided, label="s_n <= |l|")
    product = eigen.product_of_eigenvalues(g, balanced, subject.arithmetic("product_of_eigenvalues"))
    of_moduli = np.abs(values(subject.product_of_eigenvalues(G)))
    known = np.isfinite(product.bound)
    yield within(of_moduli, product._replace(value=np.abs(product.value)), where=known, label="|product of eigvals|")
    truth = reference.product_of_values(s, error, product.value, how)
    known = np.isfinite(truth.bound)
    yield within(subject.product_of_singular_values(G), truth, where=known, label="product of svdvals")
    condition = reference.condition(s, error, how)
    known = np.isfinite(condition.bound)
    found = subject.cond(G)
    yield within(found, condition, where=known, label="cond = s_1 / s_n")
    exact = reference.condition_of_diagonal(g, how)
    known = np.isfinite(exact.bound)
    yield within(np.abs(values(found)), exact, where=known, label="cond of a diagonal matrix of powers of two")


@refutation(svd_symmetric_relation, "Singular values are the moduli of the eigenvalues for every square matrix.")
@for_all(A=only(Symmetric(2)), N=only(Normal(2)), G=only(General(2, "nilpotent")))
def moduli_for_every_matrix(subject: Subject, A: Tensor, N: Tensor, G: Tensor) -> Iterator[Check]:
    """((0, 1), (0, 0)) has the singular value 1, and no eigenvalue but 0."""
    s = values(subject.svdvals(G))
    yield within(subject.moduli_of_eigenvalues(G), Truth(s, np.full(s.shape, TOLD_APART)))


@refutation(svd_symmetric_relation, r"U=V\text{ for every symmetric matrix}")
def same_vectors_on_both_sides(subject: Subject, A: Tensor, N: Tensor, G: Tensor) -> Iterator[Check]:
    """Signs differ where an eigenvalue is negative."""
    U, _, Vh = subject.svd(A)
    yield within(U, Truth(values(Vh.mT), np.full(1, TOLD_APART)))


@refutation(svd_symmetric_relation, "svdvals and svd agree up to rounding: within 26 u of the largest.")
@for_all(A=only(NearlyEqual(8)), N=only(Normal(2)), G=only(General(2)))
def both_ways_to_values_agree(subject: Subject, A: Tensor, N: Tensor, G: Tensor) -> Iterator[Check]:
    """Values alone come from another iteration, which stops earlier: it has an error of up to 200 u."""
    s = values(subject.svd(A)[1])
    yield within(subject.svdvals(A), Truth(s, 26 * subject.format.u * s[:, :1]))


def refused(subject: Subject, name: str, A: Tensor) -> bool:
    """Whether the solver raises a RuntimeError, as torch's do, or a ValueError, as NumPy's and SciPy's do."""
    try:
        getattr(subject, name)(A)
    except (RuntimeError, ValueError):
        return True
    return False


def decomposed(subject: Subject, A: Tensor) -> Iterator[Check]:
    """U, D and V^T give A, U and V are orthogonal, D holds the singular values, largest first."""
    a, how = values(A), subject.arithmetic("svd")
    size, exact = max(a.shape[-2:]), svd.singular_values(a, how)
    for factors in decompositions(subject, A):
        form = "full" if factors.full else "reduced"
        yield holds(factors.have_shapes_for(A), label=f"{form}: shapes")
        if factors.have_shapes_for(A):
            u, s, vh = values(factors[:3])
            yield within_norm(*svd.reconstruction(a, u, s, vh, how), axes=2, label=f"{form}: A = U D V^T")
            yield within_norm(*svd.orthogonality(u, size, how), axes=2, label=f"{form}: U^T U = I")
            yield within_norm(*svd.orthogonality(vh.mT, size, how), axes=2, label=f"{form}: V^T V = I")
            yield within(s, exact.with_vectors, label=f"{form}: singular values")
    alone = subject.svdvals(A)
    yield holds(alone.shape == exact.alone.value.shape, label="svdvals: as many as min(m, n)")
    if alone.shape == exact.alone.value.shape:
        yield within(alone, exact.alone, label="svdvals")


@claim(
    title="SVD applies where the eigendecomposition does not (non-square matrices)",
    statement=r"m\ne n\Rightarrow Av=\lambda v\text{ has no meaning};\quad A=UDV^\top\text{ for every }A\text{, "
    r"defective ones included}",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    truth=TRUE,
    bound="exact (raises; ranks); BND-SVD; kappa(V) >= (||A - l I|| / (2n ||R||))^(1/3) for eigenvectors",
)
@for_all(A=rectangular_matrices(), block=jordan_blocks())
def svd_vs_eigendecomposition_domain(subject: Subject, A: Tensor, block: JordanPower) -> Iterator[Check]:
    """Every eigenvalue solver of torch refuses a rectangular A, batches and empty ones too, with a RuntimeError.

    A is decomposed by svd all the same, and so is a defective square matrix, which exactly has one eigenvector and
    whose computed basis of eigenvectors is far from orthogonal.
    """
    for name in EIGENVALUE_SOLVERS:
        yield holds(refused(subject, name, A), label=f"{name} refuses a rectangular matrix")
        yield holds(refused(subject, name, A[None]), label=f"{name} refuses a batch of batches")
        yield holds(not refused(subject, name, block.W), label=f"{name} accepts a square matrix")
    yield from decomposed(subject, A)
    yield from decomposed(subject, block.W)
    a, n, how = values(block.W), block.W.shape[-1], subject.arithmetic("eig")
    alone = eigen.multiplicities(a - block.eigenvalue * np.eye(n)).rank == n - 1
    yield holds(alone, label="defective: one eigenvector")
    basis = eigen.basis(a, values(subject.eig(block.W)[1]), balance(a, subject.device), how)
    least = eigen.least_condition(a, block.eigenvalue, basis)
    yield at_most(least, basis.kappa, label="defective: eigenvectors are ill-conditioned")


@refutation(svd_vs_eigendecomposition_domain, "Matrices that are not square have eigenvalues.")
def rectangular_matrices_have_eigenvalues(subject: Subject, A: Tensor, block: JordanPower) -> Iterator[Check]:
    """A v and l v do not even have the same length."""
    yield holds(not refused(subject, "eigvals", A))


@refutation(svd_vs_eigendecomposition_domain, "Only square matrices have singular values.")
def only_square_matrices_have_singular_values(subject: Subject, A: Tensor, block: JordanPower) -> Iterator[Check]:
    """Every matrix has min(m, n) of them."""
    yield holds(refused(subject, "svdvals", A))


@refutation(svd_vs_eigendecomposition_domain, "Defective matrices lack a singular value decomposition.")
def defective_matrices_lack_a_decomposition(subject: Subject, A: Tensor, block: JordanPower) -> Iterator[Check]:
    """Torch's factors give the matrix again."""
    u, s, vh = values(subject.svd(block.W))
    rest, truth = svd.reconstruction(values(block.W), u, s, vh, subject.arithmetic("svd"))
    yield holds(np.linalg.norm(rest, axis=(-2, -1)) > truth.bound)
