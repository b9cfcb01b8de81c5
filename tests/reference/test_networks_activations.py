"""The sigmoid and its derivatives against balls; bounds that roundings keep and nearly use up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, float16, float32, float64
from reference.networks import activations as reference

if TYPE_CHECKING:
    from flint import arb

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
ORDERS = {
    "derivative": lambda s: s * (1 - s),
    "second": lambda s: s * (1 - s) * (1 - 2 * s),
    "third": lambda s: s * (1 - s) * (1 - 6 * s * (1 - s)),
}


def sigmoid(z: arb) -> arb:
    return 1 / (1 + (-z).exp())


def points(fmt: Format) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rng = np.random.default_rng(3)
    return fmt.round(np.concatenate((rng.uniform(-1, 1, 60) * 2.0 ** rng.integers(-12, 7, 60), [0.0, -700.0, 700.0])))


@EVERY
def test_values_are_those_of_balls(fmt: Format) -> None:
    z, arithmetic = points(fmt), Arithmetic.of(fmt)
    at = reference.Sigmoid.of(z, 4.0, arithmetic)
    value = exact.elementwise(sigmoid, z)
    own = 1e-16 if fmt is float64 else 1e-15
    np.testing.assert_allclose(at.value, value, rtol=2 * own, atol=0)
    for order, polynomial in ORDERS.items():
        with exact.precision(4000):
            expected = exact.elementwise(lambda v, p=polynomial: p(sigmoid(v)), z)
        truth = getattr(at, order)
        assert (np.abs(truth.value - expected) <= 20 * own * (np.abs(expected) + at.slope)).all()
        assert (np.abs(truth.value - expected) <= 0.5 * truth.bound).all()


def test_known_values() -> None:
    at = reference.Sigmoid.of(np.array([0.0, np.inf, -np.inf]), 4.0, Arithmetic.of(float32))
    assert at.value.tolist() == [0.5, 1.0, 0.0]
    assert at.derivative.value.tolist() == [0.25, 0.0, 0.0]
    assert at.second.value.tolist() == [0.0, 0.0, 0.0]
    assert at.third.value.tolist() == [-0.125, 0.0, 0.0]


@pytest.mark.parametrize("fmt", [float16, float32], ids=lambda f: f.name)
def test_rounding_stays_within_the_bounds(fmt: Format) -> None:
    z, r = fmt.round(np.random.default_rng(0).uniform(-12, 12, 20000)), fmt.round
    at = reference.Sigmoid.of(z, 4.0, Arithmetic.of(fmt))
    y = r(1 / (1 + np.exp(-z)))
    left = r(1 - y)
    tilt = r(1 - 2 * y)
    first = r(left * y)
    found = {
        "truth": y,
        "derivative": first,
        "second": r(r(tilt * left) * y),
        "third": r(first * r(r(tilt * tilt) - r(2 * first))),
    }
    for order, computed in found.items():
        truth = getattr(at, order)
        margin = np.abs(computed - truth.value) / truth.bound
        assert margin.max() <= 1, order
        assert margin.max() > 0.1, order


def test_where_the_exponential_overflows_the_value_may_be_lost() -> None:
    at = reference.Sigmoid.of(np.array([-88.0, -89.0]), 4.0, Arithmetic.of(float32))
    assert at.error[0] < 1e-5 * at.value[0]
    assert at.error[1] == pytest.approx(at.value[1])


def test_the_exponential_bounds_the_slope() -> None:
    z = np.linspace(-700, 700, 5001)
    at = reference.Sigmoid.of(z, 4.0, Arithmetic.of(float64))
    assert (at.slope <= reference.envelope(z)).all()
    assert at.slope.max() == 0.25


def test_the_step_is_open_at_zero() -> None:
    z = np.array([-1.0, -0.0, 0.0, 2.0, np.inf, -np.inf])
    step = reference.unit_step(z, z == 0)
    assert step.value.tolist() == [0, 0.5, 0.5, 1, 1, 0]
    assert step.bound.tolist() == [0, 0.5, 0.5, 0, 0, 0]
