"""The occupancy law against brute force and exact fractions, and what its tests accept and refuse."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from reference.probability.sampling import ALPHA
from reference.regularization.occupancy import (
    distinct_fits,
    distinct_variance,
    expected_distinct,
    fewest_units,
    occupancy_law,
    sequences_showing,
)

SMALL = [(m, t) for m in (1, 2, 3, 4) for t in (0, 1, 2, 5)]
U = Fraction(1, 2**53)


def by_inclusion_and_exclusion(values: int, draws: int, j: int) -> Fraction:
    """P(D = j) = C(M, j) sum_i (-1)^i C(j, i) ((j - i) / M)^T."""
    terms = (Fraction((-1) ** i * math.comb(j, i) * (j - i) ** draws, values**draws) for i in range(j + 1))
    return math.comb(values, j) * sum(terms, Fraction(0))


@pytest.mark.parametrize(("values", "draws"), SMALL)
def test_the_counts_are_those_of_brute_force(values: int, draws: int) -> None:
    counts = Counter(len(set(s)) for s in itertools.product(range(values), repeat=draws))
    assert sequences_showing(values, draws) == [counts[j] for j in range(draws + 1)]


@pytest.mark.parametrize(("values", "draws"), [*SMALL, (16, 10), (1024, 60), (2**30, 40), (50, 50)])
def test_the_law_is_inclusion_and_exclusion(values: int, draws: int) -> None:
    law = occupancy_law(values, draws)
    for j in range(draws + 1):
        exact = by_inclusion_and_exclusion(values, draws, j)
        assert abs(Fraction(float(law[j])) - exact) <= exact * 4 * draws * U * 2 + Fraction(2) ** -1000


@pytest.mark.parametrize(("values", "draws"), [(1, 0), (1, 3), (4, 10), (1024, 500), (2**16, 5000), (2**30, 10000)])
def test_the_mean_and_the_variance_are_those_of_the_law(values: int, draws: int) -> None:
    law, j = occupancy_law(values, draws), np.arange(draws + 1)
    m, t = Fraction(values), draws
    mean = m * (1 - (1 - 1 / m) ** t)
    assert abs(Fraction(expected_distinct(values, draws)) - mean) <= mean * 8 * max(draws, 1) * U
    assert float((law * j).sum()) == pytest.approx(float(mean), rel=1e-11)
    if draws <= 500:
        variance = m * (m - 1) * (1 - 2 / m) ** t + m * (1 - 1 / m) ** t - m**2 * (1 - 1 / m) ** (2 * t)
        assert distinct_variance(values, draws) == pytest.approx(float(variance), rel=1e-9, abs=1e-12)


def test_the_expectations_of_the_notes() -> None:
    means = [expected_distinct(2**n, t) for n, t in ((4, 10), (10, 500), (16, 5000), (30, 10000))]
    assert means == pytest.approx([7.61, 395.74, 4814.06, 9999.95], abs=0.006)
    assert expected_distinct(5, 5) / 5 == pytest.approx(0.67232, abs=1e-9)


def test_89_units_outlast_the_universe() -> None:
    assert fewest_units(4.35e26) == 89
    assert 2**88 <= 4.35e26 < 2**89
    assert fewest_units(8) == 4  # eight draws may meet the eight masks of three units


@pytest.mark.parametrize(("values", "draws", "runs"), [(1, 3, 10), (16, 10, 400), (50, 50, 200), (1024, 500, 20)])
def test_samples_of_the_law_are_accepted(values: int, draws: int, runs: int) -> None:
    rng = np.random.default_rng(0)
    distinct = np.array([len(np.unique(rng.integers(0, values, draws))) for _ in range(runs)])
    for label, fit in distinct_fits(distinct, values, draws):
        assert fit.distance <= fit.radius, label


@pytest.mark.parametrize("wrong", ["constant", "shifted", "too many", "none"])
def test_other_numbers_are_refused(wrong: str) -> None:
    rng = np.random.default_rng(0)
    distinct = np.array([len(np.unique(rng.integers(0, 16, 10))) for _ in range(400)])
    distinct = {
        "constant": np.full(400, 8),
        "shifted": np.maximum(distinct - 1, 1),
        "too many": np.where(distinct == 8, 11, distinct),
        "none": np.zeros(400, np.int64),
    }[wrong]
    assert any(fit.distance > fit.radius for _, fit in distinct_fits(distinct, 16, 10, ALPHA))
