"""Is a sample consistent with a law? Finite-sample tests, each with its theorem and an alternative that it refuses.

Every test has a probability of at most alpha to refuse a sample of the law, for every sample size; there is nothing
asymptotic about it. What it refuses nearly always, at alpha = 1e-9 and `SIZE` draws, is its named alternative; the
tests of this module measure both by simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.probability.sampling import (
    ALPHA,
    Coin,
    Fit,
    Law,
    agreement_fit,
    distance_fit,
    lags,
    moment_fit,
    range_fit,
)

Float64 = NDArray[np.float64]

SIZE = 1 << 15
"""Draws at which each alternative is refused."""


class Sample(NamedTuple):
    """Draws x (n,) in the order in which they were made, in ascending order, and how far apart some may be alike."""

    x: Float64
    ascending: Float64
    apart: tuple[int, ...] = ()


class Criterion(NamedTuple):
    """`fit(sample, laws, alpha)` for draws that have one of the laws, the theorem behind it, and what it refuses."""

    theorem: str
    alternative: str
    fit: Callable[[Sample, Sequence[Law], float], Fit]


def _moment(k: int) -> Callable[[Sample, Sequence[Law], float], Fit]:
    return lambda sample, laws, alpha: moment_fit(sample.x, k, laws, alpha)


def _agreements(sample: Sample, laws: Sequence[Law], alpha: float) -> Fit:
    """Draws above and below the median of the first law: a lane, half the sample, or so many apart as may be alike."""
    middle = laws[0].median
    bias = max(abs(law.above(middle) - 0.5) + law.slack for law in laws)
    return agreement_fit(Coin(sample.x > middle, bias), lags(len(sample.x), *sample.apart), alpha)


TESTS: dict[str, Criterion] = {
    "distance": Criterion(
        "Dvoretzky, Kiefer and Wolfowitz with Massart's constant: sup|F_n - F| > t with probability 2 exp(-2 n t^2)",
        "a law whose distribution function is 0.04 away somewhere",
        lambda sample, laws, alpha: distance_fit(sample.ascending, laws, alpha),
    ),
    "mean": Criterion(
        "Bernstein's inequality with the known variance; for normal draws the exact law of their mean",
        "a law shifted by 0.08 standard deviations",
        _moment(1),
    ),
    "second moment": Criterion(
        "Bernstein's inequality with the known variance of X^2; for normal draws the exact chi-square law",
        "a law stretched by a tenth",
        _moment(2),
    ),
    "range": Criterion(
        "n draws leave out a share g with probability (1 - g)^n",
        "a law that lacks the uppermost 0.2 per cent",
        lambda sample, laws, alpha: range_fit(sample.x, laws, alpha),
    ),
    "independence": Criterion(
        "Hoeffding's inequality for the agreements of disjoint pairs 1, 2, 4, 8, 16 and n/2 draws apart",
        "draws of which a sixth repeat the one four before",
        _agreements,
    ),
}


def consistent(
    sample: Float64, laws: Sequence[Law] | Law, *, alpha: float = ALPHA, apart: Sequence[int] = ()
) -> Iterator[tuple[str, Fit]]:
    """Each test's name with how far the draws (n,), n > 0, are from the nearest of the laws and how far they may be.

    `apart` adds distances, such as that of two rows, at which draws must not agree more often than by chance. Moments
    are judged as far as the laws have a bound for them (`Law.highest_moment`). Raises ValueError for a sample that is
    empty or holds NaN, which no law explains.
    """
    x = np.asarray(sample, np.float64)
    if x.ndim != 1 or not x.size or np.isnan(x).any():
        raise ValueError("the sample must be a vector, not empty, without NaN")
    laws = (laws,) if isinstance(laws, Law) else tuple(laws)
    highest = min(law.highest_moment for law in laws)
    left_out = {name for name, k in (("mean", 1), ("second moment", 2)) if k > highest}
    given = Sample(x, np.sort(x), tuple(apart))
    for name, test in TESTS.items():
        if name not in left_out:
            yield name, test.fit(given, laws, alpha)
