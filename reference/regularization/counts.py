"""Counts of random events against the binomial law, by which masks, resamples and visits are judged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.statistics import binomial_p_value


def count_fit(successes: NDArray[np.bool_], p: float, alpha: float = ALPHA) -> Fit:
    """The number of successes among independent trials, an array of any shape, against Bin(n, p): exact test."""
    return p_value_fit(binomial_p_value(int(successes.sum()), successes.size, p), alpha)
