"""Minimisers with weight decay: known values, bounds that hold for other algorithms and are not loose."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.quadratics import Quadratic
from reference.formats import Arithmetic, Format, float32, float64
from reference.regularization import weight_decay as reference

Float64 = NDArray[np.float64]
FORMATS = [float32, float64]
REGIMES = [Quadratic(1), Quadratic(2), Quadratic(4, "ill"), Quadratic(5, "diagonal"), Quadratic(7)]


def made(regime: Quadratic, count: int = 16) -> tuple[Float64, Float64]:
    h, w, *_ = regime.make(np.random.default_rng(3), count, float32)
    return h, w


def test_one_weight_is_scaled_by_h_over_h_plus_lambda() -> None:
    found = reference.shrunk(np.array([[[3.0]]]), np.array([[5.0]]), 0.5)
    assert found.value.item() == float(Fraction(30, 7))
    assert found.inverse.item() == pytest.approx(2 / 7)


def test_a_coordinate_may_grow_while_the_norm_shrinks() -> None:
    h = np.array([[[24.0, 16.0, 3.0], [16.0, 19.0, -6.0], [3.0, -6.0, 15.0]]])
    w = np.linalg.solve(h, np.array([[[-4.0], [-4.0], [3.0]]]))[..., 0]
    at_two, at_five = (reference.shrunk(h, w, decay) for decay in (2.0, 5.0))
    assert 2 * abs(at_two.value[0, 1]) < abs(at_five.value[0, 1])
    assert at_five.norm < at_two.norm


@pytest.mark.parametrize("regime", REGIMES)
def test_norms_do_not_grow_and_coordinates_are_scaled(regime: Quadratic) -> None:
    h, w = made(regime)
    s, v = np.linalg.eigh(h)
    before = np.full(len(w), np.inf)
    for decay in (0.0, 0.5, 2.0, 100.0):
        found = reference.shrunk(h, w, decay)
        assert np.all(found.norm <= before * (1 + 1e-15))
        before = found.norm
        assert np.allclose(found.inverse, 1 / (s[:, 0] + decay), rtol=1e-6)
        coordinates = (v.swapaxes(-1, -2) @ w[..., None])[..., 0] * s / (s + decay)
        assert np.allclose((v @ coordinates[..., None])[..., 0], found.value, atol=1e-9)


def descended(h: Float64, w: Float64, lr: float, decay: float, steps: int, fmt: Format) -> Float64:
    a, t = h.astype(fmt.name), w.astype(fmt.name)
    v = np.zeros_like(t)
    for _ in range(steps):
        gradient = (a @ (v - t)[..., None])[..., 0] + t.dtype.type(decay) * v
        v = v - t.dtype.type(lr) * gradient
    return v.astype(np.float64)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", REGIMES)
def test_bounds_hold_for_numpy(regime: Quadratic, fmt: Format) -> None:
    h, w = made(regime)
    a, t, how = h.astype(fmt.name), w.astype(fmt.name), Arithmetic.of(fmt)
    for decay in (0.0, 0.5, 2.0, 100.0):
        exact = reference.shrunk(h, w, decay)
        ridge = a + t.dtype.type(decay) * np.eye(a.shape[-1], dtype=fmt.name)
        s, v = np.linalg.eigh(a)
        shrunk = v @ ((s / (s + t.dtype.type(decay)))[..., None] * (v.swapaxes(-1, -2) @ t[..., None]))
        lr = reference.step_size(exact)
        assert np.all(lr * (np.linalg.norm(h, 2, (-2, -1)) + decay) <= 1)
        for found, truth in (
            (np.linalg.solve(ridge, a @ t[..., None])[..., 0], reference.by_solving(exact, how)),
            (shrunk[..., 0], reference.by_eigenvectors(exact, how)),
            (descended(h, w, lr, decay, 20, fmt), reference.by_descent(exact, lr, 20, how)),
        ):
            assert np.all(np.linalg.norm(found - truth.value, axis=-1) <= truth.bound)
            assert np.isfinite(truth.bound).mean() > 0.9


@pytest.mark.parametrize("fmt", FORMATS)
def test_descent_reaches_its_fixed_point_up_to_rounding(fmt: Format) -> None:
    h, w = made(Quadratic(3))
    exact = reference.shrunk(h, w, 100.0)
    lr = reference.step_size(exact)
    bound = reference.by_descent(exact, lr, 400, Arithmetic.of(fmt)).bound
    assert np.all(bound <= 500 * fmt.u * np.linalg.norm(w, axis=-1))


def test_a_diagonal_hessian_attains_the_contraction() -> None:
    h, w = np.eye(2)[None], np.array([[1.0, 2.0]])
    exact = reference.shrunk(h, w, 1.0)
    truth = reference.by_descent(exact, 0.25, 3, Arithmetic.of(float64))
    distance = np.linalg.norm(descended(h, w, 0.25, 1.0, 3, float64) - truth.value, axis=-1)
    assert 0.999 < (distance / truth.bound).item() <= 1


def test_complexity_of_orthogonal_rows_attains_the_bound() -> None:
    x = np.array([[[3.0, 0.0], [0.0, 4.0]]])
    found = reference.linear_complexity(x, np.array([2.0]), Arithmetic.of(float64))
    assert found.truth.value.item() == pytest.approx(5.0)
    assert found.largest.item() == pytest.approx(5.0)


def test_complexity_of_equal_rows_is_the_mean_distance_of_a_walk() -> None:
    found = reference.linear_complexity(np.ones((1, 3, 1)), np.array([1.0]), Arithmetic.of(float64))
    assert found.truth.value.item() == pytest.approx(0.5)
    assert found.largest.item() == pytest.approx(3**-0.5)


@pytest.mark.parametrize("fmt", FORMATS)
def test_bounds_of_complexity_and_degrees_of_freedom_hold_for_numpy(fmt: Format) -> None:
    rng, how = np.random.default_rng(5), Arithmetic.of(fmt)
    x, d = fmt.round(rng.standard_normal((50, 5, 3))), fmt.round(rng.uniform(0.5, 4, (50, 9)))
    a, s = x.astype(fmt.name), d.astype(fmt.name)
    signs = (1 - 2 * ((np.arange(32)[:, None] >> np.arange(5)) & 1)).astype(fmt.name)
    squares = (signs @ a).astype(fmt.name) ** 2
    found = np.sqrt(squares.sum(-1)).mean(-1) / fmt_number(5, fmt)
    exact = reference.linear_complexity(x, np.ones(50), how)
    assert np.all(np.abs(found.astype(np.float64) - exact.truth.value) <= exact.truth.bound)
    assert np.all(exact.truth.value <= exact.largest)
    truth = reference.degrees_of_freedom(d, 0.5, how)
    freedom = (s**2 / (s**2 + fmt_number(0.5, fmt))).sum(-1).astype(np.float64)
    ratio = np.abs(freedom - truth.value) / truth.bound
    assert ratio.max() <= 1
    assert fmt is float64 or ratio.max() > 0.01


def fmt_number(x: float, fmt: Format) -> np.floating:
    """A number of the format."""
    return np.dtype(fmt.name).type(x)
