"""Soft thresholding: exact minimisers, bounds that hold and are attained, and what two methods promise."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.regularization import sparsity as reference

Float64 = NDArray[np.float64]
EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def objective(v: Fraction, w: Fraction, h: Fraction, penalty: Fraction) -> Fraction:
    return h * (v - w) ** 2 / 2 + penalty * abs(v)


@pytest.mark.parametrize(("h", "penalty"), [(1.0, 0.5), (4.0, 0.75), (0.25, 0.5), (2.0, 0.0)])
def test_the_formula_minimises_among_rationals(h: float, penalty: float) -> None:
    arithmetic = Arithmetic.of(float64)
    for w in np.arange(-4, 4.5, 0.25):
        found = reference.diagonal_minimiser(np.array([w]), np.array([h]), penalty, arithmetic)
        args = Fraction(w), Fraction(h), Fraction(penalty)
        best = objective(Fraction(found.value.item()), *args)
        assert all(best <= objective(Fraction(k, 16), *args) for k in range(-80, 81))


def test_zeros_are_exact_and_known_values_are_found() -> None:
    x = np.array([0.3, -0.2, 1.5, 0.25, -0.25, 0.0, np.inf, -np.inf])
    truth = reference.shrunk(float32.round(x), 0.25, Arithmetic.of(float32))
    assert truth.value == pytest.approx([0.05, 0, 1.25, 0, 0, 0, np.inf, -np.inf])
    assert (truth.bound[[1, 3, 4, 5, 6, 7]] == 0).all()
    assert (truth.bound[[0, 2]] <= 1.01 * float32.u * truth.value[[0, 2]]).all()


@EVERY
@pytest.mark.parametrize("t", [0.5, 0.7, 0.3, 1.3e-5, 40000.0])
def test_rounding_stays_within_the_bound(fmt: Format, t: float) -> None:
    rng, arithmetic = np.random.default_rng(0), Arithmetic.of(fmt)
    x = fmt.round(t * rng.standard_normal(4000) * 2.0 ** rng.integers(-3, 3, 4000))
    x = np.where(np.isfinite(x), x, fmt.round(t))
    held, truth = float(arithmetic.accumulator.round(t)), reference.shrunk(x, t, arithmetic)
    computed = fmt.round(np.sign(x) * np.maximum(arithmetic.accumulator.round(np.abs(x) - held), 0))
    margin = np.abs(computed - truth.value) / np.where(truth.bound > 0, truth.bound, np.inf)
    assert (computed == truth.value)[truth.bound == 0].all()
    assert margin.max() <= 1
    if fmt is not float64 and t in (0.7, 0.3):
        assert margin.max() > 0.75


def test_a_threshold_stored_in_a_half_type_breaks_the_bound() -> None:
    x = float16.round(np.array([0.7]))
    truth = reference.shrunk(x, 0.7, Arithmetic.of(float16))
    assert truth.value == pytest.approx(1.953e-4, rel=1e-3)
    assert truth.bound < 0.01 * truth.value


def test_slopes_are_zero_and_one_and_open_at_a_kink() -> None:
    x = np.array([-2.0, -0.5, 0.25, 0.0, 0.5, 0.75])
    slope = reference.slope(x, 0.5, Arithmetic.of(float32))
    assert slope.value.tolist() == [1, 0.5, 0, 0, 0.5, 1]
    assert slope.bound.tolist() == [0, 0.5, 0, 0, 0.5, 0]
    assert reference.slope(x, 0.0, Arithmetic.of(float32)).value.tolist() == [1] * 6
    between = reference.slope(float32.round(np.array([0.7])), 0.7, Arithmetic.of(float32))
    assert between.bound.item() == 0.5


def path(w: Float64, h: Float64, penalty: float, lr: float, steps: int, fmt: Format, *, proximal: bool) -> Float64:
    """Every operation rounded to the format."""
    v, taken = w, [w]
    for _ in range(steps):
        g = fmt.round(h * fmt.round(v - w))
        if not proximal:
            g = fmt.round(g + fmt.round(penalty) * np.sign(v))
        v = fmt.round(v - lr * g)
        if proximal:
            v = fmt.round(np.sign(v) * np.maximum(np.abs(v) - lr * penalty, 0))
        taken.append(v)
    return np.stack(taken, 1)


@pytest.mark.parametrize("fmt", [float16, bfloat16, float32], ids=lambda f: f.name)
@pytest.mark.parametrize("proximal", [True, False])
def test_steps_stay_within_their_bounds_and_come_nearer(fmt: Format, proximal: bool) -> None:  # noqa: FBT001
    rng, penalty, lr = np.random.default_rng(4), 0.7, 0.25
    w, h = fmt.round(1.5 * rng.standard_normal((200, 7))), fmt.round(2.0 ** rng.uniform(-2, 2, (200, 7)))
    taken, arithmetic = path(w, h, penalty, lr, 30, fmt, proximal=proximal), Arithmetic.of(fmt)
    step = reference.proximal_step if proximal else reference.subgradient_step
    truth = step(taken[:, :-1], w[:, None], h[:, None], penalty, lr, arithmetic)
    error = np.abs(taken[:, 1:] - truth.value)
    assert (error <= truth.bound).all()
    assert (error / np.where(truth.bound > 0, truth.bound, np.inf)).max() > 0.3
    minimum = np.sign(w) * np.maximum(np.abs(w) - penalty / h, 0)
    distance = np.abs(taken - minimum[:, None])
    nearer = reference.contracted(distance[:, :-1], h[:, None], penalty, lr, proximal=proximal)
    assert (distance[:, 1:] <= nearer + truth.bound + 1e-12).all()
    removed = reference.removed(w, h, penalty, lr, 30, arithmetic)
    if proximal:
        assert removed.sum() > 0.5 * (minimum == 0).sum()
        assert (taken[:, -1][removed] == 0).all()
    else:
        assert (taken[:, -1][removed & (w != 0)] != 0).mean() > 0.9


def test_nothing_is_removed_without_a_penalty() -> None:
    assert not reference.removed(np.zeros((1, 2)), np.ones((1, 2)), 0.0, 0.25, 3, Arithmetic.of(float32)).any()
