"""Singular values against eigenvalues: equal magnitudes for normal matrices, equal products and bounds for all.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Balanced, eig_error, eigh_orthogonality_error, eigh_residual_error
from reference.formats import Arithmetic
from reference.linear_algebra.eigen import determinant_change
from reference.linear_algebra.pseudoinverse_kinds import SPLIT
from reference.linear_algebra.residuals import (
    Defect,
    defect,
    frobenius,
    identity_minus_gram,
    plus,
    reconstruction_residual,
)
from reference.linear_algebra.svd import certified_singular_values
from reference.linear_algebra.symmetric_eigen import eigenvalues
from reference.rounding import gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Magnitudes(NamedTuple):
    """Magnitudes of eigenvalues (..., n), descending, and which matrices are positive definite, even as computed."""

    values: Truth
    positive: NDArray[np.bool_]


@silent
def absolute_eigenvalues(a: Float64, arithmetic: Arithmetic) -> Magnitudes:
    """|l_i| of symmetric (..., n, n) within BND-EIGH: sorting moves none by more than all may move."""
    allowed = eigenvalues(a, arithmetic)
    value = -np.sort(-np.abs(allowed.value), -1)
    bound = np.broadcast_to(allowed.bound.max(-1, initial=0.0)[..., None], value.shape)
    return Magnitudes(Truth(value, bound), np.asarray((allowed.value > allowed.bound).all(-1)))


@silent
def within_also(s: Truth, error: Float64) -> Truth:
    """Certified values (..., n) for what is computed within `error` (...) of them."""
    return Truth(s.value, upward(s.bound + error[..., None]))


@silent
def moved_eigenvalues(a: Float64, balanced: Balanced, arithmetic: Arithmetic) -> Float64:
    """||F||_F (...) with computed eigenvalues of A exactly those of A + F, and the rounding of their moduli.

    They are those of B + E, B = D^-1 A D, so F = D E D^-1 and ||F|| <= kappa(D) BND-EIG; four roundings of |l|.
    """
    ratios, f = balanced.scale / balanced.scale[..., :1], arithmetic.result
    kappa = ratios.max(-1, initial=1.0) / ratios.min(-1, initial=1.0)
    e = kappa * eig_error(balanced, arithmetic)
    return np.asarray(upward(e + gamma(4, f.u) * (frobenius(a) + e) + 2 * f.eta))


@silent
def normal_moduli(a: Float64, balanced: Balanced, arithmetic: Arithmetic) -> Truth:
    """|l_i| (..., n), descending, of normal matrices (..., n, n), which are their singular values.

    Eigenvalues of A + F lie in discs of radius ||F|| around those of A, as many in each union of overlapping discs
    (Bauer and Fike; continuity), so they can be matched within (2n - 1) ||F||; sorted moduli match as well as any.
    """
    n = a.shape[-1]
    return within_also(certified_singular_values(a), (2 * n - 1) * moved_eigenvalues(a, balanced, arithmetic))


class SvdByEigh(NamedTuple):
    """How far U, S and V^T made of a symmetric eigendecomposition are from a singular value decomposition."""

    product: Defect
    left: Defect
    right: Defect


@silent
def svd_by_eigh(a: Float64, u: Float64, s: Float64, vh: Float64, arithmetic: Arithmetic) -> SvdByEigh:
    """A - U D V^T, I - U^T U and I - V^T V for symmetric A (..., n, n) and U = Q sign(L), D = |L|, V = Q: BND-EIGH."""
    n = a.shape[-1]
    bound = eigh_residual_error(frobenius(a), n, arithmetic)
    length = np.full(a.shape[:-2], eigh_orthogonality_error(n, arithmetic))
    factors = u, vh.swapaxes(-1, -2)
    left, right = (defect(identity_minus_gram(q), length) for q in factors)
    r = reconstruction_residual(a, u, s, vh)
    return SvdByEigh(Defect(r.value, Truth(np.zeros_like(a), plus(bound, r.error))), left, right)


@silent
def condition(s: Truth, error: Float64, arithmetic: Arithmetic) -> Truth:
    """s_1 / s_n (...) from computed values within `error` (...) of certified ones (..., n > 0), and one rounding.

    Infinite where s_n may vanish, or the quotient may overflow.
    """
    f = arithmetic.result
    e = error + s.bound.max(-1)
    largest, smallest = s.value[..., 0], s.value[..., -1]
    least = smallest - e
    value = np.divide(largest, smallest, out=np.zeros(least.shape), where=least > 0)
    highest = np.divide(largest + e, least, out=np.full(least.shape, np.inf), where=least > 0)
    lowest = np.divide(largest - e, smallest + e, out=np.zeros(least.shape), where=least > 0)
    bound = upward(np.maximum(highest - value, value - lowest) + f.u * highest + f.eta + 2.0**-50 * value)
    return Truth(value, np.where(overflows(highest, f), np.inf, bound))


@silent
def condition_of_diagonal(a: Float64, arithmetic: Arithmetic) -> Truth:
    """s_1 / s_n (...) of diagonal matrices (..., n, n) whose entries are powers of two or 0, not all of them 0.

    Such a matrix is bidiagonal as it stands, and of a bidiagonal matrix QR iteration finds every singular value, zero
    too, to high relative accuracy: it neglects what moves one by less than 100 u (Demmel and Kahan, SIAM J. Sci. Stat.
    Comput. 11, 1990, sections 3 and 4), so 202u for the quotient and its rounding. Divide and conquer does not: beyond
    the order `SPLIT`, and for other matrices, the bound is infinite.
    """
    f, size = arithmetic.result, np.abs(a.diagonal(axis1=-2, axis2=-1))
    diagonal = (size[..., None] * np.eye(a.shape[-1]) == np.abs(a)).all((-2, -1))
    powers = ((np.frexp(size)[0] == 0.5) | (size == 0)).all(-1) & (size > 0).any(-1)
    largest, least = size.max(-1, initial=0.0), size.min(-1, initial=np.inf)
    value = np.divide(largest, least, out=np.full(largest.shape, np.inf), where=least > 0)
    known = (a.shape[-1] <= SPLIT) & diagonal & powers & (np.isinf(value) | ~overflows(value, f))
    return Truth(value, np.where(known, np.where(np.isinf(value), 0.0, 202 * f.u * value), np.inf))


@silent
def product_of_values(s: Truth, error: Float64, determinant: Float64, arithmetic: Arithmetic) -> Truth:
    """|det A| (...) as the product of singular values (..., n) computed within `error` (...): `determinant_change`.

    gamma_{n-1} for the product (ASNA lemma 3.1). Infinite where a partial product may overflow.
    """
    n, f = s.value.shape[-1], arithmetic.result
    e = error + s.bound.max(-1, initial=0.0)
    size = np.abs(determinant)
    moved = determinant_change(s.value + s.bound, e)
    above = np.maximum(1.0, s.value + s.bound + e[..., None])
    reached = above.prod(-1)
    bound = moved + gamma(max(n - 1, 0), f.u) * (size + moved) + n * f.eta * reached + 2.0**-52 * size
    return Truth(size, np.where(overflows(reached, f), np.inf, upward(bound, 4 * n)))
