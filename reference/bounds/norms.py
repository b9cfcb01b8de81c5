"""BND-L2 and BND-LP: the p-norm of a vector, evaluated as its formula says (no scaling), in any order of summation."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.bounds.sums import sum_error, sum_truth
from reference.exact import Enclosure
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, overflow_threshold, overflows, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

POW_CPU = 2.0
"""Error of pow in unit roundoffs on CPU: within one ulp."""
POW_CUDA = 8.0
"""Error of pow in unit roundoffs on CUDA: powf is documented within 4 ulp."""


def norm_error(
    x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU, root_ulps: float = 1.0
) -> Float64:
    """|fl(||x||_p) - ||x||_p| for x (..., n) and p > 0 or p = inf; shape (...).

    BND-SUM for p = 1, `l2_error` for p = 2, 0 for p = inf, else `lp_error`. Raises ValueError for other p.
    """
    if not p > 0:
        raise ValueError(f"the norm needs p > 0, got {p}")
    if p == math.inf:
        return np.zeros(x.shape[:-1])
    if p == 1:
        return sum_error(np.abs(x), arithmetic)
    if p == 2:
        return l2_error(x, arithmetic, root_ulps=root_ulps)
    return lp_error(x, p, arithmetic, pow_ulps=pow_ulps)


def norm_truth(
    x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU, root_ulps: float = 1.0
) -> Truth:
    """||x||_p of x (..., n) with `norm_error` and the error of the value itself; see there."""
    if p == 1:
        return sum_truth(np.abs(x), arithmetic)
    bound = norm_error(x, p, arithmetic, pow_ulps=pow_ulps, root_ulps=root_ulps)
    if p == math.inf:
        return Truth(np.abs(x).max(-1, initial=0.0), bound)
    value, own = p_norm(x, p, double=wide(arithmetic))
    return Truth(value, bound + own)


@silent
def p_norm(x: Float64, p: float, *, double: bool) -> tuple[Float64, Float64]:
    """(||x||_p rounded to float64, its distance from the exact norm) for finite p > 0.

    Relative to the largest entry, so that it neither overflows nor underflows. The relative error is below
    (n + 8)(1 + 1/p) u with u = 2^-53 in float64 (powers within 2 ulp, the quotient x / max moved by u) and 2^-90 in
    double-double: there t = (x / max)^p errs by t (|ln t| + 4) 2^-98, and t |ln t| <= 1/e.
    """
    n = x.shape[-1]
    y, exponent = double_double.normalise(np.abs(x))
    k, slack = exponent[..., 0], (n + 8) * (1 + 1 / p)
    top = np.where((top := y.max(-1, initial=0.0)) > 0, top, 1.0)
    if not double:
        ratio = y / top[..., None]
        root = np.sqrt((y * y).sum(-1)) if p == 2 else top * (ratio**p).sum(-1) ** (1 / p)
        value = np.ldexp(root, k)
        return value, upward(value * (slack * U64))
    if p == 2:
        exact = double_double.dot(y, y).sqrt()
    else:
        powers = double_double.power(double_double.double_double(y) / top[..., None], p)
        exact = double_double.power(powers.sum(), double_double.double_double(1.0) / p) * top
    value, rest = double_double.to_float64(exact, k)
    return value, rest + value * (slack * 2.0**-90)


@silent
def _l2_sides(x: Float64, arithmetic: Arithmetic, root_ulps: float) -> tuple[Float64, Float64, Float64]:
    """(||x||_2, how far the computed norm may lie below it, how far above), before it is stored.

    sqrt(S + D) - sqrt(S) = D / (sqrt(S + D) + sqrt(S)) with D = G S + s, all of it without squaring a norm.
    """
    f, n = arithmetic.accumulator, x.shape[-1]
    value, own = p_norm(x, 2.0, double=wide(arithmetic))
    upper, lower = upward(value + own), value - upward(own)
    g, root = gamma(n, f.u), root_ulps * f.u
    s = math.sqrt(0.5 * n * (1 + g)) * math.sqrt(f.eta)  # the root of the underflow term, which may be below 2^-1074
    above = upward(np.hypot(upper * math.sqrt(1 + g), s))
    # Rounded down, so that the gap below is not taken too small where a and s nearly cancel.
    a = lower * (math.sqrt(max(1 - g, 0.0)) * (1 - 2.0**-48))
    below = np.sqrt(np.maximum(a - s, 0.0)) * np.sqrt(a + s) * (1 - 2.0**-50)

    def gap(end: Float64) -> Float64:
        total = np.where(end + value > 0, end + value, 1.0)
        return g * upper * (upper / total) + s * (s / total)

    high, low = gap(above), np.where(below > 0, np.minimum(gap(below), upper), upper)
    overflow = overflows(above * above, f) if f.precision < 53 else ~(above < math.sqrt(f.largest))
    high = np.where(overflow, np.inf, high * (1 + root) + root * upper)
    low = np.where(overflow, np.inf, np.minimum(low + root * upper, upper))
    return value, upward(low), upward(high)


def l2_error(x: Float64, arithmetic: Arithmetic, *, root_ulps: float = 1.0) -> Float64:
    """|fl(||x||_2) - ||x||_2| for x (..., n), the square root of the sum of squares; shape (...).

    BND-L2 (ASNA (3.5), (2.8)): the computed sum of squares lies within G S + s of S, G = gamma_n(ua),
    s = (n eta_a / 2)(1 + G), and the root adds `root_ulps` ua: 1 if it is correctly rounded, 2 for torch.sqrt. A mixed
    arithmetic stores the result. Infinite where the sum of squares may overflow the accumulator or the norm the result.
    """
    value, low, high = _l2_sides(x, arithmetic, root_ulps)
    return _store(np.maximum(low, high), value, arithmetic)


@silent
def l2_interval(x: Float64, arithmetic: Arithmetic, *, root_ulps: float = 1.0) -> Enclosure:
    """(lower, upper) for the computed 2-norm of x (..., n): BND-L2, one-sided; (0, inf) where it may overflow."""
    value, low, high = _l2_sides(x, arithmetic, root_ulps)
    _, own = p_norm(x, 2.0, double=wide(arithmetic))
    below, above = (upward(_store(side, value, arithmetic) + own) for side in (low, high))
    lower = np.where(below < value, np.nextafter(value - np.minimum(below, value), 0.0), 0.0)
    return Enclosure(lower, np.nextafter(value + above, np.inf))


def _store(error: Float64, value: Float64, arithmetic: Arithmetic) -> Float64:
    final = rounded(error, value, arithmetic.result) if arithmetic.mixed else error
    return np.where(overflows(value + error, arithmetic.result), np.inf, upward(final))


@silent
def lp_error(x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU) -> Float64:
    """|fl(||x||_p) - ||x||_p| for x (..., n) and finite p > 0, the 1/p-th power of the sum of p-th powers; shape (...).

    BND-LP (own derivation), with S = sum |x_i|^p and ua the unit roundoff of the accumulator. The computed sum is
    S e^a + s, |a| <= gamma_{n-1}(ua) + pow_ulps ua. The root is a power with exponent fl(1/p) = (1 + d)/p, |d| <= ua
    (0 for a power of two), and S^((1+d)/p) = S^(1/p) e^(d ln S / p); that power errs by pow_ulps ua itself. Where p is
    not representable, its rounding p (1 + d') moves the norm by d' H / p if both powers use it, H <= ln n the entropy
    of |x_i|^p / S, and ln S by d' p max |ln|x_i|| if only the first does: the larger covers either spelling. Powers
    below the normal range count as lost (s, at most lam_a each), a subnormal root errs by pow_ulps/2 eta_a. A mixed
    arithmetic stores the result. Infinite where the sum may overflow.
    """
    if not 0 < p < math.inf:
        raise ValueError(f"BND-LP needs 0 < p < inf, got {p}")
    f, n = arithmetic.accumulator, x.shape[-1]
    value, _ = p_norm(x, p, double=wide(arithmetic))
    pow_error = gamma(pow_ulps, f.u)
    size = np.abs(x)
    logs = np.log(np.where(size > 0, size, 1.0))
    log_s = p * np.log(np.where(value > 0, value, 1.0))
    a = np.full_like(value, gamma(max(n - 1, 0), f.u) + pow_error)
    # s / S, through logarithms: S itself may underflow float64. They are good to about 1e-12.
    lost = ((size > 0) & (p * logs < math.log(f.lam) + 1e-9)).sum(-1)
    ratio = lost * np.exp(math.log(f.lam) - log_s + 1e-9)
    log_s_computed = np.abs(log_s) + a + np.log1p(ratio)
    if f.round(p) != p:
        spread = np.maximum(math.log(max(n, 1)), p * np.abs(logs).max(-1, initial=0.0))
        a = a + gamma(1, f.u) * (spread + log_s_computed)
    elif math.frexp(p)[0] != 0.5:
        a = a + gamma(1, f.u) * log_s_computed
    up = np.expm1((a + np.log1p(ratio)) / p + pow_error)
    kept = 1 - ratio * np.exp(a)
    down = np.where(kept > 0, -np.expm1((np.log(np.maximum(kept, 1e-300)) - a) / p - pow_error), 1.0)
    error = upward(np.maximum(up, down) * value, n + 16)
    error = error + np.where((value > 0) & (value < 2 * f.lam), 0.5 * max(pow_ulps, 2.0) * f.eta, 0.0)
    overflow = ~(np.maximum(log_s, 0) + a + np.log1p(ratio) < math.log(overflow_threshold(f)) - 1e-9)
    return _store(np.where(overflow, np.inf, error), value, arithmetic)
