"""Eigenvectors from the left, and eigendecompositions that need complex numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.general import General, integer_eigenvectors, square_matrices
from claims.frame.inputs.powers import Diagonalised
from claims.frame.inputs.rotations import Known, PlaneRotations, plane_rotations
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.linear_algebra.eigen import complex_within, has_shapes, near_singular, on_bases
from reference.bounds import balance
from reference.linear_algebra import eigen
from reference.linear_algebra import eigen_kinds as reference
from reference.truth import Truth


@claim(
    title="Left eigenvectors satisfy v^T A = lambda v^T",
    statement=r"w^\top A=\lambda w^\top\iff A^\top w=\lambda w;\quad\text{rows of }V^{-1}\text{ are left eigenvectors}",
    hypotheses="plain transposes; LAPACK's left eigenvectors are conjugates of these",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Matrix.charpoly_transpose",
    truth=TRUE,
    bound="BND-EIG for A^T; ||R|| ||V^-1||^2 and gamma_3n kappa ||V^-1|| ||A|| for rows of V^-1 (ASNA ch. 14)",
)
@for_all(A=square_matrices(), known=integer_eigenvectors())
def left_eigenvector(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """Eigenpairs of A^T, and the rows of the inverse of torch's V where it is invertible, are multiplied by A.

    Eigenvalues of A^T make A - l I singular as well: the spectra agree. Where eigenvectors are known as integers the
    rows of V^-1 are left eigenvectors exactly.
    """
    a, how = values(A), subject.arithmetic("eig")
    transposed = a.swapaxes(-1, -2)
    pairs = subject.eig(A.mT)
    yield has_shapes(pairs, A)
    w, x = values(pairs)
    yield within_norm(
        *eigen.pair_defects(transposed, w, x, balance(transposed, subject.device), how), label="A^T w = l w"
    )
    yield at_most(
        *near_singular(values(subject.eigvals(A.mT)), balance(a, subject.device), how),
        label="eigenvalues of A^T are of A",
    )
    w, V = subject.eig(A)
    basis = eigen.basis(a, values(V), balance(a, subject.device), how)
    X = on_bases(subject, "inv_of_vectors", V, w, basis.usable)
    error = reference.rows_of_inverse_error(a, values(w), basis, how)
    residual = reference.left_residuals(a, values(w), X)
    yield complex_within(residual, Truth(np.zeros(a.shape), error), basis.usable, "rows of V^-1")
    identity = Truth(np.broadcast_to(np.eye(a.shape[-1]), a.shape), reference.inverse_error(values(V), basis, how))
    yield complex_within(X @ values(V), identity, basis.usable, "left times right vectors")
    scaled = values(known.w)[..., None] * values(known.inverse)
    yield equal(subject.matmul(known.inverse, known.W), scaled, label="known left eigenvectors")


@refutation(left_eigenvector, "Right eigenvectors are left eigenvectors.")
def right_eigenvectors_are_left_ones(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """Only of normal matrices, up to conjugation."""
    scaled = values(known.w)[..., None] * values(known.V).swapaxes(-1, -2)
    yield equal(subject.matmul(known.V.mT, known.W), scaled)


@refutation(left_eigenvector, r"\bar w^\top A=\lambda\bar w^\top\text{ for complex }w,\lambda\text{, with conjugates.}")
@for_all(A=only(General(4, "rotations")), known=integer_eigenvectors())
def left_eigenvectors_are_conjugated(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    w, x = values(subject.eig(A.mT))
    rest = reference.left_residuals(values(A), w, x.conj().swapaxes(-1, -2))
    yield at_most(np.abs(rest).max((-2, -1)), np.zeros(len(A)), np.full(len(A), 0.01))


@refutation(left_eigenvector, "torch.linalg.eig lists the eigenvalues of A and of A^T in the same order.")
def orders_of_eigenvalues_agree(subject: Subject, A: Tensor, known: Diagonalised) -> Iterator[Check]:
    """For ((1, 1), (0, 2)) it gives (1, 2) and (2, 1)."""
    apart = np.abs(values(subject.eigvals(known.W)) - values(subject.eigvals(known.W.mT)))
    yield at_most(apart.max(-1, initial=0.0), np.zeros(len(apart)), np.full(len(apart), 0.25))


@claim(
    title="Sometimes the eigendecomposition exists but needs complex numbers",
    statement=r"R=\begin{pmatrix}a&-b\\b&a\end{pmatrix}:\ \lambda=a\pm ib\notin\mathbb{R}\ (b\ne0);\quad "
    r"\lambda\in\operatorname{spec}(A)\iff\bar\lambda\in\operatorname{spec}(A)",
    hypotheses="A real, not symmetric",
    notes="Linear algebra: eigendecomposition",
    book="2.7",
    formal="Complex.exists_root",
    truth=TRUE,
    bound="(2n - 1) times BND-EIG for paired eigenvalues of normal matrices (Bauer and Fike, kappa = 1, continuity)",
)
@for_all(known=plane_rotations(), A=square_matrices())
def complex_eigendecomposition(subject: Subject, known: Known, A: Tensor) -> Iterator[Check]:
    """Eigenvalues of scaled rotations and cyclic permutations against the known ones, paired as closely as possible.

    Eigenvalues of any real matrix are closed under conjugation, and one of an odd order is real. With complex V and l
    the product V diag(l) V^-1 is A, real.
    """
    for R, exact in ((known.A, values(known.real) + 1j * values(known.imaginary)), (A, None)):
        a, how = values(R), subject.arithmetic("eig")
        balanced = balance(a, subject.device)
        pairs = subject.eig(R)
        yield has_shapes(pairs, R)
        allowed, zero = reference.normal_eigenvalue_error(balanced, how), np.zeros(len(a))
        for name, w in (("eig", values(pairs[0])), ("eigvals", values(subject.eigvals(R)))):
            if exact is not None:
                yield at_most(reference.matched(w, exact), zero, allowed, label=f"{name}: known eigenvalues")
            closed = reference.matched(w, w.conj())
            yield at_most(closed, zero, allowed, label=f"{name}: conjugate pairs")
            if a.shape[-1] % 2:
                yield at_most(np.abs(w.imag).min(-1), zero, allowed, label=f"{name}: odd orders have a real one")
    w, V = subject.eig(known.A)
    a, how = values(known.A), subject.arithmetic("synthesis")
    basis = eigen.basis(a, values(V), balance(a, subject.device), how)
    found = on_bases(subject, "synthesis", V, w, basis.usable)
    error = basis.moved + eigen.synthesis_error(basis, values(V), values(w), 1, how)
    yield complex_within(found, Truth(a, error), basis.usable, "V diag(l) V^-1 = A")


@refutation(complex_eigendecomposition, "Real matrices have real eigenvalues.")
def real_matrices_have_real_eigenvalues(subject: Subject, known: Known, A: Tensor) -> Iterator[Check]:
    w = values(subject.eigvals(known.A))
    yield at_most(np.abs(w.imag).max(-1, initial=0.0), np.zeros(len(w)), np.full(len(w), 0.25))


@refutation(complex_eigendecomposition, "Without their imaginary parts the numbers are still the eigenvalues.")
@for_all(known=only(PlaneRotations(2)), A=square_matrices())
def imaginary_parts_can_be_dropped(subject: Subject, known: Known, A: Tensor) -> Iterator[Check]:
    exact = values(known.real) + 1j * values(known.imaginary)
    w = values(subject.eigvals(known.A)).real + 0j
    yield at_most(reference.matched(w, exact), np.zeros(len(w)), np.full(len(w), 0.25))


@refutation(complex_eigendecomposition, "A real matrix of odd order may have no real eigenvalue.")
@for_all(known=only(PlaneRotations(3)), A=square_matrices())
def odd_orders_have_no_real_eigenvalue(subject: Subject, known: Known, A: Tensor) -> Iterator[Check]:
    w = values(subject.eigvals(known.A))
    yield holds(np.abs(w.imag).min(-1) > 2.0**-10)
