"""Derivatives of standardised sets: difference quotients, projections, bounds that roundings keep."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.formats import Arithmetic, float32, float64
from reference.normalization import gradients as reference
from reference.normalization.batch_norm import standardised

Float64 = NDArray[np.float64]
EPS = 2.0**-4
HOW = Arithmetic.of(float64)


def made(seed: int) -> Float64:
    return np.random.default_rng(seed).standard_normal((12, 7))


def layer(x: Float64, *, centred: bool) -> Float64:
    return standardised(x, EPS, HOW, centred=centred).standard


@pytest.mark.parametrize("centred", [True, False])
def test_gradients_are_difference_quotients(*, centred: bool) -> None:
    x, g, d = made(1), made(2), made(3)
    h = 1e-6
    quotient = (g * (layer(x + h * d, centred=centred) - layer(x - h * d, centred=centred))).sum(-1) / (2 * h)
    truth = reference.gradient(standardised(x, EPS, HOW, centred=centred), g, HOW, centred=centred)
    assert (truth.value * d).sum(-1) == pytest.approx(quotient, rel=1e-7, abs=1e-7)
    assert (truth.bound < 1e-12).all()


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("order", [2, 3])
def test_higher_derivatives_are_difference_quotients(order: int, *, centred: bool) -> None:
    x, c, d = made(1), made(2), made(3)
    h = 1e-3
    weights = {2: (1, -2, 1), 3: (-0.5, 1, 0, -1, 0.5)}[order]
    steps = np.arange(len(weights)) - len(weights) // 2
    quotient = sum(w * (c * layer(x + s * h * d, centred=centred)).sum(-1) for w, s in zip(weights, steps, strict=True))
    truth = reference.along(x, d, c, EPS, order, HOW, centred=centred)
    assert truth.value == pytest.approx(np.asarray(quotient) / h**order, rel=2e-2, abs=2e-2)
    assert (truth.bound < 1e-8).all()


def test_a_backward_pass_in_float32_stays_within_the_bound() -> None:
    x, g = (a.astype(np.float32) for a in (made(1) + 10, made(2)))
    truth = reference.gradient(
        standardised(x.astype(np.float64), EPS, Arithmetic.of(float32)), g.astype(np.float64), Arithmetic.of(float32)
    )
    deviations = x - x.mean(-1, keepdims=True)
    rest = 1 / np.sqrt((deviations**2).mean(-1, keepdims=True) + np.float32(EPS))
    standard = deviations * rest
    found = rest * (g - g.mean(-1, keepdims=True) - standard * (g * standard).mean(-1, keepdims=True))
    ratio = (np.abs(found - truth.value) / truth.bound).max()
    assert 1e-3 < ratio < 1


def test_components_add_up_to_nothing_and_to_the_leftover() -> None:
    x, g = made(1) * 2.0**3, made(2)
    sets = standardised(x, EPS, HOW)
    truth = reference.gradient(sets, g, HOW)
    for found in (truth.value, truth.value + truth.bound, truth.value - truth.bound):
        total = reference.sum_truth(found, truth.bound)
        assert (np.abs(found.sum(-1)) <= total.bound).all()
        along = reference.component(sets, g, found, truth.bound)
        assert (np.abs((found * sets.standard).sum(-1) - along.value) <= along.bound).all()
        assert (along.bound < 1e-11).all()
    share = EPS / (x.var(-1) + EPS)
    assert reference.leftover(sets, g).value == pytest.approx((g * sets.standard).sum(-1) * share)


def test_huge_sets_have_the_leftover_of_their_own_scale() -> None:
    x, g = made(1) * 2.0**600, made(2)
    sets = standardised(x, EPS, HOW)
    truth = reference.gradient(sets, g, HOW)
    along = reference.component(sets, g, truth.value, truth.bound)
    assert (np.abs((truth.value * sets.standard).sum(-1) - along.value) <= along.bound).all()
    assert (along.bound < 1e-190).all()
