"""Powers against exact rationals, their bounds against emulated orders of multiplication, Jordan blocks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import powers as reference

if TYPE_CHECKING:
    from flint import fmpq_mat

Float64 = NDArray[np.float64]

FORMATS = [float16, bfloat16, float32, float64]


def rational_power(w: Float64, t: int) -> fmpq_mat:
    n = len(w)
    identity = exact.rational_matrix(np.eye(n))
    return functools.reduce(lambda a, b: a * b, [exact.rational_matrix(w)] * t, identity)


def matrix(fmt: Format, n: int = 3, seed: int = 0) -> Float64:
    return fmt.round(np.random.default_rng(seed).standard_normal((n, n)) / n**0.5)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("t", [0, 1, 2, 3, 7, 12])
def test_powers_are_those_of_exact_rationals(fmt: Format, t: int) -> None:
    w = matrix(fmt)
    truth = reference.power(w[None], t, Arithmetic.of(fmt))
    expected = exact.nearest_array(rational_power(w, t))
    assert np.all(np.abs(truth.value[0] - expected) <= 2.0**-50 * np.abs(expected).max())
    assert np.all(truth.bound[0] <= 20 * max(0, t - 1) * fmt.u * (np.abs(w).sum() ** t + 1))
    assert (truth.bound == 0).all() == (t < 2)


@pytest.mark.parametrize("fmt", [float16, float32], ids=lambda f: f.name)
def test_any_order_of_multiplication_stays_within_the_bound(fmt: Format) -> None:
    worst, t = 0.0, 5
    for seed in range(40):
        w = matrix(fmt, 4, seed)
        value, bound = reference.power(w[None], t, Arithmetic.of(fmt, accumulator=fmt))

        def product(x: Float64, y: Float64) -> Float64:
            columns = [fmt.round(x[:, k, None] * y[k]) for k in range(4)]
            return functools.reduce(lambda s, p: fmt.round(s + p), columns)

        square = product(w, w)
        for computed in (
            functools.reduce(product, [w] * t),
            product(product(square, square), w),
            product(w, product(square, square)),
            product(square, product(w, square)),
        ):
            worst = max(worst, float((np.abs(computed - value[0]) / bound[0]).max()))
    assert 0.1 < worst <= 1


def test_a_power_that_overflows_has_no_bound() -> None:
    w = np.full((1, 2, 2), 2.0**9)
    assert np.isinf(reference.power(w, 2, Arithmetic.of(float16)).bound).all()
    assert np.isfinite(reference.power(w, 2, Arithmetic.of(bfloat16)).bound).all()


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_application_to_a_vector(fmt: Format) -> None:
    w, x = matrix(fmt), np.array([1.0, -2.0, 3.0])
    truth = reference.applied(w[None], x[None], 4, Arithmetic.of(fmt))
    expected = exact.nearest_array(rational_power(w, 4) * exact.rational_matrix(x))[:, 0]
    assert np.all(np.abs(truth.value[0] - expected) <= 2.0**-50 * np.abs(expected).max())
    assert np.all(truth.bound > 0)
    unmoved = reference.applied(w[None], x[None], 0, Arithmetic.of(fmt))
    assert np.array_equal(unmoved.value[0], x)
    assert not unmoved.bound.any()


def test_synthesis_is_the_power_of_the_matrix() -> None:
    v, w = np.array([[1.0, 1.0], [1.0, 2.0]]), np.array([2.0, -0.5])
    inverse = np.array([[2.0, -1.0], [-1.0, 1.0]])
    a = (v * w) @ inverse
    for t in (0, 1, 5, 33):
        expected = exact.nearest_array(rational_power(a, t))
        assert np.array_equal(reference.synthesised(v, w, inverse, t), expected)
        truth = reference.synthesis(v[None], w[None], inverse[None], t, Arithmetic.of(float32))
        assert np.array_equal(truth.value[0], expected)
        assert np.isfinite(truth.bound).all()
    assert np.isinf(reference.synthesis(v[None], w[None], inverse[None], 33, Arithmetic.of(float16)).bound).any()


def test_which_powers_fit() -> None:
    block = np.array([[[1.0, 1.0], [0.0, 1.0]], [[1.0, 0.5], [0.0, 1.0]]])
    assert reference.fits(block, 256, bfloat16).tolist() == [True, False]
    assert reference.fits(block, 257, bfloat16).tolist() == [False, False]
    assert reference.fits(block, 2000, float16).tolist() == [True, False]
    assert reference.fits(2 * block, 2000, float64).tolist() == [False, False]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("eigenvalue", [1, -1, 2])
def test_jordan_powers(n: int, eigenvalue: int) -> None:
    block = eigenvalue * np.eye(n) + np.eye(n, k=1)
    for t in (0, 1, 2, 3, 9, 20):
        assert np.array_equal(reference.jordan_power(n, eigenvalue, t), np.linalg.matrix_power(block, t))


def test_geometric_multiplicity() -> None:
    a = np.stack([np.eye(3), np.eye(3) + np.eye(3, k=1), np.diag([1.0, 2.0, 1.0])])
    assert reference.geometric_multiplicity(a, 1.0).tolist() == [3, 1, 2]


def test_gradient_of_the_sum_of_a_power() -> None:
    w = np.array([[[1.0, 1.0], [0.0, -1.0]]])
    step = 2.0**-20
    pulled, small = reference.gradient_of_sum(w, 5, bfloat16)
    for i in range(2):
        for j in range(2):
            e = np.zeros((2, 2))
            e[i, j] = step
            high, low = (np.linalg.matrix_power(w[0] + sign * e, 5).sum() for sign in (1, -1))
            assert pulled[0, i, j] == pytest.approx((high - low) / (2 * step), abs=1e-4)
    assert small.tolist() == [True]
    assert reference.gradient_of_sum(100 * w, 5, bfloat16)[1].tolist() == [False]


@pytest.mark.parametrize("eigenvalue", [1, -1])
def test_reciprocal_powers_of_jordan_blocks(eigenvalue: int) -> None:
    for t in (1, 2, 5):
        product = reference.jordan_power(2, eigenvalue, t) @ reference.reciprocal_jordan_power(eigenvalue, t)
        assert np.array_equal(product, np.eye(2))
