"""The laws of uniform samplers against brute force, and the radii of their statistics against exact probabilities."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from reference.formats import Format, bfloat16, float16, float32, float64
from reference.probability.sampling import (
    Coin,
    DiscreteLaw,
    Fit,
    Law,
    UniformLaw,
    agreement_fit,
    atom_fit,
    distance_fit,
    doubled_rand_laws,
    half_open_laws,
    lags,
    moment_fit,
    numbers,
    p_value_fit,
    range_fit,
    repetition_fit,
    square_variance_fit,
    uniform_coins,
    uniform_laws,
)
from reference.statistics import hoeffding_radius
from tests.reference.emulation import Float64

TOY = Format("toy", 3, -3, 2)
ENDS = [(-1.0, 1.0), (0.0, 1.0), (-0.0442, 0.0442), (-0.1473, 0.1473), (-3.3, 3.3)]
HALVES = [float16, bfloat16]


def pushed_forward(lower: float, upper: float, format: Format, *, relabel: bool, count: int = 1 << 17) -> Float64:
    """Midpoints of a fine grid, rounded as a sampler rounds its draws, in ascending order."""
    drawn = format.round(lower + (upper - lower) * (np.arange(count) + 0.5) / count)
    if relabel:
        low, high = format.round(np.array([lower, upper]))
        drawn = np.where(drawn == high, low, drawn)
    return np.sort(drawn)


def test_numbers_of_float16_are_numpys() -> None:
    expected = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
    for top in (3e-6, 0.0442, 1.0, float16.largest):
        assert np.array_equal(numbers(float16, top), expected[expected <= top])


def test_numbers_of_bfloat16_are_every_other_half_of_float32() -> None:
    expected = (np.arange(0x7F80, dtype=np.uint32) << 16).view(np.float32).astype(np.float64)
    assert np.array_equal(numbers(bfloat16, bfloat16.largest), expected)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("format", [*HALVES, TOY])
def test_half_laws_are_those_of_a_rounded_grid(format: Format, ends: tuple[float, float]) -> None:
    as_given, rounded = ends, tuple(format.round(np.array(ends)).tolist())
    cases = [(e, relabel) for e in dict.fromkeys((as_given, rounded)) for relabel in (True, False)]
    laws = uniform_laws(*ends, format)
    assert len(laws) == len(cases)
    for law, ((lower, upper), relabel) in zip(laws, cases, strict=True):
        drawn = pushed_forward(lower, upper, format, relabel=relabel)
        assert law.distance(drawn) <= 1 / len(drawn)
        for k in (1, 2, 3, 4, 8):
            assert abs(np.mean(drawn**k) - law.moments[k]) <= 2 * upper**k / len(drawn)


def test_an_atom_at_the_lower_end_moves_the_mean_by_half_an_ulp() -> None:
    for format in HALVES:
        relabelled, plain = uniform_laws(-1.0, 1.0, format)
        assert isinstance(relabelled, DiscreteLaw)
        assert isinstance(plain, DiscreteLaw)
        assert relabelled.probabilities[0] == 2 * plain.probabilities[0] == format.u / 2
        assert relabelled.probabilities[-1] == 0
        assert relabelled.mean == pytest.approx(-format.u / 2, rel=1e-9)
        assert abs(plain.mean) < 1e-12
        assert [law.mean for law in doubled_rand_laws(format)] == pytest.approx([-format.u, 0], abs=1e-6)


def test_moments_are_exact() -> None:
    for law in (UniformLaw((-0.5, 2.0)), *uniform_laws(-1.0, 1.0, TOY)):
        for k in range(9):
            if isinstance(law, DiscreteLaw):
                pairs = zip(law.support.tolist(), law.probabilities.tolist(), strict=True)
                exact = sum(Fraction(v) ** k * Fraction(p) for v, p in pairs)
            else:
                exact = (Fraction(2) ** (k + 1) - Fraction(-1, 2) ** (k + 1)) / ((k + 1) * Fraction(5, 2))
            assert law.moments[k] == pytest.approx(float(exact), rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("law", [UniformLaw((-1.0, 1.0)), *uniform_laws(-1.0, 1.0, TOY)])
def test_distance_is_the_supremum(law: Law) -> None:
    rng = np.random.default_rng(0)
    grid = np.linspace(-1.3, 1.3, 20001)
    for n in (1, 2, 7, 100):
        for sample in (rng.uniform(-1.2, 1.2, n), TOY.round(rng.uniform(-1, 1, n))):
            x = np.sort(sample)
            if isinstance(law, DiscreteLaw):
                exact = law.cumulative[np.searchsorted(law.support, grid, "right")]
            else:
                exact = np.clip((grid + 1) / 2, 0, 1)
            brute = np.abs(np.searchsorted(x, grid, "right") / n - exact).max()
            assert brute <= law.distance(x) <= brute + 1e-3


def test_distance_of_a_continuous_law_is_scipys() -> None:
    x = np.sort(np.random.default_rng(1).uniform(0, 1, 500))
    assert UniformLaw((0.0, 1.0)).distance(x) == pytest.approx(stats.kstest(x, "uniform").statistic, rel=1e-12)


def test_an_increasing_function_merges_what_it_identifies() -> None:
    law = DiscreteLaw(np.array([-1.0, 0.0, 0.25, 1.0]), np.array([0.1, 0.2, 0.3, 0.4]))
    image = law.through(np.floor)
    assert isinstance(image, DiscreteLaw)
    assert image.support.tolist() == [-1, 0, 1]
    assert image.probabilities.tolist() == pytest.approx([0.1, 0.5, 0.4])
    assert UniformLaw((0.0, 1.0), 0.01).through(lambda x: 2 * x - 1).ends == (-1.0, 1.0)


def test_moment_radius_covers_and_is_not_loose() -> None:
    coin = DiscreteLaw(np.array([-1.0, 1.0]), np.array([0.5, 0.5]))
    for n in (50, 1000, 100000):
        for alpha in (1e-2, 1e-9):
            radius = coin.moment_radius(1, n, alpha)
            beyond = 2 * stats.binom(n, 0.5).sf(np.ceil((radius + 1) * n / 2) - 1)
            assert beyond <= alpha
            assert radius <= 1.4 * stats.norm.isf(alpha / 2) / np.sqrt(n) + 20 / n


def test_moment_radius_grows_with_the_slack() -> None:
    sharp, blurred = UniformLaw((-2.0, 2.0)), UniformLaw((-2.0, 2.0), 0.01)
    for k in (1, 2, 4):
        assert blurred.moment_radius(k, 100, 0.1) - sharp.moment_radius(k, 100, 0.1) == pytest.approx(0.02 * 2**k)


def rates(fit: str, alpha: float) -> float:
    """How often a statistic of 200 uniform draws exceeds its radius."""
    rng = np.random.default_rng(2)
    laws = [UniformLaw((-1.0, 1.0))]
    beyond = 0
    for _ in range(2000):
        x = rng.uniform(-1, 1, 200)
        y = x * rng.choice([-1.0, 1.0], 200)
        found: Fit = {
            "mean": lambda x=x: moment_fit(x, 1, laws, alpha),
            "square": lambda x=x: moment_fit(x, 2, laws, alpha),
            "law": lambda x=x: distance_fit(np.sort(x), laws, alpha),
            "range": lambda x=x: range_fit(x, laws, alpha),
            "squares": lambda x=x, y=y: square_variance_fit(x, y, laws, alpha),
        }[fit]()
        beyond += found.distance > found.radius
    return beyond / 2000


@pytest.mark.parametrize(
    ("fit", "least"),
    [("mean", 0.02), ("square", 0.02), ("law", 0.1), ("squares", 0.001), ("range", 0.15)],
)
def test_false_alarms_are_as_rare_as_promised_and_not_rarer_by_far(fit: str, least: float) -> None:
    assert least <= rates(fit, 0.2) <= 0.2


@pytest.mark.parametrize("ends", [(-1.0, 0.99), (-0.99, 1.0)])
@pytest.mark.parametrize("format", [float16, bfloat16, float32, float64])
def test_a_range_that_stays_empty_is_refused(format: Format, ends: tuple[float, float]) -> None:
    x = np.random.default_rng(8).uniform(*ends, 1 << 14)
    fit = range_fit(format.round(x), uniform_laws(-1.0, 1.0, format))
    assert fit.distance > fit.radius


def test_repetitions_are_as_rare_as_promised() -> None:
    rng, alpha, alarms = np.random.default_rng(9), 0.1, 0
    for _ in range(2000):  # numbers as likely as they may be in float16, 4u
        fit = repetition_fit(np.sort(rng.integers(0, 512, 40)).astype(float), float16, alpha)
        alarms += fit.distance > fit.radius
    assert 0.002 <= alarms / 2000 <= alpha


def test_a_sample_is_judged_by_the_nearest_law() -> None:
    laws = uniform_laws(-1.0, 1.0, bfloat16)
    for other, relabel in ((laws[1:], True), (laws[:1], False)):
        x = pushed_forward(-1.0, 1.0, bfloat16, relabel=relabel)
        assert distance_fit(x, laws).distance < 1e-4 < distance_fit(x, other).distance
        assert moment_fit(x, 1, laws).distance < 1e-4 < moment_fit(x, 1, other).distance


def test_wide_formats_have_one_uniform_law() -> None:
    for format in (float32, float64):
        (law,) = uniform_laws(-0.3, 0.3, format)
        assert isinstance(law, UniformLaw)
        assert law.slack == 7 * format.u


def test_p_values_compare_on_a_logarithmic_scale() -> None:
    assert p_value_fit(1.0, 1e-9).distance == 0
    assert p_value_fit(0.0, 1e-9).distance == np.inf
    fit = p_value_fit(1e-9, 1e-9)
    assert fit.distance == pytest.approx(fit.radius)


def test_shares_above_a_point_are_those_of_the_law() -> None:
    law = UniformLaw((-2.0, 2.0))
    assert [law.above(t) for t in (-3.0, -2.0, -1.0, 0.0, 1.5, 2.0, 3.0)] == [1, 1, 0.75, 0.5, 0.125, 0, 0]
    die = DiscreteLaw(np.array([-1.0, 0.0, 2.0]), np.array([0.25, 0.5, 0.25]))
    assert [die.above(t) for t in (-2.0, -1.0, -0.5, 0.0, 1.0, 2.0)] == [1, 0.75, 0.75, 0.25, 0.25, 0]


@pytest.mark.parametrize("format", [float16, bfloat16, float32, float64])
def test_coins_of_a_sample_are_as_fair_as_they_say(format: Format) -> None:
    laws = uniform_laws(-0.3, 0.3, format)
    grid = format.round((np.arange(1 << 16) + 0.5) / (1 << 16) * 0.6 - 0.3)
    for coin in uniform_coins(grid, laws):
        assert abs(coin.tosses.mean() - 0.5) <= coin.bias + 2.0**-16
        assert coin.bias <= 4 * format.u + 20 * float32.u


def test_lags_are_those_of_lanes_rows_and_halves() -> None:
    assert lags(1) == (1, 2, 4, 8, 16)
    assert lags(1000, 30) == (1, 2, 4, 8, 16, 30, 500)


def test_agreements_of_independent_tosses_are_rarely_refused() -> None:
    rng = np.random.default_rng(5)
    for share, most in ((0.5, 0.1), (0.45, 0.1)):
        fits = [agreement_fit(Coin(rng.random(300) < share, 0.05), lags(300, 17), 0.1) for _ in range(1000)]
        assert np.mean([fit.distance > fit.radius for fit in fits]) <= most
    sharp = [agreement_fit(Coin(rng.random(300) < 0.5, 0.0), (1,), 0.1) for _ in range(2000)]
    assert 0.005 <= np.mean([fit.distance > fit.radius for fit in sharp]) <= 0.1


def test_every_pair_a_distance_apart_counts_once_at_most() -> None:
    rng = np.random.default_rng(6)
    for n in (2, 3, 7, 16, 33, 100):
        tosses = rng.random(n) < 0.5
        for lag in range(1, n):
            counts = []
            for phase in (0, 1):
                at = [i for i in range(n - lag) if i // lag % 2 == phase]
                whole = at[: (n - lag) // (2 * lag) * lag] if n - lag >= 2 * lag else at * (phase == 0)
                if whole:
                    counts.append((sum(tosses[i] == tosses[i + lag] for i in whole), len(whole)))
            wanted = [
                abs(same / m - 0.5) / hoeffding_radius(m, 1.0, 0.01 / len(counts)) if m else 0.0 for same, m in counts
            ]
            fit = agreement_fit(Coin(tosses, 0.0), (lag,), 0.01)
            assert fit.distance / fit.radius == pytest.approx(max(wanted))
    assert agreement_fit(Coin(np.array([True]), 0.0), lags(1)).distance == 0


@pytest.mark.parametrize("lag", [1, 2, 16, 30, 500])
def test_tosses_that_repeat_or_alternate_are_refused(lag: int) -> None:
    fresh = np.random.default_rng(7).random(1000) < 0.5
    for sign in (False, True):
        tosses = fresh.copy()
        for i in range(lag, 1000):
            tosses[i] = tosses[i - lag] ^ sign
        fit = agreement_fit(Coin(tosses, 0.0), lags(1000, 30))
        assert fit.distance > 2 * fit.radius


def test_uniform_numbers_of_few_bits_repeat() -> None:
    rng, n = np.random.default_rng(5), 1 << 18
    for bits, fails in ((24, False), (23, False), (16, True)):
        x = np.sort(np.floor(rng.random(n) * 2**bits)) / 2**bits
        fit = repetition_fit(x, float32)
        assert (fit.distance > fit.radius) == fails
    assert repetition_fit(np.zeros(1), float32).distance == 0


HALF_OPEN = [(0.0, 1.0), (2.0, 3.0), (-3.0, -2.0), (1.0, 1.5), (-0.25, 1.5)]


@pytest.mark.parametrize("ends", HALF_OPEN)
@pytest.mark.parametrize("format", [*HALVES, TOY])
def test_laws_of_half_open_intervals_are_those_of_a_rounded_grid(format: Format, ends: tuple[float, float]) -> None:
    laws = half_open_laws(*ends, format)
    assert len(laws) == 3
    for law, place in zip(laws, (0, -2, -1), strict=True):
        assert isinstance(law, DiscreteLaw)
        drawn = pushed_forward(*ends, format, relabel=False)
        drawn = np.sort(np.where(drawn == ends[1], law.support[place], drawn))
        assert law.distance(drawn) <= 1 / len(drawn)


@pytest.mark.parametrize("ends", HALF_OPEN)
def test_the_atom_has_both_half_intervals_and_moves_the_mean_by_half_an_ulp(ends: tuple[float, float]) -> None:
    for format in HALVES:
        relabelled, below, kept = half_open_laws(*ends, format)
        assert isinstance(relabelled, DiscreteLaw)
        lower, upper = relabelled.support[1] - ends[0], ends[1] - relabelled.support[-2]
        assert relabelled.probabilities[0] == pytest.approx((lower + upper) / 2 / (ends[1] - ends[0]), rel=1e-12)
        assert kept.mean - relabelled.mean == pytest.approx(upper / 2, rel=1e-9)
        assert abs(kept.mean - sum(ends) / 2) < 2 * upper**2 / (ends[1] - ends[0])
        assert kept.mean - below.mean == pytest.approx(upper**2 / 2 / (ends[1] - ends[0]), rel=1e-4)


def test_wide_formats_have_no_atom() -> None:
    for format in (float32, float64):
        (law,) = half_open_laws(2.0, 3.0, format)
        assert isinstance(law, UniformLaw)
        assert law.slack == 21 * format.u


def test_counts_of_the_ends_tell_the_laws_apart() -> None:
    rng = np.random.default_rng(0)
    laws = half_open_laws(2.0, 3.0, bfloat16)
    for law in laws:
        assert isinstance(law, DiscreteLaw)
        sample = rng.choice(law.support, 1 << 15, p=law.probabilities)
        for other in laws:
            distance, radius = atom_fit(sample, [other])
            assert (distance <= radius) == (other is law)
        assert atom_fit(sample, laws).distance <= atom_fit(sample, laws).radius
    uniform = half_open_laws(2.0, 3.0, float32)
    sample = rng.uniform(2, 3, 1 << 15)
    assert atom_fit(sample, uniform) == Fit(0.0, pytest.approx(np.log(2e9)))
    sample[:20] = 2.0
    assert atom_fit(sample, uniform).distance > atom_fit(sample, uniform).radius


def test_the_counts_of_the_ends_seldom_alarm() -> None:
    rng = np.random.default_rng(1)
    (law, *_) = half_open_laws(0.0, 1.0, bfloat16)
    assert isinstance(law, DiscreteLaw)
    alarms = [atom_fit(rng.choice(law.support, 500, p=law.probabilities), [law], 0.2) for _ in range(300)]
    assert np.mean([fit.distance > fit.radius for fit in alarms]) < 0.25
