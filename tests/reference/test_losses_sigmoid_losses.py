"""Losses of a logistic output against balls and against torch's own formulas."""

from __future__ import annotations

import math

import flint
import numpy as np
import pytest
from numpy.typing import NDArray

from reference.formats import FORMATS, Arithmetic
from reference.losses import sigmoid_losses as reference
from reference.rounding import U64

Float64 = NDArray[np.float64]

POINTS = np.array([[0.0, 1e-300, -1e-9, 0.3, -0.7, math.log(2), 5.0, -20.0, 36.7, -100.0, 700.0, -744.0, 1e308]])
WIDE = Arithmetic.of(FORMATS["float64"])


def exactly(z: float) -> tuple[float, float, float, float]:
    """sigma(z), sigma(-z), log(1 + e^z), log(1 + e^-z) by balls of 2400 bits."""
    with flint.ctx.workprec(2400):
        if abs(z) > 1e4:
            return (1.0, 0.0, z, 0.0) if z > 0 else (0.0, 1.0, 0.0, -z)
        e = flint.arb(z).exp()
        return tuple(float(f.mid()) for f in (e / (1 + e), 1 / (1 + e), (1 + e).log(), (1 + 1 / e).log()))  # type: ignore[return-value]


def test_logistic_functions_are_right_to_the_last_bits() -> None:
    found = reference.logistic(POINTS)
    wanted = np.array([exactly(z) for z in POINTS[0]]).T[:, None]
    for f, w in zip(found, wanted, strict=True):
        assert (np.abs(f - w) <= reference.OWN * w + 1e-323).all()


@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_slopes_are_those_of_the_losses(y: float) -> None:
    z = np.linspace(-6, 6, 41)[None]
    labels, h = np.full(z.shape, y), 2.0**-16

    def difference(loss: Float64, other: Float64) -> Float64:
        return (loss - other) / (2 * h)

    sides = [reference.cross_entropy(z + s * h, labels, WIDE, 4.0, weight=w).value for w in (1.0, 3.0) for s in (1, -1)]
    assert np.allclose(difference(*sides[:2]), reference.cross_entropy_slope(z, labels, WIDE, 4.0).value, atol=1e-8)
    assert np.allclose(difference(*sides[2:]), reference.weighted_slope(z, labels, 3.0, WIDE, 4.0).value, atol=1e-8)
    squares = [(reference.logistic(z + s * h).sigma - y) ** 2 / 2 for s in (1, -1)]
    assert np.allclose(difference(*squares), reference.squared_error_slope(z, labels, WIDE, 4.0).value, atol=1e-8)


def test_bounds_hold_for_the_textbook_formulas_in_float32() -> None:
    rng, f32 = np.random.default_rng(5), np.float32
    z = rng.standard_normal((64, 64)).astype(f32) * f32(8)
    y = rng.integers(0, 2, z.shape).astype(f32)
    how = Arithmetic.of(FORMATS["float32"])
    sigma = f32(1) / (f32(1) + np.exp(-z))
    loss = (f32(1) - y) * z - np.log(sigma)
    truth = reference.cross_entropy(z.astype(float), y.astype(float), how, 4.0)
    near = np.abs(z) < 1  # further out the logarithm of the sigmoid is less accurate than log-sigmoid
    assert (np.abs(loss - truth.value) <= truth.bound)[near].mean() > 0.99
    slope = reference.cross_entropy_slope(z.astype(float), y.astype(float), how, 4.0)
    assert (np.abs((sigma - y) - slope.value) <= slope.bound).all()
    square = reference.squared_error_slope(z.astype(float), y.astype(float), how, 4.0)
    assert (np.abs((sigma - y) * sigma * (f32(1) - sigma) - square.value) <= square.bound).all()


def test_infinite_logits_have_the_loss_that_their_label_gives() -> None:
    z, y = np.array([[np.inf, np.inf, -np.inf, -np.inf]]), np.array([[1.0, 0.0, 1.0, 0.0]])
    assert reference.cross_entropy(z, y, WIDE, 4.0).value.tolist() == [[0.0, np.inf, np.inf, 0.0]]
    assert reference.cross_entropy_slope(z, y, WIDE, 4.0).value.tolist() == [[0.0, 1.0, -1.0, 0.0]]
    assert np.isfinite(reference.cross_entropy(z, y, WIDE, 4.0).bound).all()


def test_probabilities_of_0_and_1_have_the_clamped_loss_and_no_slope() -> None:
    p, y = np.array([[0.0, 1.0, 0.0, 1.0, 0.5]]), np.array([[1.0, 0.0, 0.0, 1.0, 1.0]])
    assert reference.cross_entropy_of_probability(p, y, WIDE, 4.0).value[0, :4].tolist() == [100.0, 100.0, 0.0, 0.0]
    slope = reference.slope_of_probability(p, y, WIDE)
    assert slope.value[0, :4].tolist() == [0.0] * 4
    assert slope.value[0, 4] == pytest.approx(-0.5)
    assert slope.bound[0, 4] < 20 * U64


def test_slopes_without_a_bound_are_those_of_overflowing_quotients() -> None:
    half = Arithmetic.of(FORMATS["float16"])
    p, y = np.array([[2.0**-20, 2.0**-10, 2.0**-18]]), np.array([[1.0, 1.0, 0.0]])
    assert np.isinf(reference.slope_of_probability(p, y, half).bound).tolist() == [[True, False, False]]
