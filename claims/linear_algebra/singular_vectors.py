"""The shapes of the factors in A = U D V^T, and singular vectors as eigenvectors of A A^T and A^T A."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.singular_vectors import every_shape, matrices_beyond_a_block
from claims.frame.subject import Subject
from claims.linear_algebra.svd import LARGEST_FULL, decompositions
from reference.linear_algebra import singular_vectors as reference
from reference.linear_algebra import svd as decomposition
from reference.linear_algebra.symmetric_eigen import apart
from reference.truth import Truth

TOLD_APART = 0.5
"""Vectors whose computed versions may be further apart than this are not told from others here."""


def shapes(subject: Subject, A: Tensor) -> Iterator[tuple[str, bool, tuple[Tensor, ...]]]:
    """Torch's full and reduced factors U, S, V^T of a batch, by whether they must be full; V is transposed here."""
    yield "default of svd", True, subject.svd(A)
    for full in (True, False):
        yield f"svd, full_matrices={full}", full, subject.svd(A, full_matrices=full)
        U, S, V = subject.svd_with_v(A, some=not full)
        yield f"torch.svd, some={not full}", full, (U, S, V.mT)
    U, S, V = subject.svd_with_v(A)
    yield "default of torch.svd", False, (U, S, V.mT)


@claim(
    title="For an m x n matrix, U is m x m, D is m x n and V is n x n",
    statement=r"U\in\mathbb{R}^{m\times m},\ D\in\mathbb{R}^{m\times n},\ V\in\mathbb{R}^{n\times n}",
    hypotheses="the full decomposition; the reduced one has m x k, k x k and n x k factors, k = min(m, n)",
    correction="torch.linalg.svd gives the diagonal of D and V^T, and torch.svd V, reduced unless told otherwise",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    truth=TRUE,
    bound="exact for the shapes; BND-SVD for U D V^T",
)
@for_all(A=every_shape())
def svd_shapes(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The shapes of torch's factors, full and reduced, for one matrix, batches, batches of batches, and empty ones.

    D is put together from its diagonal and compared with it, exactly; U D V^T, multiplied almost exactly, with A.
    """
    (b, m, n), a, how = A.shape, values(A), subject.arithmetic("svd")
    k = min(m, n)
    for prefix, batch in (((b,), A), ((), A[0]), ((1, b), A[None]), ((b, 1), A[:, None]), ((1, 0), A[None, :0])):
        for name, full, (U, S, Vh) in shapes(subject, batch):
            p, q = (m, n) if full else (k, k)
            fitting = (U.shape, S.shape, Vh.shape) == ((*prefix, m, p), (*prefix, k), (*prefix, q, n))
            yield holds(fitting, label=f"{name}, batch {prefix}")
            if fitting and prefix == (b,):
                u, s, vh = values((U, S, Vh))
                yield within_norm(*decomposition.reconstruction(a, u, s, vh, how), axes=2, label=f"{name}: A = U D V^T")
                D = subject.diagonal_factor(S, p, q)
                yield holds(D.shape == (b, p, q), label=f"{name}: shape of D")
                if D.shape == (b, p, q):
                    expected = np.zeros((b, p, q))
                    expected[:, range(k), range(k)] = s
                    yield equal(D, expected, label=f"{name}: D")
        yield holds(subject.svdvals(batch).shape == (*prefix, k), label=f"svdvals, batch {prefix}")


@refutation(svd_shapes, "torch.linalg.svd returns V: its last factor has a column for each right singular vector.")
def linalg_svd_returns_v(subject: Subject, A: Tensor) -> Iterator[Check]:
    """It returns V^T, a row for each."""
    b, m, n = A.shape
    yield holds(subject.svd(A, full_matrices=False)[2].shape == (b, n, min(m, n)))


@refutation(svd_shapes, "torch.svd and torch.linalg.svd have the same default.")
def defaults_are_the_same(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The old function reduces, the new one does not."""
    yield holds(subject.svd(A)[0].shape == subject.svd_with_v(A)[0].shape)


@refutation(svd_shapes, "S has n entries.")
def one_value_for_each_column(subject: Subject, A: Tensor) -> Iterator[Check]:
    """It has min(m, n)."""
    yield holds(subject.svd(A)[1].shape[-1] == A.shape[-1])


class Side(NamedTuple):
    """One side of a decomposition: A or A^T in numbers, and torch's expressions of A A^T U, or A^T A V, and their eigh.

    What is said below of A and U holds for A^T and V on the other side.
    """

    a: np.ndarray
    times_gram: str
    eigh_of_gram: str

    @classmethod
    def left(cls, A: Tensor) -> Side:
        """A and U."""
        return cls(values(A), "rows_gram_times", "eigh_of_rows_gram")

    @classmethod
    def right(cls, A: Tensor) -> Side:
        """A^T and V."""
        return cls(values(A).swapaxes(-1, -2), "columns_gram_times", "eigh_of_columns_gram")


def are_eigenvectors(subject: Subject, A: Tensor, side: Side, U: Tensor, S: Tensor) -> Iterator[Check]:
    """A A^T u_i = s_i^2 u_i, with s_i = 0 beyond the last: evaluated almost exactly, and both sides by torch."""
    how, products = subject.arithmetic("svd"), subject.arithmetic(side.times_gram)
    u, s, count = values(U), values(S), U.shape[-1]
    yield within_norm(*reference.eigenvector_defects(side.a, u, s, how), label=f"{count} vectors, almost exactly")
    every = F.pad(S, (0, count - S.shape[-1]))
    squared = subject.times_squares(U, every)
    small = subject.tensor(u * subject.format.lam)
    quadrupled = subject.times_squares(small, torch.full_like(every, 2.0))
    yield equal(quadrupled, 4 * values(small), label="four times subnormal vectors")
    product = getattr(subject, side.times_gram)(A, U)
    yield holds(product.shape == squared.shape == U.shape, label="shapes")
    if product.shape == squared.shape == U.shape:
        arithmetics = products, subject.arithmetic("times_squares"), how
        both = reference.sides(values(product), values(squared), side.a, u, s, *arithmetics)
        safe = np.isfinite(both.truth.bound).all(-1)
        yield within_norm(*both, where=safe, label=f"{count} vectors, by torch, where no square may overflow")


def are_those_of_gram_matrix(subject: Subject, A: Tensor, side: Side, U: Tensor) -> Iterator[Check]:
    """Eigenvalues and eigenvectors of torch's A A^T, the largest first; vectors of simple eigenvalues are those of U.

    The order is that of singular values after a flip, the signs are independent. Up to 256 rows; where A A^T may
    overflow nothing is said.
    """
    if side.a.shape[-2] > LARGEST_FULL:
        return
    how = subject.arithmetic(side.eigh_of_gram), subject.arithmetic("eigh"), subject.arithmetic("svd")
    safe = np.isfinite(reference.gram_error(side.a, *how[:2]))
    a = np.where(safe[:, None, None], side.a, 0.0)
    w, q = values(getattr(subject, side.eigh_of_gram)(A * subject.tensor(safe)[:, None, None]))
    fitting = w.shape == a.shape[:-1] and q.shape == (*a.shape[:-1], a.shape[-2])
    yield holds(fitting, label="eigh of the Gram matrix: shapes")
    if fitting:
        w, q = w[..., ::-1], q[..., ::-1]
        pairs = reference.gram_pairs(a, w, q, *how[:2])
        yield within(*pairs.values, where=safe, label="eigh of the Gram matrix: l = s^2")
        yield within_norm(*pairs.vectors, where=safe, label="eigh of the Gram matrix: vectors")
        k = min(a.shape[-2:])
        allowed = reference.apart_at_most(a, *how)[:, :k]
        told_apart = safe[:, None] & (allowed < TOLD_APART)
        distance = np.where(told_apart, apart(values(U)[..., :k], q[..., :k]), 0.0)
        yield at_most(distance, 0 * distance, np.where(told_apart, allowed, 0.0), label="vectors of the Gram matrix")


def are_low_rank_factors(subject: Subject, A: Tensor, side: Side) -> Iterator[Check]:
    """All factors of torch.pca_lowrank and svd_lowrank: as many as A has rows or columns, without centring."""
    (b, m, n), how = A.shape, subject.arithmetic("svd")
    k = min(m, n)
    if k:
        safe = reference.low_rank_is_safe(side.a, subject.arithmetic("pca_lowrank"))
        for name, centring in (("pca_lowrank", {"center": False}), ("svd_lowrank", {})):
            with subject.random(0):
                U, S, V = getattr(subject, name)(A * subject.tensor(safe)[:, None, None], q=k, **centring)
            fitting = (U.shape, S.shape, V.shape) == ((b, m, k), (b, k), (b, n, k))
            yield holds(fitting, label=f"{name}: shapes")
            if fitting:
                a = np.where(safe[:, None, None], side.a, 0.0)
                q = values(U if side.times_gram == "rows_gram_times" else V)
                found = reference.eigenvector_defects(a, q, values(S), how)
                yield within_norm(*found, where=safe, label=name)


@claim(
    title="Left singular vectors are eigenvectors of A A^T",
    statement=r"AA^\top u_i=\sigma_i^2u_i\ (\sigma_i=0\text{ for }i>\min(m,n))",
    hypotheses="one direction only: eigenvectors of A A^T chosen without regard to V need not give a decomposition",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    formal="LinearMap.IsSymmetric (adjoint composed with the map); not stated for matrices",
    truth=TRUE,
    bound="BND-SVD: 2 (T + 24 sqrt M + 16 M) u ||A||_F^2; BND-CHAIN, BND-EIGH for what torch computes; "
    "r / (gap - r) for angles (Davis and Kahan)",
)
@for_all(A=matrices_beyond_a_block())
def left_singular_vectors(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A A^T u_i - s_i^2 u_i is evaluated almost exactly for torch's U, full and reduced; then both sides in torch.

    Torch's eigenvalues of A A^T must be the squares of singular values, in reverse order, and its eigenvectors of
    simple ones those of U, up to sign. All the factors of torch.pca_lowrank without centring, and
    of svd_lowrank, are held to the same.
    """
    side = Side.left(A)
    for factors in decompositions(subject, A):
        yield holds(factors.have_shapes_for(A), label="shapes")
        if factors.have_shapes_for(A):
            yield from are_eigenvectors(subject, A, side, factors.U, factors.S)
            if not factors.full:
                yield from are_those_of_gram_matrix(subject, A, side, factors.U)
    yield from are_low_rank_factors(subject, A, side)


@refutation(left_singular_vectors, r"\text{Eigenvectors of }AA^\top\text{ and of }A^\top A\text{ give }A=UDV^\top")
def sides_may_be_chosen_separately(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Each is unique up to sign at best, and A v = s u ties the signs together: the identity is not I I (-I)."""
    if A.shape[-1] == A.shape[-2]:
        u, v = (values(getattr(subject, f"eigh_of_{of}_gram")(A)[1])[..., ::-1] for of in ("rows", "columns"))
        s = values(subject.svdvals(A))
        yield within_norm(
            *decomposition.reconstruction(values(A), u, s, -v.swapaxes(-1, -2), subject.arithmetic("svd")), axes=2
        )


@refutation(left_singular_vectors, "Left singular vectors are eigenvectors of A.")
def left_vectors_of_a_itself(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The only number l with A u = l u would be u^T A u."""
    if A.shape[-1] == A.shape[-2]:
        yield from eigenvectors_of_itself(subject, A, values(subject.svd(A)[0]))


def eigenvectors_of_itself(subject: Subject, A: Tensor, q: np.ndarray) -> Iterator[Check]:
    """A q = (q^T A q) q for the columns of Q, within half the norm of A."""
    image = values(A) @ q
    off = image - q * (q * image).sum(-2, keepdims=True)
    yield within_norm(off.mT, Truth(0 * off.mT, 0.5 * np.linalg.norm(values(A), axis=(-2, -1))[:, None]))


@refutation(left_singular_vectors, r"A^\top Au_i=\sigma_i^2u_i\text{ for square }A")
def left_vectors_of_the_other_gram_matrix(subject: Subject, A: Tensor) -> Iterator[Check]:
    """That is what right singular vectors satisfy."""
    if A.shape[-1] == A.shape[-2]:
        u, s, _ = values(subject.svd(A))
        how = subject.arithmetic("svd")
        yield within_norm(*reference.eigenvector_defects(values(A).swapaxes(-1, -2), u, s, how))


@claim(
    title="Right singular vectors are eigenvectors of A^T A",
    statement=r"A^\top Av_i=\sigma_i^2v_i\ (\sigma_i=0\text{ for }i>\min(m,n))",
    hypotheses="one direction only: eigenvectors of A^T A chosen without regard to U need not give a decomposition",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    formal="Matrix.posSemidef_conjTranspose_mul_self",
    truth=TRUE,
    bound="BND-SVD: 2 (T + 24 sqrt M + 16 M) u ||A||_F^2; BND-CHAIN, BND-EIGH, BND-COV for what torch computes; "
    "r / (gap - r) for angles (Davis and Kahan)",
)
@for_all(A=matrices_beyond_a_block())
def right_singular_vectors(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A^T A v_i - s_i^2 v_i is evaluated almost exactly for torch's V, full and reduced; then both sides in torch.

    Torch's eigenvectors of A^T A, the largest eigenvalue first, and all the factors of torch.pca_lowrank as on the left
    side. The rows of A and of -A together have mean zero: the v_i must be eigenvectors of torch's covariance of them.
    """
    side = Side.right(A)
    for factors in decompositions(subject, A):
        yield holds(factors.have_shapes_for(A), label="shapes")
        if factors.have_shapes_for(A):
            V = factors.Vh.mT
            yield from are_eigenvectors(subject, A, side, V, factors.S)
            if not factors.full:
                yield from are_those_of_gram_matrix(subject, A, side, V)
                yield from are_principal_components(subject, A, V, factors.S)
    yield from are_low_rank_factors(subject, A, side)


def are_principal_components(subject: Subject, A: Tensor, V: Tensor, S: Tensor) -> Iterator[Check]:
    """C v_i = 2 s_i^2 / (2m - 1) v_i with C the sample covariance of the 2m rows of (A, -A); up to 256 columns."""
    n = A.shape[-1]
    if min(A.shape) and n <= LARGEST_FULL:
        C = subject.cov(torch.cat((A, -A), -2).mT).reshape(-1, n, n)  # a variance has no axes
        how = subject.arithmetic("cov"), subject.arithmetic("svd")
        found = reference.covariance_defects(values(A), values(C), values(V), values(S), *how)
        safe = np.isfinite(found.truth.bound).all(-1)
        yield within_norm(*found, where=safe, label="principal components")


@refutation(right_singular_vectors, "Right singular vectors are eigenvectors of A.")
def right_vectors_of_a_itself(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The only number l with A v = l v would be v^T A v."""
    if A.shape[-1] == A.shape[-2]:
        yield from eigenvectors_of_itself(subject, A, values(subject.svd(A)[2].mT))


@refutation(right_singular_vectors, "The columns of torch's third factor are the right singular vectors.")
def columns_of_the_third_factor(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Its rows are."""
    if A.shape[-1] == A.shape[-2]:
        _, s, vh = values(subject.svd(A))
        how = subject.arithmetic("svd")
        yield within_norm(*reference.eigenvector_defects(values(A).swapaxes(-1, -2), vh, s, how))


@refutation(right_singular_vectors, "Right singular vectors are unique.")
def right_vectors_are_unique(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Torch's eigenvectors of A^T A may differ by the sign, and by more where singular values are equal."""
    n = min(A.shape[-2:])
    v, q = values(subject.svd(A)[2].mT), values(subject.eigh_of_columns_gram(A)[1])[..., ::-1]
    yield within(v[..., :n], Truth(q[..., :n], np.full(1, TOLD_APART)))
