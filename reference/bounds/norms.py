"""BND-L2 and BND-LP: the p-norm of a vector, evaluated as its formula says, in any order of summation.

Arrays x are float64 of shape (..., n) and hold finite numbers of the stored format; the last axis is reduced. The order
p is a real number other than 0: below 1 the formula gives quasi-norms, below 0 it is 0 for a vector with a zero entry.
Errors of pow and of the root are in unit roundoffs of the format that they are computed in.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.bounds.sums import sum_error, sum_truth
from reference.double_double import DoubleDouble
from reference.exact import Enclosure
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, overflow_threshold, overflows, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

POW_CPU = 2.0
"""Error of pow on CPU: within one ulp."""
POW_CUDA = 8.0
"""Error of pow on CUDA: powf is documented within 4 ulp."""

LOGARITHM = 1e-9
"""More than the error of a logarithm of a float64 number, times an order."""


def norm_error(
    x: Float64,
    p: float,
    arithmetic: Arithmetic,
    *,
    pow_error: float = POW_CPU,
    root_error: float = 1.0,
    stored_steps: bool = False,
) -> Float64:
    """|fl(||x||_p) - ||x||_p| for x (..., n) and p != 0, n >= 1 if p < 0; shape (...).

    BND-SUM for p = 1, `l2_error` for p = 2, 0 for p = inf and p = -inf, else `lp_error`; with `stored_steps` the latter
    for every finite p. Raises ValueError for p = 0 and NaN.
    """
    if p == 1 and not stored_steps:
        return sum_error(np.abs(x), arithmetic)
    return _norm(x, p, arithmetic, pow_error, root_error, stored_steps=stored_steps)[2]


def norm_truth(
    x: Float64,
    p: float,
    arithmetic: Arithmetic,
    *,
    pow_error: float = POW_CPU,
    root_error: float = 1.0,
    stored_steps: bool = False,
) -> Truth:
    """||x||_p of x (..., n) with `norm_error` and the error of the value itself; see there."""
    if p == 1 and not stored_steps:
        return sum_truth(np.abs(x), arithmetic)
    value, own, bound = _norm(x, p, arithmetic, pow_error, root_error, stored_steps=stored_steps)
    return Truth(value, bound + own)


def _norm(
    x: Float64, p: float, arithmetic: Arithmetic, pow_error: float, root_error: float, *, stored_steps: bool
) -> tuple[Float64, Float64, Float64]:
    """(value, its own error, bound)."""
    if p == 0 or math.isnan(p):
        raise ValueError(f"the norm needs an order other than 0, got {p}")
    if math.isinf(p):
        size, zero = np.abs(x), np.zeros(x.shape[:-1])
        return (size.max(-1, initial=0.0) if p > 0 else size.min(-1)), zero, zero
    value, own = p_norm(x, p, double=wide(arithmetic))
    if p == 2 and not stored_steps:
        return value, own, l2_error(value, own, x.shape[-1], arithmetic, root_error=root_error)
    error = lp_error(x, value, p, arithmetic, pow_error=pow_error, stored_steps=stored_steps)
    return value, own, _store(error, value, arithmetic, stored=stored_steps)


@silent
def p_norm(x: Float64, p: float, *, double: bool) -> tuple[Float64, Float64]:
    """(||x||_p rounded to float64, its distance from the exact norm) for finite p != 0, n >= 1 if p < 0; shapes (...).

    Relative to the dominant entry (the largest, for p < 0 the smallest), or a power of two next to it where its own
    power is not far from 1: so it neither overflows nor underflows. The relative error is below (n + 8)(1 + 1/|p|) u,
    u = 2^-53 in float64 (powers within 2 ulp, the quotient by the dominant entry moved by u) and 2^-90 in double-double
    (`power` with |t ln t| <= 1/e, `_root`; |p| >= 1/8). Exact for a single entry other than 0.
    """
    n, size = x.shape[-1], np.abs(x)
    dominant = size.max(-1, keepdims=True, initial=0.0) if p > 0 else size.min(-1, keepdims=True)
    known = (dominant == 0) | (np.count_nonzero(size, axis=-1, keepdims=True) == 1)
    top, exponent = np.frexp(np.where(known, 1.0, dominant))
    # Ratios whose powers are beyond 2^900 would overflow: those of negative order have no weight.
    y = np.minimum(np.ldexp(np.where(known, 1.0, size), -exponent), 2.0 ** (900 / max(1.0, abs(p))))
    if abs(p) <= 64:
        top = np.ones_like(top)
    slack, k = (n + 8) * (1 + 1 / abs(p)), exponent[..., 0]
    if not double:
        root = np.sqrt((y * y).sum(-1)) if p == 2 else ((y / top) ** p).sum(-1) ** (1 / p) * top[..., 0]
        value = np.ldexp(root, k)
        error = upward(value * (slack * U64))
    else:
        z = double_double.double_double(y) / top if abs(p) > 64 else double_double.double_double(y)
        exact = double_double.dot(y, y).sqrt() if p == 2 else _root(double_double.power(z, p).sum(), p) * top[..., 0]
        value, rest = double_double.to_float64(exact, k)
        error = rest + value * (slack * 2.0**-90)
    return np.where(known, dominant, value[..., None])[..., 0], np.where(known[..., 0], 0.0, error)


def _root(s: DoubleDouble, p: float) -> DoubleDouble:
    """s^(1/p) for s > 0, relative error 2^-90 where |p| >= 1/8 and |ln s| < |p| + 16.

    Newton's step r - r (r^p - s) / (p r^p) takes the relative error e of the float64 root to (|p| + 1) e^2, and
    e < 2^-52 (1 + |ln s / (2 p)|); for large orders by logarithms.
    """
    if abs(p) > 64:
        return double_double.power(s, double_double.double_double(1.0) / p)
    r = s.hi ** (1 / p)
    powers = double_double.power(double_double.double_double(r), p)
    step = np.where(np.isfinite(r), r * ((s - powers).hi / (p * powers.hi)), 0.0)
    return DoubleDouble(*double_double.fast_two_sum(r, step))


@silent
def _l2_sides(
    value: Float64, own: Float64, n: int, arithmetic: Arithmetic, root_error: float
) -> tuple[Float64, Float64]:
    """How far the computed 2-norm may lie below the exact one, and how far above, before it is stored.

    sqrt(S + D) - sqrt(S) = D / (sqrt(S + D) + sqrt(S)) with D = G S + s, all of it without squaring a norm.
    """
    f = arithmetic.accumulator
    upper, lower = upward(value + own), value - upward(own)
    g, root = gamma(n, f.u), root_error * f.u
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
    return upward(low), upward(high)


def l2_error(value: Float64, own: Float64, n: int, arithmetic: Arithmetic, *, root_error: float = 1.0) -> Float64:
    """|fl(||x||_2) - ||x||_2| for n numbers whose 2-norm lies within `own` of `value`: the root of the sum of squares.

    BND-L2 (ASNA (3.5), (2.8)): the computed sum of squares lies within G S + s of S, G = gamma_n(ua),
    s = (n eta_a / 2)(1 + G), and the root adds `root_error` ua: 1 if it is correctly rounded, 2 for torch.sqrt. A mixed
    arithmetic stores the result. Infinite where the sum of squares may overflow the accumulator or the norm the result.
    """
    low, high = _l2_sides(value, own, n, arithmetic, root_error)
    return _store(np.maximum(low, high), value, arithmetic)


@silent
def l2_interval(x: Float64, arithmetic: Arithmetic, *, root_error: float = 1.0) -> Enclosure:
    """(lower, upper) for the computed 2-norm of x (..., n): BND-L2, one-sided; (0, inf) where it may overflow."""
    value, own = p_norm(x, 2.0, double=wide(arithmetic))
    sides = _l2_sides(value, own, x.shape[-1], arithmetic, root_error)
    below, above = (upward(_store(side, value, arithmetic) + own) for side in sides)
    lower = np.where(below < value, np.nextafter(value - np.minimum(below, value), 0.0), 0.0)
    return Enclosure(lower, np.nextafter(value + above, np.inf))


def _store(error: Float64, value: Float64, arithmetic: Arithmetic, *, stored: bool = False) -> Float64:
    """The error after the norm is stored (`stored`: it already is); infinite where the norm may overflow."""
    final = rounded(error, value, arithmetic.result) if arithmetic.mixed and not stored else error
    return np.where(overflows(value + error, arithmetic.result), np.inf, upward(final))


@silent
def lp_error(
    x: Float64,
    value: Float64,
    p: float,
    arithmetic: Arithmetic,
    *,
    pow_error: float = POW_CPU,
    stored_steps: bool = False,
    scaled: bool = False,
) -> Float64:
    """|fl(N) - N| for N = (sum |x_i|^p)^(1/p) = `value` and finite p != 0, before it is stored; shape (...).

    BND-LP (own derivation), for any order of summation. With S = sum |x_i|^p and u the unit roundoff, each power errs
    by `pow_error` u, or, below the normal range, by as many halves of the smallest subnormal number, s in all. The
    computed sum C has |ln C - ln S| <= a for the powers and gamma_{n-1}(u), and ln(1 + s/S) more above, -ln(1 - s/S)
    more below (infinite where all powers may vanish). Its root is a power with exponent fl(1/p) = (1 + d)/p, |d| <= u,
    d = 0 for a power of two: C^((1+d)/p) = C^(1/p) e^(d ln C / p), which errs by `pow_error` u itself, or by as many
    halves of the smallest subnormal number. An order that the format does not hold becomes p (1 + d'): if both
    exponents use it, ln N moves by d' H / p, H <= ln n the entropy of |x_i|^p / S; if only the powers do, ln S moves by
    d' p max |ln|x_i||. The larger covers either spelling.

    `stored_steps`: powers, sum, root and orders are those of the result's format, as in
    x.abs().pow(p).sum().pow(1 / p). `scaled`: the entries are divided by a scale and the norm multiplied by it, two
    roundings, so that no power leaves the range. Otherwise infinite where the sum may overflow; 0 for the norm 0.
    """
    f, n, size = arithmetic.result if stored_steps else arithmetic.accumulator, x.shape[-1], np.abs(x)
    power, turned = gamma(pow_error, f.u), gamma(1, f.u)
    logs = np.log(np.where(size > 0, size, 1.0))
    positive = np.where(value > 0, value, 1.0)
    log_s = p * np.log(positive)
    a = np.full_like(value, gamma(max(n - 1, 0), arithmetic.accumulator.u) + power)
    if stored_steps and arithmetic.mixed:
        a += gamma(1, f.u)
    exact_order = bool(f.round(p) == p)
    order = np.zeros(())
    if not exact_order:
        order = turned * np.maximum(math.log(max(n, 1)), abs(p) * np.abs(logs).max(-1, initial=0.0))
    if exact_order and math.frexp(abs(p))[0] == 0.5:
        turned = 0.0
    more = less = a
    if not scaled:
        subnormal = ((size > 0) & (p * logs < math.log(f.lam) + LOGARITHM)).sum(-1)
        with np.errstate(divide="ignore"):
            # s / S by its logarithm: S itself may underflow float64.
            log_ratio = np.log(subnormal * (pow_error / 2)) + (math.log(f.eta) - log_s + power + LOGARITHM)
            more = a + np.logaddexp(0.0, log_ratio)
            less = a - np.log1p(-np.exp(np.minimum(log_ratio, 0.0)))
    # A subnormal `value` is coarse: it is the norm to half of 2^-1074.
    fits = log_s + more + order + abs(p) * (2.0**-1074 / positive) < math.log(overflow_threshold(f)) - LOGARITHM
    up, down = (
        (sum_moves * (1 + turned) + turned * np.abs(log_s) + order) / abs(p) + power
        for sum_moves in ((more, less) if p > 0 else (less, more))
    )
    if scaled:
        up, down = up + gamma(2, f.u), down + gamma(2, f.u)
    error = upward(np.maximum(np.expm1(up), -np.expm1(-down)) * value, 16)
    if not scaled:
        subnormal_root = (value < 2 * f.lam) & (value - error < f.lam)
        error = np.where(fits, error + (pow_error / 2) * f.eta * subnormal_root, np.inf)
    return np.where((size == 0).all(-1) if p > 0 else (size == 0).any(-1), 0.0, error)
