"""Eigenpairs of square matrices, what a basis of eigenvectors gives, and matrices that have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from claims import (
    TENDENCY,
    TRUE,
    UNDER_HYPOTHESES,
    at_most,
    claim,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
    within_norm,
)
from claims.frame.checks import Check
from claims.frame.inputs.general import General, integer_eigenvectors, square_matrices
from claims.frame.inputs.powers import Diagonalised, JordanBlock, JordanPower, jordan_blocks
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.bounds import Balanced, balance
from reference.formats import Arithmetic
from reference.linear_algebra import eigen as reference
from reference.linear_algebra import powers
from reference.linear_algebra.trace import characteristic_polynomials
from reference.truth import Truth

EXPONENTS = (0, 1, 2, 3, 5, -1)


def has_shapes(pairs: Sequence[Tensor], A: Tensor) -> Check:
    """Whether there are n eigenvalues and n vectors, complex ones."""
    w, V = pairs
    complex_results = w.is_complex() and V.is_complex()
    fitting = (w.shape, V.shape) == (A.shape[:-1], A.shape) and complex_results
    return holds(np.full(len(A), fitting), label="shapes")


def on_bases(subject: Subject, name: str, V: Tensor, w: Tensor, usable: np.ndarray, *k: int) -> np.ndarray:
    """What an operation makes of eigenvectors and eigenvalues, where V is invertible; elsewhere zeros."""
    found = np.zeros(V.shape, np.complex128)
    if usable.any():
        chosen = torch.as_tensor(usable, device=V.device)
        found[usable] = values(getattr(subject, name)(V[chosen], w[chosen], *k))
    return found


def complex_within(observed: np.ndarray, truth: Truth, where: np.ndarray, label: str) -> Check:
    """A complex matrix is near a real one in the Frobenius norm."""
    real = Truth(reference.parts(truth.value), truth.bound)
    return within_norm(reference.parts(observed), real, axes=2, where=where, label=label)


@claim(
    title="An eigenvector is a nonzero vector that A only rescales",
    statement=r"Av=\lambda v,\ v\ne0,\ A\in\mathbb{R}^{n\times n},\ \lambda\in\mathbb{C}",
    hypotheses="A square, v not zero; eigenvalues and eigenvectors of a real A may be complex",
    notes="Linear algebra: eigendecomposition",
    book="2.7, eq. 2.39",
    formal="Module.End.HasEigenvector",
    truth=TRUE,
    bound="BND-EIG: ||(A v - l v) / d|| <= 30 sqrt(n) u ||B||_F ||v / d||, B = D^-1 A D balanced (calibrated); "
    "kappa(V) times that for known eigenvalues (Bauer and Fike)",
)
@for_all(A=square_matrices(), known=integer_eigenvectors())
def eigenpair(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """A v - l v is evaluated almost exactly for every pair of torch.linalg.eig, and each v must have length 1.

    Eigenvalues without vectors must make A - l I singular up to the same backward error. Where eigenvalues and vectors
    are known as integers, both must give all of them with their multiplicities.
    """
    a, how = values(A), subject.arithmetic("eig")
    balanced = balance(a, subject.device)
    pairs = subject.eig(A)
    yield has_shapes(pairs, A)
    w, v = values(pairs)
    yield within_norm(*reference.pair_defects(a, w, v, balanced, how), label="A v = l v")
    yield within(*reference.lengths(v, how), label="v is not zero")
    alone = values(subject.eigvals(A))
    yield at_most(*near_singular(alone, balanced, how), label="eigvals: A - l I is singular")
    exact = reference.real_eigenvalues(values(known.w), values(known.V), balance(values(known.W), subject.device), how)
    for name, found in (("eig", subject.eig(known.W)[0]), ("eigvals", subject.eigvals(known.W))):
        z = values(found)
        yield within(np.sort(z.real, -1), exact, label=f"{name}: known eigenvalues")
        yield within(z.imag, Truth(np.zeros(z.shape), exact.bound), label=f"{name}: they are real")


def near_singular(w: np.ndarray, balanced: Balanced, how: Arithmetic) -> tuple[np.ndarray, ...]:
    """Smallest singular values of A - l I, balanced, zero, and what is allowed."""
    found, allowed = reference.distance_to_singularity(w, balanced, how)
    return found, np.zeros(found.shape), allowed


@refutation(eigenpair, "The zero vector is an eigenvector.")
def zero_is_an_eigenvector(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """It satisfies A v = l v for every l; torch's vectors all have length 1."""
    v = values(subject.eig(A)[1])
    yield within(0 * np.abs(v[..., 0]).sum(-1) if v.size else np.ones(len(v)), Truth(np.ones(len(v)), np.zeros(())))


@refutation(eigenpair, r"\|A\hat v-\hat\lambda\hat v\|\le10nu\|A\|_F\text{ whatever the scaling of }A.")
@for_all(A=only(*(General(n, "hessenberg") for n in (4, 8))), known=integer_eigenvectors())
def backward_stable_without_balancing(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """Torch balances A first, and is backward stable for the balanced matrix only."""
    a = values(A)
    n = a.shape[-1]
    plain = Balanced(a, np.ones(a.shape[:-1]), np.sqrt((a**2).sum((-2, -1))))
    w, v = values(subject.eig(A))
    observed, truth = reference.pair_defects(a, w, v, plain, subject.arithmetic("eig"))
    yield within_norm(observed, truth._replace(bound=truth.bound * (10 * n / (30 * n**0.5))))


@refutation(eigenpair, "A v has the direction of v.")
@for_all(A=only(General(2, "signed permutation")), known=integer_eigenvectors())
def direction_is_kept(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """For a negative eigenvalue it has the opposite one."""
    yield at_most(np.zeros(len(A)), values(subject.eig(A)[0]).real.min(-1), np.full(len(A), 0.5))


@refutation(eigenpair, "The eigenvalues of a sum are sums of eigenvalues.")
@for_all(A=only(General(2, "nilpotent")), known=integer_eigenvectors())
def eigenvalues_add(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """N and N^T have no eigenvalue but 0; N + N^T has others."""
    yield at_most(np.abs(values(subject.eigvals(A + A.mT))), np.zeros(A.shape[:-1]), np.full(A.shape[:-1], 0.5))


@claim(
    title="With n independent eigenvectors A is V diag(lambda) V^-1",
    statement=r"AV=V\operatorname{diag}(\lambda),\ V\text{ invertible}\Rightarrow "
    r"A=V\operatorname{diag}(\lambda)V^{-1}",
    hypotheses="n independent eigenvectors over C, eigenvalues in the order of the columns of V",
    correction="not every square matrix has them; in floating point V is of no use where its condition nears 1/u",
    notes="Linear algebra: eigendecomposition",
    book="2.7, eq. 2.40",
    formal="Matrix.IsHermitian.spectral_theorem (Hermitian case)",
    truth=UNDER_HYPOTHESES,
    bound="BND-EIG times ||V^-1||, gamma_3n kappa for the inverse (ASNA ch. 14; calibrated), 4 gamma_{n+5} for the "
    "products",
)
@for_all(A=square_matrices(), known=integer_eigenvectors())
def eigendecomposition(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """V diag(l) V^-1 from torch's V and l, by inverse, diagonal matrix and solver, is compared with A.

    Where V is as good as singular nothing is said. The same with V and l known as integers, without error of their own.
    """
    a, how = values(A), subject.arithmetic("synthesis")
    w, V = subject.eig(A)
    basis = reference.basis(a, values(V), balance(a, subject.device), how)
    error = basis.moved + reference.synthesis_error(basis, values(V), values(w), 1, how)
    exact, known_v = values(known.W), values(known.V)
    of_known = reference.basis(exact, known_v, balance(exact, subject.device), how)
    known_error = reference.synthesis_error(of_known, known_v, values(known.w), 1, how)
    for name in ("synthesis", "synthesis_by_diagonal", "synthesis_by_solve"):
        found = on_bases(subject, name, V, w, basis.usable)
        yield complex_within(found, Truth(a, error), basis.usable, name)
        found = on_bases(subject, name, known.V, known.w, of_known.usable)
        yield complex_within(found, Truth(exact, known_error), of_known.usable, f"{name}, known")


@refutation(eigendecomposition, r"A=V\operatorname{diag}(\lambda)V^\top\text{ without symmetry}")
def transpose_takes_the_place_of_the_inverse(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    columns = subject.matmul(known.V, subject.tensor(values(known.w)[:, :, None] * np.eye(known.w.shape[-1])))
    yield within_norm(subject.matmul(columns, known.V.mT), Truth(values(known.W), np.full(len(known.W), 0.01)), axes=2)


@refutation(eigendecomposition, "Every square matrix is V diag(lambda) V^-1 with the V and lambda that torch returns.")
@for_all(A=only(General(3, "nilpotent")), known=integer_eigenvectors())
def every_matrix_has_a_basis_of_eigenvectors(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """A nilpotent matrix that is not zero has only the eigenvalue 0, and V diag(0) V^-1 is zero."""
    w, V = subject.eig(A)
    regular = np.linalg.svd(values(V), compute_uv=False)[..., -1] > 0
    found = on_bases(subject, "synthesis", V, w, regular)
    yield holds(np.abs(found.real - values(A)).max((-2, -1)) < 0.5, where=regular)


@refutation(eigendecomposition, r"A=V^{-1}\operatorname{diag}(\lambda)V")
def inverse_stands_in_front(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    found = subject.synthesis(known.inverse, known.w)
    yield within_norm(found, Truth(values(known.W), np.full(len(known.W), 0.01)), axes=2)


@claim(
    title="The eigendecomposition exposes trace, determinant, powers, inverse and rank",
    statement=r"\operatorname{tr}A=\sum_i\lambda_i,\ \det A=\prod_i\lambda_i,\ A^k=V\Lambda^kV^{-1},\ "
    r"A^{-1}=V\Lambda^{-1}V^{-1},\ \operatorname{rank}A=\#\{i:\lambda_i\ne0\}",
    hypotheses="trace and determinant for every square matrix, over C and with multiplicities; powers and rank for "
    "diagonalisable ones; the inverse for non-zero eigenvalues",
    correction="unlike the prime factors of an integer an eigendecomposition need not exist, and is not unique",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.trace_eq_sum_roots_charpoly, Matrix.det_eq_prod_roots_charpoly",
    truth=TENDENCY,
    bound="sqrt(n) ||E|| for the trace, prod(s_i + ||E||) - prod(s_i) for the determinant (Ipsen and Rehman), ||E|| by "
    "BND-EIG; k ||E|| (||A|| + ||E||)^(k-1) for powers",
)
@for_all(A=square_matrices(), known=integer_eigenvectors())
def eigendecomposition_invariants(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """Sum and product of torch's eigenvalues against the exact trace and determinant, for defective matrices as well.

    V L^k V^-1 from torch's V and L against A^k and A^-1 where V is invertible; the exact rank against the number of
    eigenvalues that are not zero, and torch's rank.
    """
    a, how = values(A), subject.arithmetic("eig")
    balanced = balance(a, subject.device)
    for name, truth in (
        ("sum_of_eigenvalues", reference.trace(a, balanced, how)),
        ("product_of_eigenvalues", reference.product_of_eigenvalues(a, balanced, how)),
    ):
        z, decided = values(getattr(subject, name)(A)), np.isfinite(truth.bound)
        yield within(z.real, truth, where=decided, label=name)
        yield within(z.imag, Truth(0 * z.imag, truth.bound), where=decided, label=f"{name} is real")
    w, V = subject.eig(A)
    basis = reference.basis(a, values(V), balanced, how)
    for k in EXPONENTS:
        power = reference.power_truth(a, basis, values(V), values(w), k, how)
        usable = basis.usable & np.isfinite(power.bound)
        yield complex_within(on_bases(subject, "power_of_synthesis", V, w, usable, k), power, usable, f"A^{k}")
    counted = reference.multiplicities(values(known.W))
    nonzero = (values(known.w) != 0).sum(-1)
    yield holds((counted.rank == nonzero) & (counted.nonzero_eigenvalues == nonzero), label="rank, exactly")
    yield holds(values(subject.matrix_rank(known.W)) == nonzero, label="torch.linalg.matrix_rank")


@refutation(eigendecomposition_invariants, "The rank is the number of non-zero eigenvalues for every matrix.")
@for_all(A=only(General(3, "nilpotent")), known=integer_eigenvectors())
def rank_counts_eigenvalues(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    nonzero = reference.multiplicities(values(A)).nonzero_eigenvalues
    yield holds(values(subject.matrix_rank(A)) == nonzero)


@refutation(eigendecomposition_invariants, "The eigenvalues of a product are products of eigenvalues.")
@for_all(A=only(General(2, "nilpotent")), known=integer_eigenvectors())
def eigenvalues_multiply(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """N and N^T have no eigenvalue but 0; N N^T has others."""
    yield holds(np.abs(values(subject.eigvals(subject.matmul(A, A.mT)))).max(-1) < 0.5)


@refutation(eigendecomposition_invariants, "Matrices with the same eigenvalues are equal.")
def spectra_determine_the_matrix(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """With rows and columns in the reverse order it has the same eigenvalues."""
    n = known.W.shape[-1]
    reversal = subject.tensor(np.broadcast_to(np.eye(n)[::-1], known.W.shape))
    similar = values(subject.matmul(subject.matmul(reversal, known.W), reversal))
    yield holds((similar == values(known.W)).all((-2, -1)))


@claim(
    title="Not every matrix has an eigendecomposition",
    statement=r"\exists A\in\mathbb{R}^{n\times n}\ (n\ge2):\ \dim\ker(A-\lambda I)<\operatorname{mult}(\lambda)"
    r"\text{, even over }\mathbb{C}",
    hypotheses="n at least 2; a matrix that is not square has no eigenvectors at all",
    correction="torch.linalg.eig does not report it: V is ill-conditioned, and V diag(l) V^-1 may be far from A",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Module.End.isSemisimple_iff",
    truth=TRUE,
    bound="exact ranks; BND-EIG for the pairs; (2 ||B|| + ||E||)^(1-1/n) ||E||^(1/n) for eigenvalues (Elsner 1985); "
    "kappa(V) >= (||A - l I|| / (2n ||R||))^(1/3)",
)
@for_all(block=jordan_blocks())
def defective_matrix(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """Jordan blocks, also in other integer bases: (x - l)^n is their characteristic polynomial and they have one
    eigenvector, both exactly. Torch's pairs are as accurate as any; the eigenvalues lie in a disc of the size of the
    n-th root of the backward error, and no computed V is well-conditioned.
    """
    a, how, n = values(block.W), subject.arithmetic("eig"), block.W.shape[-1]
    balanced = balance(a, subject.device)
    expected = characteristic_polynomials(values(subject.tensor([block.eigenvalue * np.eye(n)])))[0]
    yield holds(np.array([p == expected for p in characteristic_polynomials(a)]), label="one eigenvalue")
    yield holds(reference.multiplicities(a - block.eigenvalue * np.eye(n)).rank == n - 1, label="one eigenvector")
    pairs = subject.eig(block.W)
    yield has_shapes(pairs, block.W)
    w, v = values(pairs)
    yield within_norm(*reference.pair_defects(a, w, v, balanced, how), label="A v = l v")
    far = np.abs(w - block.eigenvalue)
    yield at_most(far, np.zeros(far.shape), reference.spread(balanced, how)[:, None], label="eigenvalues")
    basis = reference.basis(a, v, balanced, how)
    yield at_most(reference.least_condition(a, block.eigenvalue, basis), basis.kappa, label="V is ill-conditioned")
    if n == 2:
        own = powers.fits(a, block.t, subject.format) & (a == np.triu(a)).all((-2, -1))
        power = values(block.S) @ powers.reciprocal_jordan_power(block.eigenvalue, block.t) @ values(block.inverse)
        yield equal(subject.matrix_power(block.W, -block.t), power, where=own, label="W^-t, without eigenvectors")


@refutation(defective_matrix, "A repeated eigenvalue makes a matrix defective.")
@for_all(block=only(JordanBlock(2)))
def repeated_eigenvalues_are_defective(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """The identity has any basis for eigenvectors."""
    n = block.W.shape[-1]
    v = values(subject.eig(subject.tensor(np.broadcast_to(np.eye(n), block.W.shape)))[1])
    yield at_most(np.full(len(v), 2.0), np.linalg.cond(v))


@refutation(defective_matrix, "torch.linalg.eig returns an invertible V for every matrix.")
@for_all(block=only(JordanBlock(2)))
def every_matrix_has_an_invertible_basis(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """V is singular up to rounding errors."""
    least = np.linalg.svd(values(subject.eig(block.W)[1]), compute_uv=False)[..., -1]
    yield at_most(np.full(len(least), 10 * block.W.shape[-1] * subject.format.u), least)


@refutation(defective_matrix, "Small residuals make a usable decomposition: V diag(l) V^-1 is near A.")
@for_all(block=only(JordanBlock(2)))
def small_residuals_are_enough(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """For ((1, 1), (0, 1)) torch's V is not quite singular, and the product is the identity."""
    w, V = subject.eig(block.W)
    regular = np.linalg.svd(values(V), compute_uv=False)[..., -1] > 0
    found = on_bases(subject, "synthesis", V, w, regular)
    yield holds(np.abs(found.real - values(block.W)).max((-2, -1)) < 0.5, where=regular)


@refutation(defective_matrix, "Matrices near a defective one are defective.")
@for_all(block=only(JordanBlock(2)))
def defectiveness_survives_perturbation(subject: Subject, block: JordanPower) -> Iterator[Check]:
    """((1, 1), (1/4, 1)) has the eigenvalues 1/2 and 3/2, and any smaller number splits them as well."""
    moved = values(block.W) + 0.25 * np.eye(block.W.shape[-1], k=1 - block.W.shape[-1])
    yield holds(np.ptp(values(subject.eigvals(subject.tensor(moved))).real, -1) < 0.5)
