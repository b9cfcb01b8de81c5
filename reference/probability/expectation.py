"""Expectations of finite laws and sample means, and how far computed ones may lie from them.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.bounds import dot_error, sum_error
from reference.double_double import double_double, normalise
from reference.formats import Arithmetic, Format, float32
from reference.rounding import gamma, overflows, rounded, silent, upward
from reference.running import Running, difference, mean, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


def unbounded(arithmetic: Arithmetic) -> Arithmetic:
    """The same precisions with the exponents of float64: for numbers scaled into its middle."""

    def wide(format: Format) -> Format:
        return dataclasses.replace(format, emin=-1022, emax=1023)

    operand, accumulator, result = map(wide, (arithmetic.operand, arithmetic.accumulator, arithmetic.result))
    return Arithmetic(operand, accumulator, result, arithmetic.gradual, arithmetic.method)


@silent
def sum_of(x: Running, arithmetic: Arithmetic) -> Running:
    """Sums over the last axis: sum(e) + gamma_{n-1}(ua) sum(|x| + e), one more rounding where mixed (ASNA (4.4)).

    More than 32768 numbers in half types may be summed by several threads that store their sums, see `sum_error`.
    """
    n = x.error.shape[-1]
    value, size = x.exact.sum(), np.abs(x.exact.hi) + x.error
    error = x.error.sum(-1) + sum_error(size, arithmetic, stored_partials=n > 32768)
    return Running(value, upward(error, n))


@silent
def quotient(x: Running, count: float | Float64, arithmetic: Arithmetic) -> Running:
    """x / count, one rounding."""
    value = x.exact / count
    error = rounded(x.error / count, np.abs(value.hi), arithmetic.result)
    return Running(value, upward(error))


@silent
def sample_mean(x: Float64, arithmetic: Arithmetic) -> Truth:
    """Mean over the last axis of (..., n), n >= 1: gamma_n(ua) mean|x|, and one rounding where mixed; shape (...).

    Computed for x 2^-k of size 1, so that only a mean which itself leaves the range may overflow; underflow takes half
    of the smallest number. Infinite where the mean may overflow, or the sum, if it is accumulated in a half type.
    """
    y, k = normalise(x)
    scaled = mean(stored_exactly(y), unbounded(arithmetic))
    exact = scaled.exact.ldexp(k[..., 0])
    value, rest = dd.to_float64(exact)
    error = np.ldexp(scaled.error, k[..., 0]) + rest + max(arithmetic.result.eta, 2.0**-1074)
    if arithmetic.accumulator.precision < float32.precision:
        error = np.where(np.isfinite(sum_error(x, arithmetic)), error, np.inf)
    return Truth(value, np.where(overflows(np.abs(value) + error, arithmetic.result), np.inf, upward(error)))


@silent
def mean_of_others(x: Float64, arithmetic: Arithmetic) -> Truth:
    """Mean of those of (..., n) that are not NaN, by a sum that is stored and then divided; NaN where there is none.

    Infinite bounds where the sum may overflow; where a number is infinite, so is the mean, or it is NaN, exactly.
    """
    given = ~np.isnan(x)
    count = given.sum(-1)
    plain, number = np.where(np.isfinite(x), x, 0.0), np.maximum(count, 1).astype(np.float64)
    y, k = normalise(plain)
    bound = quotient(sum_of(stored_exactly(plain), arithmetic), number, arithmetic).truth.bound
    value, rest = dd.to_float64((double_double(y).sum() / number).ldexp(k[..., 0]))
    bound, infinite = bound + rest, np.isinf(x).any(-1)
    value = np.where(infinite, np.nansum(np.where(np.isinf(x), x, 0.0), -1), np.where(count > 0, value, np.nan))
    return Truth(value, np.where(infinite, 0.0, np.where(np.isnan(bound), np.inf, bound)))


def combination(f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic) -> Running:
    """a f + b g: three roundings; infinite errors where a product may overflow."""
    left, right = (product(stored_exactly(s), stored_exactly(x), arithmetic) for s, x in ((a, f), (b, g)))
    return added(left, right, arithmetic)


def added(x: Running, y: Running, arithmetic: Arithmetic) -> Running:
    """x + y, one rounding."""
    return difference(x, Running(-y.exact, y.error), arithmetic)


def expectation_of_combination(
    p: Float64, f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic
) -> Truth:
    """sum p (a f + b g) over the last axis of (..., n), a and b (..., 1), every product and sum stored; shape (...)."""
    return sum_of(product(stored_exactly(p), combination(f, g, a, b, arithmetic), arithmetic), arithmetic).truth


def inner(x: Float64, y: Float64, arithmetic: Arithmetic) -> Running:
    """x . y over the last axis with BND-DOT, every product in double-double."""
    return Running(dd.dot(*np.broadcast_arrays(x, y)), dot_error(x, y, arithmetic))


def combination_of_expectations(
    p: Float64, f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic
) -> Truth:
    """a (p . f) + b (p . g): BND-DOT, then three roundings."""
    left, right = (product(stored_exactly(s[..., 0]), inner(p, x, arithmetic), arithmetic) for s, x in ((a, f), (b, g)))
    return added(left, right, arithmetic).truth


def mean_of_combination(f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """mean(a f + b g): the roundings of the combination, then those of a mean."""
    return mean(combination(f, g, a, b, arithmetic), arithmetic).truth


def combination_of_means(f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic) -> Truth:
    """a mean(f) + b mean(g): those of two means, then three."""
    left, right = (
        product(stored_exactly(s[..., 0]), mean(stored_exactly(x), arithmetic), arithmetic) for s, x in ((a, f), (b, g))
    )
    return added(left, right, arithmetic).truth


@silent
def normalised_expectation(w: Float64, f: Float64, arithmetic: Arithmetic) -> Truth:
    """sum w f / sum w for odds w (..., n): probabilities w / sum(w), sum and quotient stored, then BND-DOT.

    The probabilities have a relative error of r = (1 + s)(1 + u) - 1, s that of the sum gamma_{n-1}(ua) and, where it
    is stored, u; the sum of whole numbers below 2^p is exact. They do not underflow.
    """
    n, u = w.shape[-1], arithmetic.result.u
    odds = double_double(w).sum()
    relative = (1 + gamma(n, arithmetic.accumulator.u)) * (1 + u) ** 2 / (1 - u) ** 2 - 1
    value, rest = dd.to_float64(dd.dot(w, f) / odds)
    size = np.abs(w * f).sum(-1) / odds.hi
    p = w / odds.hi[..., None]
    error = dot_error(p * (1 + relative), f, arithmetic) + relative * size * (1 + gamma(n, arithmetic.accumulator.u))
    return Truth(value, upward(error, n) + rest)


@silent
def trapezoid_of_combination(
    x: Float64, f: Float64, g: Float64, a: Float64, b: Float64, arithmetic: Arithmetic
) -> Truth:
    """sum (x_{i+1} - x_i)(y_i + y_{i+1}) / 2 over the last axis, y = a f + b g, every step stored; shape (...)."""
    y = combination(f, g, a, b, arithmetic)
    steps = difference(stored_exactly(x[..., 1:]), stored_exactly(x[..., :-1]), arithmetic)
    upper, lower = (Running(y.exact[part], y.error[part]) for part in ((..., slice(1, None)), (..., slice(-1))))
    heights = added(upper, lower, arithmetic)
    return quotient(sum_of(product(steps, heights, arithmetic), arithmetic), 2, arithmetic).truth
