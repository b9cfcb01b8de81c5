"""Derivatives of eigenvalues and singular values: closed forms with perturbation bounds, and generalised gradients.

All matrix norms without index are Frobenius norms; u_i, v_i and q_i are columns, E the backward error of BND-EIGH or
BND-SVD, whose constants are calibrated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import (
    eigh_orthogonality_error,
    eigh_residual_error,
    svd_orthogonality_error,
    svd_residual_error,
    svdvals_error,
)
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import frobenius
from reference.linear_algebra.svd import certified_singular_values
from reference.linear_algebra.symmetric_eigen import apart_at_most, certified_eigenvalues
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

FIRST_ORDER = 0.25
"""Angles between exact and computed vectors up to which something is said of them."""


@silent
def eigenvalue_gradient(a: Float64, i: int, arithmetic: Arithmetic) -> Truth:
    """q_i q_i^T (..., n, n), the gradient of the i-th eigenvalue of symmetric A where it is simple.

    sqrt(2) times the distance of two computed unit vectors (`apart_at_most`, Davis and Kahan), and four times what
    their lengths may be off. Infinite where the eigenvalue may be repeated.
    """
    q = np.linalg.eigh(a)[1][..., i]
    apart = apart_at_most(a, arithmetic)[..., i]
    length = eigh_orthogonality_error(a.shape[-1], arithmetic)
    bound = 2**0.5 * apart + 4 * length
    return Truth(q[..., :, None] * q[..., None, :], np.where(apart <= FIRST_ORDER, upward(bound), np.inf))


@silent
def gradient_of_half_squares(a: Float64, arithmetic: Arithmetic) -> Truth:
    """A (..., n, n), the gradient of half the sum of the squared eigenvalues: Q diag(l) Q^T within BND-EIGH.

    The product rounds by gamma_{n+2} sqrt(n) ||A||.
    """
    n, norm = a.shape[-1], frobenius(a)
    rounding = gamma(n + 2, arithmetic.result.u) * n**0.5 * norm
    return Truth(a, upward(eigh_residual_error(norm, n, arithmetic) + rounding, n))


def identity(n: int, arithmetic: Arithmetic) -> Truth:
    """I, the gradient of the sum of all eigenvalues: Q Q^T within 16 n u, and n gamma_n for the product."""
    bound = eigh_orthogonality_error(n, arithmetic) + n * gamma(n + 1, arithmetic.result.u)
    return Truth(np.eye(n), np.asarray(bound))


@silent
def along(gradient: Truth, t: Float64, arithmetic: Arithmetic) -> Truth:
    """<gradient, T> (...) for a gradient within a bound in norm, computed as a form u^T T v: two products round."""
    n, size = t.shape[-1] + t.shape[-2], frobenius(t)
    value = (gradient.value * t).sum((-2, -1))
    rounding = gamma(n + 2, arithmetic.result.u) * n**0.5 * size
    return Truth(value, upward(gradient.bound * size + rounding + gamma(n * n, U64) * size, n))


class Clarke(NamedTuple):
    """What is left of the conditions on a generalised gradient G, each (...), and what is allowed."""

    eigen: Float64
    eigen_allowed: Float64
    trace: Float64
    projector: Float64
    allowed: Float64


@silent
def clarke(a: Float64, i: int, g: Float64, arithmetic: Arithmetic) -> Clarke:
    """||(A - l_i I) G||, |tr G - 1| and ||G^2 - G|| for a computed gradient G (..., n, n) of the i-th eigenvalue.

    The generalised gradient of an eigenvalue is made of q q^T with unit vectors q of its eigenspace (Clarke,
    Optimization and Nonsmooth Analysis, 1983, proposition 2.8.8), whether it is simple or repeated. BND-EIGH for the
    first, 4 times 16 n u and gamma_{n+2} for the others.
    """
    n, norm = a.shape[-1], frobenius(a)
    exact = certified_eigenvalues(a)
    w, own = exact.value[..., i, None, None], exact.bound[..., i]
    length = 4 * eigh_orthogonality_error(n, arithmetic) + gamma(n + 2, arithmetic.result.u)
    eigen = frobenius(a @ g - w * g)
    allowed = 2 * eigh_residual_error(norm, n, arithmetic) + (length + gamma(4 * n, U64)) * norm + 2 * own
    trace = np.abs(np.trace(g, axis1=-2, axis2=-1) - 1)
    projector = frobenius(g @ g - g)
    return Clarke(eigen, upward(allowed, n), trace, projector, np.full(norm.shape, 2 * length))


@silent
def singular_value_gradient(a: Float64, i: int, arithmetic: Arithmetic) -> Truth:
    """u_i v_i^T (..., m, n), the gradient of the i-th singular value where it is simple and not zero.

    By Wedin (BIT 12 (1972), 99-111) both angles have sines of at most ||E|| / (gap - ||E||), gap the distance to other
    singular values and, for matrices that are not square, to zero. Infinite where that may be more than 1/4.
    """
    (m, n), k = a.shape[-2:], min(a.shape[-2:])
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    exact = certified_singular_values(a)
    e = svd_residual_error(frobenius(a), m, n, arithmetic) + exact.bound.max(-1)
    others = np.delete(s, i, -1)
    gap = np.abs(others - s[..., i, None]).min(-1, initial=np.inf)
    gap = np.minimum(gap, s[..., i] if m != n else 2 * s[..., i])  # -s_i is a neighbour too
    sine = np.divide(e, gap - e, out=np.full(gap.shape, np.inf), where=gap > 2 * e)
    length = svd_orthogonality_error(m, n, arithmetic)
    bound = 2 * 2**0.5 * sine + 4 * length + gamma(k + 4, arithmetic.result.u)
    value = u[..., :, i, None] * vh[..., None, i, :]
    return Truth(value, np.where(sine <= FIRST_ORDER, upward(2 * bound), np.inf))


@silent
def gradient_of_half_squared_values(a: Float64, arithmetic: Arithmetic) -> Truth:
    """A (..., m, n), the gradient of half the sum of the squared singular values: U diag(s) V^T within BND-SVD.

    The values come from the same decomposition; the product rounds by gamma_{k+2} sqrt(k) ||A||.
    """
    (m, n), norm = a.shape[-2:], frobenius(a)
    k = min(m, n)
    off = k**0.5 * svdvals_error(norm, m, n, arithmetic)  # values alone may come from another algorithm
    rounding = gamma(k + 2, arithmetic.result.u) * k**0.5 * norm
    return Truth(a, upward(svd_residual_error(norm, m, n, arithmetic) + off + rounding, k))


@silent
def polar_factor(a: Float64, arithmetic: Arithmetic) -> Truth:
    """U V^T (..., m, n), the gradient of the nuclear norm at full rank: 3 ||E|| / s_min and 16 M u for each factor.

    R.-C. Li, SIAM J. Matrix Anal. Appl. 16 (1995), theorem 2: 2 / (s + s~) + 1 / max(s, s~) times ||E||. Infinite where
    ||E|| exceeds a quarter of the least singular value.
    """
    m, n = a.shape[-2:]
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    exact = certified_singular_values(a)
    e = svd_residual_error(frobenius(a), m, n, arithmetic) + exact.bound.max(-1, initial=0.0)
    least = s.min(-1, initial=np.inf)
    relative = np.divide(e, least, out=np.full(e.shape, np.inf), where=least > 0)
    k = min(m, n)
    bound = 4 * relative + 4 * svd_orthogonality_error(m, n, arithmetic) + k * gamma(k + 2, arithmetic.result.u)
    return Truth(u @ vh, np.where(relative <= FIRST_ORDER, upward(bound), np.inf))


class Subgradient(NamedTuple):
    """Norm of A, its product with G, the dual norm of G, each (...), and what the last two may be off."""

    norm: Float64
    product: Float64
    dual: Float64
    off: Float64
    dual_off: float


@silent
def subgradient(a: Float64, g: Float64, norm: str, arithmetic: Arithmetic) -> Subgradient:
    """What makes G (..., m, n) a subgradient of the nuclear or the spectral norm at A: <G, A> = N(A), N*(G) <= 1.

    Watson, Linear Algebra Appl. 170 (1992), 33-45. The dual of the nuclear norm is the spectral norm and vice versa.
    G = U W V^T from the computed decomposition: BND-SVD for <G, A>, 16 M u twice for the dual norm.
    """
    (m, n), k = a.shape[-2:], min(a.shape[-2:])
    s = certified_singular_values(a)
    of_g = np.linalg.svd(g, compute_uv=False) if k else np.zeros((*g.shape[:-2], 0))
    size = frobenius(a)
    value, dual = (
        (s.value.sum(-1), of_g.max(-1, initial=0.0))
        if norm == "nuclear"
        else (
            s.value.max(-1, initial=0.0),
            of_g.sum(-1),
        )
    )
    # ties of the largest values are told apart by rounding errors: up to 2 E in each
    e = svd_residual_error(size, m, n, arithmetic)
    length = 4 * svd_orthogonality_error(m, n, arithmetic) + k * gamma(k + 4, arithmetic.result.u)
    off = upward(2 * k**0.5 * e + (length + gamma(m * n, U64)) * k**0.5 * size + s.bound.sum(-1), k)
    return Subgradient(value, (g * a).sum((-2, -1)), dual, off, k * length)
