"""Variances and standard deviations against exact rationals, in two passes and by Welford's recurrence."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import Arithmetic, Format, float64
from reference.probability import variance as reference
from reference.probability.expectation import sample_mean
from tests.reference.emulation import ARITHMETICS, ORDERS, Float64, accumulator, margins, store
from tests.reference.test_moments import INPUTS, exact_variances, two_pass, welford


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def exact_root(q: Fraction) -> Fraction:
    """The root to 300 bits."""
    shift = 600
    return Fraction(math.isqrt((q.numerator << (2 * shift)) // q.denominator), 1 << shift)


def deviation(x: Float64, arithmetic: Arithmetic, correction: int) -> Float64:
    wide = Arithmetic.of(arithmetic.accumulator, accumulator=arithmetic.accumulator)
    variance = two_pass(x, wide, next(iter(ORDERS.values())), correction)
    return store(np.sqrt(variance.astype(accumulator(arithmetic))), arithmetic.result)


@pytest.mark.parametrize("family", INPUTS)
def test_variances_and_their_roots_stay_within_their_bounds(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(1)
    for n in (2, 3, 17, 65):
        x = INPUTS[family](rng, (6, n), arithmetic.result)
        sample = reference.Sample.of(x, arithmetic)
        for correction in (0, 1):
            exact = exact_variances(x, correction)
            truth = sample.variance(correction)
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                for order in ORDERS.values():
                    assert margins(two_pass(x, arithmetic, order, correction), exact, truth.bound).max() <= 1
                assert margins(welford(x, arithmetic, correction), exact, truth.bound).max() <= 1
                assert margins(truth.value, exact, truth.bound).max() <= 1
                if family in ("subnormal", "wide_exponents"):
                    continue  # squares that underflow are a departure from this bound
                roots = [exact_root(q) for q in exact]
                truth = sample.deviation(correction)
                assert margins(truth.value, roots, truth.bound).max() <= 1
                assert margins(deviation(x, arithmetic, correction), roots, truth.bound).max() <= 1
                stored = store(np.sqrt(two_pass(x, arithmetic, ORDERS["pairwise"], correction)), arithmetic.result)
                assert margins(stored, roots, sample.root_of_variance(correction).bound).max() <= 1


def test_a_deviation_is_known_beyond_the_range_of_its_square(arithmetic: Arithmetic) -> None:
    format: Format = arithmetic.result
    for s in (2.0 ** (format.emax - 3), 2.0 ** (format.emin + 3)):
        x = np.array([[s, -s, s, -s]])
        truth = reference.Sample.of(x, arithmetic).deviation(0)
        assert truth.value == s
        assert truth.bound < s / 8
    x = np.sqrt(float64.largest) / 2 * np.tile([1.0, -1.0], 50)[None]
    truth = reference.Sample.of(x, Arithmetic.of(float64)).variance(0)
    np.testing.assert_allclose(truth.value, float64.largest / 4, rtol=1e-12)
    assert np.isinf(reference.Sample.of(4 * x, Arithmetic.of(float64)).variance(0).bound).all()


def test_without_freedom_only_sure_cases_count() -> None:
    how = ARITHMETICS["float32"]
    expected, sure = reference.Sample.of(np.array([[1.0], [0.0]]), how).without_freedom()
    assert np.isnan(expected).all()
    assert sure.all()
    expected, sure = reference.Sample.of(np.array([[1.0, 2.0], [3.0, 3.0], [1e-30, 0.0]]), how).without_freedom()
    assert np.isinf(expected).all()
    assert sure.tolist() == [True, False, False]


def test_formulas_of_samples_and_laws_stay_within_their_bounds(arithmetic: Arithmetic) -> None:
    format, rng = arithmetic.result, np.random.default_rng(4)

    def stored(x: Float64) -> Float64:
        return format.round(x)

    for n in (1, 2, 17, 65):
        x = format.round(rng.standard_normal((6, n)) + 3)
        w = rng.integers(0, 7, (6, n)) + 1.0 * (np.arange(n) == 0)
        exact = []
        for odds, row in zip(w.tolist(), x.tolist(), strict=True):
            total, numbers = sum(map(Fraction, odds)), [Fraction(v) for v in row]
            mean = sum((Fraction(a) * v for a, v in zip(odds, numbers, strict=True)), Fraction(0)) / total
            squares = (Fraction(a) * (v - mean) ** 2 for a, v in zip(odds, numbers, strict=True))
            exact.append(sum(squares, Fraction(0)) / total)
        by_deviations = reference.variance_of_law(w, x, arithmetic)
        by_moments = reference.variance_by_moments(w, x, arithmetic)
        for order in ORDERS.values():
            kind = accumulator(arithmetic)

            def average(f: Float64, order: object = order, kind: object = kind, w: Float64 = w) -> Float64:
                total = store(order(w.astype(kind) * f.astype(kind)), format)  # type: ignore[operator,call-overload]
                return stored(total / stored(w.sum(-1)))

            mean = average(x)
            deviations = stored(x - mean[:, None])
            assert margins(average(stored(deviations**2)), exact, by_deviations.bound).max() <= 1
            found = stored(average(stored(x**2)) - stored(mean**2))
            assert margins(found, exact, by_moments.bound).max() <= 1
        np.testing.assert_allclose(by_deviations.value, by_moments.value, rtol=1e-10, atol=1e-25)


def test_the_mean_of_the_recurrence_stays_within_its_bound(arithmetic: Arithmetic) -> None:
    rng, kind = np.random.default_rng(5), accumulator(arithmetic).type
    for n in (1, 2, 3, 17, 100):
        x = INPUTS["uniform"](rng, (50, n), arithmetic.result)
        mean = np.zeros(50, kind)
        for k, v in enumerate(x.T.astype(kind), start=1):
            mean = mean + (v - mean) / kind(k)
        exact = [sum(map(Fraction, row), Fraction(0)) / n for row in x.tolist()]
        truth = reference.mean_of_recurrence(x, arithmetic)
        assert margins(store(mean, arithmetic.result), exact, truth.bound).max() <= 1
        assert (truth.bound >= sample_mean(x, arithmetic).bound).all()


def test_chebyshev_holds_with_its_slack(arithmetic: Arithmetic) -> None:
    rng, format = np.random.default_rng(6), arithmetic.result
    for n in (2, 3, 17):
        x = format.round(rng.standard_normal((50, n)) + 40)
        truth, mean = reference.Sample.of(x, arithmetic).variance(0), sample_mean(x, arithmetic)
        centre = format.round(x.mean(-1))
        deviations = np.sort(np.abs(format.round(x - centre[:, None])), -1)
        reached = (np.arange(n, 0, -1) / n * deviations**2).max(-1)
        slack = reference.chebyshev_slack(truth, mean.bound, arithmetic)
        assert np.all(reached <= truth.value - truth.bound + slack)
