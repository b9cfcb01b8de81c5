"""Counts of random events against the binomial law, by which masks, resamples and visits are judged."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.statistics import binomial_p_value


def count_fit(successes: NDArray[np.bool_], p: float, alpha: float = ALPHA) -> Fit:
    """The number of successes among independent trials, an array of any shape, against Bin(n, p): exact test."""
    return p_value_fit(binomial_p_value(int(successes.sum()), successes.size, p), alpha)


def worst_count_fit(successes: NDArray[np.bool_], axes: tuple[int, ...], p: float, alpha: float = ALPHA) -> Fit:
    """The least and the largest of the counts along `axes` of independent trials, by Bonferroni's bound."""
    counts = successes.sum(axes)
    trials = successes.size // counts.size
    tails = [binomial_p_value(int(count), trials, p) for count in (counts.min(), counts.max())]
    return p_value_fit(min(1.0, min(tails) * counts.size), alpha)


def central_counts_fit(successes: NDArray[np.int64], trials: int, p: float) -> Fit:
    """How many of some counts of `trials` trials each are within 1 of their mean: too many if they do not vary."""
    low, high = math.ceil(trials * p - 1), math.floor(trials * p + 1)
    near = (low <= successes) & (successes <= high)
    return count_fit(near, float(stats.binom.cdf(high, trials, p) - stats.binom.cdf(low - 1, trials, p)))
