"""How many of M equally likely values T independent draws show: the occupancy law, and tests against it."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.regularization.counts import count_fit
from reference.statistics import bernstein_radius

Float64 = NDArray[np.float64]


@functools.cache
def occupancy_law(values: int, draws: int) -> Float64:
    """P(D = j), j = 0..draws, for D distinct among `draws` independent uniform draws of `values` values.

    P(D = j) = C(M, j) sum_i (-1)^i C(j, i) ((j - i) / M)^T (Feller, An Introduction to Probability Theory, volume 1,
    section IV.2), by the recurrence P_{t+1}(j) = P_t(j) j / M + P_t(j - 1) (M - j + 1) / M, whose terms are not
    negative: in float64 with a relative error of at most gamma_{4T}, where nothing underflows.
    """
    j = np.arange(draws + 1)
    seen, fresh = j / values, np.maximum(values - j, 0) / values
    law = np.zeros(draws + 1)
    law[0] = 1.0
    for _ in range(draws):
        law[1:] = law[1:] * seen[1:] + law[:-1] * fresh[:-1]
        law[0] = 0.0
    law.setflags(write=False)
    return law


def sequences_showing(values: int, draws: int) -> list[int]:
    """In how many of the values^draws sequences exactly j values appear, j = 0..draws: C(M, j) j! S(T, j)."""
    counts = [1] + [0] * draws
    for _ in range(draws):
        counts = [0] + [counts[j] * j + counts[j - 1] * max(values - j + 1, 0) for j in range(1, draws + 1)]
    return counts


def expected_distinct(values: int, draws: int) -> float:
    """E D = M (1 - (1 - 1/M)^T), without cancellation; M = 1 gives 1 for T > 0."""
    if values == 1:
        return float(draws > 0)
    return -values * math.expm1(draws * math.log1p(-1 / values))


def distinct_variance(values: int, draws: int) -> float:
    """Var D, from the law itself, which has no cancellation."""
    law, j = occupancy_law(values, draws), np.arange(draws + 1)
    return float((law * (j - expected_distinct(values, draws)) ** 2).sum())


def fewest_units(draws: float) -> int:
    """The least n for which 2^n masks are more than `draws`, so that some submodel is never trained."""
    return math.floor(math.log2(draws)) + 1


def distinct_fits(
    distinct: NDArray[np.int64], values: int, draws: int, alpha: float = ALPHA
) -> Iterator[tuple[str, Fit]]:
    """Numbers of distinct values (runs,) in independent runs against the occupancy law, with what is compared.

    The least and the largest by the exact tails (doubled; times the number of runs, Bonferroni), the runs that show the
    likeliest number by the exact binomial law, and the mean by Bernstein's inequality with the known variance.
    """
    law = occupancy_law(values, draws)
    possible = (distinct >= 0) & (distinct <= draws)
    least, largest = int(distinct.min()), int(distinct.max())
    tails = [float(law[: max(least, -1) + 1].sum()), float(law[max(largest, 0) :].sum())]
    worst = 0.0 if not possible.all() else min(1.0, 2 * min(tails) * distinct.size)
    yield "the extreme number of distinct draws", p_value_fit(worst, alpha)
    mode = int(np.argmax(law))
    yield (
        "runs with the likeliest number of distinct draws",
        count_fit(distinct == mode, min(float(law[mode]), 1.0), alpha),
    )
    mean, variance = expected_distinct(values, draws), distinct_variance(values, draws)
    radius = bernstein_radius(distinct.size, variance, float(min(values, draws)), alpha)
    slack = 8 * draws * 2.0**-53 * mean
    yield "the mean number of distinct draws", Fit(abs(float(distinct.mean()) - mean), radius + slack)
