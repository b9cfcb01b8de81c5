"""Gradients of distances and unit vectors against difference quotients, and their bounds against float32."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference.formats import Arithmetic, float16, float32, float64
from reference.linear_algebra import distance_derivatives as reference
from reference.truth import Truth


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_gradients_are_limits_of_difference_quotients(rng: np.random.Generator, p: float) -> None:
    x, y, h = rng.standard_normal((10, 4)), rng.standard_normal((10, 4)), 2.0**-20
    gradient = reference.gradient_of_distance(x, y, p, Arithmetic.of(float64))
    for i in range(4):
        e = h * np.eye(4)[i]
        quotient = (np.linalg.norm(x + e - y, p, -1) - np.linalg.norm(x - e - y, p, -1)) / (2 * h)
        assert np.allclose(gradient.value[:, i], quotient, atol=1e-6)
    assert np.all(gradient.bound <= 100 * float64.u * (np.abs(gradient.value) + float64.u))


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_equal_points_have_the_gradient_zero(p: float) -> None:
    value, bound = reference.gradient_of_distance(np.ones((2, 3)), np.ones((2, 3)), p, Arithmetic.of(float32))
    assert not value.any()
    assert not bound.any()


@pytest.mark.parametrize("p", [2.0, 3.0])
def test_float32_is_within_the_bounds(rng: np.random.Generator, p: float) -> None:
    x, y, t = (float32.round(rng.standard_normal((200, 5))) for _ in range(3))
    how = Arithmetic.of(float32)
    d = (x - y).astype(np.float32)
    norm = (np.abs(d) ** np.float32(p)).sum(-1, keepdims=True) ** np.float32(1 / p)
    found = np.sign(d) * (np.abs(d) / norm) ** np.float32(p - 1)
    gradient = reference.gradient_of_distance(x, y, p, how)
    ratios = np.abs(found.astype(np.float64) - gradient.value) / gradient.bound
    assert 0.02 < ratios.max() <= 1
    along = reference.along(gradient, x - y, t, p, how)
    forward = (found * t.astype(np.float32)).sum(-1).astype(np.float64)
    assert np.all(np.abs(forward - along.value) <= along.bound)


def test_bounds_are_infinite_where_powers_leave_the_range() -> None:
    how = Arithmetic.of(float16)
    tiny = reference.gradient_of_distance(np.full((1, 1), 2.0**-14), np.zeros((1, 1)), 3.0, how)
    assert np.isinf(tiny.bound).all()
    flat = Truth(np.ones((1, 2)), np.zeros((1, 2)))
    large = np.full((1, 2), 2.0**14)
    assert np.isinf(reference.along(flat, large, np.full((1, 2), 3.0), 2.0, how).bound).all()


def test_unit_vectors(rng: np.random.Generator) -> None:
    x, g = (float32.round(rng.standard_normal((50, 6))) for _ in range(2))
    how, eps = Arithmetic.of(float32), 2.0**-10
    truth = reference.direction_derivative(x, g, eps, how)
    v = x / np.linalg.norm(x, axis=-1, keepdims=True)
    assert np.allclose((truth.value * v).sum(-1), 0, atol=1e-14)
    h = 2.0**-20
    ahead, behind = ((x + s * h * g) / np.linalg.norm(x + s * h * g, axis=-1, keepdims=True) for s in (1, -1))
    assert np.allclose(truth.value, (ahead - behind) / (2 * h), atol=1e-6)
    inside = reference.direction_derivative(x * 2.0**-20, g, eps, how)
    assert np.array_equal(inside.value, g / eps)
    assert np.all(inside.bound <= 8 * float32.u * np.abs(inside.value))
