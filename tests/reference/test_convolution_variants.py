"""Unshared kernels place by place, their gradients as adjoints, and tiles in turn."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from reference.convolution import direct, variants
from reference.convolution.geometry import Geometry, geometry
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float32, float64

DOUBLE = Arithmetic.of(float64)
CASES = [((6,), (2,), (1,)), ((7,), (3,), (2,)), ((4, 5), (2, 3), (1, 2)), ((3, 3, 4), (2, 1, 2), (1, 2, 1))]


def made(extent: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Images, kernels and cotangents of integers."""
    rng, how = np.random.default_rng(1), geometry(kernel, stride=stride)
    results = how.sizes(extent)
    shapes = (2, 3, 2, *extent), (2, *results, 4, 2, *kernel), (2, 3, 4, *results)
    return tuple(rng.integers(-3, 4, s).astype(np.float64) for s in shapes)


def place_by_place(x: np.ndarray, w: np.ndarray, how: Geometry) -> np.ndarray:
    """From the definition."""
    axes = len(how.kernel)
    results = how.sizes(x.shape[-axes:])
    z = np.zeros((*x.shape[:2], w.shape[axes + 1], *results))
    for p, k in itertools.product(np.ndindex(results), np.ndindex(how.kernel)):
        place = tuple(i * s + m for i, s, m in zip(p, how.stride, k, strict=True))
        z[(..., *p)] += np.einsum("bnc,boc->bno", x[(..., *place)], w[(slice(None), *p, ..., *k)])
    return z


@pytest.mark.parametrize(("extent", "kernel", "stride"), CASES)
def test_every_place_has_its_kernel(extent: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...]) -> None:
    x, w, _ = made(extent, kernel, stride)
    how = geometry(kernel, stride=stride)
    truth = variants.locally_connected(x, w, how, DOUBLE)
    np.testing.assert_array_equal(truth.value, place_by_place(x, w, how))
    assert not truth.bound.any()


@pytest.mark.parametrize(("extent", "kernel", "stride"), CASES)
def test_gradients_are_adjoints(extent: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...]) -> None:
    x, w, c = made(extent, kernel, stride)
    how = geometry(kernel, stride=stride)
    total = (variants.locally_connected(x, w, how, DOUBLE).value * c).sum()
    by_kernels = variants.kernel_gradient(x, c, how, DOUBLE)
    by_images = variants.image_gradient(w, c, how, extent, DOUBLE)
    assert by_kernels.value.shape == w.shape
    assert by_images.value.shape == x.shape
    assert (by_kernels.value * w).sum() == total == (by_images.value * x).sum()


def test_equal_kernels_are_a_convolution() -> None:
    x, w, _ = made((4, 5), (2, 3), (1, 2))
    how = geometry((2, 3), stride=(1, 2))
    kernel = w[:, 0, 0]
    found = variants.locally_connected(x, variants.shared(kernel, how.sizes((4, 5))), how, DOUBLE)
    np.testing.assert_array_equal(found.value, direct.convolution(x, kernel, None, how, DOUBLE).value)


def test_tiles_take_turns() -> None:
    w = np.arange(3.0).reshape(1, 3, 1, 1, 1)
    assert variants.repeated_tiles(w, (7,)).ravel().tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert variants.repeated_tiles(w, (2,)).ravel().tolist() == [0, 1]
    both = np.arange(6.0).reshape(2, 3, 1, 1, 1, 1)
    assert variants.repeated_tiles(both[None], (3, 4))[0, :, :, 0, 0, 0, 0].tolist() == [
        [0, 1, 2, 0],
        [3, 4, 5, 3],
        [0, 1, 2, 0],
    ]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_values_are_those_of_fractions(fmt: Format) -> None:
    rng, how = np.random.default_rng(3), geometry((2,))
    x, w = fmt.round(rng.standard_normal((1, 1, 2, 4))), fmt.round(rng.standard_normal((1, 3, 1, 2, 2)))
    truth = variants.locally_connected(x, w, how, Arithmetic.of(fmt))
    for p in range(3):
        exact = sum(
            Fraction(x[0, 0, c, p + k]) * Fraction(w[0, p, 0, c, k]) for c, k in itertools.product(range(2), range(2))
        )
        assert abs(Fraction(truth.value[0, 0, 0, p]) - exact) <= Fraction(truth.bound[0, 0, 0, p]) / 2


def test_rounding_of_stored_partial_sums_stays_within_the_bound_of_one_format() -> None:
    rng, how, r = np.random.default_rng(4), geometry((3,)), bfloat16.round
    w, c = r(rng.standard_normal((200, 6, 1, 1, 3))), r(rng.standard_normal((200, 1, 1, 6)))
    one = variants.one_format(Arithmetic.of(bfloat16))
    assert one.accumulator == one.result == bfloat16
    truth = variants.image_gradient(w, c, how, (8,), one)
    found = np.zeros(truth.value.shape)
    for p, k in itertools.product(range(6), range(3)):
        found[:, 0, 0, p + k] = r(found[:, 0, 0, p + k] + r(w[:, p, 0, 0, k] * c[:, 0, 0, p]))
    margin = np.abs(found - truth.value) / truth.bound
    assert 0.3 < margin.max() <= 1


def test_rounding_stays_within_the_bound_and_uses_it() -> None:
    rng, how, r = np.random.default_rng(5), geometry((2,)), float32.round
    x, w = r(rng.random((500, 1, 1, 4))), r(rng.random((500, 3, 1, 1, 2)))
    truth = variants.locally_connected(x, w, how, Arithmetic.of(float32))
    found = r(r(x[:, :, :, :3] * w[:, None, None, :, 0, 0, 0]) + r(x[:, :, :, 1:] * w[:, None, None, :, 0, 0, 1]))
    margin = np.abs(found - truth.value) / truth.bound
    assert 0.5 < margin.max() <= 1
