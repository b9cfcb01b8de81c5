"""Stacks of convolutions and pooling with positive weights, for what their units depend on."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.receptive_field import POOLING, Layer, depth, extent, fields, layer
from reference.formats import Format

MEMORY = ("", "channels_last", "channels_last_3d")
MOST_PLACES = 200
"""Of an input: each of them is an image of a batch."""


class Network(NamedTuple):
    """Layers with the weights of convolutions, for images of so many channels and such sizes, in a memory format."""

    layers: tuple[Layer, ...]
    weights: list[Tensor | None]
    channels: int
    sizes: tuple[int, ...]
    memory: str


@dataclasses.dataclass(frozen=True)
class Stack(Regime):
    """Layers whose convolutions have weights 1, 2 or 3, so that a unit responds to whatever it depends on."""

    layers: tuple[Layer, ...] = (layer("conv", 1, 3),)
    sizes: tuple[int, ...] = (8,)
    channels: int = 1
    memory: str = ""
    names: ClassVar[tuple[str, ...]] = ("weights",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        axes = len(self.sizes)
        if not self.layers or self.channels < 1 or not 1 <= axes <= 3 or math.prod(self.extents_of_input) > MOST_PLACES:
            raise ValueError(f"no stack of {len(self.layers)} layers for images of sizes {self.sizes}")
        if self.memory != MEMORY[0] and self.memory != MEMORY[max(axes - 1, 0)]:
            raise ValueError(f"{self.memory} is no memory format of images with {axes} axes")
        for one in self.layers:
            numbers = (*one.kernel, *one.stride, *one.dilation)
            if min(numbers) < 1 or min(one.padding) < 0 or {len(v) for v in one.options[1:]} != {axes}:
                raise ValueError(f"no layer {one} of {axes} axes")
            if one.kind == "avg" and (max(one.dilation) > 1 or axes == 3):
                raise ValueError("torch's mean pooling has no dilation, and in half types no third axis")
            if one.kind in POOLING and any(q > k // 2 for q, k in zip(one.padding, one.kernel, strict=True)):
                raise ValueError(f"pooling of {one.kernel} is padded by half of it at most")
        fields(self.layers, self.extents_of_input)

    @property
    def extents_of_input(self) -> tuple[int, ...]:
        """The sizes of the images."""
        return self.sizes

    def size(self) -> int:
        return sum(self.counts()) * math.prod(self.extents_of_input)

    def counts(self) -> list[int]:
        """How many weights each layer has."""
        return [0 if one.kind in POOLING else self.channels**2 * math.prod(one.kernel) for one in self.layers]

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(1, 4, sum(self.counts())).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray((arrays[0] > 0).all())

    def present(self, tensors: Sequence[Any], seed: int) -> Network:
        weights: list[Tensor | None] = []
        for one, flat in zip(self.layers, tensors[0].split(self.counts()), strict=True):
            shape = self.channels, self.channels, *one.kernel
            weights.append(None if one.kind in POOLING else flat.view(shape))
        return Network(self.layers, weights, self.channels, self.extents_of_input, self.memory)


@dataclasses.dataclass(frozen=True)
class Strided(Stack):
    """Layers without padding; `sizes` says by how much the input is larger than the field of one unit."""

    sizes: tuple[int, ...] = (0,)

    @property
    def extents_of_input(self) -> tuple[int, ...]:
        """The sizes of the images."""
        return tuple(extent(self.layers, axis) + spare for axis, spare in enumerate(self.sizes))


@dataclasses.dataclass(frozen=True)
class Deep(Regime):
    """Convolutions of width k, padded so that the sizes remain, as deep as it takes to see all of n places an axis."""

    n: int = 9
    k: int = 3
    axes: int = 1
    channels: int = 1
    memory: str = ""
    names: ClassVar[tuple[str, ...]] = ("weights",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.k < 1 or self.n < 2 or self.axes < 1 or self.depth > 40:
            raise ValueError(f"no stack of convolutions of width {self.k} for {self.n} places")
        self.stack()

    @property
    def depth(self) -> int:
        """At which a unit sees everything; for k = 1 none does, at any depth."""
        return depth(self.n, self.k) if self.k > 1 else self.n

    def stack(self) -> Stack:
        """The layers."""
        layers = (layer("same", self.axes, self.k),) * self.depth
        return Stack(layers, (self.n,) * self.axes, self.channels, self.memory)

    def size(self) -> int:
        return self.stack().size()

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return self.stack().arrays(rng, batch, fmt)

    def admits(self, arrays: Arrays) -> Any:
        return self.stack().admits(arrays)

    def present(self, tensors: Sequence[Any], seed: int) -> Network:
        return self.stack().present(tensors, seed)


def conv(k: int, s: int = 1, q: int = 0, d: int = 1) -> Layer:
    """A convolution of sequences."""
    return layer("conv", 1, k, s, q, d)


def pool(k: int, s: int = 1, q: int = 0, d: int = 1) -> Layer:
    """A maximum over windows of sequences."""
    return layer("max", 1, k, s, q, d)


def mean(k: int, s: int = 1, q: int = 0) -> Layer:
    """A mean over windows of sequences."""
    return layer("avg", 1, k, s, q)


@st.composite
def layers_of(draw: st.DrawFn, axes: int, *, padded: bool) -> tuple[Layer, ...]:
    """One to four layers with kernels up to 3, strides up to 3 and dilations up to 2."""
    kinds = ("conv", "conv", "max", "avg") if axes < 3 else ("conv", "max")
    few = st.integers(1, 2) if axes == 3 else st.integers(1, 4)
    made = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=draw(few))):
        kernel = tuple(draw(st.integers(1, 3)) for _ in range(axes))
        dilation = tuple(draw(st.integers(1, 2)) if kind != "avg" else 1 for _ in range(axes))
        stride = tuple(draw(st.integers(1, 3 if axes == 1 else 2)) for _ in range(axes))
        padding = tuple(
            draw(st.integers(0, k // 2)) if padded and (d == 1 or kind == "conv") else 0
            for k, d in zip(kernel, dilation, strict=True)
        )
        made.append(Layer(kind, kernel, stride, padding, dilation))
    return tuple(made)


@st.composite
def _stack(draw: st.DrawFn) -> Stack:
    axes = draw(st.sampled_from([1, 2, 1, 2, 3]))
    chosen = draw(layers_of(axes, padded=True))
    spare = draw(st.tuples(*[st.integers(0, 4)] * axes))
    most = (40, 13, 5)[axes - 1]
    sizes = tuple(min(extent(chosen, axis) + s, most) for axis, s in enumerate(spare))
    try:
        return Stack(chosen, sizes, draw(st.integers(1, 2)), draw(st.sampled_from(("", MEMORY[axes - 1]))))
    except ValueError:  # too small for so many layers: the first of them remains
        return Stack(chosen[:1], tuple(max(n, 6 if axes < 3 else 5) for n in sizes))


def stacks() -> Regimes:
    """Stacks on one to three axes.

    Corners: one layer, kernels of 1, strides above the kernel, dilation, pooling, padding by more than a kernel,
    unequal axes, channels last, borders everywhere.
    """
    corners = (
        Stack(),
        Stack((conv(3), conv(1), conv(2)), (8,), 2),
        Stack((conv(3, 2, 1), conv(3, 2, 1), conv(3, 1, 1)), (24,)),
        Stack((conv(2, 3), conv(3, 3), conv(2)), (40,)),
        Stack((conv(3, 1, 0, 2), conv(3, 1, 4, 4), conv(2, 1, 3, 1)), (17,), 2),
        Stack((pool(3, 2, 1), conv(3, 1, 1), pool(2, 2), conv(2)), (33,)),
        Stack((mean(2, 2), mean(3, 1, 1), conv(3, 3, 1)), (21,)),
        Stack((pool(3, 1, 0, 2), mean(2), conv(2, 2, 0, 2)), (19,), 3),
        Stack((conv(3, 1, 1),) * 4, (5,)),
        Stack((conv(1, 1),), (1,)),
        Stack((layer("conv", 2, 3, 1, 1), layer("max", 2, 2, 2), layer("conv", 2, 3)), (12, 14)),
        Stack(
            (Layer("conv", (3, 1), (2, 1), (1, 0), (1, 1)), Layer("avg", (1, 2), (1, 2), (0, 0), (1, 1))), (11, 13), 2
        ),
        Stack(
            (Layer("conv", (2, 3), (1, 2), (0, 2), (2, 1)), Layer("max", (3, 2), (1, 1), (1, 0), (1, 2))),
            (12, 11),
            2,
            "channels_last",
        ),
        Stack((layer("conv", 3, 2, 1, 1), Layer("max", (2, 1, 2), (1, 2, 1), (0, 0, 1), (1, 1, 1))), (5, 6, 4)),
        Stack((Layer("conv", (1, 2, 3), (2, 1, 1), (0, 1, 0), (1, 2, 1)),), (5, 4, 6), 2, "channels_last_3d"),
    )
    return Regimes(_stack(), corners)


@st.composite
def _strided(draw: st.DrawFn) -> Stack:
    axes = draw(st.sampled_from([1, 1, 2]))
    chosen = draw(layers_of(axes, padded=False))
    try:
        return Strided(chosen, draw(st.tuples(*[st.integers(0, 3)] * axes)), draw(st.integers(1, 2)))
    except ValueError:  # too many places
        return Strided(chosen[:1], (1,) * axes)


def strided_stacks() -> Regimes:
    """Layers with strides. Corners: in the last layer only, before kernels of 1, in pooling, in every layer."""
    square = Layer("conv", (3, 2), (1, 2), (0, 0), (1, 1)), Layer("max", (2, 3), (2, 1), (0, 0), (1, 1))
    corners = (
        Strided((conv(3, 2), conv(3))),
        Strided((conv(3), conv(3, 3)), (2,)),
        Strided((conv(3, 2), conv(1, 2), conv(1)), (0,), 2),
        Strided((pool(2, 2), conv(3), pool(2, 2), conv(3)), (1,)),
        Strided((mean(3, 3), conv(2), mean(2, 2), conv(3, 1, 0, 2)), (3,)),
        Strided((conv(3, 3), conv(3, 3), conv(3, 3), conv(3, 3)), (0,)),
        Strided((conv(1, 3), conv(3, 1, 0, 2), pool(1, 2), conv(2)), (1,), 3),
        Strided((conv(3), pool(3, 1), conv(1)), (4,)),
        Strided((*square, layer("conv", 2, 2)), (1, 0), 2),
        Strided((*square, layer("avg", 2, 2)), (0, 2), 1, "channels_last"),
        Strided((layer("conv", 3, 2, 2), layer("max", 3, 2)), (0, 1, 0)),
    )
    return Regimes(_strided(), corners)


def deep_stacks() -> Regimes:
    """Corners: n - 1 divisible by k - 1 or not, kernels of 1 and 2, even ones, one kernel for everything, images."""
    corners = (
        Deep(),
        Deep(10, 3),
        Deep(17, 5, 1, 2),
        Deep(32, 2),
        Deep(7, 1),
        Deep(16, 4),
        Deep(9, 9),
        Deep(8, 9, 1, 2),
        Deep(2, 2),
        Deep(2, 7),
        Deep(64, 8),
        Deep(7, 3, 2),
        Deep(8, 4, 2, 2, "channels_last"),
        Deep(5, 3, 3),
        Deep(33, 3, 1, 3),
    )
    which = st.builds(Deep, st.integers(2, 40), st.integers(2, 9), st.just(1), st.integers(1, 2))
    images = st.builds(Deep, st.integers(2, 10), st.integers(2, 5), st.just(2))
    return Regimes(which | images, corners)
