"""BND-L2 and BND-LP: the p-norm of a vector, evaluated as its formula says (no scaling), in any order of summation."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.bounds.sums import sum_error, sum_truth
from reference.exact import Enclosure
from reference.formats import Arithmetic, Format
from reference.rounding import gamma, overflow_threshold, overflows, rounded, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

POW_CPU = 2.0
"""Error of pow in unit roundoffs on CPU: within one ulp."""
POW_CUDA = 8.0
"""Error of pow in unit roundoffs on CUDA: powf is documented within 4 ulp."""


def _norm(x: Float64, p: float, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """(||x||_p as float64, its distance from the exact norm) for finite p > 0, without overflow or underflow.

    In float64 (relative error below (n + 8) 2^-53) for narrow accumulators, else in double-double.
    """
    n = x.shape[-1]
    y, exponent = double_double.normalise(x)
    if not wide(arithmetic):
        size = np.abs(y)
        root = np.sqrt((size * size).sum(-1)) if p == 2 else (size**p).sum(-1) ** (1 / p)
        value = np.ldexp(root, exponent[..., 0])
        return value, value * ((n + 8) * (1 + 1 / p) * 2.0**-53)
    if p == 2:
        exact = double_double.dot(y, y).sqrt()
    else:
        inverse = double_double.double_double(1.0) / p
        exact = double_double.power(double_double.power(np.abs(y), p).sum(), inverse)
    value, rest = double_double.to_float64(exact, exponent[..., 0])
    return value, rest + value * (n + 8) * (1 + 1 / p) * 2.0**-90


def norm_truth(
    x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU, root_ulps: float = 1.0
) -> Truth:
    """||x||_p of x (..., n) with its bound, p > 0 or inf: BND-SUM (p = 1), BND-L2, BND-LP; exact for p = inf."""
    if p == math.inf:
        return Truth(np.abs(x).max(-1, initial=0.0), np.zeros(x.shape[:-1]))
    if p == 1:
        return sum_truth(np.abs(x), arithmetic)
    value, own = _norm(x, p, arithmetic)
    return Truth(value, norm_error(x, p, arithmetic, pow_ulps=pow_ulps, root_ulps=root_ulps) + own)


def norm_error(
    x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU, root_ulps: float = 1.0
) -> Float64:
    """|fl(||x||_p) - ||x||_p| for x (..., n) and p > 0 or p = inf; shape (...). See `l2_error` and `lp_error`."""
    if not p > 0:
        raise ValueError(f"the norm needs p > 0, got {p}")
    if p == math.inf:
        return np.zeros(x.shape[:-1])
    if p == 1:
        return sum_error(np.abs(x), arithmetic)
    if p == 2:
        return l2_error(x, arithmetic, root_ulps=root_ulps)
    return lp_error(x, p, arithmetic, pow_ulps=pow_ulps)


def _sides(x: Float64, arithmetic: Arithmetic, root_ulps: float) -> tuple[Float64, Float64, Float64]:
    """(||x||_2, how far the computed norm may lie below it, how far above), before it is stored.

    BND-L2: the computed sum of squares lies within G S + s of S, G = gamma_n(ua), s = (n eta_a / 2)(1 + G)
    (ASNA (3.5), (2.8)), and the root adds `root_ulps` ua. sqrt(S + D) - sqrt(S) = D / (sqrt(S + D) + sqrt(S)).
    """
    f, n = arithmetic.accumulator, x.shape[-1]
    value, _ = _norm(x, 2.0, arithmetic)
    g, root = gamma(n, f.u), root_ulps * f.u
    s = math.sqrt(0.5 * n * (1 + g)) * math.sqrt(
        f.eta
    )  # the root of the underflow term: the term itself is below 2^-1074
    above = np.hypot(value * math.sqrt(1 + g), s)
    a = value * math.sqrt(max(1 - g, 0.0))
    below = np.sqrt(np.maximum(a - s, 0.0)) * np.sqrt(a + s)

    def gap(end: Float64) -> Float64:
        total = np.where(end + value > 0, end + value, 1.0)
        return g * value * (value / total) + s * (s / total)

    low = np.where(below > 0, np.minimum(gap(below), value), value)
    high = gap(above)
    overflow = overflows(above * above, f) if f.precision < 53 else ~(above < math.sqrt(f.largest))
    high = np.where(overflow, np.inf, high * (1 + root) + root * value)
    low = np.where(overflow, np.inf, np.minimum(low * (1 - root) + root * value, value))
    return value, upward(low), upward(high)


def l2_error(x: Float64, arithmetic: Arithmetic, *, root_ulps: float = 1.0) -> Float64:
    """|fl(||x||_2) - ||x||_2| for x (..., n), the square root of the sum of squares; shape (...).

    BND-L2, see `_sides`; `root_ulps` = 1 for a correctly rounded root, 2 for torch.sqrt. A mixed arithmetic stores the
    result. Infinite where the sum of squares may overflow the accumulator or the norm the result.
    """
    value, low, high = _sides(x, arithmetic, root_ulps)
    return _store(np.maximum(low, high), value, arithmetic)


def l2_interval(x: Float64, arithmetic: Arithmetic, *, root_ulps: float = 1.0) -> Enclosure:
    """(lower, upper) for the computed 2-norm of x (..., n): BND-L2, one-sided; (0, inf) where it may overflow."""
    value, low, high = _sides(x, arithmetic, root_ulps)
    _, own = _norm(x, 2.0, arithmetic)
    below, above = _store(low, value, arithmetic), _store(high, value, arithmetic)
    with np.errstate(invalid="ignore"):
        lower = np.where(np.isfinite(below), np.maximum(value - below - own, 0.0), 0.0)
    return Enclosure(np.nextafter(lower, 0.0), np.nextafter(value + above + own, np.inf))


def _store(error: Float64, value: Float64, arithmetic: Arithmetic) -> Float64:
    final = rounded(error, value, arithmetic.result) if arithmetic.mixed else error
    return np.where(overflows(value + error, arithmetic.result), np.inf, upward(final))


def _representable(p: float, format: Format) -> bool:
    return bool(format.round(p) == p)


def lp_error(x: Float64, p: float, arithmetic: Arithmetic, *, pow_ulps: float = POW_CPU) -> Float64:
    """|fl(||x||_p) - ||x||_p| for x (..., n) and finite p > 0, the 1/p-th power of the sum of p-th powers; shape (...).

    BND-LP (own derivation). With S = sum |x_i|^p and ua the unit roundoff of the accumulator, the computed sum is
    S e^a + s, a = gamma_{n-1}(ua) + pow_ulps ua; the root is a power with exponent fl(1/p) = (1 + d)/p, |d| <= ua (0
    for a power of two), and S^((1+d)/p) = S^(1/p) e^(d ln S / p); pow itself errs by pow_ulps ua. Where p is not
    representable, both exponents use p (1 + d'): consistently, the norm moves by d' H / p, H <= ln n the entropy of
    |x_i|^p / S; independently, ln S moves by d' p max |ln|x_i||. The larger of the two covers either spelling.
    Powers below the normal range count as lost (s, at most lam_a each). Infinite where the sum may overflow.
    """
    if not 0 < p < math.inf:
        raise ValueError(f"BND-LP needs 0 < p < inf, got {p}")
    f, n = arithmetic.accumulator, x.shape[-1]
    value, _ = _norm(x, p, arithmetic)
    size = np.abs(x)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        logs = np.log(size)
        finite_logs = np.where(size > 0, logs, 0.0)
        log_s = np.where(value > 0, p * np.log(value), 0.0)
        a = np.full_like(value, gamma(max(n - 1, 0), f.u) + pow_ulps * f.u)
        if not _representable(p, f):
            spread = np.maximum(math.log(max(n, 1)), p * np.abs(finite_logs).max(-1, initial=0.0))
            a = a + f.u * (spread + np.abs(log_s)) * (1 + 4 * f.u)
        elif math.frexp(p)[0] != 0.5:
            a = a + f.u * np.abs(log_s)
        # s / S, through logarithms: S itself may underflow float64.
        lost = ((size > 0) & (p * logs < math.log(f.lam) + 1e-9)).sum(-1)
        ratio = lost * np.exp(math.log(f.lam) - log_s) * (value > 0)
        up = np.expm1((a + np.log1p(ratio)) / p + pow_ulps * f.u)
        down = np.where(ratio < 1, -np.expm1((np.log1p(-np.minimum(ratio, 1.0)) - a) / p - pow_ulps * f.u), 1.0)
        error = upward(np.maximum(up, down) * value, n + 16)
        error = np.where(log_s + a + np.log1p(ratio) < math.log(overflow_threshold(f)) - 1e-9, error, np.inf)
        # The root of a subnormal accumulator result: its last power may be subnormal itself.
        error = error + f.eta * (value < 2 * f.lam) * (value > 0)
        return _store(error, value, arithmetic)
