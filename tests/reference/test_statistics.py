"""Statistical bounds: brute force where it can be had, false-alarm rates by simulation where it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from reference import statistics as s

ALPHA = 0.05
TRIALS = 4000


def false_alarms(rejects: np.ndarray) -> float:
    """The observed rate minus five standard deviations of a simulation at the level ALPHA."""
    return rejects.mean() - 5 * math.sqrt(ALPHA * (1 - ALPHA) / rejects.size)


@pytest.mark.parametrize("n", [1, 10, 200])
def test_hoeffding_keeps_its_level(n: int) -> None:
    coin = np.random.default_rng(40).integers(0, 2, (TRIALS, n)) * 3.0  # the widest law on [0, 3]
    assert false_alarms(np.abs(coin.mean(-1) - 1.5) >= s.hoeffding_radius(n, 3.0, ALPHA)) <= ALPHA


@pytest.mark.parametrize("p", [0.5, 0.1, 0.01])
def test_bernstein_keeps_its_level_and_beats_hoeffding_at_small_variance(p: float) -> None:
    n, variance = 400, p * (1 - p)
    radius = s.bernstein_radius(n, variance, 1.0, ALPHA)
    mean = np.random.default_rng(41).binomial(n, p, TRIALS) / n
    assert false_alarms(np.abs(mean - p) >= radius) <= ALPHA
    assert (radius < s.hoeffding_radius(n, 1.0, ALPHA)) == (p < 0.4)


def test_the_radii_solve_their_tail_equations() -> None:
    n, alpha = 1000, 1e-9
    t = s.hoeffding_radius(n, 2.0, alpha)
    assert 2 * math.exp(-2 * n * t**2 / 4) == pytest.approx(alpha)
    t = s.bernstein_radius(n, 0.3, 1.0, alpha)
    assert 2 * math.exp(-n * t**2 / (2 * 0.3 + 2 * t / 3)) == pytest.approx(alpha)
    t = s.dkw_radius(n, alpha)
    assert 2 * math.exp(-2 * n * t**2) == pytest.approx(alpha)
    assert s.hoeffding_radius(10**7, 2.0, alpha) == pytest.approx(2.07e-3, rel=1e-3)


@pytest.mark.parametrize("n", [5, 50])
def test_dkw_keeps_its_level_for_continuous_and_discrete_laws(n: int) -> None:
    rng = np.random.default_rng(42)
    radius = s.dkw_radius(n, ALPHA)
    uniform = [s.kolmogorov_distance(x, lambda t: t) for x in rng.random((TRIALS // 4, n))]
    dice = [s.discrete_distance(x, np.arange(6), np.full(6, 1 / 6)) for x in rng.integers(0, 6, (TRIALS // 4, n))]
    for distances in (uniform, dice):
        assert false_alarms(np.array(distances) > radius) <= ALPHA
    assert np.mean(np.array(uniform) > radius) > ALPHA / 10  # and is not idle


def brute_force_distance(sample: np.ndarray, cdf: Callable[[float], float], points: np.ndarray) -> float:
    """The supremum over a fine grid around every point, from the definition."""
    grid = np.unique(np.concatenate((points, np.nextafter(points, -np.inf), np.nextafter(points, np.inf))))
    return max(abs(np.mean(sample <= t) - cdf(t)) for t in grid)


def test_the_kolmogorov_distance_is_the_supremum() -> None:
    rng = np.random.default_rng(43)
    for n in (1, 2, 9):
        for _ in range(20):
            x = np.round(rng.random(n), 1)  # with ties
            expected = brute_force_distance(x, lambda t: min(max(t, 0.0), 1.0), np.append(x, [0.0, 1.0]))
            assert s.kolmogorov_distance(x, lambda t: t.clip(0, 1)) == pytest.approx(expected, abs=1e-12)
            assert s.kolmogorov_distance(np.sort(x), lambda t: t.clip(0, 1), presorted=True) == pytest.approx(expected)
    x = rng.normal(size=300)
    ours = s.kolmogorov_distance(x.reshape(3, 100), stats.norm.cdf)
    assert ours == pytest.approx(stats.kstest(x, "norm").statistic)


def test_the_distance_from_a_law_with_atoms_is_the_supremum() -> None:
    rng = np.random.default_rng(44)
    support, probabilities = np.array([-1.0, 0.0, 2.0]), np.array([0.25, 0.5, 0.25])

    def cdf(t: float) -> float:
        return float(probabilities[support <= t].sum())

    for n in (1, 4, 30):
        for values in (support, np.array([-1.0, 0.5, 2.0, 3.0])):  # also points outside the support
            x = rng.choice(values, n)
            expected = brute_force_distance(x, cdf, np.concatenate((x, support)))
            assert s.discrete_distance(x, support, probabilities) == pytest.approx(expected, abs=1e-12)
            vectorised = s.kolmogorov_distance(
                x,
                lambda t: np.array([cdf(v) for v in t]),
                left_limit=lambda t: np.array([cdf(np.nextafter(v, -np.inf)) for v in t]),
            )
            assert vectorised == pytest.approx(expected, abs=1e-12)


def test_an_atom_taken_for_continuous_shows_as_distance() -> None:
    sample = np.zeros(100)
    one = np.ones_like
    assert s.kolmogorov_distance(sample, one, left_limit=np.zeros_like) == 0
    assert s.kolmogorov_distance(sample, one) == 1


def tail(n: int, p: Fraction, counts: range) -> Fraction:
    """P(X in counts), X ~ Bin(n, p)."""
    return sum((math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts), Fraction(0))


@pytest.mark.parametrize("n", [0, 1, 7, 60])
@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 8), Fraction(1, 2), Fraction(15, 16), Fraction(1)])
@pytest.mark.parametrize("alpha", [0.3, 0.01, 1e-9])
def test_the_binomial_interval_is_the_tightest_of_its_level(n: int, p: Fraction, alpha: float) -> None:
    lower, upper = map(int, s.binomial_interval(n, float(p), alpha))
    half = Fraction(alpha) / 2
    assert tail(n, p, range(lower)) <= half
    assert tail(n, p, range(upper + 1, n + 1)) <= half
    assert lower == n or tail(n, p, range(lower + 1)) > half
    assert upper == 0 or tail(n, p, range(upper, n + 1)) > half


def test_the_binomial_interval_of_a_large_sample_keeps_its_level() -> None:
    n, p = 10**6, 0.3
    lower, upper = s.binomial_interval(n, p, 1e-9)
    law = stats.binom(n, p)
    assert law.cdf(lower - 1) <= 5e-10 < law.cdf(lower)
    assert law.sf(upper) <= 5e-10 < law.sf(upper - 1)


def test_the_chi_square_interval_keeps_its_level_on_either_side() -> None:
    for degrees in (1, 10, 1000):
        interval = s.chi_square_interval(degrees, ALPHA)
        draws = np.random.default_rng(45).chisquare(degrees, 40_000)
        for outside in (draws < interval.lower, draws > interval.upper):
            assert abs(outside.mean() - ALPHA / 2) <= 5 * math.sqrt(ALPHA / 2 / draws.size)
    assert s.chi_square_interval(4, 1e-9).lower == pytest.approx(stats.chi2(4).ppf(5e-10))


@pytest.mark.parametrize("n", [1, 12])
def test_clopper_pearson_inverts_the_binomial_tails(n: int) -> None:
    for k in range(n + 1):
        lower, upper = s.clopper_pearson(k, n, ALPHA)
        assert 0 <= lower <= k / n <= upper <= 1
        if k > 0:
            assert float(tail(n, Fraction(lower), range(k, n + 1))) == pytest.approx(ALPHA / 2)
        if k < n:
            assert float(tail(n, Fraction(upper), range(k + 1))) == pytest.approx(ALPHA / 2)
    assert s.clopper_pearson(0, n, ALPHA).lower == 0
    assert s.clopper_pearson(n, n, ALPHA).upper == 1


def test_p_values_are_exact_and_their_level_is_kept() -> None:
    n, p = 20, Fraction(1, 4)
    for k in range(n + 1):
        expected = min(Fraction(1), 2 * min(tail(n, p, range(k + 1)), tail(n, p, range(k, n + 1))))
        assert s.binomial_p_value(k, n, float(p)) == pytest.approx(float(expected))
    size = sum(tail(n, p, range(k, k + 1)) for k in range(n + 1) if s.binomial_p_value(k, n, float(p)) <= ALPHA)
    assert size <= Fraction(ALPHA)
    edge = s.chi_square_interval(7, ALPHA)
    assert s.chi_square_p_value(edge.lower, 7) == pytest.approx(ALPHA)
    assert s.chi_square_p_value(edge.upper, 7) == pytest.approx(ALPHA)


def test_an_interval_knows_what_it_contains() -> None:
    interval = s.Interval(1.0, 2.0)
    assert 1 in interval
    assert np.float32(2.0) in interval
    assert 2.1 not in interval
    assert np.float64("nan") not in interval
    assert "1.5" not in interval


IDENTITY: Callable[[np.ndarray], np.ndarray] = np.asarray
INVALID = {
    "no sample": lambda: s.hoeffding_radius(0, 1.0, 0.1),
    "negative width": lambda: s.hoeffding_radius(1, -1.0, 0.1),
    "alpha of zero": lambda: s.hoeffding_radius(1, 1.0, 0.0),
    "alpha of one": lambda: s.dkw_radius(1, 1.0),
    "alpha not a number": lambda: s.chi_square_interval(3, math.nan),
    "negative variance": lambda: s.bernstein_radius(1, -1.0, 1.0, 0.1),
    "negative deviation": lambda: s.bernstein_radius(1, 1.0, -1.0, 0.1),
    "no degrees of freedom": lambda: s.chi_square_interval(0, 0.1),
    "no degrees for a p-value": lambda: s.chi_square_p_value(1.0, 0),
    "probability above one": lambda: s.binomial_interval(3, 1.1, 0.1),
    "negative count": lambda: s.binomial_interval(-1, 0.5, 0.1),
    "more successes than trials": lambda: s.clopper_pearson(3, 2, 0.1),
    "no trials": lambda: s.clopper_pearson(0, 0, 0.1),
    "a p-value of more successes than trials": lambda: s.binomial_p_value(3, 2, 0.5),
    "a negative difference": lambda: s.mcdiarmid_radius([1.0, -1.0], 0.1),
    "no normal sample": lambda: s.normal_radius(0, 1.0, 0.1),
    "an empty sample": lambda: s.kolmogorov_distance([], IDENTITY),
    "a sample with NaN": lambda: s.kolmogorov_distance([math.nan], IDENTITY),
    "an empty discrete sample": lambda: s.discrete_distance([], [0.0], [1.0]),
    "a support out of order": lambda: s.discrete_distance([0.0], [1.0, 0.0], [0.5, 0.5]),
    "probabilities that do not sum to one": lambda: s.discrete_distance([0.0], [0.0, 1.0], [0.5, 0.4]),
    "a negative probability": lambda: s.discrete_distance([0.0], [0.0, 1.0], [1.5, -0.5]),
    "probabilities of another length": lambda: s.discrete_distance([0.0], [0.0, 1.0], [1.0]),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_arguments_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        INVALID[name]()


@pytest.mark.parametrize("n", [5, 60])
def test_mcdiarmid_keeps_its_level_for_the_number_of_distinct_draws(n: int) -> None:
    draws = np.random.default_rng(46).integers(0, n, (TRIALS, n))
    distinct = np.array([len(set(row)) for row in draws.tolist()])
    radius = s.mcdiarmid_radius(np.ones(n), ALPHA)
    assert false_alarms(np.abs(distinct - n * (1 - (1 - 1 / n) ** n)) >= radius) <= ALPHA
    assert 2 * math.exp(-2 * radius**2 / n) == pytest.approx(ALPHA)


def test_the_mean_of_normal_draws_has_its_exact_level() -> None:
    rejects = np.abs(np.random.default_rng(47).normal(3, 2, (TRIALS, 7)).mean(-1) - 3) >= s.normal_radius(7, 2.0, ALPHA)
    assert false_alarms(rejects) <= ALPHA
    assert rejects.mean() > ALPHA / 2
