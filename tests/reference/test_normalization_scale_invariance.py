"""Gradients of the weights before a normalising layer."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import Arithmetic, float32, float64
from reference.normalization.batch_norm import standardised
from reference.normalization.gradients import gradient
from reference.normalization.scale_invariance import component, rescaled

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
