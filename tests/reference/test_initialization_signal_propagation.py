"""The variance of a sum of products against enumeration in fractions, and its bounds against emulated arithmetic."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, Format
from reference.initialization.signal_propagation import (
    covariance_of_enumeration,
    enumerated,
    moments,
    propagated_variance,
    sampled_variance_fit,
    second_moment_gain,
    variance_formula,
    variance_of_enumeration,
)
from tests.reference.emulation import ORDERS, Float64, accumulator, margins, store

CASES = [(1, 1), (1, 2), (2, 2), (3, 2), (1, 4), (2, 3)]


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def tables(width: int, parts: int) -> tuple[Float64, Float64]:
    """Whole numbers in -4..4, 20 laws of each."""
    rng = np.random.default_rng(width * 10 + parts)
    w, x = rng.integers(-4, 5, (2, 20, parts)).astype(np.float64)
    return w, x


def variance_by_enumeration(w: Float64, x: Float64, width: int) -> Fraction:
    """Over every outcome of all w and x."""
    entries = [[Fraction(v) for v in table.tolist()] for table in (w, x)]
    sums = [
        sum((a * b for a, b in zip(ws, xs, strict=True)), Fraction(0))
        for ws in itertools.product(entries[0], repeat=width)
        for xs in itertools.product(entries[1], repeat=width)
    ]
    mean = sum(sums, Fraction(0)) / len(sums)
    return sum(((z - mean) ** 2 for z in sums), Fraction(0)) / len(sums)


@pytest.mark.parametrize(("width", "parts"), CASES)
def test_the_formula_is_the_variance_over_all_outcomes(width: int, parts: int) -> None:
    w, x = tables(width, parts)
    computed = propagated_variance(w, x, width)
    for i in range(len(w)):
        exact = variance_by_enumeration(w[i], x[i], width)
        assert abs(Fraction(float(computed[i])) - exact) <= exact * Fraction(2) ** -53


def test_outcomes_are_enumerated_once_each() -> None:
    outcomes = enumerated(np.array([[1.0, 2.0, 5.0]]), 2)[0]
    assert sorted(map(tuple, outcomes.tolist())) == sorted(itertools.product([1.0, 2.0, 5.0], repeat=2))


def test_moments_are_exact() -> None:
    mean, variance = moments(np.array([[1.0, 2.0, 3.0, 3.0], [-1.0, 1.0, -1.0, 1.0]]))
    assert mean.tolist() == [2.25, 0.0]
    assert variance.tolist() == [0.6875, 1.0]
    assert second_moment_gain(np.array([[-1.0, 2.0]]), 3).tolist() == [7.5]


@pytest.mark.parametrize(("width", "parts"), CASES)
def test_computed_variances_stay_within_the_bound(fmt: Format, width: int, parts: int) -> None:
    w, x = tables(width, parts)
    arithmetic = Arithmetic.of(fmt)
    truth = variance_of_enumeration(w, x, width, arithmetic)
    z = (enumerated(x, width) @ enumerated(w, width).swapaxes(-1, -2)).reshape(len(w), -1)
    exact = [variance_by_enumeration(a, b, width) for a, b in zip(w, x, strict=True)]
    kind = accumulator(arithmetic)
    for order in ORDERS.values():
        y = z.astype(kind)
        deviations = y - (order(y) / kind.type(z.shape[-1]))[:, None]
        computed = store(order(deviations**2) / kind.type(z.shape[-1]), fmt)
        assert margins(computed, exact, truth.bound).max() <= 1


@pytest.mark.parametrize(("width", "parts"), [(1, 2), (2, 2), (1, 3), (1, 5), (1, 7)])
def test_computed_covariances_stay_within_the_bound(fmt: Format, width: int, parts: int) -> None:
    w, x = tables(width, parts)
    arithmetic = Arithmetic.of(fmt)
    kind = accumulator(arithmetic)
    truth = covariance_of_enumeration(w, x, width, arithmetic)
    sums = (enumerated(x, width) @ enumerated(w, width).swapaxes(-1, -2)).reshape(len(w), -1)
    data = np.stack((sums, -sums), -2)
    worst = 0.0
    for order in ORDERS.values():
        mean = store(order(data.astype(kind)) / kind.type(data.shape[-1]), fmt).astype(kind)
        centred = store(data.astype(kind) - mean[..., None], fmt).astype(kind)
        products = store(order(centred[:, :, None] * centred[:, None, :]), fmt).astype(kind)
        computed = store(products / kind.type(data.shape[-1]), fmt)
        exact = [
            sign * Fraction(variance_by_enumeration(w[i], x[i], width))
            for i in range(len(w))
            for sign in (1, -1, -1, 1)
        ]
        worst = max(worst, margins(computed.ravel(), exact, truth.bound.ravel()).max())
    assert worst <= 1
    assert worst > 0.02 or parts == 2  # halves and quarters are exact


def test_the_evaluated_formula_stays_within_the_bound_and_attains_a_fifth(fmt: Format) -> None:
    worst = 0.0
    for width, parts in CASES:
        w, x = tables(width, parts)
        (ew, vw), (ex, vx) = ([fmt.round(v) for v in moments(t)] for t in (w, x))
        kept = fmt.round
        squares = kept(ex * ex), kept(ew * ew)
        terms = kept(vw * vx), kept(vw * squares[0]), kept(squares[1] * vx)
        computed = kept(width * kept(kept(terms[0] + terms[1]) + terms[2]))
        exact = [variance_by_enumeration(a, b, width) for a, b in zip(w, x, strict=True)]
        worst = max(worst, margins(computed, exact, variance_formula(w, x, width, fmt).bound).max())
    assert 0.2 <= worst <= 1


def test_sampled_variances_are_refused_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(0)
    w, x = (-1, 2, 1), (1, 2, 2)
    beyond = 0
    for _ in range(500):
        ws = np.where(rng.random((3000, 3)) < w[2] / 4, w[1], w[0])
        xs = np.where(rng.random((3000, 3)) < x[2] / 4, x[1], x[0])
        fit = sampled_variance_fit((ws * xs).sum(-1).astype(np.float64), w, x, 3, 0.2)
        beyond += fit.distance > fit.radius
    assert 0 < beyond / 500 <= 0.2


def test_the_radius_of_a_sampled_variance_tells_three_terms_from_two() -> None:
    w, x = (-1, 2, 1), (1, 2, 2)
    rng = np.random.default_rng(1)
    shape = (1 << 16, 16)  # as in the corner of the regime
    z = (np.where(rng.random(shape) < 1 / 4, 2, -1) * np.where(rng.random(shape) < 1 / 2, 2, 1)).sum(-1)
    fit = sampled_variance_fit(z.astype(np.float64), w, x, 16)
    mean_w, var_w, mean_x, var_x = -1 / 4, 27 / 16, 3 / 2, 1 / 4
    assert fit.distance <= fit.radius
    for dropped in (var_w * var_x, var_w * mean_x**2):
        assert fit.radius < 16 * dropped
    assert 16 * mean_w**2 * var_x < fit.radius  # this one is too small to show here: the enumerations show it


def test_a_constant_law_has_no_spread() -> None:
    fit = sampled_variance_fit(np.full(10, 6.0), (2, 2, 1), (1, 1, 3), 3)
    assert fit.distance == 0
