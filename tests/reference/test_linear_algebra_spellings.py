"""Products: exact values of integers, rounded bounds that hold for emulations and are attained."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import spellings as reference

Float64 = NDArray[np.float64]

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
HALF = pytest.mark.parametrize("fmt", [float16, bfloat16], ids=["float16", "bfloat16"])


def integers(*shape: int) -> Float64:
    return np.random.default_rng(1).integers(-3, 4, shape).astype(np.float64)


@EVERY
def test_products_of_integers_are_exact(fmt: Format) -> None:
    how = Arithmetic.of(fmt)
    a, b, x = integers(2, 3, 4, 5), integers(2, 3, 5, 2), integers(2, 3, 5)
    for truth in (reference.product(a, b, how), reference.product_of_stored(a, b, how)):
        assert np.array_equal(truth.value, a @ b)
        assert truth.bound.shape == truth.value.shape
    assert np.array_equal(reference.summed(a, b, how).value, (a @ b).sum(1))
    left, right = reference.concatenated(a, b)
    assert np.array_equal(left @ right, (a @ b).sum(1))
    assert np.array_equal(reference.applied(a, x, how).value, (a @ x[..., None])[..., 0])
    outer = reference.outer(x, b[..., 0], how)
    assert np.array_equal(outer.value, x[..., :, None] * b[..., None, :, 0])


@EVERY
def test_kronecker_products_are_those_of_numpy(fmt: Format) -> None:
    a, b = integers(4, 2, 3), integers(4, 5, 2)
    truth = reference.kronecker(a, b, Arithmetic.of(fmt))
    assert truth.bound.shape == truth.value.shape == (4, 10, 6)
    for i in range(4):
        assert np.array_equal(truth.value[i], np.kron(a[i], b[i]))


@EVERY
def test_an_outer_product_rounds_once(fmt: Format) -> None:
    rng = np.random.default_rng(2)
    x, y = (fmt.round(rng.standard_normal((50, 20))) for _ in range(2))
    truth = reference.outer(x, y, Arithmetic.of(fmt))
    ratios = []
    for i in range(5):
        for j in range(20):
            for k in range(20):
                product = exact.rational(x[i, j]) * exact.rational(y[i, k])
                error = abs(product - exact.rational(fmt.round(exact.nearest(product)).item()))
                ratios.append(float(exact.nearest(error)) / truth.bound[i, j, k])
    assert 1 / 3 < max(ratios) <= 1


@HALF
def test_sums_stored_after_each_product_need_and_keep_their_bound(fmt: Format) -> None:
    rng = np.random.default_rng(3)
    how = Arithmetic.of(fmt)
    a, b = fmt.round(rng.random((200, 40, 1, 2))), fmt.round(rng.random((200, 40, 2, 1)))
    total = np.zeros((200, 1, 1))
    for i in range(40):
        total = fmt.round(float32.round(total + float32.round(a[:, i] @ b[:, i])))
    truth = reference.summed(a, b, how)
    error = np.abs(total - truth.value)
    assert np.all(error <= truth.bound)
    assert (error / truth.bound).max() > 1 / 50
    assert np.any(error > reference.product(*reference.concatenated(a, b), how).bound)


@HALF
def test_stored_products_need_and_keep_their_bound(fmt: Format) -> None:
    rng = np.random.default_rng(4)
    how = Arithmetic.of(fmt)
    a, b = fmt.round(rng.standard_normal((500, 1, 2))), fmt.round(rng.standard_normal((500, 2, 1)))
    rounded = fmt.round(fmt.round(a[:, 0] * b[:, :, 0]).sum(-1))
    stored, exactly = (truth(a, b, how) for truth in (reference.product_of_stored, reference.product))
    error = np.abs(rounded - exactly.value[:, 0, 0])
    assert np.all(error <= stored.bound[:, 0, 0])
    assert np.any(error > exactly.bound[:, 0, 0])


def test_wide_formats_store_nothing_in_between() -> None:
    a, b = integers(2, 3, 4, 5), integers(2, 3, 5, 2)
    for fmt in (float32, float64):
        how = Arithmetic.of(fmt)
        bound = reference.product(*reference.concatenated(a, b), how).bound
        assert np.array_equal(reference.summed(a, b, how).bound, bound)


def test_sums_that_may_overflow_are_undetermined() -> None:
    a = np.full((1, 3, 1, 1), float16.largest / 2)
    b = np.array([1.0, 1.0, -1.0]).reshape(1, 3, 1, 1)
    truth = reference.summed(a, b, Arithmetic.of(float16))
    assert truth.value == float16.largest / 2
    assert np.isinf(truth.bound).all()
