"""Exact sums, gradients and Hessians of norms, against rationals, differences and emulated arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float32, float64
from reference.linear_algebra import norm_family

Float64 = NDArray[np.float64]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_sums_of_integers_are_exact_as_far_as_the_accumulator_holds_them(fmt: Format) -> None:
    arithmetic = Arithmetic.of(fmt)
    limit = 1 / arithmetic.accumulator.u
    x = np.array([[3.0, -4.0], [0.5, 1.0], [limit, 0.0], [limit, 2.0]])
    sums, exactly = norm_family.exact_sums(x, arithmetic)
    stored = limit < fmt.largest
    assert exactly.tolist() == [True, False, stored, False]
    assert sums[0] == 7


def test_sums_that_a_half_type_cannot_hold_are_rounded_once() -> None:
    sums, exactly = norm_family.exact_sums(np.array([[256.0, 1.0]]), Arithmetic.of(bfloat16))
    assert exactly.all()
    assert sums[0] == 256


def test_the_gradient_of_the_maximum_is_shared_among_ties() -> None:
    truth = norm_family.gradient_of_maximum(np.array([[1.0, -1.0, 0.5], [0.0, -3.0, 1.0]]), Arithmetic.of(float32))
    assert truth.value.tolist() == [[0.5, -0.5, 0.0], [0.0, -1.0, 0.0]]
    assert (truth.bound <= float32.u).all()


@pytest.mark.parametrize("fmt", [float32, float64])
def test_gradients_of_the_norm_contain_what_numpy_computes(fmt: Format) -> None:
    rng, kind = np.random.default_rng(1), np.dtype(fmt.name)
    x = fmt.round(rng.standard_normal((400, 7)))
    truth = norm_family.gradient_of_norm(x, Arithmetic.of(fmt))
    y = x.astype(kind)
    found = (y / np.sqrt((y * y).sum(-1, keepdims=True, dtype=kind))).astype(np.float64)
    margins = np.abs(found - truth.value) / truth.bound
    assert 0.05 < margins.max() <= 1
    for row, value in zip(x[:5], truth.value, strict=False):
        norm = exact.ball_norm(row.tolist(), 2)
        assert value == pytest.approx([float(exact.ball(v) / norm) for v in row.tolist()], rel=1e-14)


def test_the_gradient_at_zero_is_zero_and_means_nothing_where_squares_vanish() -> None:
    x = np.array([[0.0, 0.0], [2.0**-149, 0.0], [1e30, 1.0]])
    truth = norm_family.gradient_of_norm(x, Arithmetic.of(float32))
    assert truth.value[0].tolist() == truth.bound[0].tolist() == [0, 0]
    assert np.isinf(truth.bound[1:]).all()


def test_gradients_of_squares_overflow_to_infinity() -> None:
    found = norm_family.gradient_of_square(np.array([1.5, 2.0**127]), Arithmetic.of(float32))
    assert found.tolist() == [3.0, np.inf]


def test_derivatives_along_a_vector_are_twice_inner_products() -> None:
    rng = np.random.default_rng(2)
    x, t = (float32.round(rng.standard_normal((200, 9))) for _ in range(2))
    truth = norm_family.derivative_of_square(x, t, Arithmetic.of(float32))
    products = x.astype(np.float32) * t.astype(np.float32)
    found = (products + products).sum(-1, dtype=np.float32).astype(np.float64)
    margins = np.abs(found - truth.value) / truth.bound
    assert 0.05 < margins.max() <= 1
    exactly = 2 * exact.exact_dot(x[0].tolist(), t[0].tolist())
    assert truth.value[0] == pytest.approx(exact.nearest(exactly), rel=1e-14)


def test_hessians_are_derivatives_of_gradients() -> None:
    x = np.random.default_rng(3).standard_normal((20, 4))
    hessian = norm_family.hessian_of_norm(x, Arithmetic.of(float64))
    for j, step in enumerate(1e-6 * np.eye(4)):
        ends = ((x + sign * step) / np.linalg.norm(x + sign * step, axis=-1, keepdims=True) for sign in (1, -1))
        difference = np.subtract(*ends) / 2e-6
        assert hessian.value[:, :, j] == pytest.approx(difference, abs=1e-7)
    assert np.isinf(norm_family.hessian_of_norm(np.zeros((1, 3)), Arithmetic.of(float64)).bound).all()


def test_derivative_of_the_norm_along_a_direction() -> None:
    rng = np.random.default_rng(0)
    x, t = float32.round(rng.standard_normal((20, 7))), float32.round(rng.standard_normal((20, 7)))
    truth = norm_family.derivative_of_norm(x, t, Arithmetic.of(float32))
    step = 2.0**-20
    expected = (np.linalg.norm(x + step * t, axis=-1) - np.linalg.norm(x - step * t, axis=-1)) / (2 * step)
    assert np.allclose(truth.value, expected, atol=1e-8)
    computed = (x.astype(np.float32) * t.astype(np.float32)).sum(-1) / np.linalg.norm(x.astype(np.float32), axis=-1)
    assert np.all(np.abs(computed - truth.value) <= truth.bound)
    assert np.all(truth.bound < 100 * float32.u * np.linalg.norm(t, axis=-1))
