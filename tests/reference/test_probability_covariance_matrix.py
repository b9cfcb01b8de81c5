"""Correlations and eigenvalues of covariance matrices against exact rationals."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import Arithmetic
from reference.probability.covariance_matrix import Correlated, least_eigenvalue
from tests.reference.emulation import ARITHMETICS, Float64, margins
from tests.reference.test_moments import covariance, exact_covariance


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def exact_correlation(x: Float64) -> list[Fraction]:
    c, d = exact_covariance(x, 0), len(x)
    found = []
    for i, j in itertools.product(range(d), repeat=2):
        q = c[i * d + i] * c[j * d + j]
        root = Fraction(math.isqrt((q.numerator << 800) // q.denominator), 1 << 400)
        found.append(c[i * d + j] / root)
    return found


def test_correlations_stay_within_the_bound(arithmetic: Arithmetic) -> None:
    rng, format = np.random.default_rng(4), arithmetic.result
    for n in (2, 3, 17, 65):
        x = format.round(rng.standard_normal((3, n)) + 1)
        x[2] = -x[0] / 4
        c = covariance(x, arithmetic, 1)
        root = format.round(np.sqrt(np.diagonal(c)))
        found = np.clip(format.round(format.round(c / root[:, None]) / root), -1, 1)
        truth = Correlated.of(x, arithmetic).correlation()
        exact = exact_correlation(x)
        assert margins(found, exact, truth.bound).max() <= 1
        assert margins(truth.value, exact, truth.bound).max() <= 1
        assert np.isfinite(truth.bound).all()
        assert (Correlated.of(x, arithmetic).correlation_by_deviations().bound > 0).all()


def test_correlations_of_what_may_be_constant_are_undetermined() -> None:
    x = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]])
    bound = Correlated.of(x, ARITHMETICS["float32"]).correlation().bound
    assert np.isinf(bound).tolist() == [[True, True], [True, False]]
    tiny = Correlated.of(x[1:] * 2.0**-100, ARITHMETICS["float32"])
    assert np.isinf(tiny.correlation().bound).all()
    assert np.isfinite(tiny.correlation(lenient=False).bound).all()


def test_the_least_eigenvalue_is_that_of_the_symmetric_part() -> None:
    c = np.array([[[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]], np.full((3, 3), np.nan)])
    least, slack = least_eigenvalue(c, np.full((2, 3, 3), 1e-6))
    assert least[0] == pytest.approx(-0.8)
    assert 3e-6 <= slack[0] < 4e-6
    assert np.isinf(slack[1])
