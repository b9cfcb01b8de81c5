"""The singular value decomposition A = U D V^T: it exists, U and V are orthogonal, D holds the singular values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.spectra import PrescribedSpectrum, matrices_by_spectrum, only
from claims.frame.subject import Subject
from reference.bounds import norm_truth
from reference.formats import Arithmetic, float32
from reference.linear_algebra import svd as reference

LARGEST_FULL = 256  # rows or columns up to which the full decomposition, with its square factors, is computed too


class Factors(NamedTuple):
    """U, the diagonal of D, and V^T of a batch, with the shapes that they must have."""

    U: Tensor
    S: Tensor
    Vh: Tensor
    full: bool
    old: bool = False

    def have_shapes_for(self, A: Tensor) -> bool:
        """Square U and V in the full decomposition, min(m, n) columns each in the reduced one."""
        b, m, n = A.shape
        k = min(m, n)
        p, q = (m, n) if self.full else (k, k)
        return (self.U.shape, self.S.shape, self.Vh.shape) == ((b, m, p), (b, k), (b, q, n))


def decompositions(subject: Subject, A: Tensor) -> Iterator[Factors]:
    """The full and the reduced decomposition."""
    for full in (True, False) if max(A.shape[-2:]) <= LARGEST_FULL else (False,):
        U, S, Vh = subject.svd(A, full_matrices=full)
        yield Factors(U, S, Vh, full)


@claim(
    title="Every real matrix has a singular value decomposition",
    statement=r"\forall A\in\mathbb{R}^{m\times n}\ \exists U,V\text{ orthogonal},\ D\ge0\text{ diagonal}:\ A=UDV^\top",
    notes="Linear algebra: singular value decomposition",
    book="2.8, eq. 2.43",
    formal="LinearMap.singularValues (the values)",
    truth=TRUE,
    bound="BND-SVD: (T + 24 sqrt M) u ||A||_F, T the convergence factor of xBDSQR, M = max(m, n) (calibrated)",
)
@for_all(A=matrices_by_spectrum())
def svd_existence(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Torch's U, D and V^T, full and reduced, are multiplied almost exactly and compared with A.

    U and V must be orthogonal and D non-negative. Up to 256 rows and columns; larger ones reduced only. The factors of
    torch.svd, which gives V instead of V^T, must be as good.
    """
    a, size, arithmetic = values(A), max(A.shape[-2:]), subject.arithmetic("svd")
    U, S, V = subject.svd_with_v(A)
    for factors in (*decompositions(subject, A), Factors(U, S, V.mT, full=False, old=True)):
        of = "torch.svd: " if factors.old else ""
        yield holds(factors.have_shapes_for(A), label=f"{of}shapes")
        if factors.have_shapes_for(A):
            u, s, vh = values(factors[:3])
            yield within_norm(*reference.reconstruction(a, u, s, vh, arithmetic), axes=2, label=f"{of}A = U D V^T")
            yield within_norm(*reference.orthogonality(u, size, arithmetic), axes=2, label=f"{of}U^T U = I")
            yield within_norm(*reference.orthogonality(vh.mT, size, arithmetic), axes=2, label=f"{of}V^T V = I")
            yield at_most(0.0, s, label=f"{of}D >= 0")


@refutation(
    svd_existence,
    "The backward error is the same small multiple of u in every dtype: that of float32 would do for float64.",
    dtypes=("float64",),
)
@for_all(A=only(PrescribedSpectrum(8, 8, condition="large")))  # one in twenty is above
def backward_error_is_independent_of_dtype(subject: Subject, A: Tensor) -> Iterator[Check]:
    """xBDSQR stops at T u, and T = u^(-1/8) grows as u shrinks: 10 in float32, 98.7 in float64."""
    u, s, vh = values(subject.svd(A, full_matrices=False))
    residual, truth = reference.reconstruction(values(A), u, s, vh, Arithmetic.of(float32))
    yield within_norm(residual, truth._replace(bound=truth.bound * (subject.format.u / float32.u)), axes=2)


@refutation(svd_existence, r"A=UDV")
def the_second_factor_is_not_transposed(subject: Subject, A: Tensor) -> Iterator[Check]:
    """torch returns V^T, so its transpose is V."""
    if A.shape[-1] == A.shape[-2]:
        u, s, vh = values(subject.svd(A))
        yield within_norm(*reference.reconstruction(values(A), u, s, vh.mT, subject.arithmetic("svd")), axes=2)


@refutation(svd_existence, "U and V are unique: the decomposition of the transposed matrix has the same factors.")
def factors_are_unique(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A^T = V D U^T is a decomposition too."""
    _, _, vh = values(subject.svd(A))
    v_of_transposed, _, _ = subject.svd(A.mT)
    tolerance = reference.orthogonality(vh.mT, max(A.shape[-2:]), subject.arithmetic("svd")).truth
    yield within_norm(v_of_transposed, tolerance._replace(value=vh.mT), axes=2)


@claim(
    title="U and V are orthogonal",
    statement=r"U^\top U=UU^\top=I_m,\quad V^\top V=VV^\top=I_n",
    hypotheses="the full decomposition; of a reduced one only the columns of U and V are orthonormal",
    notes="Linear algebra: singular value decomposition",
    book="2.8; eq. 2.37",
    formal="Matrix.orthogonalGroup, Matrix.mem_orthogonalGroup_iff",
    truth=TRUE,
    bound="BND-SVD: ||U^T U - I||_F <= 16 max(m, n) u (calibrated)",
)
@for_all(A=matrices_by_spectrum())
def svd_orthogonal_factors(subject: Subject, A: Tensor) -> Iterator[Check]:
    """U^T U, U U^T, V^T V and V V^T of torch's factors against the identity, multiplied almost exactly.

    Of the reduced decomposition U^T U and V^T V only. A 1 x 1 factor must be exactly 1 or -1. Held to the same bound:
    Q of the full QR factorisation of A and of its Householder vectors, and what orthogonal_ fills.
    """
    size, arithmetic = max(A.shape[-2:]), subject.arithmetic("svd")
    for factors in decompositions(subject, A):
        yield holds(factors.have_shapes_for(A), label="shapes")
        if factors.have_shapes_for(A):
            for name, q in (("U", values(factors.U)), ("V", values(factors.Vh).mT)):
                yield within_norm(*reference.orthogonality(q, size, arithmetic), axes=2, label=f"{name}^T {name} = I")
                if factors.full:
                    defect = reference.orthogonality(q.mT, size, arithmetic)
                    yield within_norm(*defect, axes=2, label=f"{name} {name}^T = I")
                if q.shape[-2:] == (1, 1):
                    yield holds(np.abs(q) == 1, label=f"{name} = 1 or -1")
    for name, columns, count in other_orthonormal_columns(subject, A):
        yield holds(columns.shape[-1] == count, label=f"{name}: columns")
        defect = reference.orthogonality(values(columns), size, arithmetic)
        yield within_norm(*defect, axes=2, label=f"{name}: Q^T Q = I")


def other_orthonormal_columns(subject: Subject, A: Tensor) -> Iterator[tuple[str, Tensor, int]]:
    """Torch's other matrices with orthonormal columns, for A or in its shape, and how many columns they must have.

    QR gives the square Q of tall A up to 256 rows. The rows of a wide matrix that orthogonal_ fills are orthonormal.
    """
    m, n = A.shape[-2:]
    tall, long, short = (A if m >= n else A.mT), max(m, n), min(m, n)
    square = long <= LARGEST_FULL
    yield "qr", subject.qr(tall, mode="complete" if square else "reduced")[0], long if square else short
    yield "householder_product", subject.householder_product(*subject.geqrf(tall)), short
    if A.numel():
        with subject.random(0):
            filled = subject.orthogonal_(subject.empty(m, n))[None]
        yield "orthogonal_", filled if m >= n else filled.mT, short


@refutation(svd_orthogonal_factors, r"\text{The reduced }U\text{ satisfies }UU^\top=I")
def reduced_factor_is_orthogonal(subject: Subject, A: Tensor) -> Iterator[Check]:
    """n < m columns cannot span R^m: U U^T is a projector."""
    if A.shape[-2] > A.shape[-1] > 0:
        u = values(subject.svd(A, full_matrices=False)[0])
        yield within_norm(*reference.orthogonality(u.mT, A.shape[-2], subject.arithmetic("svd")), axes=2)


@refutation(svd_orthogonal_factors, "The columns of U that belong to singular value zero are arbitrary.")
def columns_for_singular_value_zero_are_arbitrary(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Doubling these columns leaves A = U D V^T as it is (which is checked), and U is no longer orthogonal."""
    (u, s, vh), arithmetic = values(subject.svd(A, full_matrices=False)), subject.arithmetic("svd")
    doubled = np.where(s[..., None, :] == 0, 2 * u, u)
    rest, allowed = reference.reconstruction(values(A), doubled, s, vh, arithmetic)
    unchanged = np.linalg.norm(rest, axis=(-2, -1)) <= allowed.bound
    yield within_norm(*reference.orthogonality(doubled, max(A.shape[-2:]), arithmetic), axes=2, where=unchanged)


@refutation(svd_orthogonal_factors, "A matrix with mutually orthogonal columns is orthogonal.")
def orthogonal_columns_suffice(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The columns of U D are orthogonal, but not of unit length."""
    u, s, _ = values(subject.svd(A, full_matrices=False))
    columns = u * s[..., None, :]
    yield within_norm(*reference.orthogonality(columns, max(A.shape[-2:]), subject.arithmetic("svd")), axes=2)


@claim(
    title="The diagonal of D holds the singular values",
    statement=r"D_{ii}=\sigma_i\ge0,\ \sigma_1\ge\sigma_2\ge\dots;\quad Av_i=\sigma_iu_i,\ A^\top u_i=\sigma_iv_i",
    hypotheses="non-negative, in descending order: a convention that the notes do not state, else D is not unique",
    notes="Linear algebra: singular value decomposition",
    book="2.8",
    formal="LinearMap.singularValues (antitone, finitely supported)",
    truth=TRUE,
    bound="BND-SVD: (T + 8 + 8M) u s_1 with vectors, (200 + 8M) u s_1 from svdvals (Weyl; xLASQ2; calibrated)",
)
@for_all(A=matrices_by_spectrum())
def svd_diagonal_singular_values(subject: Subject, A: Tensor) -> Iterator[Check]:
    """D against singular values certified by Weyl's and Ostrowski's theorems; signs, order, and singular vectors.

    In float64 the first of a batch is enclosed by roots of the exact characteristic polynomial instead. A v_i - s_i u_i
    and A^T u_i - s_i v_i are evaluated almost exactly, the latter after the signs of u_i and v_i are changed together.
    svdvals and the spectral, nuclear and Frobenius norm must agree (the latter two where no sum can overflow).
    """
    a, arithmetic = values(A), subject.arithmetic("svd")
    truth = reference.singular_values(a, arithmetic)
    u, s, vh = values(subject.svd(A, full_matrices=False))
    yield holds(s.shape == truth.alone.value.shape, label="as many as min(m, n)")
    if s.shape != truth.alone.value.shape:
        return
    yield within(s, truth.with_vectors, label="values")
    yield at_most(0.0, s, label="sign")
    yield at_most(s[:, 1:], s[:, :-1], label="order")
    yield within_norm(*reference.vector_defects(a, u, s, vh, arithmetic), label="A v = s u")
    signs = np.where(np.arange(s.shape[-1]) % 2, 1.0, -1.0)
    right, left = (vh * signs[:, None]).mT, (u * signs).mT
    both_changed = reference.vector_defects(a.mT, right, s, left, arithmetic)
    yield within_norm(*both_changed, label="A^T u = s v after the signs of u and v are changed together")
    alone = subject.svdvals(A)
    yield within(alone, truth.alone, label="svdvals")
    yield at_most(0.0, alone, label="svdvals: sign")
    yield at_most(alone[:, 1:], alone[:, :-1], label="svdvals: order")
    yield within(subject.svd_with_v(A)[1], truth.with_vectors, label="torch.svd: values")
    nuclear, frobenius = truth.nuclear_norm, norm_truth(a.reshape(len(a), -1), 2, subject.arithmetic("matrix_norm"))
    if s.shape[-1]:
        yield within(subject.matrix_norm(A, ord=2), truth.spectral_norm, label="spectral norm")
        safe = np.isfinite(nuclear.bound)
        yield within(subject.matrix_norm(A, ord="nuc"), nuclear, where=safe, label="nuclear norm")
    safe = np.isfinite(frobenius.bound)
    yield within(subject.matrix_norm(A, ord="fro"), frobenius, where=safe, label="Frobenius norm")


@refutation(svd_diagonal_singular_values, "A matrix with negative determinant has a negative singular value.")
def singular_values_may_be_negative(subject: Subject, A: Tensor) -> Iterator[Check]:
    """The sign goes into U or V."""
    if A.shape[-1] == A.shape[-2]:
        s = values(subject.svdvals(A))
        yield holds(s.min(-1, initial=0.0) < 0, where=np.linalg.slogdet(values(A))[0] < 0)


@refutation(svd_diagonal_singular_values, "Small singular values have a small relative error.")
def small_values_are_relatively_accurate(subject: Subject, A: Tensor) -> Iterator[Check]:
    """Only the error relative to the largest singular value is small."""
    if A.numel():
        exact = reference.certified_singular_values(values(A))
        largest = np.maximum(exact.value[:, :1], subject.format.eta)
        absolute = reference.singular_values(values(A), subject.arithmetic("svd")).with_vectors.bound
        yield within(subject.svd(A)[1], exact._replace(bound=absolute * (exact.value / largest) + exact.bound))


@refutation(svd_diagonal_singular_values, "The signs of left and right singular vectors can be chosen independently.")
def signs_are_independent(subject: Subject, A: Tensor) -> Iterator[Check]:
    """A v = s u fixes the sign of u once that of v is chosen."""
    u, s, vh = values(subject.svd(A, full_matrices=False))
    yield within_norm(*reference.vector_defects(values(A), -u, s, vh, subject.arithmetic("svd")))
