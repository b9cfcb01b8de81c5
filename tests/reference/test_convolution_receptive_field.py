"""Receptive fields against windows that are followed one by one, and formulas against the sets."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from reference.convolution import receptive_field as reference
from reference.convolution.receptive_field import Layer, layer

STACKS = [
    (layer("conv", 1, 3),),
    (layer("conv", 1, 3, 2), layer("max", 1, 2, 2), layer("conv", 1, 2, 1, 0, 2)),
    (layer("avg", 1, 2), layer("conv", 1, 1, 3), layer("conv", 1, 3, 1, 0, 2), layer("max", 1, 3)),
    (layer("conv", 1, 2, 3), layer("conv", 1, 3, 2), layer("conv", 1, 2)),
]


def followed(layers: tuple[Layer, ...], n: int, unit: int) -> set[int]:
    """The inputs of a unit, layer by layer."""
    sizes = [n]
    for one in layers:
        k, s, q, d = one.kernel[0], one.stride[0], one.padding[0], one.dilation[0]
        sizes.append((sizes[-1] + 2 * q - d * (k - 1) - 1) // s + 1)
    seen = {unit}
    for one, size in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        k, s, q, d = one.kernel[0], one.stride[0], one.padding[0], one.dilation[0]
        seen = {p * s - q + m * d for p in seen for m in range(k)} & set(range(size))
    return seen


@pytest.mark.parametrize("layers", [*STACKS, (layer("conv", 1, 3, 1, 2, 2), layer("conv", 1, 4, 2, 3))])
def test_sets_are_windows_of_windows(layers: tuple[Layer, ...]) -> None:
    n = reference.extent(layers, 0) + 5
    (field,) = reference.fields(layers, (n,))
    for unit, row in enumerate(field.sets):
        assert set(np.flatnonzero(row).tolist()) == followed(layers, n, unit)


@pytest.mark.parametrize("layers", STACKS)
def test_fields_away_from_the_border_are_as_long_as_the_formula_says(layers: tuple[Layer, ...]) -> None:
    (field,) = reference.fields(layers, (reference.extent(layers, 0) + 4,))
    assert field.interior.all()
    assert set(field.extents.tolist()) == {reference.extent(layers, 0)}


def test_padding_is_no_input_and_its_units_are_no_interior() -> None:
    (field,) = reference.fields((layer("conv", 1, 3, 1, 1),) * 2, (7,))
    assert field.extents.tolist() == [3, 4, 5, 5, 5, 4, 3]
    assert field.interior.tolist() == [False, False, True, True, True, False, False]


def test_the_padding_of_same_is_longer_behind() -> None:
    (field,) = reference.fields((layer("same", 1, 4),), (5,))
    assert [np.flatnonzero(row).tolist() for row in field.sets] == [
        [0, 1, 2],
        [0, 1, 2, 3],
        [1, 2, 3, 4],
        [2, 3, 4],
        [3, 4],
    ]


def test_on_two_axes_the_sets_are_products() -> None:
    layers = (Layer("conv", (2, 3), (1, 2), (0, 1), (2, 1)),)
    first, second = reference.fields(layers, (4, 5))
    joint = reference.joint((first, second)).reshape(len(first.sets), len(second.sets), 4, 5)
    for i, j, a, b in itertools.product(*map(range, joint.shape)):
        assert joint[i, j, a, b] == (first.sets[i, a] and second.sets[j, b])
    back = reference.along(reference.joint((first, second)), joint.shape[:2], (4, 5))
    assert all((part == f.sets).all() for part, f in zip(back, (first, second), strict=True))


def test_extents_of_nothing_and_of_gaps() -> None:
    sets = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]], bool)
    assert reference.extents(sets).tolist() == [0, 3, 1]
    assert reference.extents(sets[:, :0]).tolist() == [0, 0, 0]


def test_strides_matter_before_wide_kernels_only() -> None:
    strided, wide, one = layer("conv", 1, 3, 2), layer("conv", 1, 3), layer("conv", 1, 1)
    assert reference.strides_matter((strided, wide), 0)
    assert reference.strides_matter((one, strided, one, wide), 0)
    assert not reference.strides_matter((wide, strided), 0)
    assert not reference.strides_matter((strided, one), 0)
    for layers in STACKS:
        plain = reference.without_strides(layers)
        assert (reference.extent(layers, 0) > reference.extent(plain, 0)) == reference.strides_matter(layers, 0)


@pytest.mark.parametrize(("n", "k", "depth"), [(9, 3, 4), (10, 3, 5), (17, 5, 4), (32, 2, 31), (2, 9, 1)])
def test_the_depth_is_the_least_that_connects_a_unit_with_everything(n: int, k: int, depth: int) -> None:
    assert reference.depth(n, k) == depth == math.ceil((n - 1) / (k - 1))
    for d in (depth - 1, depth):
        (field,) = reference.fields((layer("same", 1, k),) * d, (n,))
        assert field.sets.all(1).any() == (d == depth)


def test_stacks_without_units_and_pooling_of_padding_are_refused() -> None:
    with pytest.raises(ValueError, match="no unit left"):
        reference.fields((layer("conv", 1, 5),), (4,))
    with pytest.raises(ValueError, match="padding only"):
        reference.fields((layer("max", 1, 2, 1, 1, 5),), (4,))
