"""Limits of the growth of gradients against balls."""

from __future__ import annotations

import flint
import numpy as np
import pytest
from flint import acb, arb

from reference.formats import FORMATS, Arithmetic, Format
from reference.normalization import deep_networks as reference
from reference.truth import Truth


def expectation(f: object) -> arb:
    """E f(X) for X standard normal, up to 1e-18."""

    def integrand(x: acb, _: object) -> acb:
        return f(x) * (-x * x / 2).exp()  # type: ignore[operator]

    with flint.ctx.workprec(100):
        total: arb = acb.integral(integrand, 0, 10).real
        return total * 2 / (2 * arb.pi()).sqrt()


def test_the_rectifier_grows_by_its_slope_over_its_variance() -> None:
    with flint.ctx.workprec(100):
        square, mean = expectation(lambda x: x * x) / 2, expectation(lambda x: x) / 2
        ratio = (arb(1) / 2) / (square - mean**2)
    assert float(ratio.mid()) == pytest.approx(reference.growth_a_layer("relu", normalised=True), rel=1e-14)
    assert float(ratio.mid()) == pytest.approx(1.4669, abs=1e-4)


def test_tanh_grows_by_its_squared_slope_over_its_square() -> None:
    slope, square = expectation(lambda x: (1 - x.tanh() ** 2) ** 2), expectation(lambda x: x.tanh() ** 2)
    found = reference.growth_a_layer("tanh", normalised=True)
    assert float((slope / square).mid()) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("activation", ["relu", "linear", "tanh"])
def test_without_batch_norm_and_of_linear_layers_nothing_grows(activation: str) -> None:
    assert reference.growth_a_layer(activation, normalised=False) == 1
    assert reference.growth_a_layer("linear", normalised=True) == 1
    truth = reference.growth_truth(activation, normalised=True)
    assert truth.bound == reference.SPREAD * truth.value
    assert reference.growth_truth(activation, normalised=False).bound == reference.PLAIN_SPREAD


def test_growth_is_the_geometric_mean_of_inner_layers() -> None:
    squares = 1.5 ** -np.arange(12.0)
    squares[:4], squares[-2:] = 7.0, 9.0
    assert reference.mean_growth(squares)[0] == pytest.approx(1.5)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_a_product_with_a_slope_keeps_its_bound_and_is_rounded(fmt: Format) -> None:
    rng = np.random.default_rng(0)
    g, slope = fmt.round(rng.standard_normal(1000)), rng.random(1000)
    error = 4 * fmt.u * slope
    truth = reference.times(g, Truth(slope, error), Arithmetic.of(fmt))
    np.testing.assert_array_equal(truth.value, g * slope)
    for sign in (-1, 1):
        assert (np.abs(fmt.round(g * (slope + sign * error)) - truth.value) <= truth.bound).all()
    assert (truth.bound <= 8 * fmt.u * np.abs(truth.value) + 2 * fmt.eta).all()
