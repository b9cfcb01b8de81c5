"""Weaker classes of bounds: emulated algorithms keep them, and they are neither vacuous nor blind to the range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.bounds import Chain, covariance_error, dot_error, variance_error
from reference.bounds.weaker import (
    FAST,
    fast_product_error,
    fourier_factor,
    lengths,
    one_pass_error,
    one_pass_overflows,
    strassen_factor,
)
from reference.formats import Arithmetic, Method, bfloat16, float16, float32, float64
from reference.losses.logsumexp import logsumexp_truth
from reference.losses.softmax import Kernel, Rows, log_softmax_truth, softmax_truth

Float64 = NDArray[np.float64]
RNG = np.random.default_rng(5)
U32 = float32.u


def by(method: Method, format: object = float32) -> Arithmetic:
    """float32 by a method, or another format."""
    return Arithmetic(format, format, format, method=method)  # type: ignore[arg-type]


def strassen(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """A product of square matrices of size 16 2^L in float32."""
    n = len(a)
    if n <= 16:
        return a @ b
    h = n // 2
    (a11, a12), (a21, a22) = (a[:h, :h], a[:h, h:]), (a[h:, :h], a[h:, h:])
    (b11, b12), (b21, b22) = (b[:h, :h], b[:h, h:]), (b[h:, :h], b[h:, h:])
    p1, p2, p3 = strassen(a11 + a22, b11 + b22), strassen(a21 + a22, b11), strassen(a11, b12 - b22)
    p4, p5 = strassen(a22, b21 - b11), strassen(a11 + a12, b22)
    p6, p7 = strassen(a21 - a11, b11 + b12), strassen(a12 - a22, b21 + b22)
    return np.block([[p1 + p4 - p5 + p7, p3 + p5], [p2 + p4, p1 - p2 + p3 + p6]]).astype(np.float32)


def test_the_conventional_bound_is_strassens_without_recursion() -> None:
    factor, levels, inner = strassen_factor(16, 300, 16, U32)
    assert (levels, inner) == (0, 300)
    assert factor == pytest.approx(300**2 * U32 / (1 - 300**2 * U32))


def test_strassens_factor_is_highams() -> None:
    n, block = 64, 16  # ASNA Theorem 23.2: (n/n_0)^{log2 12} (n_0^2 + 5 n_0) - 5 n
    count = (n / block) ** math.log2(12) * (block**2 + 5 * block) - 5 * n
    factor, levels, inner = strassen_factor(n, n, n, U32)
    assert (levels, inner) == (2, block)
    assert factor == pytest.approx(count * U32 / (1 - count * U32))
    assert strassen_factor(20, 21, 20, U32)[1:] == (1, 11)  # padded to 22


@pytest.mark.parametrize("n", [32, 64, 128])
def test_strassens_algorithm_keeps_the_normwise_bound_only(n: int) -> None:
    grades = 2.0 ** -np.arange(n)[:, None]
    a = (RNG.standard_normal((n, n)) * grades).astype(np.float32)
    b = (RNG.standard_normal((n, n)) * grades).T.astype(np.float32)
    x, y = a.astype(np.float64), b.astype(np.float64)
    error = np.abs(strassen(a, b) - x @ y)
    bound = fast_product_error(np.abs(x), np.abs(y), by(Method.STRASSEN))
    assert 1e-6 < (error / bound).max() <= 1
    assert (error > Chain.of(x, by(Method.CONVENTIONAL)).matmul(y).truth().bound).any()
    assert (error <= Chain.of(x, by(Method.STRASSEN)).matmul(y).truth().bound).all()


@pytest.mark.parametrize("n", [1, 2, 7, 16, 100, 513])
def test_products_through_fourier_transforms_keep_their_bound(n: int) -> None:
    x, y = (RNG.standard_normal((200, n)) * 10.0 ** RNG.integers(-6, 6, (200, n)) for _ in range(2))
    x, y = x.astype(np.float32).astype(np.float64), y.astype(np.float32).astype(np.float64)
    error = np.abs(through_transforms(x, y) - (x * y).sum(-1))
    bound = dot_error(x, y, by(Method.FOURIER))
    assert 1e-4 < (error / bound).max() <= 1


def through_transforms(x: Float64, y: Float64) -> Float64:
    """Inner products by a radix-2 transform in float32 that follows the textbook."""
    n = x.shape[-1]
    length = 1 << (2 * n - 1).bit_length()

    def transform(v: NDArray[np.complex64], sign: int) -> NDArray[np.complex64]:
        if v.shape[-1] == 1:
            return v
        even, odd = transform(v[..., ::2], sign), transform(v[..., 1::2], sign)
        half = v.shape[-1] // 2
        turned = odd * np.exp(sign * 2j * np.pi * np.arange(half) / v.shape[-1]).astype(np.complex64)
        return np.concatenate((even + turned, even - turned), -1)

    def padded(v: Float64) -> NDArray[np.complex64]:
        return np.pad(v, ((0, 0), (0, length - n))).astype(np.complex64)

    product = transform(padded(x), -1) * transform(padded(y[..., ::-1]), -1)
    coefficients = transform(product, 1).real / np.float32(length)
    return np.asarray(coefficients[..., n - 1], np.float64)


def test_fourier_factors_grow_like_root_n_log_n() -> None:
    factors = [fourier_factor(n, U32) / (math.sqrt(n) * math.log2(2 * n) * U32) for n in (16, 256, 4096)]
    assert all(5 < f < 20 for f in factors)
    assert fourier_factor(1 << 20, bfloat16.u) == math.inf


@pytest.mark.parametrize("method", FAST)
def test_fast_products_that_may_overflow_are_undetermined(method: Method) -> None:
    large = np.full((20, 20), 1e19)
    assert np.isinf(fast_product_error(large, large, by(method))).all()
    assert np.isfinite(fast_product_error(large, large, by(method, float64))).all()
    assert not fast_product_error(np.zeros((3, 4)), np.ones((4, 2)), by(method)).any()
    assert fast_product_error(np.ones((0, 4)), np.ones((4, 2)), by(method)).shape == (0, 2)
    assert fast_product_error(np.ones((2, 0)), np.ones((0, 2)), by(method)).shape == (2, 2)


def test_lengths_neither_overflow_nor_vanish() -> None:
    assert lengths(np.array([3e200, 4e200])) == pytest.approx(5e200)
    assert lengths(np.array([3e-300, 4e-300])) == pytest.approx(5e-300)
    assert not lengths(np.zeros((2, 0))).any()


@pytest.mark.parametrize("n", [2, 10, 300])
def test_one_pass_variances_keep_the_mean_square_bound_only(n: int) -> None:
    x = (RNG.standard_normal((500, n)) + 1000).astype(np.float32)
    v = (x * x).mean(-1, dtype=np.float32) - x.mean(-1, dtype=np.float32) ** 2
    exact = x.astype(np.float64)
    error = np.abs(v - exact.var(-1))
    assert 1e-3 < (error / variance_error(exact, by(Method.ONE_PASS), correction=0)).max() <= 1
    assert (error > variance_error(exact, by(Method.CONVENTIONAL), correction=0)).any()
    both = np.stack((exact, -exact), -2)
    bound = covariance_error(both, by(Method.ONE_PASS), correction=0)
    assert (error <= bound[:, 0, 0]).all()
    assert (bound >= covariance_error(both, by(Method.CONVENTIONAL), correction=0)).all()


def test_one_pass_errors_are_relative_to_the_sum_of_squares() -> None:
    x = np.array([[1.0, 2.0, 2.0]])
    assert one_pass_error(x, x, by(Method.ONE_PASS)) == pytest.approx(15 * U32 * 9.0, rel=1e-5)
    assert one_pass_overflows(1e19 * x, by(Method.ONE_PASS)).all()
    assert not one_pass_overflows(1e18 * x, by(Method.ONE_PASS)).any()
    assert np.isinf(variance_error(1e19 * x, by(Method.ONE_PASS))).all()


@pytest.mark.parametrize("shift", [-70.0, -30.0, 0.0, 30.0, 70.0])
def test_exponentials_without_a_shift_keep_their_bound(shift: float) -> None:
    x = (RNG.standard_normal((300, 20)) * 2 + shift).astype(np.float32)
    rows = Rows.of(x.astype(np.float64), by(Method.UNSHIFTED))
    e = np.exp(x)
    total = e.sum(-1, keepdims=True)
    p, y, logarithm = softmax_truth(rows, Kernel()), log_softmax_truth(rows, Kernel()), logsumexp_truth(rows, Kernel())
    for found, truth in ((e / total, p), (x - np.log(total), y), (np.log(total)[:, 0], logarithm)):
        assert np.isfinite(truth.bound).mean() > 0.9
        assert 1e-3 < (np.abs(found - truth.value) / truth.bound).max() <= 1


@pytest.mark.parametrize("far", [-2000.0, -150.0, 100.0, 2000.0])
def test_exponentials_out_of_range_are_undetermined(far: float) -> None:
    x = np.array([[far, far - 1, -np.inf]])
    rows = Rows.of(x, by(Method.UNSHIFTED))
    for truth in (softmax_truth(rows, Kernel()), log_softmax_truth(rows, Kernel()), logsumexp_truth(rows, Kernel())):
        assert np.isposinf(truth.bound).all()
    shifted = Rows.of(x, by(Method.CONVENTIONAL))
    assert np.isfinite(softmax_truth(shifted, Kernel()).bound).all()


def test_half_types_overflow_earlier_where_they_store_exponentials() -> None:
    rows = Rows.of(np.array([[12.0, 1.0]]), Arithmetic(float16, float32, float16, method=Method.UNSHIFTED))
    assert np.isfinite(softmax_truth(rows, Kernel()).bound).all()
    assert np.isinf(softmax_truth(rows, Kernel(stores_exponentials=True)).bound).all()
