"""Entropies and variances against SciPy's, and the inequality between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from reference.formats import Arithmetic, bfloat16, float16, float32, float64
from reference.probability.gaussian import (
    FAMILIES,
    density,
    entropy,
    gap_error,
    largest_entropy,
    log_density,
    moments,
    trapezoid_error,
    variance,
)
from reference.truth import Truth

A, B = np.array([2.5, 3.0, 7.25, 40.0]), np.array([0.125, 1.0, 1.5, 2.0])


def law(family: str, a: float, b: float) -> Any:  # noqa: ANN401  SciPy's distributions have no common type
    return {
        "normal": lambda: stats.norm(0, b),
        "uniform": lambda: stats.uniform(-b, 2 * b),
        "laplace": lambda: stats.laplace(0, b),
        "gumbel": lambda: stats.gumbel_r(0, b),
        "exponential": lambda: stats.expon(0, 1 / b),
        "gamma": lambda: stats.gamma(a, scale=1 / b),
        "chi2": lambda: stats.chi2(a),
        "inverse gamma": lambda: stats.invgamma(a, scale=b),
        "student": lambda: stats.t(a, scale=b),
        "half normal": lambda: stats.halfnorm(0, b),
        "log-normal": lambda: stats.lognorm(b),
        "weibull": lambda: stats.weibull_min(a, scale=b),
        "pareto": lambda: stats.pareto(a, scale=b),
    }[family]()


@pytest.mark.parametrize("family", FAMILIES)
def test_entropies_and_variances_are_scipys(family: str) -> None:
    expected = [law(family, a, b) for a, b in zip(A, B, strict=True)]
    assert entropy(family, A, B, float64).value == pytest.approx([v.entropy() for v in expected], rel=1e-10, abs=1e-10)
    assert variance(family, A, B, float64).value == pytest.approx([v.var() for v in expected], rel=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_entropy_exceeds_that_of_the_normal_law(family: str) -> None:
    h, v = entropy(family, A, B, float64), variance(family, A, B, float64)
    gap = largest_entropy(v.value, float64).value - h.value
    slack = gap_error(h, v, float64)
    assert (gap >= -slack).all()
    assert (slack < 1e-11).all()
    assert (np.abs(gap) < slack).all() == (family == "normal")


def test_gaps_are_those_of_the_theory() -> None:
    one = np.ones(1)

    def gap(family: str) -> float:
        spread = variance(family, one, one, float64).value
        return float((largest_entropy(spread, float64).value - entropy(family, one, one, float64).value)[0])

    assert gap("uniform") == pytest.approx(math.log(2 * math.pi * math.e / 12) / 2)
    assert gap("laplace") == pytest.approx(math.log(math.pi / math.e) / 2)
    assert gap("exponential") == pytest.approx(math.log(2 * math.pi / math.e) / 2)


def test_a_variance_that_overflows_is_undetermined() -> None:
    wide = variance("normal", np.ones(1), np.array([300.0]), float16)
    assert np.isinf(wide.bound).all()
    assert np.isfinite(variance("normal", np.ones(1), np.array([300.0]), float32).bound).all()


def test_log_densities_are_scipys() -> None:
    x, mean, deviation = np.array([0.5, -3.0, 1e3]), np.array([0.5, 0.25, 1.0]), np.array([0.125, 2.0, 300.0])
    expected = stats.norm.logpdf(x, mean, deviation)
    assert log_density(x, mean, deviation, float64).value == pytest.approx(expected, rel=1e-14)


def test_rounding_stays_within_the_bound() -> None:
    rng = np.random.default_rng(0)
    x, mean = float32.round(rng.uniform(-3, 3, (2, 500)))
    deviation = float32.round(rng.uniform(0.25, 2, 500))
    a, m, s = (v.astype(np.float32) for v in (x, mean, deviation))
    computed = -((a - m) ** 2) / (2 * s**2) - np.log(s) - np.float32(math.log(2 * math.pi) / 2)
    truth = log_density(x, mean, deviation, float32)
    assert 0.05 < (np.abs(computed.astype(np.float64) - truth.value) / truth.bound).max() <= 1


def test_densities_beyond_squares_are_known() -> None:
    truth = log_density(np.zeros(1), np.zeros(1), np.array([2.0**-100]), float32)
    assert truth.value == pytest.approx(100 * math.log(2) - math.log(2 * math.pi) / 2)
    assert (truth.bound < 1e-4).all()
    assert np.isinf(log_density(np.array([3e4]), np.zeros(1), np.array([0.125]), float16).bound).all()


def test_densities_are_scipys() -> None:
    x, mean, deviation = np.array([0.5, -3.0, 1e3]), np.array([0.5, 0.25, 1.0]), np.array([0.125, 2.0, 300.0])
    truth = density(x, mean, deviation, float32)
    assert truth.value == pytest.approx(stats.norm.pdf(x, mean, deviation), rel=1e-13)
    assert np.all(truth.bound < 1e-5 * truth.value + 1e-30)


@pytest.mark.parametrize("fine", [2, 3, 4])
def test_the_trapezoid_rule_is_exact_to_float64(fine: int) -> None:
    x = (np.arange(-13 * fine, 13 * fine + 1.0) / 4 + 0.125)[None]
    mean, deviation = np.array([[0.25]]), np.array([[fine / 4]])
    p = stats.norm.pdf(x, mean, deviation)
    found = [0.25 * (w * p).sum() for w in (1.0, x, (x - mean) ** 2)]
    truth = moments(x, mean, deviation, Arithmetic.of(float64))
    assert found == pytest.approx([float(t.value[0]) for t in truth[1:]], rel=1e-14)


def test_moments_in_float32_stay_within_their_bounds() -> None:
    x = (np.arange(-26, 27.0) / 8 + 1)[None]
    mean, deviation = np.array([[1.0]]), np.array([[0.25]])
    truth = moments(x, mean, deviation, Arithmetic.of(float32))
    at = x.astype(np.float32)
    p = np.exp(-((at - 1) ** 2) / np.float32(0.125)) / np.float32(0.25 * math.sqrt(2 * math.pi))
    for weight, exact in zip((1, at, (at - 1) ** 2), truth[1:], strict=True):
        y = (weight * p).astype(np.float32)
        area = (np.float32(0.125) * (y[:, 1:] + y[:, :-1])).sum(-1) / 2
        assert np.abs(area.astype(np.float64) - exact.value) <= exact.bound
        assert np.all(exact.bound < 1e-4)


def test_half_types_round_every_trapezoid() -> None:
    y = Truth(np.ones((1, 9)), np.zeros((1, 9)))
    found = [float(trapezoid_error(y, np.ones(1), Arithmetic.of(f))[0]) for f in (float32, bfloat16)]
    assert found == pytest.approx([9 * 12 * float32.u, 9 * 3 * bfloat16.u], rel=0.02)
