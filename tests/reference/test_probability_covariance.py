"""Covariances and correlations against exact rationals, computed step by step in every format."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from claims.frame.inputs.observations import joint_laws
from reference.formats import Arithmetic, float16, float32, float64
from reference.probability import covariance as reference
from tests.reference.emulation import ARITHMETICS, Float64, accumulator, exactly, margins, sequential, store
from tests.reference.test_moments import INPUTS, covariance, exact_covariance


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.mark.parametrize("family", INPUTS)
def test_covariances_stay_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(1)
    for n in (2, 5, 33):
        x = INPUTS[family](rng, (3, n), arithmetic.result)
        for correction in (0, 1):
            truth = reference.Observed.of(x, arithmetic).covariance(correction)
            exact = exact_covariance(x, correction)
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                found = covariance(x, arithmetic, correction)
            finite = np.where(np.isfinite(found), found, truth.value)  # sums that overflow are a departure
            assert margins(finite, exact, truth.bound).max() <= 1
            assert margins(truth.value, exact, truth.bound).max() <= 1


def weighted(x: Float64, w: Float64, a: Float64 | None, correction: int) -> list[Fraction]:
    """The exact covariance with weights w, which are r a."""
    rows, ws = [exactly(row) for row in x], exactly(w)
    total = sum(ws, Fraction(0))
    means = [sum((v * q for v, q in zip(row, ws, strict=True)), Fraction(0)) / total for row in rows]
    divisor = total - correction
    if a is not None:
        divisor = total - correction * sum((p * q for p, q in zip(ws, exactly(a), strict=True)), Fraction(0)) / total
    found = []
    for (p, m), (q, k) in itertools.product(zip(rows, means, strict=True), repeat=2):
        terms = (w * (u - m) * (v - k) for w, u, v in zip(ws, p, q, strict=True))
        found.append(sum(terms, Fraction(0)) / divisor)
    return found


def weighted_in(x: Float64, r: Float64, a: Float64 | None, how: Arithmetic, correction: int) -> Float64:
    """Weights, products, sums, quotients and deviations, each stored."""
    kind = accumulator(how)

    def s(v: Float64) -> Float64:
        return how.result.round(v)

    def added(v: Float64) -> Float64:
        return store(sequential(v.astype(kind)), how.result)

    w = r if a is None else s(r * a)
    total = w.sum() if a is None else added(w)
    mean = s(added(s(x * w)) / total)
    divisor = total - correction if a is None else s(total - s(correction * added(s(w * a)) / total))
    deviations = s(x - mean[:, None])
    products = deviations[:, None].astype(kind) * s(deviations * w)[None].astype(kind)
    return s(store(sequential(products), how.result) / divisor)


@pytest.mark.parametrize("n", [2, 3, 17, 65])
def test_weighted_covariances_stay_within_the_bound(arithmetic: Arithmetic, n: int) -> None:
    rng, format = np.random.default_rng(n), arithmetic.result
    for scale, offset in ((1.0, 0.0), (1.0, 5.0), (8.0, -2.0)):
        x = format.round(rng.standard_normal((2, n)) * scale + offset)
        r = rng.integers(0, 5, n) + 1.0 * (np.arange(n) < 2)
        a = format.round(rng.uniform(1, 2, n))
        for correction in (0, 1):
            for weights in (None, a):
                truth = reference.weighted_covariance(x, r, weights, arithmetic, correction)
                w = r if weights is None else r * weights
                exact = weighted(x, w, weights, correction)
                assert margins(truth.value, exact, truth.bound).max() <= 1
                found = weighted_in(x, r, weights, arithmetic, correction)
                assert margins(found, exact, truth.bound).max() <= 1


def test_covariances_are_known_where_their_sums_overflow() -> None:
    x = np.array([[30000.0, 30016.0, 30032.0, 30048.0]])
    half = Arithmetic.of(float16)
    assert reference.Observed.of(x, half).covariance(0).value == 320
    assert np.isfinite(reference.Observed.of(x, half).covariance(0).bound).all()
    assert reference.stored_sums_overflow(x, np.ones(()), half).all()
    assert not reference.stored_sums_overflow(x, np.ones(()), Arithmetic.of(float32)).any()
    edge = 2 * np.sqrt(float64.largest)
    assert np.isinf(reference.Observed.of(np.array([[edge, -edge, edge]]), Arithmetic.of(float64)).covariance(0).bound)


def test_formulas_by_means_stay_within_their_bounds(arithmetic: Arithmetic) -> None:
    rng, format, kind = np.random.default_rng(3), arithmetic.result, accumulator(arithmetic)

    def average(v: Float64) -> Float64:
        return store(sequential(v.astype(kind)) / kind.type(v.shape[-1]), format)

    for n in (2, 5, 33):
        f, g = format.round(rng.standard_normal((2, 6, n)) + 2)
        exact = [exact_covariance(np.stack(pair), 0)[1] for pair in zip(f, g, strict=True)]
        d, e = (format.round(v - average(v)[:, None]) for v in (f, g))
        by_deviations = reference.mean_product_of_deviations(f, g, arithmetic)
        assert margins(average(format.round(d * e)), exact, by_deviations.bound).max() <= 1
        by_moments = reference.covariance_by_moments(f, g, arithmetic)
        product = format.round(average(f) * average(g))
        assert margins(format.round(average(format.round(f * g)) - product), exact, by_moments.bound).max() <= 1
        magnitudes = reference.mean_product_of_deviations(f, g, arithmetic, magnitudes=True)
        assert np.all(magnitudes.value >= np.abs(by_deviations.value) * (1 - 1e-12))
        assert np.all(np.abs(average(format.round(np.abs(d) * np.abs(e))) - magnitudes.value) <= magnitudes.bound)


def test_hoeffding_is_the_covariance() -> None:
    for n in range(1, 5):
        laws = joint_laws(n)
        exact = [exact_covariance(x, 0)[1] for x in laws]
        assert margins(reference.hoeffding(laws), exact, 2.0**-52 * np.abs(np.array(exact, float))).max() <= 1
    assert sum(len(joint_laws(n)) for n in range(1, 5)) == 714


def test_quadrant_dependence_implies_a_covariance_that_is_not_negative() -> None:
    for n in range(1, 5):
        laws = joint_laws(n)
        dependent = reference.quadrant_dependent(laws)
        assert np.all(reference.hoeffding(laws)[dependent] >= 0)
        comonotone = np.sort(laws, -1)
        assert reference.quadrant_dependent(comonotone).all()
    assert not reference.quadrant_dependent(np.array([[0.0, 1.0], [1.0, 0.0]]))
