"""First steps with weight decay: known values, the two kinds of decay, and bounds that hold for NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, Format, float16, float64
from reference.regularization.decayed_steps import COUPLED, DECOUPLED, EPS, RULES, first_step, shifted

W, G = np.array([3.0, -1.0, 0.5, 0.0]), np.array([1.0, 2.0, -0.25, 4.0])
EXACT = Arithmetic.of(float64)


def test_sgd_steps_against_the_gradient_of_the_penalised_loss() -> None:
    assert np.array_equal(first_step(W, G, 0.5, 0.25, "sgd", EXACT).value, W - 0.5 * (G + 0.25 * W))
    assert np.array_equal(first_step(W, G, 0.5, 0.0, "momentum", EXACT).value, W - 0.75 * G)


@pytest.mark.parametrize("rule", ["adam", "amsgrad", "adamax", "adagrad", "nadam by default", "rmsprop"])
def test_adaptive_steps_are_nearly_as_large_as_the_rate(rule: str) -> None:
    step = (W - first_step(W, 1e6 * G, 0.125, 0.5, rule, EXACT).value) / 0.125
    factor = {"rmsprop": 2.0, "nadam by default": 1.13338}.get(rule, 1.0)
    assert np.allclose(step, factor * np.sign(G), rtol=1e-3)


def test_adadelta_starts_with_the_root_of_its_constant() -> None:
    (value,) = first_step(np.zeros(1), np.ones(1), 1.0, 0.0, "adadelta", EXACT).value
    assert value == pytest.approx(-((EPS / (0.25 + EPS)) ** 0.5))


def test_decoupled_decay_multiplies() -> None:
    for rule in ("adamw", "decoupled adam", "decoupled nadam", "decoupled radam"):
        moved = first_step(W, G, 0.5, 0.25, rule, EXACT).value - first_step(W, G, 0.5, 0.0, rule, EXACT).value
        assert np.allclose(moved, -0.125 * W)
    coupled, decoupled = (first_step(W, G, 0.5, 2.0, rule, EXACT).value for rule in ("adam", "adamw"))
    assert np.abs(coupled - decoupled).max() > 1


@pytest.mark.parametrize("fmt", [FORMATS["float16"], FORMATS["float32"]])
def test_bounds_hold_for_adam_in_numpy_and_are_not_loose(fmt: Format) -> None:
    rng = np.random.default_rng(0)
    w, g = rng.integers(-8, 9, 4000) / 2.0, rng.integers(-8, 9, 4000).astype(np.float64)
    dtype = np.dtype(fmt.name)
    total = dtype.type(0.5) * w.astype(dtype) + g.astype(dtype)
    m, v = dtype.type(0.5) * total, dtype.type(0.25) * total * total
    root = np.sqrt(v) / dtype.type(0.5) + dtype.type(EPS)
    found = w.astype(dtype) - dtype.type(0.25) * (m / root)
    truth = first_step(w, g, 0.125, 0.5, "adam", Arithmetic.of(fmt))
    ratio = np.abs(found.astype(np.float64) - truth.value) / truth.bound
    assert 0.05 < ratio.max() <= 1


def test_a_shift_is_that_of_the_decay() -> None:
    truth = shifted(W - 0.125 * G, W, 0.125, 0.5, EXACT)
    assert np.array_equal(truth.value, W * (1 - 0.0625) - 0.125 * G)
    assert np.all(truth.bound <= 9 * 2.0**-53 * (np.abs(W) + np.abs(G)) + 1e-300)


def test_rules_are_of_one_kind_and_some_have_no_closed_form() -> None:
    assert set(COUPLED) | set(DECOUPLED) == set(RULES)
    with pytest.raises(ValueError, match="no closed form"):
        first_step(W, G, 0.125, 0.5, "centred", EXACT)


def test_a_step_of_two_parts_is_rounded_twice() -> None:
    """NAdam in float16: -2 - 2^-11 2/3 and as much again, each of which rounds back to -2."""
    one, half = np.ones(1), Arithmetic.of(float16)
    adam, nadam = (first_step(-2 * one, 2 * one, 2.0**-10, 0.5, rule, half) for rule in ("adam", "nadam"))
    lost = np.abs(nadam.value + 2)
    assert adam.bound < lost <= nadam.bound
