"""Residuals C - X Y far below float64's rounding, from a few ordinary matrix products.

Error-free splitting (Ozaki, Ogita, Oishi and Rump, Numer. Algorithms 59 (2012), 95-118): each factor is cut into slices
so short that the products of slices are exact in float64 in any order of summation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, fast_two_sum, normalise, two_product, two_sum
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]
MATRIX = (-2, -1)
_BITS = 75  # of each factor that count: 53 and those of a second part


class Residual(NamedTuple):
    """`value` (..., m, n) and a bound on the Frobenius norm of its own error, shape (...)."""

    value: Float64
    error: Float64


class Defect(NamedTuple):
    """What should be zero, and the truth that its norm is, up to rounding: the arguments of a check in norm."""

    observed: Float64
    truth: Truth


def plus(bound: Float64, error: Float64) -> Float64:
    """A bound with the error of a residual; infinite bounds stay so where the residual of an overflow is no number."""
    return np.where(np.isinf(bound), np.inf, bound + error)


def defect(r: Residual, bound: Float64) -> Defect:
    """A residual whose norm is within `bound`, apart from its own error."""
    return Defect(r.value, Truth(np.zeros_like(r.value), plus(bound, r.error)))


def frobenius(a: Float64) -> Float64:
    """Frobenius norms (...) of (..., m, n), scaled: nothing overflows or vanishes on the way; rounded up."""
    size = np.abs(a).max(axis=MATRIX, initial=0.0, keepdims=True)
    scale = np.where((size > 0) & np.isfinite(size), size, 1.0)
    squares = ((a / scale) ** 2).sum(MATRIX)
    norms: Float64 = np.sqrt(squares) * scale[..., 0, 0] * (1 + (a.shape[-1] * a.shape[-2] + 8) * U64)
    return norms


def _slices(hi: Float64, lo: Float64 | None, bits: int, count: int) -> list[Float64]:
    """Up to `count` arrays whose sum is hi + lo up to 2^-(count bits + 1): integers of `bits` bits times powers of two.

    Needs |hi| <= 1; a low part of None is zero. Arrays of nothing but zeros are left out at the end.
    """
    parts = []
    for i in range(1, count + 1):
        quantum = 2.0 ** (-bits * i)
        part = np.rint(hi / quantum) * quantum
        parts.append(part)
        hi = hi - part
        if lo is not None:
            hi, lo = fast_two_sum(hi, lo)
        if not hi.any():
            break
    return parts


def residual(c: Float64, x: Float64 | DoubleDouble, y: Float64) -> Residual:
    """C - X Y for C (..., m, n), X (..., m, k), Y (..., k, n); X may be double-double.

    With all |X| < 2^p and |Y| < 2^q the error of an entry is at most count (k + 4) 2^(p+q - bits count), which is below
    2^(p+q-65) (k + 4), and one rounding of the result. Scaled by powers of two: nothing overflows; NaN shows.
    """
    left, low = (x.hi, x.lo) if isinstance(x, DoubleDouble) else (x, None)
    inner = y.shape[-2]
    bits = (53 - math.ceil(math.log2(max(inner, 1)))) // 2
    count = -(-_BITS // bits)
    (left, p), (right, q) = normalise(left, MATRIX), normalise(y, MATRIX)
    xs = _slices(left, None if low is None else np.ldexp(low, -p), bits, count)
    ys = _slices(right, None, bits, count)
    hi = np.ldexp(c, -(p + q))
    lo = np.zeros_like(hi)
    for order in range(count):
        for i in range(max(0, order - len(ys) + 1), min(order + 1, len(xs))):
            hi, e = two_sum(hi, -(xs[i] @ ys[order - i]))
            lo = lo + e
    total = hi + lo
    m, n = c.shape[-2:]
    own = math.sqrt(m * n) * count * (inner + 4) * 2.0 ** (-bits * count)
    own = own * (left.any(MATRIX) & right.any(MATRIX))
    value = np.ldexp(total, p + q)
    # the last term is what becomes of a result among the subnormal numbers
    error = np.ldexp(own, (p + q)[..., 0, 0]) + 4 * U64 * frobenius(value) + m * n * 2.0**-1074
    return Residual(value, error)


def times_diagonal(x: Float64, d: Float64) -> DoubleDouble:
    """X diag(d) for X (..., m, k), d (..., k), as double-double; exact where nothing underflows."""
    return DoubleDouble(*two_product(x, d[..., None, :]))


def reconstruction_residual(a: Float64, u: Float64, s: Float64, vh: Float64) -> Residual:
    """A - U diag(s) V^T for A (..., m, n), U (..., m, >= k), s (..., k), V^T (..., >= k, n)."""
    k = s.shape[-1]
    scaled, e = normalise(a, MATRIX)
    r = residual(scaled, times_diagonal(u[..., :, :k], np.ldexp(s, -e[..., 0])), vh[..., :k, :])
    return _rescaled(r, e)


def vector_residual(a: Float64, u: Float64, s: Float64, v: Float64) -> Residual:
    """A v_i - s_i u_i as rows (..., k, m), for A (..., m, n), U (..., m, >= k), s (..., k), V (..., n, >= k)."""
    k = s.shape[-1]
    scaled, e = normalise(a, MATRIX)
    left = np.concatenate((scaled, u[..., :, :k]), -1)
    diagonal = np.ldexp(s, -e[..., 0])[..., None] * np.eye(k)
    right = np.concatenate((-v[..., :k], diagonal), -2)
    r = _rescaled(residual(np.zeros((*a.shape[:-1], k)), left, right), e)
    return Residual(r.value.swapaxes(-1, -2), r.error)


def _rescaled(r: Residual, exponent: NDArray[np.int64]) -> Residual:
    m, n = r.value.shape[-2:]
    return Residual(np.ldexp(r.value, exponent), np.ldexp(r.error, exponent[..., 0, 0]) + m * n * 2.0**-1074)


def identity_minus_gram(q: Float64) -> Residual:
    """I - Q^T Q for Q (..., p, k)."""
    k = q.shape[-1]
    return residual(np.broadcast_to(np.eye(k), (*q.shape[:-2], k, k)), q.swapaxes(-1, -2), q)


class Product(NamedTuple):
    """X Y as double-double (..., m, n), and a bound on the Frobenius norm of its error, shape (...)."""

    value: DoubleDouble
    error: Float64


def product(x: Float64, y: Float64) -> Product:
    """X Y: the float64 product and what it misses."""
    rounded = x @ y
    missing = residual(rounded, x, y)
    return Product(DoubleDouble(*fast_two_sum(rounded, -missing.value)), missing.error)
