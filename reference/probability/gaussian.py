"""Entropies and variances of laws with a density, in balls; the normal density, and its integrals on a grid."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from reference.exact import elementwise
from reference.formats import Arithmetic, Format, float32
from reference.memory import remembered
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def _log_two_pi_e() -> arb:
    return (2 * arb.pi()).log() + 1


def _student(a: arb, b: arb) -> list[arb]:
    half, more = a / 2, (a + 1) / 2
    digammas = [more * more.digamma(), -more * half.digamma()]
    return [b.log(), *digammas, a.log() / 2, half.lgamma(), arb.pi().log() / 2, -more.lgamma()]


def _gamma(a: arb, rate: arb) -> list[arb]:
    return [a, -rate.log(), a.lgamma(), (1 - a) * a.digamma()]


class Family(NamedTuple):
    """A family of densities with shape a and scale b: terms of its entropy, and of its variance.

    `condition(a, b)` is a factor of the relative error of the variance, beyond a few roundings; `reached(a)` is the
    largest number on the way to it.
    """

    entropy: Callable[[arb, arb], list[arb]]
    variance: Callable[[arb, arb], list[arb]]
    condition: Callable[[Float64, Float64], Float64 | float] = lambda _a, _b: 1.0
    reached: Callable[[Float64], Float64 | float] = lambda _a: 0.0


def _cubic(a: Float64) -> Float64:
    """The denominator of the variances of the inverse gamma and of Pareto's law."""
    return (a - 1) ** 2 * (a - 2)


FAMILIES = {
    "normal": Family(lambda _a, b: [_log_two_pi_e() / 2, b.log()], lambda _a, b: [b**2]),
    "uniform": Family(lambda _a, b: [(2 * b).log()], lambda _a, b: [b**2 / 3]),
    "laplace": Family(lambda _a, b: [arb(1), (2 * b).log()], lambda _a, b: [2 * b**2]),
    "gumbel": Family(lambda _a, b: [1 + arb.const_euler(), b.log()], lambda _a, b: [(b * arb.pi()) ** 2 / 6]),
    "exponential": Family(lambda _a, b: [arb(1), -b.log()], lambda _a, b: [b**-2]),
    "gamma": Family(_gamma, lambda a, b: [a / b**2]),
    "chi2": Family(lambda a, _b: _gamma(a / 2, arb(1) / 2), lambda a, _b: [2 * a]),
    "inverse gamma": Family(
        lambda a, b: [a, b.log(), a.lgamma(), -(1 + a) * a.digamma()],
        lambda a, b: [b**2 / ((a - 1) ** 2 * (a - 2))],
        reached=_cubic,
    ),
    "student": Family(_student, lambda a, b: [b**2 * a / (a - 2)]),
    "half normal": Family(
        lambda _a, b: [_log_two_pi_e() / 2, b.log(), -arb(2).log()], lambda _a, b: [b**2 * (1 - 2 / arb.pi())]
    ),
    "log-normal": Family(
        lambda _a, b: [_log_two_pi_e() / 2, b.log()],
        lambda _a, b: [(b**2).expm1() * (b**2).exp()],
        lambda _a, b: 1 + 2 * b**2,
    ),
    "weibull": Family(
        lambda a, b: [arb.const_euler(), -arb.const_euler() / a, (b / a).log(), arb(1)],
        lambda a, b: [b**2 * (1 + 2 / a).gamma(), -(b**2) * (1 + 1 / a).gamma() ** 2],
        lambda a, _b: 5 + 2 / a,
    ),
    "pareto": Family(
        lambda a, b: [(b / a).log(), arb(1), 1 / a],
        lambda a, b: [b**2 * a / ((a - 1) ** 2 * (a - 2))],
        reached=_cubic,
    ),
}
"""The exponential and the gamma law have b for their rate, the log-normal law for the deviation of its logarithm."""


def _terms(terms: Callable[[arb, arb], list[arb]], a: Float64, b: Float64) -> tuple[Float64, Float64, int]:
    """Sum of the terms, correctly rounded, the sum of their magnitudes, and how many there are."""
    count = len(terms(arb(3), arb(1)))
    value = elementwise(lambda x, y: sum(terms(x, y), arb(0)), a, b)
    size = elementwise(lambda x, y: sum((abs(t) for t in terms(x, y)), arb(0)), a, b)
    return value, size, count


def entropy(family: str, a: Float64, b: Float64, format: Format) -> Truth:
    """Differential entropy of laws with shape a and scale b (n,).

    A term is a logarithm, lgamma, digamma or a product with one: 4u (1 + |t|) for the function, as much for up to four
    roundings of arguments and products (whose effect is at most that of u (1 + |t|) each), and u for each sum.
    """
    value, size, count = _terms(FAMILIES[family].entropy, a, b)
    return Truth(value, upward(gamma(8 + count, format.u) * (size + count) + U64 * np.abs(value)))


def variance(family: str, a: Float64, b: Float64, format: Format) -> Truth:
    """Variance of laws with shape a and scale b (n,): at most 10 roundings of each term, times the condition.

    Exponentials of lgamma and of b^2 have the relative error of their argument times its size. Infinite where the
    variance, or a number on the way to it, may overflow.
    """
    row = FAMILIES[family]
    value, size, _ = _terms(row.variance, a, b)
    relative = gamma(10, format.u) * row.condition(a, b)
    bound = upward(relative * (1 + relative) * size + U64 * np.abs(value) + 4 * format.eta)
    return Truth(value, np.where(np.maximum(value + bound, row.reached(a)) < 0.99 * format.largest, bound, np.inf))


def largest_entropy(variance: Float64, format: Format) -> Truth:
    """log(2 pi e v) / 2 of a given variance (n,), as half of a sum: logarithm (4u of it), constant and sum."""
    value = elementwise(lambda v: (v.log() + _log_two_pi_e()) / 2, variance)
    return Truth(value, upward(format.u * (8 + 5 * np.abs(value)) + format.eta + U64))


def gap_error(entropy: Truth, variance: Truth, format: Format) -> Float64:
    """How far log(2 pi e v) / 2 - h may be off, for computed h and v: v moves its logarithm by its relative error."""
    relative = variance.bound / np.maximum(variance.value - variance.bound, format.eta)
    largest = np.abs(np.log(np.maximum(variance.value, format.eta)) + math.log(2 * math.pi * math.e)) / 2
    return upward(entropy.bound + relative / 2 + format.u * (8 + 5 * (largest + relative)) + format.eta)


def log_density(x: Float64, mean: Float64, deviation: Float64, format: Format) -> Truth:
    """-(x - m)^2 / (2 s^2) - log s - log(2 pi) / 2 for numbers of the format, all of one shape.

    With q = (x - m)^2 / (2 s^2): gamma_8 q for the difference, squares and quotients in any order, 5u |log s| for the
    logarithm, a rounding of the constant and 2u of everything for the sums. Where s^2 is a normal number of the format,
    (x - m)^2 may underflow. Infinite where the result may overflow.
    """

    def value_of(v: arb, m: arb, s: arb) -> arb:
        return -((v - m) ** 2) / (2 * s**2) - (2 * arb.pi() * s**2).log() / 2

    value = elementwise(value_of, x, mean, deviation)
    q, log, constant, u = ((x - mean) / deviation) ** 2 / 2 * (1 + 8 * U64), np.abs(np.log(deviation)), 0.92, format.u
    size = q + log + constant
    error = gamma(8, u) * q + 5 * u * log + u * constant + 2 * u * (1 + 10 * u) * size + U64 * size + 2 * format.eta
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        normal = (deviation**2 > format.lam) & (deviation**2 < format.largest)
        error = error + np.where(normal, format.eta / deviation**2, 0.0)
    return Truth(value, np.where(q + error < format.largest / 4, upward(error), np.inf))


EXP_UNITS = 5
"""Roundings that an exponential is worth, on any device."""


def density(x: Float64, mean: Float64, deviation: Float64, format: Format) -> Truth:
    """The exponential of a computed `log_density`: expm1 of its error, and 5u of the value.

    Underflow takes less than the least normal number of the accumulator and the least number of the format.
    """
    log = log_density(x, mean, deviation, format)
    value = np.exp(log.value)
    relative = np.expm1(log.bound) * (1 + EXP_UNITS * format.u) + EXP_UNITS * format.u
    lost = max(format, float32, key=lambda f: f.precision).lam + format.eta
    return Truth(value, upward(value * (relative + (2 + np.abs(log.value)) * U64) + lost))


def trapezoid_error(y: Truth, step: Float64, arithmetic: Arithmetic) -> Float64:
    """Error of sum (x_{i+1} - x_i)(y_i + y_{i+1}) / 2 for computed y (..., n) at exact points a `step` (...) apart.

    The errors of y and three roundings of each term (of the sum of two, the product, and the result), and gamma_n of
    the accumulator for the sum; the products may underflow.
    """
    n, format = y.value.shape[-1], arithmetic.result
    size = (np.abs(y.value) + y.bound).sum(-1)
    relative = (1 + format.u) ** 3 * (1 + gamma(n, arithmetic.accumulator.u)) - 1
    return upward(step * (y.bound.sum(-1) + relative * size) + (n + 1) * format.eta, n)


class Moments(NamedTuple):
    """The density at the points (..., n) of a grid, and its integrals with 1, x and (x - m)^2 (...)."""

    density: Truth
    mass: Truth
    mean: Truth
    variance: Truth


QUADRATURE = 2.0**-100
"""What the trapezoid rule misses, relative to 1, |m| + s and s^2."""


@remembered
def moments(x: Float64, mean: Float64, deviation: Float64, arithmetic: Arithmetic) -> Moments:
    """1, m and s^2 as sums over equidistant x (..., n) that reach 12.5 deviations from m; m and s are (..., 1).

    By Poisson's summation formula the trapezoid rule on R with step h <= s / 2 errs by 2 exp(-2 pi^2 (s / h)^2), with
    powers of x by at most (2 pi s / h)^2 times that: below exp(-73); the tails are below exp(-76). Rounding is that of
    the density, u for x p, 2u for (x - m)^2 p (x - m is exact) and `trapezoid_error`.
    """
    format, step = arithmetic.result, x[..., 1] - x[..., 0]
    m, s, size, square = mean[..., 0], deviation[..., 0], np.abs(x), (x - mean) ** 2
    p = density(x, mean, deviation, format)
    first = size * (p.bound + format.u * (p.value + p.bound)) + format.eta
    second = square * (p.bound + gamma(3, format.u) * (p.value + p.bound)) + (1 + p.value + p.bound) * format.eta
    weighted = Truth(x * p.value, upward(first)), Truth(square * p.value, upward(second))
    errors = [trapezoid_error(y, step, arithmetic) for y in (p, *weighted)]
    missed = [QUADRATURE * v for v in (np.ones_like(m), np.abs(m) + s, s**2)]
    exact = np.ones_like(m), m, s**2
    return Moments(p, *(Truth(v, e + q + 2 * U64 * np.abs(v)) for v, e, q in zip(exact, errors, missed, strict=True)))
