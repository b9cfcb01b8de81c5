"""Xavier initialization: the laws of the weights, and what 2/(M + N) is the optimum of."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import chi2, norm

from reference.bounds import dot_error
from reference.exact import ball, correctly_rounded
from reference.formats import Arithmetic, Format, float32
from reference.probability.sampling import ALPHA, Coin, Fit, Law, p_value_fit, uniform_laws
from reference.rounding import U64, gamma, upward
from reference.statistics import binomial_p_value, chi_square_p_value, dkw_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]

GAINS = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2 / 1.0001),
    "selu": 3 / 4,
}
"""Gains that torch recommends; leaky_relu with its default slope 0.01."""


def leaky_gain(slope: float) -> float:
    """sqrt(2 / (1 + slope^2)) (He et al. 2015, section 2.2)."""
    return math.sqrt(2 / (1 + slope**2))


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (out, in, *kernel): each times the size of the receptive field."""
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _root(gain: float, numerator: int, denominator: int) -> float:
    """g sqrt(numerator / denominator), correctly rounded."""

    def evaluate() -> arb:
        return (ball(gain) ** 2 * arb(numerator) / denominator).sqrt()

    return correctly_rounded(evaluate)


@lru_cache(maxsize=256)
def weight_deviation(fan_in: int, fan_out: int, gain: float) -> float:
    """The standard deviation g sqrt(2 / (M + N)), correctly rounded."""
    return _root(gain, 2, fan_in + fan_out)


@lru_cache(maxsize=256)
def weight_bound(fan_in: int, fan_out: int, gain: float) -> float:
    """The bound a = g sqrt(6 / (M + N)) of the uniform law (Glorot and Bengio 2010, eq. 16), correctly rounded."""
    return _root(gain, 6, fan_in + fan_out)


def largest_weight(bound: float, format: Format) -> float:
    """The largest number that a sampler on [-a, a] may return: a rounded into the format.

    torch computes a in doubles, with four roundings on the way.
    """
    return float(format.round(np.float64(bound * (1 + 5 * U64))))


def weight_laws(bound: float, format: Format) -> tuple[Law, ...]:
    """The laws that uniform weights on [-a, a] may have in the format."""
    return uniform_laws(-bound, bound, format)


# Normal weights: w = sigma z rounded. The kernel's float32 arithmetic (scale and shift) costs 3u, a half type u more.


def _weight_rounding(format: Format) -> float:
    """|w - sigma z| <= this times |w|, for a stored weight w."""
    accumulator = max(format, float32, key=lambda f: f.precision)
    return 4 * accumulator.u + (format.u * (1 + format.u) if format.precision < float32.precision else 0.0)


def square_sum_fit(w: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """sum w^2 / sigma^2 of normal weights w (any shape) against its law, chi-square with one degree a weight.

    The unrounded weights have a norm within r ||w|| + sqrt(n) eta/2 of the stored ones.
    """
    size = float(np.sqrt(np.sum(w**2)))
    return norm_fit(
        size, _weight_rounding(format) * size + math.sqrt(w.size) * format.eta / 2, deviation, w.size, alpha
    )


def norm_fit(size: float, error: float, deviation: float, degrees: int, alpha: float = ALPHA) -> Fit:
    """A norm within `error` of that of `degrees` independent N(0, sigma^2) variables: the least margin counts.

    That is the one nearest to the square root of the median of chi-square, where the p-value is 1. For sigma = 0 the
    norm itself is held against its error.
    """
    if deviation == 0:
        return Fit(size, error)
    least, most = (size - error) / deviation, (size + error) / deviation
    nearest = float(np.clip(math.sqrt(chi2.median(degrees)), least, most))  # NaN if they are
    return p_value_fit(chi_square_p_value(nearest**2, degrees), alpha)


def normal_distance_fit(ascending: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """Kolmogorov's distance of ascending normal weights (n,) from N(0, sigma^2).

    Rounding moves the distribution function by at most max |x| phi(x) < 1/4 times the relative error, 0.4/sigma times
    the absolute one. The grid of the uniform numbers behind Box and Muller's transform moves it by 3 grid steps: the
    transform is monotone in the first and twice piecewise monotone in the second.
    """
    n = len(ascending)
    law = ndtr(ascending / deviation)
    rank = np.arange(n)
    distance = float(max(np.max((rank + 1) / n - law), np.max(law - rank / n)))
    return Fit(distance, dkw_radius(n, alpha) + _normal_slack(deviation, format))


def _normal_slack(deviation: float, format: Format) -> float:
    grid = max(format, float32, key=lambda f: f.precision).u
    return 0.25 * _weight_rounding(format) + 0.2 * format.eta / deviation + 3 * grid


def largest_normal_fit(w: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """The largest |w| of n normal weights (any shape) against its law, P(max <= t) = (2 Phi(t / sigma) - 1)^n.

    Rounding moves t; the grid of the uniform numbers moves the tail by 3 grid steps. Each tail counts as it would where
    both make it largest.
    """
    t, grid = float(np.abs(w).max()), max(format, float32, key=lambda f: f.precision).u
    slack = _weight_rounding(format) * t + format.eta / 2
    least = max(2 * float(ndtr(-(t + slack) / deviation)) - 3 * grid, 0.0)
    most = min(2 * float(ndtr(-max(t - slack, 0.0) / deviation)) + 3 * grid, 1 - U64)
    below, above = math.exp(w.size * math.log1p(-min(least, 1 - U64))), -math.expm1(w.size * math.log1p(-most))
    return p_value_fit(float(np.minimum(1.0, 2 * np.minimum(below, above))), alpha)  # NaN if t is


def normal_tail_fit(w: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """How many of n normal weights (any shape) lie beyond 3 sigma: a binomial number.

    Rounding moves the limit, the grid of the uniform numbers moves the tail by 3 grid steps: of the shares that this
    allows, the one nearest to the observed counts.
    """
    t, grid = 3 * deviation, max(format, float32, key=lambda f: f.precision).u
    slack = _weight_rounding(format) * t + format.eta / 2
    least, most = (2 * float(ndtr(-(t + s) / deviation)) - 3 * grid * math.copysign(1, s) for s in (slack, -slack))
    beyond = int(np.count_nonzero(np.abs(w) > t))
    return p_value_fit(binomial_p_value(beyond, w.size, min(max(beyond / w.size, least), most)), alpha)


def normal_coins(w: Float64, deviation: float, format: Format) -> tuple[Coin, Coin]:
    """Of normal weights w (n,): which are positive, and which lie beyond the median of |w|, 0.6745 sigma."""
    slack = _normal_slack(deviation, format)
    middle = float(norm.isf(0.25)) * deviation
    return Coin(w > 0, slack), Coin((w > middle) | (w <= -middle), 2 * slack)


def normal_mean_fit(w: Float64, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """The mean of n normal weights, normal with deviation sigma / sqrt(n) but for their rounding."""
    slack = _weight_rounding(format) * float(np.abs(w).mean()) + format.eta / 2
    return Fit(abs(float(w.mean())), float(norm.isf(alpha / 2)) * deviation / math.sqrt(w.size) + slack)


def gain_fit(w: Float64, x: Float64, y: Float64, deviation: float, arithmetic: Arithmetic, alpha: float = ALPHA) -> Fit:
    """||W x||^2 / (sigma^2 ||x||^2) for normal W (n, m), fixed x (m,) and the computed y = W x (n,).

    It has the chi-square law with n degrees. Components of y err by the rounding of the weights, r |w||x| + eta/2 |x|,
    and by BND-DOT.
    """
    stored = arithmetic.result
    by_weights = (_weight_rounding(stored) * np.abs(w) + stored.eta / 2) @ np.abs(x)
    error = upward(by_weights + dot_error(w, x[None, :], arithmetic), w.shape[-1])
    sizes = (float(np.sqrt(np.sum(v**2))) for v in (y, error, x))
    size, slack, length = sizes
    return norm_fit(size, slack, deviation * length, len(y), alpha)


# The compromise: exact values as functions of whole widths m, n (any shape), and how far computed ones may be.
# u is the unit roundoff of the result: every operation is stored, so half types are no exception.


def compromise(m: Float64, n: Float64, format: Format) -> Truth:
    """2 / (m + n): a sum and a division."""
    value = 2 / (m + n)
    return Truth(value, upward((gamma(2, format.u) + U64) * value))


def layer_gain(width: Float64, m: Float64, n: Float64, format: Format, factor: Float64 | float = 1.0) -> Truth:
    """width v for v = factor 2 / (m + n): three roundings, four with a factor."""
    value = 2 * width * factor / (m + n)
    roundings = 3 if np.ndim(factor) == 0 else 4
    return Truth(value, upward((gamma(roundings, format.u) + (roundings - 2) * U64) * value + format.eta))


def worst_gain_error(m: Float64, n: Float64, format: Format, factor: Float64 | float = 1.0) -> Truth:
    """max(|m v - 1|, |n v - 1|) for v = factor 2/(m + n); |m - n| / (m + n) for factor 1.

    Both gains with their errors, and one rounding of each difference.
    """
    forward, backward = (layer_gain(w, m, n, format, factor) for w in (m, n))
    value = np.maximum(np.abs(forward.value - 1), np.abs(backward.value - 1))
    error = np.maximum(forward.bound, backward.bound)
    return Truth(value, upward(error + format.u * (value + error) + 2 * U64 * (value + 1)))


def least_worst_gain_error(m: Float64, n: Float64, factor: Float64) -> Float64:
    """|m - n| / (m + n) + min(m, n) |v - v*|, a lower bound of the worst gain error at v = factor v*.

    Below v* the error is 1 - min(m, n) v, above it max(m, n) v - 1 (with |m - n| / (m + n) at v*): piecewise linear
    with slopes of at least min(m, n), so v* is the only minimiser.
    """
    return np.abs(m - n) / (m + n) + np.minimum(m, n) * np.abs(factor - 1) * 2 / (m + n)


def divergence(gain: Float64, roundings: int, format: Format) -> Truth:
    """KL(N(0, g) || N(0, 1)) = (g - 1 - ln g)/2 of a gain computed with `roundings` roundings.

    torch takes the square root of g (2u), squares it (u) and evaluates (r - 1 - ln r)/2: with delta = gamma_{k+5} the
    error of r, delta g from r, delta/(1 - delta) and 4u |ln g| from the logarithm, u for each difference.
    """
    u = format.u
    delta = gamma(roundings + 5, u)
    log, linear = np.abs(np.log(gain)), np.abs(gain - 1)
    of_log = delta / (1 - delta) + 4 * u * (log + delta / (1 - delta))
    of_linear = delta * gain + u * (linear + delta * gain)
    error = of_linear + of_log + u * (linear + of_linear + log + of_log)
    value = (gain - 1 - np.log(gain)) / 2
    return Truth(value, upward(error / 2 + 8 * U64 * (gain + 1 + log) + 2 * format.eta))


def chain_gain(gains: Float64, roundings: int, format: Format) -> Truth:
    """The product over the last axis (..., L) of gains with `roundings` roundings each, in any order.

    gamma_{(k + 1) L} relative; underflow of a partial product costs eta times what it is multiplied by later, at most
    prod max(1, g). Infinite where that may overflow.
    """
    length = gains.shape[-1]
    value, largest = gains.prod(-1), np.maximum(gains, 1).prod(-1)
    relative = gamma((roundings + 1) * length, format.u) + gamma(4 * length, U64)
    bound = upward(relative * value + length * format.eta * largest, length)
    return Truth(value, np.where(largest * (1 + relative) < format.largest, bound, np.inf))
