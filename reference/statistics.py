"""Finite-sample bounds at a stated false-alarm probability alpha: radii, acceptance intervals, distances between laws.

Each function states the theorem behind it. `alpha` is always the probability of a false alarm of
that one check, both sides together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


class Interval(NamedTuple):
    """A closed interval."""

    lower: float
    upper: float

    def __contains__(self, x: object) -> bool:
        return isinstance(x, (int, float, np.number)) and self.lower <= float(x) <= self.upper


def _log_term(alpha: float) -> float:
    """ln(2/alpha). Raises ValueError unless 0 < alpha < 1."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1), got {alpha}")
    return math.log(2 / alpha)


def _positive(**sizes: float) -> None:
    for name, size in sizes.items():
        if not size > 0:
            raise ValueError(f"{name} must be positive, got {size}")


def hoeffding_radius(n: int, width: float, alpha: float) -> float:
    """t with P(|mean - mu| >= t) <= alpha for n independent variables in intervals of length `width`.

    Hoeffding, JASA 58 (1963), theorem 2: 2 exp(-2 n t^2 / width^2) = alpha.
    """
    _positive(n=n)
    if width < 0:
        raise ValueError(f"width must not be negative, got {width}")
    return width * math.sqrt(_log_term(alpha) / (2 * n))


def bernstein_radius(n: int, variance: float, deviation: float, alpha: float) -> float:
    """t with P(|mean - mu| >= t) <= alpha for n independent variables of known variance and |X - mu| <= `deviation`.

    Bernstein's inequality (Boucheron, Lugosi and Massart, Concentration Inequalities, corollary 2.11):
    2 exp(-n t^2 / (2 variance + 2 deviation t / 3)) = alpha, solved for t. The range of X may serve as `deviation`.
    """
    _positive(n=n)
    if variance < 0 or deviation < 0:
        raise ValueError("variance and deviation must not be negative")
    log = _log_term(alpha)
    linear = log * deviation / (3 * n)
    return linear + math.sqrt(linear**2 + 2 * variance * log / n)


def mcdiarmid_radius(differences: ArrayLike, alpha: float) -> float:
    """t with P(|f - E f| >= t) <= alpha, f of independent variables, the i-th of which moves f by `differences[i]`.

    McDiarmid, Surveys in Combinatorics (1989), lemma 1.2: 2 exp(-2 t^2 / sum of squares) = alpha. Raises ValueError for
    a negative difference.
    """
    moves = np.asarray(differences, np.float64)
    if (moves < 0).any():
        raise ValueError("differences must not be negative")
    return math.sqrt(_log_term(alpha) * float(np.sum(moves**2)) / 2)


def normal_radius(n: int, deviation: float, alpha: float) -> float:
    """t with P(|mean - mu| >= t) = alpha for n independent N(mu, deviation^2): the mean is N(mu, deviation^2 / n)."""
    _positive(n=n)
    _log_term(alpha)
    return float(stats.norm.isf(alpha / 2)) * deviation / math.sqrt(n)


def dkw_radius(n: int, alpha: float) -> float:
    """t with P(sup_x |F_n(x) - F(x)| > t) <= alpha for n independent variables of any law F.

    Dvoretzky, Kiefer and Wolfowitz with Massart's constant (Ann. Probab. 18 (1990), corollary 1):
    2 exp(-2 n t^2) = alpha.
    """
    return hoeffding_radius(n, 1.0, alpha)


def kolmogorov_distance(
    sample: ArrayLike,
    cdf: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    left_limit: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
    presorted: bool = False,
) -> float:
    """sup_x |F_n(x) - F(x)| of a sample of any shape.

    For a law with atoms give `left_limit`, x -> P(X < x); without it F is taken to be continuous. With the sample in
    ascending order, F_n - F is largest at a sample point, where it is i/n - F(x_i), and F - F_n just before one, where
    it is F(x_i-) - (i-1)/n; ties do no harm, the last and the first of them give the largest. One sort can serve
    several checks (`presorted`). Raises ValueError for an empty sample or NaN.
    """
    x = _sample(sample, presorted=presorted)
    law = np.asarray(cdf(x), np.float64)
    law_before = law if left_limit is None else np.asarray(left_limit(x), np.float64)
    steps = np.arange(x.size + 1) / x.size
    return float(max(np.max(steps[1:] - law), np.max(law_before - steps[:-1])))


def _sample(sample: ArrayLike, *, presorted: bool = False) -> NDArray[np.float64]:
    """The sample as an ascending vector. Raises ValueError if it is empty or holds NaN."""
    x = np.ravel(np.asarray(sample, np.float64))
    if x.size == 0 or np.isnan(x).any():
        raise ValueError("the sample must be non-empty and free of NaN")
    return x if presorted else np.sort(x)


def discrete_distance(
    sample: ArrayLike, support: ArrayLike, probabilities: ArrayLike, *, presorted: bool = False
) -> float:
    """sup_x |F_n(x) - F(x)| against the law with the given probabilities on ascending `support`.

    Both functions are constant between their jumps, so that only the jumps count; sample points outside the support
    are jumps too. Raises ValueError unless the support ascends and the probabilities sum to 1 (within 1e-9), and for
    an empty sample or NaN.
    """
    points, weights = np.asarray(support, np.float64), np.asarray(probabilities, np.float64)
    if points.shape != weights.shape or points.ndim != 1 or np.any(np.diff(points) <= 0):
        raise ValueError("support and probabilities must be vectors of one length, the support ascending")
    if np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
        raise ValueError("probabilities must be non-negative and sum to 1")
    cumulative = np.concatenate(([0.0], np.cumsum(weights)))
    x = _sample(sample, presorted=presorted)
    jumps = np.union1d(points, x[np.concatenate(([True], np.diff(x) > 0))])
    law = cumulative[np.searchsorted(points, jumps, "right")]
    empirical = np.searchsorted(x, jumps, "right") / x.size
    return float(np.max(np.abs(empirical - law)))


def chi_square_interval(degrees: float, alpha: float) -> Interval:
    """The central interval of the chi-square law: outside it with probability alpha/2 on either side, exactly.

    Sum of squares of `degrees` independent standard normal variables (Cochran's theorem).
    """
    _positive(degrees=degrees)
    _log_term(alpha)
    law = stats.chi2(degrees)
    return Interval(float(law.ppf(alpha / 2)), float(law.isf(alpha / 2)))


def binomial_interval(n: int, p: float, alpha: float) -> Interval:
    """Counts to accept from X ~ Bin(n, p): the largest lower and smallest upper end with alpha/2 or less beyond each.

    P(X < lower) <= alpha/2 and P(X > upper) <= alpha/2, by the exact tails.
    """
    if n < 0 or not 0 <= p <= 1:
        raise ValueError(f"need n >= 0 and p in [0, 1], got n = {n}, p = {p}")
    _log_term(alpha)
    law = stats.binom(n, p)
    lower, upper = max(int(law.ppf(alpha / 2)), 0), min(int(law.isf(alpha / 2)), n)
    # ppf and isf may be off by one at a rounding boundary: settle on the exact tails.
    while lower > 0 and law.cdf(lower - 1) > alpha / 2:
        lower -= 1
    while lower < n and law.cdf(lower) <= alpha / 2:
        lower += 1
    while upper < n and law.sf(upper) > alpha / 2:
        upper += 1
    while upper > 0 and law.sf(upper - 1) <= alpha / 2:
        upper -= 1
    return Interval(float(lower), float(upper))


def clopper_pearson(successes: int, n: int, alpha: float) -> Interval:
    """Confidence interval for a proportion, coverage at least 1 - alpha for every p.

    Clopper and Pearson, Biometrika 26 (1934): the p whose binomial tails at `successes` are alpha/2.
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"need 0 <= successes <= n and n > 0, got {successes} of {n}")
    _log_term(alpha)
    lower = 0.0 if successes == 0 else float(stats.beta.ppf(alpha / 2, successes, n - successes + 1))
    upper = 1.0 if successes == n else float(stats.beta.isf(alpha / 2, successes + 1, n - successes))
    return Interval(lower, upper)


def binomial_p_value(successes: int, n: int, p: float) -> float:
    """min(1, 2 min(P(X <= successes), P(X >= successes))), X ~ Bin(n, p): an exact two-sided p-value (doubled tail)."""
    if not 0 <= successes <= n or not 0 <= p <= 1:
        raise ValueError(f"need 0 <= successes <= n and p in [0, 1], got {successes} of {n}, p = {p}")
    # without a frozen law, which takes four times as long to make as both tails
    return min(1.0, 2 * float(min(stats.binom.cdf(successes, n, p), stats.binom.sf(successes - 1, n, p))))


def chi_square_p_value(statistic: float, degrees: float) -> float:
    """min(1, 2 min(P(X <= statistic), P(X >= statistic))) for the chi-square law: an exact two-sided p-value."""
    _positive(degrees=degrees)
    law = stats.chi2(degrees)
    return float(np.minimum(1.0, 2 * np.minimum(law.cdf(statistic), law.sf(statistic))))  # min would lose NaN
