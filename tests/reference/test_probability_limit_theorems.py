"""Exact laws of sums, the Berry-Esseen bound, and the distances of laws from the normal one."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import ndtr

from reference.formats import Arithmetic, bfloat16, float16, float32, float64
from reference.probability.limit_theorems import (
    CONSTANT,
    FROM_CAUCHY,
    GEOMETRIC_GAP,
    LEAST_CONSTANT,
    NEAREST_DEVIATION,
    UniformSum,
    berry_esseen,
    binomial_law,
    cauchy_mean_law,
    distance_at_jumps,
    distribution_of_sum,
    geometric_kurtosis,
    geometric_law,
    geometric_normal,
    geometric_sums,
    geometric_variance,
    moments,
    normal_at_sums,
    normal_cdf_error,
    normal_truth,
    uniform_sum_law,
)

DIE = (1,) * 6


def test_moments_of_a_die_are_exact() -> None:
    mean, variance, third = moments(DIE)
    assert (mean * 2, variance * 12, third * 8) == (5, 35, 51)


@pytest.mark.parametrize("odds", [(1, 1), (3, 0, 1), (1, 2, 4, 0)])
def test_sums_have_the_law_of_enumeration(odds: tuple[int, ...]) -> None:
    n, total = 3, sum(odds)
    exact = [Fraction(0)] * (n * (len(odds) - 1) + 1)
    for outcome in itertools.product(range(len(odds)), repeat=n):
        exact[sum(outcome)] += Fraction(math.prod(odds[j] for j in outcome), total**n)
    assert distribution_of_sum(odds, n).tolist() == [float(v) for v in itertools.accumulate(exact)]


def test_the_normal_law_at_sums_is_scipys() -> None:
    s = np.arange(201)
    assert normal_at_sums((1, 1), 200) == pytest.approx(ndtr((s - 100) / math.sqrt(50)), abs=1e-15)


@pytest.mark.parametrize(("odds", "n"), [((1, 1), 1), ((595, 429), 1000), (DIE, 10), ((1, 99), 127)])
def test_the_bound_holds_and_is_not_loose(odds: tuple[int, ...], n: int) -> None:
    distribution, normal = distribution_of_sum(odds, n), normal_at_sums(odds, n)
    distance = distance_at_jumps(distribution, normal, np.ones(len(normal), bool))
    assert 0.1 < distance / berry_esseen(odds, n) <= 1


def test_the_hardest_coin_needs_nearly_the_least_constant() -> None:
    distribution, normal = distribution_of_sum((595, 429), 1000), normal_at_sums((595, 429), 1000)
    needed = CONSTANT * distance_at_jumps(distribution, normal, np.ones(1001, bool)) / berry_esseen((595, 429), 1000)
    assert 0.99 * LEAST_CONSTANT < needed < LEAST_CONSTANT


@pytest.mark.parametrize("fmt", [float16, bfloat16, float32])
def test_rounding_stays_within_the_error_of_phi(fmt: object) -> None:
    assert fmt in (float16, bfloat16, float32)
    n = 100
    s = np.arange(n + 1.0)
    truth = normal_truth((1, 1), n, np.ones(n + 1, bool), fmt)  # type: ignore[arg-type]
    rounded = fmt.round(fmt.round(s - 50) / 5)  # type: ignore[attr-defined]
    assert (np.abs(fmt.round(ndtr(rounded)) - truth.value) <= truth.bound).all()  # type: ignore[attr-defined]
    assert (truth.bound < 20 * fmt.u).all()  # type: ignore[attr-defined]


@pytest.mark.parametrize("n", [1, 2, 12, 33])
def test_irwin_and_halls_law_is_scipys(n: int) -> None:
    law, x = UniformSum(n), np.linspace(-0.5, n + 0.5, 23)
    assert law.cdf(x) == pytest.approx(stats.irwinhall(n).cdf(x), abs=1e-8)
    assert law.sf(x) == pytest.approx(1 - law.cdf(x), abs=2e-8)  # twice the error of cdf
    assert law.support() == (0.0, n)
    assert law.median() == n / 2
    assert law.moment(1) == pytest.approx(n / 2)
    assert uniform_sum_law(n, float32).slack < uniform_sum_law(n, bfloat16).slack


def test_laws_have_their_moments() -> None:
    assert binomial_law(10, 0.25).mean == pytest.approx(2.5)
    assert geometric_law(4).variance == pytest.approx(geometric_variance(4))
    assert cauchy_mean_law(7, float64).slack < 1e-12


def test_no_normal_law_is_as_near_to_the_cauchy_law() -> None:
    x = np.tan(np.linspace(-1.55, 1.55, 4001))

    def distance(parameters: tuple[float, float]) -> float:
        mean, deviation = parameters
        return float(np.abs(stats.cauchy.cdf(x) - stats.norm.cdf(x, mean, abs(deviation) + 1e-9)).max())

    found = optimize.minimize(distance, (0.1, 1.0), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    assert found.fun >= FROM_CAUCHY
    assert distance((0.0, NEAREST_DEVIATION)) == pytest.approx(found.fun, abs=1e-3)


@pytest.mark.parametrize("terms", [1, 2, 5, 11])
def test_geometric_sums_are_those_of_enumeration(terms: int) -> None:
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=terms)))
    sums = np.sort(signs @ 0.5 ** np.arange(1, terms + 1))
    assert geometric_sums(terms).tolist() == sums.tolist()
    assert geometric_variance(terms) == pytest.approx((sums**2).mean())
    truth = geometric_kurtosis(terms, Arithmetic.of(float64))
    assert truth.value[0] == pytest.approx((sums**4).mean() / (sums**2).mean() ** 2, rel=1e-13)
    normal = geometric_normal(terms)
    assert normal == pytest.approx(ndtr(sums / math.sqrt(geometric_variance(terms))), abs=1e-15)
    share = np.arange(1, 2**terms + 1) / 2**terms
    assert distance_at_jumps(share, normal, np.ones(2**terms, bool)) >= GEOMETRIC_GAP


def test_a_large_mean_makes_phi_less_certain() -> None:
    assert normal_cdf_error(10.0, bfloat16) > normal_cdf_error(0.0, bfloat16) > normal_cdf_error(0.0, float16)
