"""Bounds of weights and the compromise 2/(m + n), against exact rationals, brute force and emulated half arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from reference.exact import ball, enclosure, precision
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.initialization.laws import (
    chain_gain,
    compromise,
    divergence,
    fans,
    gain_fit,
    largest_normal_fit,
    largest_weight,
    layer_gain,
    least_worst_gain_error,
    norm_fit,
    normal_coins,
    normal_distance_fit,
    normal_mean_fit,
    normal_tail_fit,
    square_sum_fit,
    weight_bound,
    weight_deviation,
    weight_laws,
    worst_gain_error,
)
from tests.reference.emulation import Float64, attained, margins

RNG = np.random.default_rng(0)
M, N = np.rint(1000 ** RNG.random((2, 400)))
HALVES = [float16, bfloat16]


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def kept(x: Float64, fmt: Format) -> Float64:
    """One operation's result, stored (float64 operations round once themselves)."""
    return fmt.round(x)


def widths(fmt: Format) -> tuple[Float64, Float64]:
    return fmt.round(M), fmt.round(N)


def computed_variance(m: Float64, n: Float64, fmt: Format) -> Float64:
    return kept(2 / kept(m + n, fmt), fmt)


def exact_variances(m: Float64, n: Float64) -> list[Fraction]:
    return [Fraction(2) / (Fraction(a) + Fraction(b)) for a, b in zip(m.tolist(), n.tolist(), strict=True)]


def as_fractions(x: Float64) -> list[Fraction]:
    return [Fraction(v) for v in x.tolist()]


def test_bounds_and_deviations_are_correctly_rounded() -> None:
    for fan_in, fan_out, gain in ((512, 256, 1.0), (27, 64, 5 / 3), (1, 1, 2.0), (4096, 1, np.sqrt(2))):
        for root, numerator in ((weight_bound, 6), (weight_deviation, 2)):
            square = Fraction(gain) ** 2 * numerator / (fan_in + fan_out)
            a = root(fan_in, fan_out, gain)
            low, high = ((Fraction(a) + Fraction(float(np.nextafter(a, to)))) / 2 for to in (0, np.inf))
            assert low**2 <= square <= high**2


@pytest.mark.parametrize(
    ("shape", "expected"), [((3, 5), (5, 3)), ((64, 32, 3, 3), (288, 576)), ((4, 2, 7), (14, 28)), ((0, 3), (3, 0))]
)
def test_fans_count_the_receptive_field(shape: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert fans(shape) == expected


def test_the_largest_weight_is_the_rounded_bound(fmt: Format) -> None:
    for a in (0.0442, 1.0, 5 / 3):
        assert largest_weight(a, fmt) == pytest.approx(fmt.round(a), rel=6 * 2.0**-53)
        assert weight_laws(a, fmt)[0].ends[0] == pytest.approx(-a, rel=fmt.u)


def test_norms_are_judged_by_the_chi_square_law() -> None:
    for degrees in (1, 10, 1000):
        for size in (0.5, 0.9, 1.0, 1.3):
            law = stats.chi2(degrees)
            statistic = size**2 * degrees
            p = min(1.0, 2 * min(law.cdf(statistic), law.sf(statistic)))
            fit = norm_fit(3 * size * np.sqrt(degrees), 0.0, 3.0, degrees, 1e-9)
            assert fit.distance / fit.radius == pytest.approx(
                np.log(max(p, 1e-300)) / np.log(1e-9), rel=1e-6, abs=1e-12
            )


def test_an_error_of_the_norm_counts_in_favour() -> None:
    far = norm_fit(2.0 * np.sqrt(1000), 0.0, 1.0, 1000)
    assert far.distance > far.radius
    assert norm_fit(2.0 * np.sqrt(1000), 1.1 * np.sqrt(1000), 1.0, 1000).distance < 1e-12


def test_weights_that_are_no_numbers_are_refused(fmt: Format) -> None:
    for bad in (np.nan, np.inf):
        w = np.full((20, 10), bad)
        arithmetic = Arithmetic.of(fmt)
        for fit in (
            square_sum_fit(w, 0.1, fmt),
            largest_normal_fit(w, 0.1, fmt),
            gain_fit(w, np.ones(10), w @ np.ones(10), 0.1, arithmetic),
        ):
            assert not fit.distance <= fit.radius


def test_without_spread_the_norm_is_its_error() -> None:
    assert norm_fit(0.3, 0.5, 0.0, 10) == (0.3, 0.5)


def rate(fit: str, fmt: Format, alpha: float = 0.1) -> float:
    """How often 200 normal weights rounded into the format are refused."""
    rng = np.random.default_rng(1)
    arithmetic = Arithmetic.of(fmt)
    beyond = 0
    for _ in range(1000):
        w = fmt.round(0.1 * rng.standard_normal((20, 10)))
        x = fmt.round(rng.standard_normal(10))
        found = {
            "law": lambda w=w: normal_distance_fit(np.sort(w.ravel()), 0.1, fmt, alpha),
            "mean": lambda w=w: normal_mean_fit(w.ravel(), 0.1, fmt, alpha),
            "tail": lambda w=w: normal_tail_fit(w, 0.1, fmt, alpha),
            "squares": lambda w=w: square_sum_fit(w, 0.1, fmt, alpha),
            "gain": lambda w=w, x=x: gain_fit(w, x, fmt.round(w @ x), 0.1, arithmetic, alpha),
        }[fit]()
        beyond += found.distance > found.radius
    return beyond / 1000


@pytest.mark.parametrize("fit", ["law", "mean", "squares", "gain", "tail"])
def test_false_alarms_are_as_rare_as_promised(fmt: Format, fit: str) -> None:
    found = rate(fit, fmt)
    assert found <= 0.13  # 0.1 but for three standard deviations of the simulation
    if fmt.precision >= 24 and fit != "tail":  # half a number is expected in the tail
        assert found >= 0.05


def test_computed_compromises_stay_within_the_bound_and_attain_it(fmt: Format) -> None:
    m, n = widths(fmt)
    variances = exact_variances(m, n)
    truth = compromise(m, n, fmt)
    v = computed_variance(m, n, fmt)
    assert attained(margins(v, variances, truth.bound), 0.3)
    gains = [a * b for a, b in zip(as_fractions(m), variances, strict=True)]
    gain = layer_gain(m, m, n, fmt)
    assert attained(margins(kept(m * v, fmt), gains, gain.bound), 0.3)
    assert margins(gain.value, gains, gain.bound).max() <= 0.4
    factors = fmt.round(np.exp(RNG.normal(0, 0.5, m.shape)))
    other = layer_gain(m, m, n, fmt, factors)
    exact = [g * t for g, t in zip(gains, as_fractions(factors), strict=True)]
    assert attained(margins(kept(m * kept(v * factors, fmt), fmt), exact, other.bound), 0.3)


def test_the_worst_gain_error_stays_within_the_bound(fmt: Format) -> None:
    m, n = widths(fmt)
    v = computed_variance(m, n, fmt)
    errors = [np.abs(kept(kept(w * v, fmt) - 1, fmt)) for w in (m, n)]
    pairs = zip(as_fractions(m), as_fractions(n), strict=True)
    exact = [abs(a - b) / (a + b) for a, b in pairs]
    truth = worst_gain_error(m, n, fmt)
    assert attained(margins(np.maximum(*errors), exact, truth.bound), 0.2)
    assert margins(truth.value, exact, truth.bound).max() <= 0.5


def test_no_other_variance_has_a_smaller_worst_error() -> None:
    factors = np.array([0.5, 0.9, 0.999, 1.0, 1.001, 1.2, 3.0])
    for a, b in ((300, 100), (1, 1000), (7, 7), (2, 3)):
        best = Fraction(2, a + b)
        for t in factors.tolist():
            v = best * Fraction(t)
            worst = max(abs(a * v - 1), abs(b * v - 1))
            lower = float(least_worst_gain_error(np.array(float(a)), np.array(float(b)), np.array(t)))
            assert float(worst) >= lower - 1e-12
            assert float(worst) > float(Fraction(abs(a - b), a + b)) or t == 1
        below = least_worst_gain_error(np.array(float(a)), np.array(float(b)), np.array(0.5))
        assert float(below) == pytest.approx(float(1 - min(a, b) * best / 2))


def test_divergences_match_balls_and_their_bounds_hold(fmt: Format) -> None:
    gains = fmt.round(np.exp(np.linspace(-3, 3, 61)))
    truth = divergence(gains, 0, fmt)
    with precision(200):
        ends = np.array([enclosure((ball(g) - 1 - ball(g).log()) / 2) for g in gains.tolist()])
    assert np.all(np.abs(truth.value[:, None] - ends).max(-1) <= truth.bound)
    root = kept(np.sqrt(gains), fmt)
    ratio = kept(root * root, fmt)
    computed = kept(kept(kept(ratio - 1, fmt) - kept(np.log(ratio), fmt), fmt) / 2, fmt)
    reached = np.abs(computed - ends[:, 0]) / truth.bound
    assert 0.05 <= reached.max() <= 1


def test_the_excess_divergence_is_that_of_the_factor() -> None:
    for m, n in ((300.0, 100.0), (1.0, 7.0)):
        for t in (0.3, 1.0, 2.5):
            sums = [sum(divergence(np.array(w * f * 2 / (m + n)), 0, float64).value for w in (m, n)) for f in (1.0, t)]
            assert float(sums[1] - sums[0]) == pytest.approx(t - 1 - np.log(t), abs=1e-14)


@pytest.mark.parametrize("length", [1, 2, 7, 20])
def test_products_along_a_chain_stay_within_the_bound(fmt: Format, length: int) -> None:
    rng = np.random.default_rng(length)
    drawn = np.rint(1000 ** rng.random((60, length + 1)))
    pairs = np.rint(1000 ** rng.random((60, 2)))  # the same errors in every other layer add up
    chain = fmt.round(np.concatenate((drawn, np.tile(pairs, length)[:, : length + 1])))
    m, n = chain[:, :-1], chain[:, 1:]
    gains = kept(m * computed_variance(m, n, fmt), fmt)
    computed = gains[:, 0]
    for gain in gains[:, 1:].T:
        computed = kept(computed * gain, fmt)
    exact = []
    for row in chain.tolist():
        product = Fraction(1)
        for a, b in pairwise(row):
            product *= 2 * Fraction(a) / (Fraction(a) + Fraction(b))
        exact.append(product)
    truth = chain_gain(layer_gain(m, m, n, fmt).value, 3, fmt)
    assert attained(margins(computed, exact, truth.bound), 0.12)


def test_a_chain_that_may_overflow_is_undetermined() -> None:
    assert chain_gain(np.full((1, 20), 2.0), 3, float16).bound[0] == np.inf
    assert np.isfinite(chain_gain(np.full((1, 15), 2.0), 3, float16).bound[0])


def test_forward_times_backward_is_at_most_one() -> None:
    forward, backward = (layer_gain(w, M, N, float32).value for w in (M, N))
    product = forward * backward
    assert np.all(product <= 1 + 1e-15)
    assert np.array_equal(np.abs(product - 1) < 1e-9, M == N)


def test_half_types_widen_the_radius_of_normal_weights() -> None:
    x = np.sort(0.1 * np.random.default_rng(3).standard_normal(1000))
    radii = [normal_distance_fit(x, 0.1, f).radius for f in (float64, float32, float16, bfloat16)]
    assert radii == sorted(radii)
    assert radii[-1] - radii[0] == pytest.approx(bfloat16.u / 4, rel=0.02)


def test_coins_of_normal_weights_are_fair(fmt: Format) -> None:
    quantiles = stats.norm.ppf((np.arange(1 << 14) + 0.5) / (1 << 14))
    for coin in normal_coins(fmt.round(0.1 * quantiles), 0.1, fmt):
        assert abs(coin.tosses.mean() - 0.5) <= coin.bias + 2.0**-13
        assert coin.bias <= fmt.u + 20 * float32.u


def test_the_largest_normal_weight_has_its_law(fmt: Format) -> None:
    rng, n, alpha = np.random.default_rng(3), 1000, 0.1
    fits = [largest_normal_fit(fmt.round(0.5 * rng.standard_normal(n)), 0.5, fmt, alpha) for _ in range(1000)]
    alarms = sum(fit.distance > fit.radius for fit in fits)
    assert alarms <= stats.binom.isf(1e-6, 1000, alpha)
    assert alarms >= stats.binom.ppf(1e-6, 1000, alpha) or fmt in HALVES
    clipped = largest_normal_fit(fmt.round(np.clip(rng.standard_normal(20000), -3, 3)), 1.0, fmt)
    assert clipped.distance > clipped.radius
    heavy = normal_tail_fit(fmt.round(rng.laplace(0, 0.5, 20000)), 0.5**0.5, fmt)
    assert heavy.distance > heavy.radius
    wide = largest_normal_fit(np.array([0.1, -8.0]), 1.0, float32, 1e-6)
    assert wide.distance > 0.9 * wide.radius
