"""Singular value decomposition: certified singular values, and how far computed factors are from a decomposition."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import svd_orthogonality_error, svd_residual_error, svd_values_error, svdvals_error
from reference.double_double import normalise
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import (
    MATRIX,
    Defect,
    Residual,
    defect,
    frobenius,
    identity_minus_gram,
    reconstruction_residual,
    residual,
    times_diagonal,
    vector_residual,
)
from reference.memory import remembered
from reference.rounding import gamma, overflows, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

ENCLOSED, LARGEST_ENCLOSED = 1, 4  # instances of a batch in balls, and the largest min(m, n) of such


@silent
def reconstruction(a: Float64, u: Float64, s: Float64, vh: Float64, arithmetic: Arithmetic) -> Defect:
    """A - U D V^T for A (..., m, n), U (..., m, >= k), s (..., k), V^T (..., >= k, n); ||.||_F within BND-SVD."""
    m, n = a.shape[-2:]
    bound = svd_residual_error(frobenius(a), m, n, arithmetic)
    return defect(reconstruction_residual(a, u, s, vh), bound)


@silent
def vector_defects(a: Float64, u: Float64, s: Float64, vh: Float64, arithmetic: Arithmetic) -> Defect:
    """The columns A v_i - s_i u_i as rows (..., k, m); their 2-norms within BND-SVD.

    A V - U D = (A - U D V^T) V + U D (V^T V - I), so the bound is that of the residual plus 16 M u ||A||_F.
    """
    (m, n), norm = a.shape[-2:], frobenius(a)
    bound = svd_residual_error(norm, m, n, arithmetic) + upward(svd_orthogonality_error(m, n, arithmetic) * norm)
    r = vector_residual(a, u, s, vh.swapaxes(-1, -2))
    return defect(Residual(r.value, r.error[..., None]), bound[..., None])


def orthogonality(q: Float64, size: int, arithmetic: Arithmetic) -> Defect:
    """I - Q^T Q for Q (..., p, k), a factor of a matrix of max(m, n) = `size`; ||.||_F within BND-SVD."""
    bound = np.full(q.shape[:-2], svd_orthogonality_error(size, size, arithmetic))
    return defect(identity_minus_gram(q), bound)


@remembered
def certified_singular_values(a: Float64) -> Truth:
    """Singular values of (..., m, n), shape (..., k), k = min(m, n), descending; the bound is rigorous.

    A = U S V^T + E with float64 factors from LAPACK. By Weyl |s_i(A) - s_i(U S V^T)| <= ||E||_F, and by Ostrowski
    s_i(U S V^T) / s_i lies between sqrt((1 - p)(1 - q)) and sqrt((1 + p)(1 + q)), p = ||U^T U - I||, q = ||V^T V - I||
    (Horn and Johnson, Matrix Analysis, 2nd ed., corollary 7.3.5 and theorem 4.5.9). E, p and q are evaluated far
    below float64's rounding, so the certificate does not trust LAPACK.
    """
    scaled, e = normalise(a, MATRIX)
    u, s, vh = np.linalg.svd(scaled, full_matrices=False)
    rest = residual(scaled, times_diagonal(u, s), vh)
    moved = frobenius(rest.value) + rest.error
    of_u, of_v = identity_minus_gram(u), identity_minus_gram(vh.swapaxes(-1, -2))
    stretch = frobenius(of_u.value) + of_u.error + frobenius(of_v.value) + of_v.error
    # |sqrt((1 +- p)(1 +- q)) - 1| <= 0.51 (p + q) for p, q < 0.01
    radius = upward(moved[..., None] + 0.51 * stretch[..., None] * s)
    k = e[..., 0]
    return Truth(np.ldexp(s, k), np.ldexp(radius, k) + 2.0**-1074)


def enclosed_singular_values(a: Float64) -> Truth:
    """As `certified_singular_values`, from balls: correct to about one rounding, and slow. One matrix (m, n)."""
    lower, upper = exact.singular_values(a)
    return Truth(lower, upper - lower)


def _singular_values(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Certified values; where float64 itself is tested the first instances of a batch are enclosed in balls instead."""
    truth = certified_singular_values(a)
    if not wide(arithmetic) or not 0 < min(a.shape[-2:]) <= LARGEST_ENCLOSED:
        return truth
    value, bound = truth.value.copy(), truth.bound.copy()
    for i in range(min(ENCLOSED, len(a))):
        value[i], bound[i] = enclosed_singular_values(a[i])
    return Truth(value, bound)


class SingularValues(NamedTuple):
    """What torch's ways to singular values must give for a batch of matrices, each with its bound."""

    with_vectors: Truth
    alone: Truth
    spectral_norm: Truth
    nuclear_norm: Truth


@silent
def singular_values(a: Float64, arithmetic: Arithmetic) -> SingularValues:
    """Singular values (..., k) of (..., m, n) and the norms (...) made of them, with BND-SVD and the reference's error.

    The nuclear norm adds k values from svdvals: k times their bound, and gamma_{k-1} of the sum (ASNA (4.4)); infinite
    where it may overflow.
    """
    m, n = a.shape[-2:]
    s = _singular_values(a, arithmetic)
    largest = (s.value + s.bound).max(-1, initial=0.0)
    with_vectors = svd_values_error(largest, m, n, arithmetic)[..., None] + s.bound
    alone = svdvals_error(largest, m, n, arithmetic)
    each = alone[..., None] + s.bound
    total, moved = s.value.sum(-1), each.sum(-1)
    added = gamma(max(s.value.shape[-1] - 1, 0), arithmetic.result.u) * (total + moved)
    nuclear = upward(moved + added, s.value.shape[-1])
    return SingularValues(
        Truth(s.value, with_vectors),
        Truth(s.value, each),
        Truth(s.value.max(-1, initial=0.0), alone + s.bound.max(-1, initial=0.0)),
        Truth(total, np.where(overflows(total + moved + added, arithmetic.result), np.inf, nuclear)),
    )
