"""How the mean and the variance of a batch vary: the laws for normal features, the variance for all of a small table.

A sample is rounded and its statistics are computed with errors, so that each of its values is known to lie in an
interval. What is compared with a law is the least distance that values in these intervals may have.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import chi2

from reference.formats import Format
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, gamma, upward
from reference.statistics import dkw_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]


def interval_distance(least: Float64, largest: Float64, cdf: Callable[[Float64], Float64]) -> float:
    """At most sup |F_n - F| of any sample with least <= x <= largest, (n,) each, for a continuous law.

    The distribution function of the largest values is nowhere above F_n, that of the least ones nowhere below.
    """
    n = len(least)
    above = np.max(np.arange(1, n + 1) / n - cdf(np.sort(largest)))
    below = np.max(cdf(np.sort(least)) - np.arange(n) / n)
    return float(max(above, below, 0.0))


def _rounding(x: Float64, format: Format) -> Float64:
    """How far numbers were from x before they were rounded: u |x| (1 + 2u), or half of the smallest number."""
    return np.asarray(format.u * (1 + 2 * format.u) * np.abs(x) + format.eta / 2)


def variance_fit(x: Float64, found: Truth, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """(m - 1) s^2 / sigma^2 of batches x (n, m) has the chi-square law with m - 1 degrees (Cochran).

    Its root is the norm of the deviations over sigma: the rounding of x moves it by the norm of the roundings at most,
    and variances found (n,) by their bound. DKW at alpha.
    """
    m = x.shape[-1]
    moved = np.sqrt((_rounding(x, format) ** 2).sum(-1)) * (1 + m * U64)
    ends = [np.sqrt((m - 1) * np.maximum(found.value + side * found.bound, 0.0)) for side in (-1, 1)]
    least, largest = np.maximum(ends[0] * (1 - 4 * U64) - moved, 0.0), ends[1] * (1 + 4 * U64) + moved
    law = chi2(m - 1)
    distance = interval_distance(least / deviation, largest / deviation, lambda r: law.cdf(r**2))
    return Fit(distance, dkw_radius(len(x), alpha))


def mean_fit(x: Float64, found: Truth, mean: float, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """sqrt(m) (mean of a batch - mu) / sigma is standard normal: for means found (n,) of batches x (n, m). DKW."""
    root = math.sqrt(x.shape[-1]) / deviation
    moved = upward(_rounding(x, format).mean(-1) + found.bound + 4 * U64 * (np.abs(found.value) + abs(mean)))
    centred = found.value - mean
    distance = interval_distance((centred - moved) * root, (centred + moved) * root, ndtr)
    return Fit(distance, dkw_radius(len(x), alpha))


def central_moments(values: Float64) -> tuple[Float64, Float64]:
    """Variance and fourth central moment of the uniform law on whole numbers (..., d), correctly rounded.

    (d x - sum x)^2 and its square are whole numbers, so that only the division is rounded.
    """
    d = values.shape[-1]
    scaled = d * values - values.sum(-1, keepdims=True)
    return (scaled**2).sum(-1) / d**3, (scaled**4).sum(-1) / d**5


def variance_of_variance(values: Float64, m: int) -> Truth:
    """Var(s^2) = (mu_4 - sigma^4 (m - 3) / (m - 1)) / m (...,) of batches of m, and the error of float64: gamma_6."""
    variance, fourth = central_moments(values)
    other = variance**2 * (m - 3) / (m - 1)
    return Truth((fourth - other) / m, gamma(6, U64) * (fourth + np.abs(other)) / m)


def spread_truth(exact: Truth, found: Truth, centre: Float64) -> Truth:
    """mean((f - centre)^2) of numbers found (..., n) within their bounds of those whose mean square is exact.

    f = v + delta moves a square by (2 |f - centre| + bound) bound; gamma_{n+2} for the mean in float64.
    """
    distance = np.abs(found.value - centre[..., None])
    moved = ((2 * distance + found.bound) * found.bound).mean(-1)
    own = gamma(found.value.shape[-1] + 2, U64) * (distance**2).mean(-1)
    return Truth(exact.value, upward(exact.bound + moved + own, found.value.shape[-1]))
