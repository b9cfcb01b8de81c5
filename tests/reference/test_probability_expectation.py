"""Expectations against exact rationals, computed step by step in every format."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import Arithmetic, float32, float64
from reference.probability import expectation as reference
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    Order,
    accumulator,
    computed_dot,
    computed_sum,
    exact_sums,
    exactly,
    margins,
    store,
)


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def computed_mean(x: Float64, arithmetic: Arithmetic, order: Order) -> Float64:
    kind = accumulator(arithmetic)
    return store(order(x.astype(kind)) / kind.type(x.shape[-1]), arithmetic.result)


def drawn(arithmetic: Arithmetic, n: int, seed: int) -> list[Float64]:
    """p, f, g (8, n), a, b (8, 1), f and g nearly opposite in half of the rows."""
    rng, fmt = np.random.default_rng(seed), arithmetic.result
    f, g = fmt.round(rng.standard_normal((2, 8, n)))
    g[::2] = fmt.round(-f[::2] * (1 + 2 * fmt.u * rng.integers(-2, 3, f[::2].shape)))
    odds = rng.integers(0, 5, (8, n)) + (np.arange(n) == 0)
    a, b = fmt.round(rng.standard_normal((2, 8, 1)))
    b[::2] = a[::2]
    return [fmt.round(odds / odds.sum(-1, keepdims=True)), f, g, a, b]


def exact_expectations(p: Float64, f: Float64, g: Float64, a: Float64, b: Float64) -> list[Fraction]:
    found = []
    for row in range(len(p)):
        ps, fs, gs = (exactly(v[row]) for v in (p, f, g))
        s, t = Fraction(a[row, 0]), Fraction(b[row, 0])
        found.append(sum((w * (s * x + t * y) for w, x, y in zip(ps, fs, gs, strict=True)), Fraction(0)))
    return found


@pytest.mark.parametrize("n", [1, 2, 17, 100])
def test_both_sides_stay_within_their_bounds(arithmetic: Arithmetic, n: int) -> None:
    def stored(x: Float64) -> Float64:
        return arithmetic.result.round(x)

    p, f, g, a, b = drawn(arithmetic, n, n)
    exact = exact_expectations(p, f, g, a, b)
    terms = stored(p * stored(stored(a * f) + stored(b * g)))
    left = reference.expectation_of_combination(p, f, g, a, b, arithmetic)
    right = reference.combination_of_expectations(p, f, g, a, b, arithmetic)
    for order in ORDERS.values():
        assert margins(computed_sum(terms, arithmetic, order), exact, left.bound).max() <= 1
        parts = [stored(s[:, 0] * computed_dot(p, x, arithmetic, order)) for s, x in ((a, f), (b, g))]
        assert margins(stored(parts[0] + parts[1]), exact, right.bound).max() <= 1
    np.testing.assert_allclose(left.value, right.value, rtol=0, atol=float(right.bound.max()))


@pytest.mark.parametrize("family", FAMILIES)
def test_means_stay_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    for n in (1, 3, 64, 129):
        x = FAMILIES[family](np.random.default_rng(n), (6, n), arithmetic.result)
        exact = [total / n for total in exact_sums(x)]
        truth = reference.sample_mean(x, arithmetic)
        for order in ORDERS.values():
            assert margins(computed_mean(x, arithmetic, order), exact, truth.bound).max() <= 1
        assert margins(truth.value, exact, truth.bound).max() <= 1


def test_a_mean_is_known_where_its_sum_overflows() -> None:
    for fmt in (float32, float64):
        x = np.full((1, 3), fmt.largest)
        truth = reference.sample_mean(x, Arithmetic.of(fmt))
        assert truth.value == x[0, 0]
        truth = reference.sample_mean(x / 2, Arithmetic.of(fmt))
        assert truth.value == x[0, 0] / 2
        assert np.isfinite(truth.bound).all()
        assert np.isinf(reference.mean_of_others(x, Arithmetic.of(fmt)).bound).all()


def test_the_mean_of_others_passes_over_nan_and_keeps_infinities() -> None:
    x = np.array([[1.0, np.nan, 4.0], [np.nan] * 3, [np.inf, 1.0, 2.0], [np.inf, -np.inf, 0.0]])
    truth = reference.mean_of_others(x, ARITHMETICS["float32"])
    np.testing.assert_array_equal(truth.value, [2.5, np.nan, np.inf, np.nan])
    assert (truth.bound[1:3] == [0.0, 0.0]).all() or truth.bound[2] == 0


def test_odds_are_normalised(arithmetic: Arithmetic) -> None:
    rng, fmt = np.random.default_rng(5), arithmetic.result
    for n in (1, 3, 65):
        w = rng.integers(0, 7, (8, n)) + 1.0 * (np.arange(n) == 0)
        f = fmt.round(rng.standard_normal((8, n)))
        exact = [
            sum((a * b for a, b in zip(exactly(u), exactly(v), strict=True)), Fraction(0)) / sum(exactly(u))
            for u, v in zip(w, f, strict=True)
        ]
        truth = reference.normalised_expectation(w, f, arithmetic)
        for order in ORDERS.values():
            p = fmt.round(w / computed_sum(w, arithmetic, order)[:, None])
            assert margins(computed_dot(p, f, arithmetic, order), exact, truth.bound).max() <= 1


def test_the_trapezoidal_rule_stays_within_its_bound(arithmetic: Arithmetic) -> None:
    def stored(x: Float64) -> Float64:
        return arithmetic.result.round(x)

    for n in (1, 2, 9, 64):
        _, f, g, a, b = drawn(arithmetic, n, n)
        nodes = np.random.default_rng(n).integers(0, 9, (8, n)).astype(np.float64)
        y = stored(stored(a * f) + stored(b * g))
        terms = stored(stored(np.diff(nodes)) * stored(y[:, 1:] + y[:, :-1]))
        exact = []
        for row in range(8):
            s, t, xs = Fraction(a[row, 0]), Fraction(b[row, 0]), exactly(nodes[row])
            ys = [s * u + t * v for u, v in zip(exactly(f[row]), exactly(g[row]), strict=True)]
            exact.append(sum(((xs[i + 1] - xs[i]) * (ys[i] + ys[i + 1]) for i in range(n - 1)), Fraction(0)) / 2)
        truth = reference.trapezoid_of_combination(nodes, f, g, a, b, arithmetic)
        for order in ORDERS.values():
            computed = stored(computed_sum(terms, arithmetic, order) / 2)
            assert margins(computed, exact, truth.bound).max() <= 1


def test_the_reference_itself_is_far_more_accurate_than_the_bound() -> None:
    arithmetic = ARITHMETICS["float64"]
    p, f, g, a, b = drawn(arithmetic, 33, 7)
    truth = reference.expectation_of_combination(p, f, g, a, b, arithmetic)
    assert margins(truth.value, exact_expectations(p, f, g, a, b), truth.bound).max() < 0.1
