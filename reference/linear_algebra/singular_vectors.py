"""Singular vectors as eigenvectors of A A^T: almost exact residuals, and what torch's spellings of them may miss.

For right singular vectors give A^T. Everything is divided by a power of four, the square of the power of two that
brings the entries of A below one, so that the squares of singular values neither overflow nor vanish.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import (
    Chain,
    covariance_error,
    eigh_orthogonality_error,
    eigh_residual_error,
    eigh_values_error,
    svd_orthogonality_error,
    svd_residual_error,
    svd_values_error,
)
from reference.double_double import DoubleDouble, normalise, two_product
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import (
    MATRIX,
    Defect,
    Residual,
    frobenius,
    plus,
    product,
    residual,
    times_diagonal,
)
from reference.linear_algebra.svd import certified_singular_values
from reference.rounding import gamma, overflows, rounds_operands, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def padded(s: Float64, count: int) -> Float64:
    """Singular values (..., k) and zeros up to `count`."""
    return np.pad(s, [(0, 0)] * (s.ndim - 1) + [(0, count - s.shape[-1])])


@silent
def eigenvector_defects(a: Float64, q: Float64, s: Float64, arithmetic: Arithmetic) -> Defect:
    """The columns A A^T q_i - s_i^2 q_i as rows (..., p, m) for A (..., m, n), Q (..., m, p), s (..., k <= p), scaled.

    Missing s_i are zero. With r = A v - s u and t = A^T u - s v, A A^T u - s^2 u = A t + s r. Both are at most
    d = BND-SVD + 16 M u ||A||_F in norm (see `svd.vector_defects`), so the bound is d (||A||_F + s_i), no s_i counting
    for more than ||A||_F and its error. All the factors of torch.pca_lowrank and svd_lowrank keep it as well
    (calibrated).
    """
    scaled, e = normalise(a, MATRIX)
    down = np.ldexp(padded(s, q.shape[-1]), -e[..., 0])
    r = _residual(scaled, q, DoubleDouble(*two_product(down, down)))
    return Defect(r.value, Truth(np.zeros_like(r.value), plus(_defect(a, down, arithmetic), r.error[..., None])))


def _defect(a: Float64, s: Float64, arithmetic: Arithmetic) -> Float64:
    """What the norm of a scaled A A^T u_i - s_i^2 u_i may be for computed pairs, s scaled (..., p); shape (..., p)."""
    (m, n), norm, e = a.shape[-2:], frobenius(a), normalise(a, MATRIX)[1][..., 0, 0]
    single = svd_residual_error(norm, m, n, arithmetic) + svd_orthogonality_error(m, n, arithmetic) * norm
    largest = norm + svd_values_error(norm, m, n, arithmetic)
    d, size, most = (np.ldexp(x, -e)[..., None] for x in (single, norm, largest))
    return upward(d * (size + np.minimum(s, most)))


def _residual(a: Float64, q: Float64, w: DoubleDouble) -> Residual:
    """A A^T q_i - w_i q_i as rows (..., p, m), for A (..., m, n) of entries below one."""
    rows = q.swapaxes(-1, -2)
    first, eye = product(rows, a), np.eye(q.shape[-1])
    left = _beside(first.value, DoubleDouble(w.hi[..., None] * eye, w.lo[..., None] * eye))
    r = residual(np.zeros(rows.shape), left, np.concatenate((-a.swapaxes(-1, -2), rows), -2))
    return Residual(r.value, r.error + upward(first.error * frobenius(a)) + 2.0**-1000)


def _beside(x: DoubleDouble, y: DoubleDouble) -> DoubleDouble:
    """The columns of X and those of Y."""
    return DoubleDouble(np.concatenate((x.hi, y.hi), -1), np.concatenate((x.lo, y.lo), -1))


@silent
def sides(left: Float64, right: Float64, a: Float64, q: Float64, s: Float64, *how: Arithmetic) -> Defect:
    """Computed A A^T Q less computed Q diag(s^2), columns as rows (..., p, m), within both roundings and the defect.

    `how` are the arithmetic of matrix products, of elementwise ones, and of the SVD. BND-CHAIN for the products, in
    either order; two roundings of s^2 q.
    """
    products, elementwise, svd = how
    f, e = elementwise.result, normalise(a, MATRIX)[1][..., 0]
    matrix, vectors = Chain.of(a, products, exactly=False), Chain.of(q, products, exactly=False)
    inner, turned = matrix.matmul(matrix.transpose()), matrix.transpose().matmul(vectors)
    chain = np.maximum(inner.matmul(vectors).error, matrix.matmul(turned).error)
    every = padded(s, q.shape[-1])
    size = np.abs(q) * every[..., None, :] ** 2
    rounding = gamma(2, f.u) * size + f.eta * (np.abs(q) + 1)
    each = np.where(overflows(size, f), np.inf, chain + rounding)
    bound = frobenius(each.swapaxes(-1, -2)[..., None]) + np.ldexp(_defect(a, np.ldexp(every, -e), svd), 2 * e)
    difference = (left - right).swapaxes(-1, -2)
    return Defect(difference, Truth(np.zeros_like(difference), upward(bound, a.shape[-1])))


class GramPairs(NamedTuple):
    """Of computed eigenpairs of A A^T, descending: eigenvalues with their truth, and A A^T q - l q with its; scaled."""

    values: Defect
    vectors: Defect


@silent
def gram_error(a: Float64, products: Arithmetic, eigh: Arithmetic) -> Float64:
    """||E||_F (...) with A A^T + E = Q L Q^T for the computed eigendecomposition Q, L of a computed A A^T; not scaled.

    BND-CHAIN for the product, of which one triangle is mirrored, and BND-EIGH.
    """
    matrix = Chain.of(a, products, exactly=False)
    formed = np.sqrt(2) * frobenius(matrix.matmul(matrix.transpose()).error)
    norm = frobenius(a) ** 2 + formed
    return np.asarray(upward(formed + eigh_residual_error(norm, a.shape[-2], eigh), a.shape[-1]))


@silent
def gram_pairs(a: Float64, w: Float64, q: Float64, products: Arithmetic, eigh: Arithmetic) -> GramPairs:
    """Eigenvalues w (..., m), descending, and eigenvectors Q (..., m, m) of a computed A A^T, A (..., m, n).

    The exact eigenvalues are the squares of the singular values and zeros; by Weyl's theorem they move by no more
    than `gram_error`. Residuals A A^T q - w q as in `symmetric_eigen.vector_defects`.
    """
    scaled, exponent = normalise(a, MATRIX)
    e, m = exponent[..., 0, 0], a.shape[-2]
    down = np.ldexp(w, -2 * e[..., None])
    r = _residual(scaled, q, DoubleDouble(down, np.zeros_like(down)))
    norm = frobenius(a) ** 2
    moved = gram_error(a, products, eigh)
    off = np.ldexp(upward(moved + eigh_orthogonality_error(m, eigh) * (norm + moved)), -2 * e)
    vectors = Defect(r.value, Truth(np.zeros_like(r.value), plus(off[..., None], r.error[..., None])))
    exact = squares(a)
    allowed = np.ldexp(moved + eigh_values_error(norm + moved, m, eigh), -2 * e)
    return GramPairs(Defect(down, exact._replace(bound=upward(allowed[..., None] + exact.bound))), vectors)


@silent
def squares(a: Float64) -> Truth:
    """Eigenvalues of A A^T (..., m), descending, scaled: squares of certified singular values, and zeros."""
    s = certified_singular_values(normalise(a, MATRIX)[0])
    value, bound = (padded(x[..., : a.shape[-2]], a.shape[-2]) for x in (s.value, s.bound))
    return Truth(value**2, upward(2 * value * bound + bound**2 + gamma(2, 2.0**-53) * value**2))


@silent
def apart_at_most(a: Float64, products: Arithmetic, eigh: Arithmetic, svd: Arithmetic) -> Float64:
    """How far a computed singular vector u_i and eigenvector q_i of A A^T may be apart, up to sign; shape (..., m).

    The sine of the angle between a vector with the residual r and the exact eigenvector is at most r / (gap - r), gap
    the distance between the exact eigenvalue and the next (Davis and Kahan; Parlett, The Symmetric Eigenvalue Problem,
    theorem 11.7.1). Unit vectors at an acute angle t are at most sqrt(2) sin t apart. Infinite where gap may vanish.
    """
    (m, n), e = a.shape[-2:], normalise(a, MATRIX)[1][..., 0, 0]
    moved, norm = gram_error(a, products, eigh), frobenius(a) ** 2
    by_eigh = moved + eigh_orthogonality_error(m, eigh) * (norm + moved) + eigh_values_error(norm + moved, m, eigh)
    exact = squares(a)
    by_svd = _defect(a, np.full((*a.shape[:-2], 1), np.inf), svd)
    between = exact.value[..., :-1] - exact.value[..., 1:] - exact.bound[..., :-1] - exact.bound[..., 1:]
    edge = np.full((*between.shape[:-1], 1), np.inf)
    gap = np.minimum(np.concatenate((edge, between), -1), np.concatenate((between, edge), -1))
    total = np.zeros(gap.shape)
    for r in (np.ldexp(by_eigh, -2 * e)[..., None], by_svd):
        total = total + np.divide(r, gap - r, out=np.full(gap.shape, np.inf), where=gap > r)
    lengths = svd_orthogonality_error(m, n, svd) + eigh_orthogonality_error(m, eigh)
    return upward(2**0.5 * total + lengths)


@silent
def low_rank_is_safe(a: Float64, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Which of (..., m, n) may be multiplied by a normal matrix without overflow; none if products round operands."""
    return ~overflows(64 * max(a.shape[-2:]) * frobenius(a), arithmetic.result) & ~np.bool_(rounds_operands(arithmetic))


@silent
def covariance_defects(a: Float64, c: Float64, v: Float64, s: Float64, cov: Arithmetic, svd: Arithmetic) -> Defect:
    """(2m - 1) C v_i - 2 s_i^2 v_i as rows (..., k, n), scaled, C (..., n, n) the covariance of the rows of (A, -A).

    Their mean is zero, so (2m - 1) C = 2 A^T A exactly. BND-COV, and twice the defect of the right singular vectors.
    """
    (m, n), e = a.shape[-2:], normalise(a, MATRIX)[1]
    both = np.concatenate((a, -a), -2).swapaxes(-1, -2)
    wrong = frobenius(covariance_error(both, cov))
    k = s.shape[-1]
    times = DoubleDouble(*two_product(np.ldexp(c, -2 * e), np.full(c.shape, 2.0 * m - 1)))
    down = np.ldexp(s, -e[..., 0])
    weighted = times_diagonal(2 * v[..., :k], down)
    left = _beside(times, weighted)
    right = np.concatenate((-v[..., :k], down[..., None] * np.eye(k)), -2)
    r = residual(np.zeros((*a.shape[:-2], n, k)), left, right)
    length = 1 + svd_orthogonality_error(m, n, svd)
    allowed = (2 * m - 1) * length * np.ldexp(wrong[..., None], -2 * e[..., 0]) + 2 * _defect(a, down, svd)
    bound = plus(upward(np.where(np.isfinite(wrong)[..., None], allowed, np.inf), n * n), r.error[..., None])
    rows = r.value.swapaxes(-1, -2)
    return Defect(rows, Truth(np.zeros_like(rows), bound))
