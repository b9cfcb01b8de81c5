"""Inner products, squared norms, and the cosine of an angle, with the bounds of every way to compute them.

Arrays are float64 of shape (..., n) and hold numbers of the stored format; the last axis is reduced.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.bounds import dot_truth
from reference.bounds.norms import norm_truth
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic, Format
from reference.rounding import gamma, overflow_threshold, overflows, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NORMALIZED = 1e-12
"""The eps of torch's normalize, and what cosine_embedding_loss adds to each squared norm."""


def exact_dots(x: Float64, y: Float64, arithmetic: Arithmetic) -> tuple[Float64, Bool]:
    """(fl(x . y), where every way to compute it gives that) for x, y (..., n); shapes (...).

    Integers that the operand format holds, with products that the result format holds and that add up to at most 1/ua
    in magnitude: every partial sum is an integer that the accumulator holds, and only storing the result rounds.
    """
    products = x * y
    size, most = np.abs(products), np.maximum(np.abs(x), np.abs(y)).max(-1, initial=0.0)
    integral = ((x == np.floor(x)) & (y == np.floor(y))).all(-1) & (most <= 1 / arithmetic.operand.u)
    integral &= size.max(-1, initial=0.0) <= 1 / arithmetic.result.u
    total = size.sum(-1)
    small = (total <= 1 / arithmetic.accumulator.u) & (total < overflow_threshold(arithmetic.result))
    return arithmetic.result.round(products.sum(-1)), integral & small


@silent
def square_of_norm(x: Float64, arithmetic: Arithmetic) -> Truth:
    """||x||^2 as the square of a computed norm: with |r - ||x||| <= b (BND-L2), |r^2 - ||x||^2| <= b (2 ||x|| + b).

    The square is rounded once more. Infinite where it, or the sum of squares inside the norm, may overflow.
    """
    norm, exact = norm_truth(x, 2.0, arithmetic), dot_truth(x, x, arithmetic)
    error = norm.bound * (2 * (norm.value + norm.bound) + norm.bound)
    error = upward(rounded(error, exact.value, arithmetic.result), 4)
    # the exact square is known to well below 2^-53 of itself, or of the smallest number
    return Truth(exact.value, np.where(overflows(exact.value + error, arithmetic.result), np.inf, error))


class Complex(NamedTuple):
    """What conj(z) . z and z . z are for z = x + iy, each as (..., 2), real part first."""

    conjugated: Truth
    plain: Truth


def complex_squares(x: Float64, y: Float64, arithmetic: Arithmetic) -> Complex:
    """(||x||^2 + ||y||^2, 0) and (||x||^2 - ||y||^2, 2 x . y): each part is an inner product of length 2n (BND-DOT)."""

    def part(*factors: tuple[Float64, Float64]) -> Truth:
        left, right = (np.concatenate(side, -1) for side in zip(*factors, strict=True))
        return dot_truth(left, right, arithmetic)

    def both(real: Truth, imaginary: Truth) -> Truth:
        return Truth(*(np.stack(np.broadcast_arrays(*parts), -1) for parts in zip(real, imaginary, strict=True)))

    return Complex(both(part((x, x), (y, y)), part((x, y), (-y, x))), both(part((x, x), (-y, y)), part((x, y), (y, x))))


class Scaled(NamedTuple):
    """Vectors v = `vector` 2^`exponent` (..., n), their inner products with themselves, and sum |v_i w_i| with it."""

    vector: Float64
    exponent: NDArray[np.int64]
    squared: DoubleDouble

    @classmethod
    def of(cls, v: Float64) -> Scaled:
        """The largest entry of a vector next to 1; the exponent is at least -64, so that eps does not overflow."""
        exponent = np.maximum(double_double.normalise(v)[1], -64)
        scaled = np.ldexp(v, -exponent)
        return cls(scaled, exponent[..., 0], double_double.dot(scaled, scaled))


class Cosine(NamedTuple):
    """x . y / (D_x D_y) with sum |x_i y_i| / (D_x D_y); the value is known to `own`; shapes (...)."""

    value: Float64
    own: Float64
    weight: Float64


def _over(x: Scaled, y: Scaled, dx: DoubleDouble, dy: DoubleDouble) -> Cosine:
    """The cosine with given divisors, each in units of its vector's exponent; 0 for a divisor 0."""
    zero = (dx.hi == 0) | (dy.hi == 0)
    dx, dy = (DoubleDouble(np.where(zero, 1.0, d.hi), np.where(zero, 0.0, d.tail)) for d in (dx, dy))
    cosine = double_double.dot(x.vector, y.vector) / dx / dy
    weight = np.abs(x.vector * y.vector).sum(-1) / dx.hi / dy.hi
    n = x.vector.shape[-1]
    value = np.where(zero, 0.0, cosine.hi)
    own = np.abs(cosine.tail) + (n + 16) * 2.0**-100 * weight + 2.0**-1073
    return Cosine(value, np.where(zero, 0.0, own), np.where(zero, 0.0, upward(weight, n)))


def _norms_at_least(v: Scaled, eps: float) -> DoubleDouble:
    """max(||v||, eps) in units of the exponent."""
    norm, least = v.squared.sqrt(), np.ldexp(eps, -v.exponent)
    clamped = norm.hi < least
    return DoubleDouble(np.where(clamped, least, norm.hi), np.where(clamped, 0.0, norm.tail))


def _deviation(v: Float64, eps: float, arithmetic: Arithmetic) -> Float64:
    """By how much, relatively, max(fl(||v||), eps) may differ from max(||v||, eps): BND-L2; shape (...).

    The maximum moves no further than the norm does. eps may be rounded to the format, or not, where it matters. At
    least 1 where the computed divisor may be 0.
    """
    value, bound = norm_truth(v, 2.0, arithmetic)
    moved = abs(float(arithmetic.result.round(eps)) - eps)
    larger, smaller = value - bound >= eps, value + bound <= eps
    error = np.where(larger, bound, np.where(smaller, moved, bound + moved))
    divisor = np.maximum(value, eps)
    return np.where(divisor > 0, upward(error / np.where(divisor > 0, divisor, 1.0)), np.where(error > 0, np.inf, 1.0))


def _compounded(*relative: Float64 | float) -> Float64:
    """prod 1 / (1 - e_i) - 1, which bounds the relative error of a product of factors within e_i, or their inverses."""
    with np.errstate(divide="ignore"):
        total = sum(np.where(np.asarray(e) < 1, -np.log1p(-np.minimum(e, 1.0)), np.inf) for e in relative)
    return np.asarray(upward(np.expm1(total)))


def _kept(error: Float64, cosine: Cosine, f: Format) -> Truth:
    """A quotient or sum within `error`, rounded to the format."""
    bound = upward(rounded(error, np.abs(cosine.value), f)) + cosine.own
    return Truth(cosine.value, np.where(np.isnan(bound), np.inf, bound))


@silent
def cosine_of_quotients(
    x: Float64, y: Float64, eps: float, arithmetic: Arithmetic, *, rounded_products: bool = True
) -> Truth:
    """sum (x_i / m_x) (y_i / m_y), m = max(||.||, eps), computed as it stands; shape (...).

    Every term is off by two deviations of a divisor (see `_deviation`), two quotients and the product, each rounded to
    the format (`rounded_products`; else the product belongs to the sum), and gamma_n(ua) for the sum. Underflow takes
    at most 2 n eta of quotients and products (4 n times the smallest normal number if it is not gradual): quotients are
    at most 1. Whoever divides last may lose n eta_a / (m_x m_y). Infinite where a computed norm may be infinite or a
    divisor 0.
    """
    a, b = Scaled.of(x), Scaled.of(y)
    cosine = _over(a, b, _norms_at_least(a, eps), _norms_at_least(b, eps))
    n, f = x.shape[-1], arithmetic.result
    sums = gamma(n, arithmetic.accumulator.u)
    each = _compounded(
        _deviation(x, eps, arithmetic), _deviation(y, eps, arithmetic), *([f.u] * (3 if rounded_products else 2))
    )
    late = np.full(cosine.value.shape, n * arithmetic.accumulator.eta)
    lost = (2 * f.eta if arithmetic.gradual else 4 * f.lam) * n * (1 + each) * (1 + sums)
    for v in (x, y):
        late = late / np.maximum(norm_truth(v, 2.0, arithmetic).value, eps)
    error = (each + sums + each * sums) * cosine.weight + lost + late
    return _kept(error, cosine, f)


@silent
def cosine_by_norms(x: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """x . y / (||x|| ||y||): BND-DOT, BND-L2 twice, a product and a quotient, each stored; shape (...).

    Infinite where the product of norms may be 0 or overflow, or the inner product overflow.
    """
    a, b, f = Scaled.of(x), Scaled.of(y), arithmetic.result
    cosine = _over(a, b, a.squared.sqrt(), b.squared.sqrt())
    sizes = norm_truth(x, 2.0, arithmetic), norm_truth(y, 2.0, arithmetic)
    below = np.maximum(sizes[0].value - sizes[0].bound, 0.0) * np.maximum(sizes[1].value - sizes[1].bound, 0.0)
    above = (sizes[0].value + sizes[0].bound) * (sizes[1].value + sizes[1].bound)
    return _divided(cosine, dot_truth(x, y, arithmetic).bound, sizes, below, above, f)


def _divided(
    cosine: Cosine, dot_error: Float64, sizes: tuple[Truth, Truth], below: Float64, above: Float64, f: Format
) -> Truth:
    """fl(p / P) for p within `dot_error` and P the rounded product of two numbers, which lies in (below, above).

    |p'/P' - p/P| <= |p' - p| / P' + |p/P| |P/P' - 1|.
    """
    underflow = max(f.eta / 2, 2.0**-1074)
    low = below * (1 - 2 * f.u) - 2 * underflow
    usable = (low > 0) & ~overflows(above, f) & np.isfinite(dot_error)
    safe = np.where(usable, low, 1.0)
    relative = [np.where(usable, t.bound / np.where(t.value > 0, t.value, 1.0), 0.0) for t in sizes]
    divisor = _compounded(*relative, f.u, underflow / safe)
    error = dot_error / safe + divisor * np.abs(cosine.value)
    return _kept(np.where(usable, upward(error), np.inf), cosine, f)


@silent
def embedding_losses(x: Float64, y: Float64, arithmetic: Arithmetic) -> tuple[Truth, Truth]:
    """1 - c and max(0, c) for c = x . y / sqrt((||x||^2 + eps)(||y||^2 + eps)), eps = `NORMALIZED`; shapes (...).

    Three sums of stored products (BND-DOT). Each squared norm is rounded again when eps, or its float32 value, is
    added; their product, its root (within one ulp), the quotient and the difference are rounded.
    """
    a, b, f, eps = Scaled.of(x), Scaled.of(y), arithmetic.result, NORMALIZED
    da, db = (v.squared + np.ldexp(eps, -2 * v.exponent) for v in (a, b))
    cosine = _over(a, b, da.sqrt(), db.sqrt())
    squares = [dot_truth(v, v, arithmetic, rounded_products=True) for v in (x, y)]
    left, right = (
        Truth(t.value + eps, upward(rounded(t.bound, t.value + eps, f)) + eps * max(f.u, 2.0**-24)) for t in squares
    )
    dot = dot_truth(x, y, arithmetic, rounded_products=True)
    below = np.maximum(left.value - left.bound, 0.0) * np.maximum(right.value - right.bound, 0.0)
    above = (left.value + left.bound) * (right.value + right.bound)
    underflow = max(f.eta / 2, 2.0**-1074)
    low = below * (1 - 2 * f.u) - 2 * underflow
    usable = (low > 0) & ~overflows(above, f) & np.isfinite(dot.bound)
    safe = np.where(usable, low, 1.0)
    relative = [np.where(usable, t.bound / t.value, 0.0) for t in (left, right)]
    relative = [np.where(e < 0.02, 0.505 * e, 1.0) for e in relative]  # 1 / sqrt(1 - e) <= 1 / (1 - 0.505 e) there
    divisor = _compounded(*relative, f.u, underflow / safe, 2 * f.u, f.u)
    root = np.sqrt(safe) * (1 - 4 * f.u)
    error = np.where(usable, dot.bound / root + divisor * np.abs(cosine.value), np.inf)
    c = _kept(upward(error), cosine, f)
    positive = Truth(1 - c.value, upward(rounded(c.bound, np.abs(1 - c.value), f)) + 2.0**-53 * np.abs(1 - c.value))
    return positive, Truth(np.maximum(c.value, 0.0), c.bound)


def angle_of(cosine: Truth, f: Format) -> Truth:
    """arccos of a computed cosine, within two ulps: d theta = d c / sin(theta), at the steepest place in between.

    Infinite where the computed cosine may reach 1 or -1: there the derivative is not bounded, and beyond it the angle
    is NaN.
    """
    largest = np.minimum(np.abs(cosine.value) + cosine.bound, 1.0)
    theta = np.arccos(np.clip(cosine.value, -1, 1))
    sine = np.sqrt((1 - largest) * (1 + largest))
    steep = np.where(sine > 0, cosine.bound / np.where(sine > 0, sine, 1.0), np.inf)
    return Truth(theta, upward(steep * (1 + 4 * f.u) + (4 * f.u + 2.0**-51) * theta))


@silent
def planar_angle(x: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """|atan2(x_1 y_2 - x_2 y_1, x . y)| of (..., 2): the point moves by r relatively, hence its angle by asin r.

    The coordinates err by E_s and E_c (three roundings each), r = hypot(E_s, E_c) / (||x|| ||y||); atan2 is within two
    ulps. Infinite for a zero vector and where products may overflow.
    """
    f, crossed = arithmetic.result, np.stack((y[..., 1], -y[..., 0]), -1)
    stored = Arithmetic.of(f, accumulator=f)
    sine, cosine = (dot_truth(x, v, stored, rounded_products=True) for v in (crossed, y))
    length = np.hypot(x[..., 0], x[..., 1]) * np.hypot(y[..., 0], y[..., 1])
    r = np.hypot(sine.bound, cosine.bound) / np.where(length > 0, length * (1 - 2.0**-48), 1.0)
    value = np.abs(np.arctan2(sine.value, cosine.value))
    moved = np.where((length > 0) & (r < 1), np.arcsin(np.minimum(r, 1.0)), np.inf)
    return Truth(value, upward(moved + 4 * f.u * (value + np.minimum(moved, math.pi)) + 2.0**-51 * value))
