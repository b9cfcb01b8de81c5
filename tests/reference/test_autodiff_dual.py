"""Hyper-dual numbers: exact derivatives of polynomials, those of elementary functions by power series, error bounds."""

from __future__ import annotations

import math
from collections.abc import Callable

import flint
import numpy as np
import pytest

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked

MODEL = {"u": 2.0**-53, "eta": 0.0, "tiny": 0.0, "units": 1.0}


def seeded(x: list[float], *directions: list[float], **model: float) -> Dual:
    return Dual.seeded(np.array([x]), [np.array([d]) for d in directions], **{**MODEL, **model})


def test_the_coefficients_of_a_cube_are_its_derivatives() -> None:
    x = seeded([3.0], [2.0], [5.0], [7.0])
    cube = x * x * x
    assert cube.mid[:, 0, 0].tolist() == [27, 27 * 2, 27 * 5, 18 * 2 * 5, 27 * 7, 18 * 2 * 7, 18 * 5 * 7, 6 * 2 * 5 * 7]


def test_numbers_with_constants() -> None:
    x = seeded([3.0, 4.0], [1.0, 2.0])
    found = (2.0 - x) * 4.0 / x + 1.0
    assert found.value[0] == pytest.approx([-1 / 3, -1.0])
    assert found.mid[1, 0] == pytest.approx([-8 / 9, -1.0])
    assert (np.array([[1.0, 10.0]]) * x).mid[1, 0].tolist() == [1.0, 20.0]
    assert x.chosen(np.array([True, False]), x * x).mid[:, 0].tolist() == [[3.0, 16.0], [1.0, 16.0]]


def test_shapes() -> None:
    x = seeded([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 0.0, 0.0])
    assert x.reshape(1, 2, 2).mT.value.tolist() == [[[1, 3], [2, 4]]]
    assert x[..., 1:3].shape == (1, 2)
    assert stacked([x[..., 0], x[..., 3]]).value.tolist() == [[1, 4]]
    assert joined([x, x[..., :1]]).shape == (1, 5)
    assert x.sum(keepdims=True).mid[:, 0, 0].tolist() == [10, 1]
    assert x.reshape(1, 2, 2).sum((-2, -1)).value.tolist() == [10]
    assert x.mean().value.tolist() == [2.5]


SERIES: dict[str, Callable[[flint.arb_series], flint.arb_series]] = {
    "exp": lambda t: t.exp(),
    "log": lambda t: t.log(),
    "sqrt": lambda t: t.sqrt(),
    "sin": lambda t: t.sin(),
    "cos": lambda t: t.cos(),
    "atan": lambda t: t.atan(),
    "erf": lambda t: t.erf(),
    "tanh": lambda t: 1 - 2 / ((2 * t).exp() + 1),
    "sigmoid": lambda t: 1 / (1 + (-t).exp()),
    "softplus": lambda t: (1 + t.exp()).log(),
}


@pytest.mark.parametrize("name", SERIES)
def test_derivatives_are_those_of_the_power_series(name: str) -> None:
    points = [0.25, 0.75, 1.0, 2.5]
    ones = [1.0] * len(points)
    found = getattr(e, name)(seeded(points, ones, ones, ones, u=2.0**-40))
    for i, point in enumerate(points):
        series = SERIES[name](flint.arb_series([point, 1], prec=5))
        for order, subset in enumerate((0, 1, 3, 7)):
            exact = float(series[order].mid()) * math.factorial(order)
            truth = found.coefficient(subset)
            assert truth.value[0, i] == pytest.approx(exact, rel=1e-12, abs=1e-14)
            assert abs(truth.value[0, i] - exact) <= truth.bound[0, i]


def test_errors_are_those_of_a_computation_in_the_format() -> None:
    rng = np.random.default_rng(1)
    x, u, v = rng.uniform(0.5, 2.0, (3, 200, 3)).astype(np.float32)
    wide = [np.asarray(a, np.float64) for a in (x, u, v)]
    c = Dual.seeded(wide[0], wide[1:], u=2.0**-24, eta=0.0, tiny=0.0, units=1.0)
    found = (c * c * c).sum()
    second = (6 * x * u * v).sum(-1)
    assert second.dtype == np.float32
    truth = found.coefficient(3)
    assert (np.abs(second - truth.value) <= truth.bound).all()
    assert np.abs(second - truth.value).max() > 0
    assert (truth.bound < 40 * 2.0**-24 * truth.value).all()


def test_sums_err_by_the_magnitude_of_their_terms() -> None:
    cancelling = seeded([1.0, 1.0, -2.0], u=2.0**-24).sum()
    assert cancelling.value[0] == 0
    assert cancelling.rad[0, 0] == 2 * 2.0**-24 * 4


def test_exact_zeros_and_underflow() -> None:
    zero = seeded([0.0], [0.0], eta=2.0**-149)
    assert (zero * zero).rad.max() == 0
    assert (seeded([1.0], eta=2.0**-149) * seeded([1.0])).rad[0, 0, 0] == 2.0**-53 + 2.0**-149


def test_factors_cost_a_rounding_more_where_they_are_rounded_themselves() -> None:
    x = seeded([1.0])
    assert x.scaled(0.5).rad[0, 0, 0] == 2.0**-54
    assert x.scaled(1 / 3).rad[0, 0, 0] == pytest.approx(2 * 2.0**-53 / 3)


def test_relative_errors_through_exponentials() -> None:
    y = seeded([8.0], [2.0]) * 1.0
    through = y.through_its_exponential()
    assert through.rad[0, 0, 0] == y.rad[0, 0, 0]
    assert through.rad[1, 0, 0] == y.rad[1, 0, 0] + y.rad[0, 0, 0] * 2.0


def test_the_larger_error_of_two_ways() -> None:
    rough, fine = seeded([1.0], u=2.0**-24) * 1.0, seeded([1.0]) * 1.0
    assert fine.as_accurate_as(rough).rad[0, 0, 0] == rough.rad[0, 0, 0]
    assert rough.as_accurate_as(fine).rad[0, 0, 0] == rough.rad[0, 0, 0]
    assert fine.erring(np.full((1, 1, 1), 0.5)).rad[0, 0, 0] == 0.5 + fine.rad[0, 0, 0]
