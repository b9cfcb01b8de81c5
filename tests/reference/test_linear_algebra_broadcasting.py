"""Sums of rows and a vector, and affine maps, against exact rationals."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import broadcasting as reference

Float64 = NDArray[np.float64]

FORMATS = [float16, bfloat16, float32, float64]


def wide(fmt: Format, *shape: int) -> Float64:
    rng = np.random.default_rng(len(shape))
    return fmt.round(rng.standard_normal(shape) * 2.0 ** rng.integers(-12, 13, shape))


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_sums_are_rounded_once(fmt: Format) -> None:
    a, b = wide(fmt, 6, 40), wide(fmt, 40)
    sums = reference.row_sums(a, b, fmt)
    for i in range(6):
        for j in range(40):
            q = exact.rational(a[i, j]) + exact.rational(b[j])
            nearest = exact.nearest(q)
            near = [nearest, np.nextafter(nearest, -np.inf), np.nextafter(nearest, np.inf)]
            candidates = [exact.rational(float(fmt.round(v))) for v in near]
            assert abs(exact.rational(sums[i, j]) - q) == min(abs(c - q) for c in candidates)


def test_sums_overflow_and_take_infinities_along() -> None:
    a, b = np.array([[65504.0, np.inf, np.nan, -0.0]]), np.array([32.0, -np.inf, 0.0, -0.0])
    sums = reference.row_sums(a, b, float16)
    assert np.isinf(sums[0, 0])
    assert np.isnan(sums[0, 1:3]).all()
    assert np.signbit(sums[0, 3])


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_column_sums(fmt: Format) -> None:
    a = wide(fmt, 5, 3)
    truth = reference.column_sums(a, 3, Arithmetic.of(fmt))
    expected = [exact.nearest(exact.exact_sum(column)) for column in a.T]
    assert np.all(np.abs(truth.value - expected) <= 2.0**-50 * np.abs(a).sum(0))
    assert np.all(truth.bound <= 8 * fmt.u * np.abs(a).sum(0))
    whole = reference.column_sums(a, 1, Arithmetic.of(fmt))
    assert whole.value.shape == (1,)
    assert abs(whole.value[0] - exact.nearest(exact.exact_sum(a.ravel()))) <= whole.bound[0]


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f.name)
def test_affine_maps_and_both_orders_of_their_sum(fmt: Format) -> None:
    x, w, b = wide(fmt, 4, 5) / 2**7, wide(fmt, 3, 5) / 2**7, wide(fmt, 3)
    how = Arithmetic.of(fmt, accumulator=fmt)
    truth = reference.affine(x, w, b, how)
    worst = 0.0
    for i in range(4):
        for j in range(3):
            q = exact.exact_dot(x[i], w[j]) + exact.rational(b[j])
            assert abs(exact.nearest(q) - truth.value[i, j]) <= truth.bound[i, j] * 2.0**-2
            products = fmt.round(x[i] * w[j])
            for start, end in ((b[j], 0.0), (0.0, b[j])):
                total = start
                for p in products:
                    total = fmt.round(total + p)
                error = abs(exact.nearest(exact.rational(float(fmt.round(total + end))) - q))
                worst = max(worst, error / truth.bound[i, j])
    assert 0.02 < worst <= 1


def test_a_single_bias_serves_all_columns() -> None:
    x, w = np.ones((2, 3)), np.ones((4, 3))
    assert np.array_equal(reference.affine(x, w, np.array([2.0]), Arithmetic.of(float32)).value, np.full((2, 4), 5.0))


def test_where_affine_maps_of_integers_are_exact() -> None:
    x, w = np.ones((3, 1, 256)), np.ones((3, 1, 256))
    b = np.array([[0.0], [1.0], [0.5]])
    assert reference.exact_sums(x, w, b, bfloat16).tolist() == [True, False, False]
    assert reference.exact_sums(x, w, b, float16).tolist() == [True, True, False]
