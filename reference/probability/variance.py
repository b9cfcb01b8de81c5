"""Variances and standard deviations, and how far computed ones may lie from them.

A moment of numbers near the ends of the range may lie well inside it: all bounds are taken for numbers scaled into the
middle of the range, and only what becomes of the result itself may overflow or underflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.bounds import variance_error
from reference.bounds.weaker import one_pass_overflows
from reference.double_double import DoubleDouble, double_double, normalise
from reference.formats import Arithmetic, Method
from reference.probability.expectation import added, quotient, sample_mean, sum_of, unbounded
from reference.rounding import gamma, overflows, rounded, silent, upward
from reference.running import Running, difference, mean, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


def squares_of_deviations(x: Float64) -> DoubleDouble:
    """S = sum (x - m)^2 over the last axis, |x| about 1; in double-double, from which the offset is taken first.

    An offset common to all numbers leaves an error of 2^-103 of it in the mean, against a spread of 2^-52 or more.
    """
    exact = double_double(x)
    mean = exact.sum() / float(x.shape[-1])
    deviations = exact - DoubleDouble(mean.hi[..., None], mean.lo[..., None])
    return (deviations * deviations).sum()


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows of n numbers y 2^k, |y| about 1: S = sum (y - m)^2 and bounds for every correction below n; shape (...)."""

    y: Float64
    exponent: NDArray[np.int64]
    arithmetic: Arithmetic

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic) -> Sample:
        """Rows (..., n) of numbers, n >= 1."""
        y, k = normalise(x)
        return cls(y, k[..., 0], arithmetic)

    @cached_property
    def squares(self) -> DoubleDouble:
        """S."""
        return squares_of_deviations(self.y)

    @cached_property
    def stored_error(self) -> Float64:
        """BND-VAR for divisor n. All of its terms are inverse to the divisor."""
        return variance_error(self.y, unbounded(self.arithmetic), correction=0)

    @cached_property
    def inner_error(self) -> Float64:
        """The same in the accumulator, before anything is stored."""
        wide = unbounded(self.arithmetic).accumulator
        return variance_error(self.y, self.arithmetic.within(wide), correction=0)

    @cached_property
    def out_of_range(self) -> NDArray[np.bool_]:
        """Where sums of the squares themselves overflow, which a single pass needs."""
        return one_pass_overflows(np.ldexp(self.y, self.exponent[..., None]), self.arithmetic)

    def _determined(self, bound: Float64) -> Float64:
        """Nothing is known of a single pass out of its range."""
        single = self.arithmetic.method is Method.ONE_PASS
        return np.where(self.out_of_range, np.inf, bound) if single else bound

    @silent
    def variance(self, correction: float = 1.0) -> Truth:
        """S / (n - correction) with BND-VAR.

        Underflow takes eta of the accumulator from each square and half of the smallest number from the result.
        Infinite where the variance itself may overflow.
        """
        n, twice, result = self.y.shape[-1], 2 * self.exponent, self.arithmetic.result
        per = n / (n - correction)
        value, rest = dd.to_float64((self.squares / (n - correction)).ldexp(twice))
        lost = (per + 1) * self.arithmetic.accumulator.eta + max(result.eta, 2.0**-1074)
        bound = self._determined(upward(np.ldexp(self.stored_error * per, twice) + rest + lost))
        return Truth(value, np.where(overflows(value + bound, result), np.inf, bound))

    @silent
    def deviation(self, correction: float = 1.0) -> Truth:
        """The root of the variance, taken before anything is rounded to the result.

        sqrt(V +- B) for B = BND-VAR in the accumulator, then a relative error of 2 ua for the root, which torch does
        not round correctly, and uo where it is stored. With r = sqrt(V): r - sqrt(V - B) = B / (r + sqrt(V - B)) and so
        forth, at most r and sqrt(B). Infinite where the result itself may overflow.
        """
        n, wide = self.y.shape[-1], unbounded(self.arithmetic)
        error = self.inner_error * (n / (n - correction))
        if wide.method is Method.ONE_PASS:  # the squares themselves underflow
            lost = (n / (n - correction) + 1) * self.arithmetic.accumulator.eta
            error = np.minimum(error + np.ldexp(lost, -2 * self.exponent), 2.0**1000)
        v = self.squares / (n - correction)
        root = v.sqrt()
        lower = np.sqrt(np.maximum(v.hi - error, 0.0))
        below = np.minimum(error, v.hi) / np.where(root.hi + lower > 0, root.hi + lower, 1.0)
        above = error / np.where(error > 0, np.sqrt(v.hi + error) + root.hi, 1.0)
        relative = 2 * wide.accumulator.u + (wide.result.u * (1 + 2 * wide.accumulator.u) if wide.mixed else 0.0)
        bound = np.maximum(below, above) + relative * np.sqrt(v.hi + error)
        value, rest = dd.to_float64(root.ldexp(self.exponent))
        bound = upward(np.ldexp(bound, self.exponent) + rest + max(self.arithmetic.result.eta, 2.0**-1074))
        bound = self._determined(bound)
        return Truth(value, np.where(overflows(value + bound, self.arithmetic.result), np.inf, bound))

    @silent
    def root_of_variance(self, correction: float = 1.0) -> Truth:
        """The same by a root of the stored variance: V +- B with its rounding, underflow included, then 2 u.

        Infinite where the variance may overflow.
        """
        v, exact = self.variance(correction), self.deviation(correction).value
        top = np.sqrt(v.value + v.bound)
        error = np.maximum(exact - np.sqrt(np.maximum(v.value - v.bound, 0.0)), top - exact)
        # in float64 the differences lose what is below 2^-52 of the root, which 8 u covers
        bound = upward(error + 8 * self.arithmetic.result.u * top + self.arithmetic.result.eta)
        return Truth(exact, np.where(np.isfinite(v.bound), bound, np.inf))

    def without_freedom(self) -> tuple[Float64, NDArray[np.bool_]]:
        """What S / 0 is: NaN for S = 0, otherwise infinite; and where that is sure.

        A single number is its own mean. Other sums of squares are sure to be positive where the variance is larger than
        its error; equal numbers have deviations of the size of the error of their mean, or none.
        """
        shape = self.y.shape[:-1]
        if self.y.shape[-1] == 1:
            return np.full(shape, np.nan), np.ones(shape, bool)
        truth = self.variance(0)
        return np.full(shape, np.inf), truth.value > truth.bound


@silent
def mean_of_recurrence(x: Float64, arithmetic: Arithmetic) -> Truth:
    """Mean of (..., n) by Welford's recurrence, which comes with a variance: m_k = m_{k-1} + (x_k - m_{k-1}) / k.

    Step k rounds by u |m_k| + 3u (|x_k| + |m_{k-1}|) / k + eta and counts k/n in the end. By |m_k| <= sum_{i<=k}|x_i|/k
    that is (n + 3 + 3 H_n) u mean|x| + n eta for all steps, H_n the harmonic number. Merging partial means costs 4
    roundings for 3. The bound of a plain mean is added, for two passes and for what is stored.
    """
    n, (y, k) = x.shape[-1], normalise(x)
    plain = sample_mean(x, arithmetic)
    steps = gamma(n + 4 + 4 * float((1 / np.arange(1, n + 1)).sum()), arithmetic.accumulator.u)
    extra = np.ldexp(steps * np.abs(y).mean(-1), k[..., 0]) + n * arithmetic.accumulator.eta
    bound = upward(plain.bound + extra, n)
    return Truth(plain.value, np.where(overflows(np.abs(plain.value) + bound, arithmetic.result), np.inf, bound))


def mean_square_deviation(x: Float64, arithmetic: Arithmetic) -> Truth:
    """mean((x - mean(x))^2), mean, deviations and squares stored: running errors."""
    data = stored_exactly(x)
    centre = mean(data, arithmetic)
    deviations = difference(data, _column(centre), arithmetic)
    return mean(product(deviations, deviations, arithmetic), arithmetic).truth


def _column(x: Running) -> Running:
    """A number for each row, to go with all of its entries."""
    return Running(DoubleDouble(x.exact.hi[..., None], x.exact.tail[..., None]), x.error[..., None])


@silent
def _average(w: Float64, f: Running, arithmetic: Arithmetic) -> Running:
    """sum w f / sum w for whole numbers w (..., n); the total is rounded into the format before it divides."""
    total = w.sum(-1)
    stored = arithmetic.result.round(total)
    average = quotient(sum_of(product(stored_exactly(w), f, arithmetic), arithmetic), total, arithmetic)
    moved = np.abs(stored - total) / stored * (np.abs(average.exact.hi) + average.error)
    return Running(average.exact, upward(average.error + moved))


def variance_of_law(w: Float64, f: Float64, arithmetic: Arithmetic) -> Truth:
    """E[(f - E f)^2] for odds w (..., n), by deviations from the stored mean."""
    data = stored_exactly(f)
    deviations = difference(data, _column(_average(w, data, arithmetic)), arithmetic)
    return _average(w, product(deviations, deviations, arithmetic), arithmetic).truth


def variance_by_moments(w: Float64, f: Float64, arithmetic: Arithmetic) -> Truth:
    """E[f^2] - (E f)^2 for odds w (..., n): the errors of the two terms, however much they cancel."""
    data = stored_exactly(f)
    first, second = (_average(w, v, arithmetic) for v in (data, product(data, data, arithmetic)))
    square = product(first, first, arithmetic)
    return added(second, Running(-square.exact, square.error), arithmetic).truth


@silent
def chebyshev_slack(variance: Truth, mean_error: Float64, arithmetic: Arithmetic) -> Float64:
    """By how much P(d >= t) t^2 may exceed a computed variance, d = |x - m| stored, m a computed mean of x.

    Chebyshev's inequality holds for the numbers d: P(d >= t) t^2 <= mean(d^2), and d <= |x - m|(1 + u), so that
    mean(d^2) <= (1 + u)^2 (V + e^2) with e the error of the mean. The computed variance is at least V - B.
    """
    u = arithmetic.result.u
    extra = (2 * u + u * u) * variance.value + (1 + u) ** 2 * mean_error**2
    return upward(variance.bound + rounded(extra, np.zeros(()), arithmetic.result))
