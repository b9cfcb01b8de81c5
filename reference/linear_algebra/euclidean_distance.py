"""Euclidean distances almost exactly, with the bounds of the direct formula, the expanded one, and one with an eps.

Points are float64 arrays broadcasting to (..., n) and hold numbers of the stored format; the last axis is reduced.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.bounds.norms import l2_error, p_norm
from reference.double_double import DoubleDouble, normalise, to_float64, two_sum
from reference.formats import Arithmetic
from reference.memory import remembered
from reference.rounding import gamma, overflows, rounded, rounds_operands, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

ROOT = 2.0
"""Error of a root in unit roundoffs: within one ulp."""


@remembered
@silent
def exact_distance(x: Float64, y: Float64, arithmetic: Arithmetic, eps: float = 0.0) -> Truth:
    """||x - y + eps|| (...), and how far the value is from it: 2^-50 (n + 8) of it, in double-double 2^-53."""
    if not wide(arithmetic):
        difference = x - y + eps
        value, own = p_norm(difference, 2.0, double=False)
        # two roundings of each difference, the second one of a sum that may be smaller than its terms
        return Truth(value, upward(own + 2.0**-52 * (np.sqrt(((x - y) ** 2).sum(-1)) + value)))
    moved = DoubleDouble(*two_sum(*np.broadcast_arrays(x, -y))) + eps
    k = normalise(moved.hi)[1]
    z = DoubleDouble(np.ldexp(moved.hi, -k), np.ldexp(moved.tail, -k))
    value, own = to_float64((z * z).sum().sqrt(), k[..., 0])
    return Truth(value, own + 2.0**-90 * value)


@silent
def direct(x: Float64, y: Float64, arithmetic: Arithmetic, *, widened: bool = False) -> Truth:
    """The norm of the rounded difference: u ||x - y|| for the differences (no underflow), and BND-L2.

    `widened`: the differences of half types are those of the accumulator.
    """
    u, exact = (arithmetic.accumulator if widened else arithmetic.result).u, exact_distance(x, y, arithmetic)
    return _norm_moved(exact, upward(u * (exact.value + exact.bound)), _length(x, y), arithmetic)


@silent
def shifted(x: Float64, y: Float64, eps: float, arithmetic: Arithmetic) -> Truth:
    """||x - y + eps||: the difference, eps, and its sum with the difference are each rounded to the format.

    The vector moves by at most u ||x - y|| + u (1 + u) ||x - y + eps|| + (2 u eps + eta/2) sqrt(n); then BND-L2.
    """
    f, n = arithmetic.result, _length(x, y)
    apart, exact = exact_distance(x, y, arithmetic), exact_distance(x, y, arithmetic, eps)
    one_each = 2 * f.u * eps + max(f.eta / 2, 2.0**-1074)
    moved = f.u * (1 + f.u) * (apart.value + apart.bound + exact.value + exact.bound) + math.sqrt(n) * one_each
    return _norm_moved(exact, upward(moved), n, arithmetic)


def _length(x: Float64, y: Float64) -> int:
    n: int = np.broadcast_shapes(x.shape, y.shape)[-1]
    return n


def _norm_moved(exact: Truth, moved: Float64, n: int, arithmetic: Arithmetic) -> Truth:
    """A norm of n numbers that lie, as a vector, within `moved` of one whose norm is known."""
    error = l2_error(exact.value, exact.bound + moved, n, arithmetic, root_error=ROOT)
    return Truth(exact.value, upward(error + moved + exact.bound))


@silent
def expanded(x: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """sqrt(max(0, ||x||^2 + ||y||^2 - 2 x.y)) as one inner product of length n + 2, for points (..., n).

    With S = (||x|| + ||y||)^2 the computed square is within B = gamma_{2n+2}(ua) S + (3n + 2) eta_a of d^2: gamma_n for
    either squared norm, gamma_{n+2} for the inner product, whose terms add up to at most S (1 + gamma_n) (ASNA (3.5),
    Lemma 3.3). Operands rounded on the way in (TF32) move every product by (1 + ut)^2 - 1. The computed root lies
    between those of d^2 - B, or 0, and d^2 + B, within `ROOT`. Infinite where a partial sum may overflow.
    """
    n, f, exact = _length(x, y), arithmetic.accumulator, exact_distance(x, y, arithmetic)
    (a, a_own), (b, b_own) = (p_norm(v, 2.0, double=False) for v in (x, y))
    reach = upward(a + a_own + b + b_own)
    g = gamma(2 * n + 2, f.u)
    if rounds_operands(arithmetic):
        g += ((1 + arithmetic.operand.u) ** 2 - 1) * (1 + g)
    t = upward(np.hypot(math.sqrt(g) * reach, math.sqrt(3 * n + 2) * math.sqrt(arithmetic.underflow)))
    d = exact.value
    above = np.hypot(d, t)
    below = np.sqrt(np.maximum(d - t, 0.0)) * np.sqrt(d + t)
    gap = np.where(d > t, t * (t / np.where(d > t, d + below, 1.0)), d)
    gap = np.maximum(gap, t * (t / np.where(above > 0, above + d, 1.0)))
    error = upward(gap + ROOT * f.u * (above + gap)) + exact.bound
    if arithmetic.mixed:
        error = upward(rounded(error, d, arithmetic.result))
    partial = (1 + g) * reach
    overflow = overflows(partial * partial, f) | overflows(d + error, arithmetic.result)
    return Truth(d, np.where(overflow, np.inf, error))
