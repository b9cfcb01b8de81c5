"""Singular values from Gram matrices: the squares as eigenvalues of A^T A, and how much their roots may lose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain, eigh_values_error, svdvals_error
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.svd import certified_singular_values
from reference.rounding import U64, overflows, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def _ascending(a: Float64) -> Truth:
    """Certified singular values of (..., m, n), ascending and behind n - min(m, n) zeros, shape (..., n)."""
    s = certified_singular_values(a)
    zeros = np.zeros((*a.shape[:-2], a.shape[-1] - s.value.shape[-1]))
    return Truth(*(np.concatenate((zeros, part[..., ::-1]), -1) for part in s))


@silent
def squares(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Computed eigenvalues of A^T A, A (..., m, n), ascending, shape (..., n): s_i^2, and zeros where m < n.

    The computed Gram matrix is A^T A + E, where |E| <= gamma_m(ua) |A|^T |A| + m eta (BND-CHAIN, ASNA (3.13)): the
    inner dimension counts. Its eigenvalues move by at most ||E||_F (Weyl) and are found within BND-EIGH of order n,

        ((8 n + 8)(1 + gamma_m) u + gamma_m) ||A||_F^2 + m n eta.
    """
    s = _ascending(a)
    gram = Chain.of(a.swapaxes(-1, -2), arithmetic, exactly=False).matmul(a)
    moved = frobenius(gram.error)
    largest = upward((s.value + s.bound).max(-1, initial=0.0) ** 2 + moved)
    found = eigh_values_error(largest, a.shape[-1], arithmetic)
    own = (2 * s.value + s.bound) * s.bound + U64 * s.value**2 + 2.0**-1074
    return Truth(s.value**2, upward((moved + found)[..., None] + own))


@silent
def roots(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Roots of the computed eigenvalues of A^T A, shape (..., n): s_i within min(B / s_i, sqrt(B)), B as in `squares`.

    |r - s| = |r^2 - s^2| / (r + s) <= B / s, and |r - s|^2 <= |r^2 - s^2|; the root of a negative eigenvalue counts as
    zero. At s = 0 half the digits are lost.
    """
    s, allowed = _ascending(a), squares(a, arithmetic).bound
    quotient = np.divide(allowed, s.value, out=np.full(allowed.shape, np.inf), where=s.value > 0)
    error = rounded(np.minimum(quotient, np.sqrt(allowed)), s.value, arithmetic.result)
    return Truth(s.value, upward(error + 2 * s.bound))


@silent
def singular_values(a: Float64, arithmetic: Arithmetic) -> Truth:
    """Singular values (..., k) of (..., m, n), descending, as svdvals computes them (BND-SVD)."""
    s = certified_singular_values(a)
    m, n = a.shape[-2:]
    allowed = svdvals_error((s.value + s.bound).max(-1, initial=0.0), m, n, arithmetic)
    return s._replace(bound=upward(allowed[..., None] + s.bound))


@silent
def squared_norm(a: Float64, arithmetic: Arithmetic) -> Truth:
    """||A||_2^2 (...) for (..., m, n), not empty: the norm within BND-SVD, its square rounded once more."""
    s = singular_values(a, arithmetic)
    value, e = s.value[..., 0], s.bound[..., 0]
    bound = rounded((2 * value + e) * e, value**2, arithmetic.result) + U64 * value**2
    return Truth(value**2, np.where(overflows(value**2 + bound, arithmetic.result), np.inf, upward(bound)))
