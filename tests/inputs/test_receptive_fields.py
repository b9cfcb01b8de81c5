"""Stacks of layers: their weights, the kinds that corners reach, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims.frame.inputs.receptive_fields import Deep, Stack, Strided, conv, deep_stacks, mean, pool, stacks
from reference.convolution.receptive_field import POOLING, extent, fields, layer
from reference.formats import FORMATS, Format

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


@EVERY
def test_weights_are_positive_and_shaped_as_their_kernels(fmt: Format) -> None:
    regime = Stack((conv(3), pool(2, 2), conv(2)), (12,), 2)
    arrays = regime.make(np.random.default_rng(0), 1, fmt)
    assert regime.admits(arrays)
    assert set(np.unique(arrays[0])) <= {1, 2, 3}
    net = regime.present([torch.from_numpy(arrays[0])], 0)
    assert [None if w is None else tuple(w.shape) for w in net.weights] == [(2, 2, 3), None, (2, 2, 2)]
    assert not regime.admits([arrays[0] - 3])


def test_strided_stacks_are_as_large_as_their_field_and_some() -> None:
    regime = Strided((conv(3, 2), conv(3)), (2,))
    assert regime.extents_of_input == (extent(regime.layers, 0) + 2,) == (9,)
    assert fields(regime.layers, regime.extents_of_input)[0].interior.all()


def test_deep_stacks_are_as_deep_as_it_takes() -> None:
    assert (Deep(10, 3).depth, Deep(9, 3).depth, Deep(7, 1).depth) == (5, 4, 7)
    assert {one.kind for one in Deep().stack().layers} == {"same"}


def test_corners_reach_every_kind() -> None:
    made = [c for c in stacks().corners if isinstance(c, Stack)]
    assert {one.kind for c in made for one in c.layers} == {"conv", *POOLING}
    assert {len(c.sizes) for c in made} == {1, 2, 3}
    assert {c.memory for c in made} == {"", "channels_last", "channels_last_3d"}
    assert any(max(one.stride) > max(one.kernel) for c in made for one in c.layers)
    assert any(max(one.dilation) > 1 and max(one.padding) > 0 for c in made for one in c.layers)
    assert any(not fields(c.layers, c.sizes)[0].interior.any() for c in made)
    deep = [c for c in deep_stacks().corners if isinstance(c, Deep)]
    assert {c.k % 2 for c in deep} == {0, 1}
    assert {(c.n - 1) % (c.k - 1) > 0 for c in deep if c.k > 1} == {False, True}


@pytest.mark.parametrize(
    ("layers", "sizes", "why"),
    [
        ((), (4,), "no stack"),
        ((conv(3),), (300,), "no stack"),
        ((conv(5),), (4,), "no unit left"),
        ((mean(3, 1, 2),), (6,), "padded by half"),
        ((layer("avg", 1, 2, 1, 0, 2),), (6,), "no dilation"),
        ((layer("avg", 3, 2),), (3, 3, 3), "no dilation"),
        ((layer("conv", 2, 2),), (6,), "no layer"),
    ],
)
def test_refusals(layers: tuple[object, ...], sizes: tuple[int, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Stack(layers, sizes)  # type: ignore[arg-type]


def test_more_refusals() -> None:
    with pytest.raises(ValueError, match="memory format"):
        Stack(memory="channels_last")
    with pytest.raises(ValueError, match="no stack of convolutions"):
        Deep(100, 2)
