"""Gradients of the weights before a normalising layer."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import Arithmetic, float16, float32, float64
from reference.normalization.batch_norm import standardised
from reference.normalization.gradients import gradient
from reference.normalization.scale_invariance import component, rescaled, scaled_error

EPS = 2.0**-4


def test_the_component_is_that_of_the_gradient() -> None:
    rng, how = np.random.default_rng(5), Arithmetic.of(float64)
    examples, v = rng.standard_normal((6, 8, 3)), rng.standard_normal((6, 3))
    g = rng.standard_normal((6, 8))
    sets = standardised((examples @ v[..., None])[..., 0], EPS, how)
    dz = gradient(sets, g, how)
    dw = (examples.swapaxes(-1, -2) @ dz.value[..., None])[..., 0]
    truth = component(sets, g, rescaled(dz, examples, how), v)
    assert truth.value == pytest.approx((dw * v).sum(-1), rel=1e-9, abs=1e-12)
    assert (np.abs(truth.value - (dw * v).sum(-1)) <= truth.bound).all()
    assert (truth.bound < 1e-11).all()


def test_errors_of_the_sums_are_added() -> None:
    rng, how = np.random.default_rng(6), Arithmetic.of(float32)
    examples, g = rng.standard_normal((2, 5, 3)), rng.standard_normal((2, 5))
    dz = gradient(standardised(rng.standard_normal((2, 5)), EPS, how), g, how)
    least = (np.abs(examples).swapaxes(-1, -2) @ dz.bound[..., None])[..., 0]
    assert (rescaled(dz, examples, how) > least).all()


def test_scaled_gradients_have_no_bound_where_a_stored_sum_may_overflow() -> None:
    rng, how = np.random.default_rng(7), Arithmetic.of(float16)
    examples, v, g = rng.standard_normal((1, 62, 3)), np.ones((1, 3, 1)), rng.standard_normal((1, 62))
    sets = standardised((examples @ v)[..., 0], EPS, how)
    dz = gradient(sets, g, how)
    assert np.isinf(scaled_error(sets, g, dz, examples, 2.0**11, how)).all()
    plain = scaled_error(sets, g, dz, examples, 1.0, how)
    assert np.isfinite(plain).all()
    assert (plain > 2 * rescaled(dz, examples, how)).all()
