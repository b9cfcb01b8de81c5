"""Sizes, parameters and products of convolutions, counted one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.convolution import direct, sizes
from reference.convolution.geometry import geometry
from reference.formats import Arithmetic, float64

DOUBLE = Arithmetic.of(float64)


def test_the_size_of_results_is_the_rounded_quotient() -> None:
    for n, k, s, q, d in itertools.product(range(1, 9), range(1, 4), range(1, 4), range(3), range(1, 3)):
        room = n + 2 * q - d * (k - 1) - 1
        assert sizes.result_size(n, k, s, q, d) == (room // s + 1 if room >= 0 else 0)


def test_parameters_and_multiplications() -> None:
    assert sizes.parameters(6, 4, (3, 5), 2, bias=True) == 4 * 3 * 15 + 4
    assert sizes.parameters(1, 1, (1,), 1, bias=False) == 1
    assert sizes.multiplications(2, 6, 4, 2, (3,), (5,)) == 2 * 4 * 3 * 3 * 5


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_products_with_inputs_are_what_ones_add_up_to(padding: str) -> None:
    for n, k in itertools.product(range(1, 6), range(1, 6)):
        if k > n:
            continue
        x, w, how = np.ones((1, 1, n, n)), np.ones((1, 1, k, k)), geometry((k, k), padding=padding)
        assert direct.convolution(x, w, None, how, DOUBLE).value.sum() == sizes.met((k, k), padding, (n, n))


def test_without_padding_operations_rise_up_to_half_of_the_input() -> None:
    for n in range(1, 30):
        counts = [sizes.multiplications(1, 1, 1, 1, (k,), (n - k + 1,)) for k in range(1, n + 1)]
        for k in range(2, n + 1):
            assert (counts[k - 1] >= counts[k - 2]) == (k <= n / 2 + 1)
    assert [k * (9 - k) for k in range(1, 9)] == [8, 14, 18, 20, 20, 18, 14, 8]


def test_layers_without_padding_use_up_their_images() -> None:
    for n, k in itertools.product(range(1, 30), range(2, 8)):
        left, depth = n, 0
        while left >= k:
            left, depth = left - k + 1, depth + 1
        assert sizes.unpadded_depth(n, k) == depth


def test_a_kernel_with_zeros_around_it_does_what_it_did() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 4, (2, 1, 9)).astype(np.float64)
    for narrow, wide in itertools.combinations_with_replacement(range(1, 8), 2):
        w = rng.integers(-3, 4, (1, 1, narrow)).astype(np.float64)
        longer = np.pad(w, [(0, 0), (0, 0), sizes.extension(narrow, wide)])
        assert longer.shape[-1] == wide
        found = [
            direct.convolution(x, v, None, geometry(v.shape[-1:], padding="same"), DOUBLE).value for v in (w, longer)
        ]
        np.testing.assert_array_equal(*found)


def test_infinities_reach_their_windows_only() -> None:
    x = np.ones((1, 1, 2, 5))
    x[..., 0, 2] = np.inf
    found = sizes.ones_with_an_infinity(x, (4, 1, 3), geometry((3,), padding=1, groups=2))
    assert found.shape == (1, 1, 4, 5)
    assert np.isinf(found[0, 0]).tolist() == [[False, True, True, True, False]] * 2 + [[False] * 5] * 2
    assert found[0, 0, 0, 0] == found[0, 0, 3, 0] == 2
    assert found[0, 0, 3, 2] == 3


def test_sides() -> None:
    assert sizes.sides((1, 1)) == (1, 0)
    assert sizes.sides((1, 2)) == (1, 1)
