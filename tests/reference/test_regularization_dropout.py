"""Dropout's values and masks against exact rationals and emulated roundings."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.exact import ball, precision, rational
from reference.formats import Arithmetic, Format, float16, float32, float64
from reference.regularization.counts import count_fit
from reference.regularization.dropout import (
    SELU_SATURATION,
    agreement,
    agreement_fits,
    alpha_dropout,
    disjoint_pairs,
    distant_agreements,
    inverted_dropout,
    kept_fits,
    retention,
    spaced_agreements,
    survivors,
)
from tests.reference.emulation import ARITHMETICS, attained, exactly, margins

if TYPE_CHECKING:
    from flint import arb

Float64 = NDArray[np.float64]
NEXT_TO_HALF = 0.49683867351480565
RATES = (0.05, 0.1, 0.3, 1 / 3, NEXT_TO_HALF, 0.7, 0.9, 0.999, math.nextafter(0.5, 0), 1e-20, 1 - 2.0**-53)


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def nearest(q: Fraction, format: Format) -> Fraction:
    """One rounding of a positive fraction, ties away from zero (as far from the fraction as any rule)."""
    exponent = math.floor(math.log2(q.numerator) - math.log2(q.denominator))
    while Fraction(2) ** exponent > q:
        exponent -= 1
    while Fraction(2) ** (exponent + 1) <= q:
        exponent += 1
    quantum = Fraction(2) ** max(exponent - format.precision + 1, format.emin - format.precision + 1)
    return math.floor(q / quantum + Fraction(1, 2)) * quantum


def scaled_by_rounded_reciprocal(x: Float64, p: float, arithmetic: Arithmetic) -> Float64:
    """fl(x fl(1 / fl(1 - p))), each rounding emulated on fractions."""
    keep = nearest(nearest(1 - Fraction(p), float64), arithmetic.accumulator)
    scale = nearest(1 / keep, arithmetic.result)
    products = [nearest(v * scale, arithmetic.result) if v else v for v in exactly(x)]
    return np.array([float(v) for v in products])


def divided(x: Float64, p: float, arithmetic: Arithmetic) -> Float64:
    """fl(x / fl(1 - p))."""
    keep = nearest(nearest(1 - Fraction(p), float64), arithmetic.accumulator)
    return np.array([float(nearest(v / keep, arithmetic.result) if v else v) for v in exactly(x)])


def positive(rng: np.random.Generator, format: Format, n: int = 80) -> Float64:
    """Numbers of a binade, of many binades, and subnormal ones."""
    parts = (
        rng.uniform(1, 2, n),
        np.ldexp(rng.uniform(1, 2, n), rng.integers(-9, 3, n)),
        rng.uniform(0, 40, n) * format.eta,
    )
    return format.round(np.concatenate(parts))


@pytest.mark.parametrize("p", RATES)
@pytest.mark.parametrize("computed", [scaled_by_rounded_reciprocal, divided])
def test_scaled_survivors_stay_within_the_bound(
    rng: np.random.Generator, arithmetic: Arithmetic, p: float, computed: object
) -> None:
    if 1 / (1 - p) > arithmetic.result.largest / 64:
        pytest.skip("survivors overflow")
    x = positive(rng, arithmetic.result)
    truth = survivors(x, p, arithmetic)
    exact = [v / (1 - Fraction(p)) for v in exactly(x)]
    assert np.max(margins(computed(x, p, arithmetic), exact, truth.bound)) <= 1  # type: ignore[operator]
    assert np.max(margins(truth.value, exact, truth.bound)) <= 0.5


def test_the_bound_is_attained(rng: np.random.Generator, arithmetic: Arithmetic) -> None:
    reached = []
    for p in (*rng.uniform(0.4, 0.5, 40), NEXT_TO_HALF):
        x = arithmetic.result.round(rng.uniform(1, 1.1, 200))
        exact = [v / (1 - Fraction(p)) for v in exactly(x)]
        computed = scaled_by_rounded_reciprocal(x, p, arithmetic)
        reached.append(np.max(margins(computed, exact, survivors(x, p, arithmetic).bound)))
    assert attained(np.array(reached), 0.7)


def test_two_roundings_are_not_enough(rng: np.random.Generator) -> None:
    """In float64 1 - p is rounded as well as its reciprocal and the product, next to p = 1/2 each nearly by u."""
    x = rng.uniform(1, 1.05, 4000)
    computed = scaled_by_rounded_reciprocal(x, NEXT_TO_HALF, ARITHMETICS["float64"])
    exact = [v / (1 - Fraction(NEXT_TO_HALF)) for v in exactly(x)]
    u = float64.u
    assert np.max(margins(computed, exact, (2 * u + u**2) * x / (1 - NEXT_TO_HALF))) > 1.2


@pytest.mark.parametrize("p", [0.0, 0.5, 0.75, 1 - 2.0**-8])
def test_powers_of_two_scale_without_error(rng: np.random.Generator, arithmetic: Arithmetic, p: float) -> None:
    x = arithmetic.result.round(rng.standard_normal(100))
    truth = survivors(x, p, arithmetic)
    assert np.array_equal(truth.value, x / (1 - p))
    assert not truth.bound.any()


def test_subnormal_survivors_may_be_rounded_by_half_of_eta() -> None:
    x = np.array([1.0, 3.0]) * float32.eta
    truth = survivors(x, 0.3, ARITHMETICS["float32"])
    assert np.all((truth.bound >= float32.eta / 2) & (truth.bound < float32.eta))


def test_nothing_survives_p_1_and_zero_stays_zero(arithmetic: Arithmetic) -> None:
    truth = survivors(np.array([0.0, -3.0]), 1.0, arithmetic)
    assert not truth.value.any()
    assert not truth.bound.any()
    assert survivors(np.zeros(1), 0.999, arithmetic).bound[0] <= arithmetic.result.eta


def test_survivors_that_may_overflow_are_undetermined(arithmetic: Arithmetic) -> None:
    x = np.array([arithmetic.result.largest, -arithmetic.result.largest, 1.0])
    assert survivors(x, 0.3, arithmetic).bound.tolist()[:2] == [np.inf, np.inf]
    assert np.isfinite(survivors(x, 0.3, arithmetic).bound[2])


def test_retention_is_exact() -> None:
    for p in RATES:
        q = retention(p)
        assert Fraction(float(q.hi)) + Fraction(float(q.lo)) == 1 - Fraction(p)


def test_only_small_or_zero_activations_hide_their_mask() -> None:
    x = np.array([0.0, float16.eta, 1.0])
    assert inverted_dropout(x, 0.3, ARITHMETICS["float16"]).ambiguous.tolist() == [True, False, False]


# Alpha dropout


def exact_alpha(x: float, p: float) -> tuple[arb, arb]:
    """The kept and the dropped value."""
    alpha, q = ball(SELU_SATURATION), ball(1 - rational(p))
    a = 1 / (q * (1 + ball(p) * alpha * alpha)).sqrt()
    return a * ball(x) + a * alpha * ball(p), a * alpha * ball(p) - a * alpha


def computed_alpha(x: Float64, p: float, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """The steps that torch takes on the CPU: scalars in float64, then in the accumulator, every step stored."""
    store, wide = arithmetic.result.round, arithmetic.accumulator.round
    a = 1 / math.sqrt((SELU_SATURATION * SELU_SATURATION * p + 1) * (1 - p))
    fixed, shift = wide(SELU_SATURATION * a), wide(SELU_SATURATION * a * p)
    kept = store(store(x * store(wide(a))) + store(shift))
    return kept, store(store(-fixed) + shift) + np.zeros_like(x)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_alpha_dropout_stays_within_the_bound(rng: np.random.Generator, arithmetic: Arithmetic, p: float) -> None:
    x = arithmetic.result.round(rng.standard_normal(60) * 3)
    truth, computed = alpha_dropout(x, p, arithmetic), computed_alpha(x, p, arithmetic)
    with precision(300):
        pairs = [exact_alpha(v, p) for v in x.tolist()]
        for part, values, index in ((truth.kept, computed[0], 0), (truth.dropped, computed[1], 1)):
            for exact, v, t, bound in zip(pairs, values, part.value, part.bound, strict=True):
                assert abs(ball(float(v)) - exact[index]) <= ball(float(bound))
                assert abs(ball(float(t)) - exact[index]) <= ball(float(bound)) / 2


def test_alpha_dropout_keeps_mean_0_and_variance_1() -> None:
    for p in (0.1, 0.5, 0.9):
        outcome = alpha_dropout(np.array([-1.0, 1.0]), p, ARITHMETICS["float64"])
        mean = (1 - p) * outcome.kept.value.mean() + p * outcome.dropped.value.mean()
        square = (1 - p) * (outcome.kept.value**2).mean() + p * (outcome.dropped.value**2).mean()
        assert mean == pytest.approx(0, abs=1e-14)
        assert square == pytest.approx(1, abs=1e-14)


def test_alpha_dropout_reaches_the_ends_of_the_range() -> None:
    x = np.array([float64.largest, -float64.largest / 4, float64.eta, 0.0])
    outcome = alpha_dropout(x, 0.5, ARITHMETICS["float64"])
    assert not np.isnan(outcome.kept.bound).any()
    assert np.isfinite(outcome.kept.bound[2:]).all()


def test_alpha_dropout_of_nothing_is_the_identity(arithmetic: Arithmetic) -> None:
    outcome = alpha_dropout(np.array([1.0, -2.0]), 0.0, arithmetic)
    assert outcome.kept.value.tolist() == [1.0, -2.0]
    assert not outcome.kept.bound.any()
    assert not outcome.ambiguous.any()


# Masks


def test_masks_agree_as_the_law_of_two_coins_says() -> None:
    for p in (0.1, 0.5, 0.9):
        law = {0: p, 1: 1 - p}
        assert agreement(p) == pytest.approx(sum(law[a] * law[b] for a, b in itertools.product(law, law) if a == b))


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 2), (5, 4), (6, 7)])
def test_pairs_share_no_entry(shape: tuple[int, int]) -> None:
    entries = np.arange(np.prod(shape)).reshape(shape)
    for _, left, right in disjoint_pairs(entries):  # type: ignore[arg-type]
        assert left.shape == right.shape
        used = np.concatenate((left.ravel(), right.ravel()))
        assert len(set(used.tolist())) == used.size


def test_every_kind_of_pair_is_found() -> None:
    found = {
        label: list(zip(a.ravel(), b.ravel(), strict=True))
        for label, a, b in disjoint_pairs(np.arange(12).reshape(4, 3))
    }  # type: ignore[arg-type]
    assert found["examples 2a and 2a + 1"] == [(0, 3), (1, 4), (2, 5), (6, 9), (7, 10), (8, 11)]
    assert found["examples 2a + 1 and 2a + 2"] == [(3, 6), (4, 7), (5, 8)]
    assert found["examples half a batch apart"] == [(0, 6), (1, 7), (2, 8), (3, 9), (4, 10), (5, 11)]
    assert found["units 2i and 2i + 1"] == [(0, 1), (3, 4), (6, 7), (9, 10)]
    assert found["units i and i + 1 of examples 2a and 2a + 1"] == [(0, 4), (1, 5), (6, 10), (7, 11)]


def test_a_count_is_judged_by_its_exact_p_value() -> None:
    tosses = np.arange(40).reshape(4, 10) < 3
    law = [math.comb(40, k) * 0.25**k * 0.75 ** (40 - k) for k in range(41)]
    fit = count_fit(tosses, 0.25)
    assert fit.distance == pytest.approx(-math.log(2 * sum(law[:4])))
    assert fit.radius == pytest.approx(math.log(1e9))
    assert count_fit(np.zeros(1000, bool), 0.25).distance > fit.radius > count_fit(np.zeros(0, bool), 0.25).distance


def test_distant_agreements_are_counted_at_every_distance() -> None:
    masks = np.random.default_rng(0).random((3, 5)) < 0.3
    flat = masks.ravel()
    found = {abs(float(np.mean(flat[k:] == flat[:-k])) - 0.58): 15 - k for k in range(1, 15)}
    distance, radius = distant_agreements(masks, 0.58, 1e-9)
    nearest = min(found, key=lambda d: abs(d - distance))
    assert nearest == pytest.approx(distance, abs=1e-12)
    assert radius**2 * found[nearest] == pytest.approx(np.log(2 * 14 / 1e-9))
    assert distance / radius == pytest.approx(max(d * np.sqrt(n) for d, n in found.items()) / np.log(28e9) ** 0.5)


def test_distant_agreements_find_a_period_and_accept_independence() -> None:
    rng = np.random.default_rng(1)
    for p in (0.1, 0.5):
        distance, radius = distant_agreements(rng.random((64, 40)) < p, agreement(p), 1e-9)
        assert distance < radius
    periodic = np.tile(rng.random(1000) < 0.75, 3)[:2560].reshape(64, 40)
    distance, radius = distant_agreements(periodic, agreement(0.25), 1e-9)
    assert distance > radius
    assert distant_agreements(np.ones((1, 1), bool), 0.5, 1e-9) == (0.0, 1.0)


def test_spaced_agreements_find_a_period_of_either_kind_and_accept_independence() -> None:
    rng = np.random.default_rng(2)
    for p in (0.1, 0.5):
        distance, radius = spaced_agreements(rng.random((500, 37)) < p, agreement(p), 1e-9)
        assert distance < radius
    rows = np.tile(rng.random((64, 37)) < 0.75, (8, 1))
    entries = np.tile(rng.random(1 << 12) < 0.75, 5)[: 500 * 37].reshape(500, 37)
    for periodic in (rows, entries):
        distance, radius = spaced_agreements(periodic, agreement(0.25), 1e-9)
        assert distance > radius


@pytest.mark.parametrize("shape", [(40, 3, 25), (2, 61, 37), (1, 700, 50)])
def test_fits_of_masks_accept_independent_ones(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    masks, other = rng.random((2, *shape)) >= 0.5
    for others in (other, None) if shape[0] > 1 else (None,):
        fits = [*kept_fits(masks, 0.5), *agreement_fits(masks, others, 0.5)]
        assert all(fit.distance < fit.radius for _, fit in fits)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ((slice(None), slice(None), -1), "how often the worst unit is kept"),
        ((slice(None), -1), "how often the worst example is kept"),
        ((slice(None), -1, -1), "how often the worst entry is kept"),
    ],
)
def test_fits_of_masks_find_what_is_always_kept(wrong: tuple[slice | int, ...], found: str) -> None:
    masks = np.random.default_rng(4).random((40, 3, 25)) >= 0.5
    masks[wrong] = True
    fit = dict(kept_fits(masks, 0.5))[found]
    assert fit.distance > fit.radius


def test_fits_of_masks_find_counts_that_do_not_vary_and_passes_that_overlap() -> None:
    rng = np.random.default_rng(5)
    constant = rng.random((40, 75)).argsort(-1).reshape(40, 3, 25) >= 37
    fit = dict(kept_fits(constant, 0.5))["passes that keep as many as on average"]
    assert fit.distance > fit.radius
    stream = rng.random(2300) >= 0.25
    passes = np.stack([stream[k : k + 61 * 37].reshape(61, 37) for k in (0, 4)])
    fits = dict(agreement_fits(passes, rng.random((1, 61, 37)) >= 0.25, 0.25))
    same_places, any_places = fits["agreements of two passes"], fits["agreements of entries a distance apart"]
    assert same_places.distance < same_places.radius
    assert any_places.distance > any_places.radius
