"""Squared error and the normal law against balls and fractions, and evaluations that must stay in the bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, double_double_of_ball, precision, rational
from reference.formats import Arithmetic
from reference.losses import likelihood
from reference.truth import Truth
from tests.reference.emulation import ARITHMETICS, accumulator, store

Float64 = NDArray[np.float64]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.fixture
def pair(arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    rng = np.random.default_rng(0)
    scale = np.array([1.0, 1e-3, 30.0, 0.0])[:, None]
    target = arithmetic.result.round(rng.standard_normal((4, 5)))
    return arithmetic.result.round(target + scale * rng.standard_normal((4, 5))), target


def test_values_are_exact_to_the_last_place(arithmetic: Arithmetic, pair: tuple[Float64, Float64]) -> None:
    square = likelihood.squared(*pair, arithmetic)
    for full in (False, True):
        density = likelihood.unit_normal(*pair, arithmetic, full=full)
        with precision(300):
            for i, (m, y) in enumerate(zip(*(a.ravel() for a in pair), strict=True)):
                exact = ball(rational(m) - rational(y)) ** 2
                near(square, i, exact)
                near(density, i, exact / 2 + ((2 * arb.pi()).log() / 2 if full else arb(0)))


def near(truth: Truth, i: int, exact: arb) -> None:
    """Within two roundoffs of float64, which the bound contains."""
    hi, lo = double_double_of_ball(exact)
    assert abs((truth.value.ravel()[i] - hi) - lo) <= min(2.0**-51 * abs(hi), truth.bound.ravel()[i])


def test_evaluations_stay_within_the_bounds(arithmetic: Arithmetic, pair: tuple[Float64, Float64]) -> None:
    kind, fmt = accumulator(arithmetic), arithmetic.result

    def keep(z: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(z, fmt).astype(kind)

    m, y = (a.astype(kind) for a in pair)
    d = keep(m - y)
    square = keep(d * d)
    constant = keep(np.array(likelihood.HALF_LOG_TWO_PI))
    weight = np.resize([1.0, 2.0, 0.25, 0.0, 1.5], m.shape[-1])
    weights = np.broadcast_to(weight, m.shape)
    weighted = keep(square * weight.astype(kind))
    mean = keep(keep(weighted.sum(-1)) / keep(weights.astype(kind).sum(-1)))
    truth = likelihood.squared(*pair, arithmetic)
    for found, wanted in (
        (square, truth),
        (keep(keep(square / 2) + constant), likelihood.unit_normal(*pair, arithmetic, full=True)),
        (weighted, likelihood.weighted(truth, weights, arithmetic)),
        (mean, likelihood.weighted_mean(truth, weights, arithmetic)),
    ):
        assert (np.abs(found - wanted.value) <= wanted.bound).all()


def test_a_square_that_overflows_has_no_bound(arithmetic: Arithmetic) -> None:
    largest = np.full((1, 1), 2.0 ** (arithmetic.result.emax // 2 + 1))
    assert np.isinf(likelihood.squared(largest, 0 * largest, arithmetic).bound).all()
    assert np.isinf(likelihood.unit_normal(largest, 0 * largest, arithmetic, full=True).bound).all()


def test_weighted_means_of_fractions() -> None:
    each = Truth(np.array([[1.0, 3.0]]), np.array([[0.5, 0.0]]))
    weight = np.array([[0.5, 1.5]])
    found = likelihood.weighted_mean(each, weight, ARITHMETICS["float64"])
    assert Fraction(found.value[0]) == Fraction(5, 2)
    assert 0.125 <= found.bound[0] <= 0.126
    whole = likelihood.weighted(each, weight, ARITHMETICS["float64"])
    assert whole.value.tolist() == [[0.5, 4.5]]
    assert 0.25 <= whole.bound[0, 0] <= 0.251


def test_the_opposite_of_a_loss_has_both_errors() -> None:
    found = likelihood.opposite(Truth(np.array([2.0]), np.array([0.25])), np.array([2.125]), np.array([0.5]))
    assert found.value.tolist() == [-2.125]
    assert found.bound.tolist() == [0.75]
