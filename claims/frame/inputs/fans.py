"""Connections between the inputs and outputs of a layer, and layers as torch constructs them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

DEFAULTS = ("Linear", "Conv1d", "Conv2d", "ConvTranspose2d", "Bilinear", "RNN", "LSTM", "GRU", "Embedding")


class Connections(NamedTuple):
    """A linear, convolutional or transposed layer of so many channels, and the seed of its weight."""

    kind: str
    inputs: int
    outputs: int
    kernel: tuple[int, ...]
    groups: int
    seed: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its weight as torch has it."""
        if self.kind == "transposed":
            return self.inputs, self.outputs // self.groups, *self.kernel
        return self.outputs, self.inputs // self.groups, *self.kernel


@dataclasses.dataclass(frozen=True)
class Connected(Regime):
    """The weight of a layer: "linear" without a kernel, "conv" and "transposed" with one of one or two axes."""

    kind: str = "linear"
    inputs: int = 3
    outputs: int = 2
    kernel: tuple[int, ...] = ()
    groups: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        divided = self.groups >= 1 and self.inputs % self.groups == 0 == self.outputs % self.groups
        axes = len(self.kernel) in ((0,) if self.kind == "linear" else (1, 2))
        if not divided or not axes or min(self.inputs, self.outputs, *self.kernel) < 1:
            raise ValueError(f"no layer from {self.inputs} to {self.outputs} channels in {self.groups} groups")
        if self.kind not in ("linear", "conv", "transposed") or (self.kind == "linear" and self.groups > 1):
            raise ValueError(f"no {self.kind!r} layer in {self.groups} groups")
        if max(self.inputs, self.outputs) // self.groups * math.prod(self.kernel) > 256:
            raise ValueError("a count above 256 is no number of bfloat16")

    def size(self) -> int:
        return self.inputs * self.outputs // self.groups * math.prod(self.kernel)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Connections:
        return Connections(self.kind, self.inputs, self.outputs, self.kernel, self.groups, seed)


def connections() -> Regimes:
    """Layers of every kind; corners: dense, grouped and depthwise, kernels of 1 to 5, unequal numbers of channels."""
    corners = (
        Connected(),
        Connected("linear", 100, 37),
        Connected("linear", 1, 200),
        Connected("conv", 3, 8, (3, 3)),
        Connected("conv", 28, 12, (3, 3), 4),
        Connected("conv", 64, 64, (3, 3), 64),
        Connected("conv", 16, 32, (5,), 2),
        Connected("conv", 7, 5, (1,)),
        Connected("conv", 6, 9, (1, 4), 3),
        Connected("transposed", 16, 25, (3, 3)),
        Connected("transposed", 12, 28, (2, 3), 4),
        Connected("transposed", 32, 32, (5,), 32),
        Connected("transposed", 5, 20, (3,)),
    )

    def of(kind: str, groups: int, a: int, b: int, kernel: tuple[int, ...]) -> Connected:
        return Connected(kind, groups * a, groups * b, kernel, groups)

    kernels = st.tuples(st.integers(1, 5)) | st.tuples(st.integers(1, 4), st.integers(1, 4))
    kinds, channels = st.sampled_from(["conv", "transposed"]), st.integers(1, 10)
    grouped = st.builds(of, kinds, st.sampled_from([1, 2, 3, 8]), channels, channels, kernels)
    dense = st.builds(Connected, st.just("linear"), st.integers(1, 200), st.integers(1, 200))
    return Regimes(st.one_of(grouped, dense), corners)


class LayerParameters(NamedTuple):
    """A layer by the name of torch's class and the arguments of its constructor, a signal, and a seed."""

    layer: str
    sizes: tuple[int, ...]
    x: Tensor
    seed: int


@dataclasses.dataclass(frozen=True)
class DefaultLayer(Regime):
    """A layer with the parameters that its constructor draws; the signal is as long as its second size is wide."""

    layer: str = "Linear"
    sizes: tuple[int, ...] = (3, 16)
    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.layer not in DEFAULTS or len(self.sizes) < 2 or min(self.sizes[:2]) < 1:
            raise ValueError(f"no layer {self.layer!r} of sizes {self.sizes}")

    def size(self) -> int:
        return math.prod(self.sizes[:2])

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.standard_normal(self.sizes[0])]

    def present(self, tensors: Sequence[Any], seed: int) -> LayerParameters:
        return LayerParameters(self.layer, self.sizes, tensors[0], seed)


def default_layers() -> Regimes:
    """Every layer; corners: unequal fans (5 times the inputs apart, where Xavier's law is the same), one input."""
    corners = (
        DefaultLayer(),
        DefaultLayer("Linear", (300, 20)),
        DefaultLayer("Linear", (40, 300)),
        DefaultLayer("Linear", (1, 500)),
        DefaultLayer("Conv1d", (20, 30, 5)),
        DefaultLayer("Conv2d", (20, 30, 3)),
        DefaultLayer("Conv2d", (24, 40, 3, 1, 0, 1, 4)),
        DefaultLayer("ConvTranspose2d", (20, 30, 3)),
        DefaultLayer("ConvTranspose2d", (24, 40, 3, 1, 0, 0, 4)),
        DefaultLayer("Bilinear", (12, 5, 40)),
        DefaultLayer("RNN", (40, 30)),
        DefaultLayer("LSTM", (7, 33)),
        DefaultLayer("GRU", (50, 10)),
        DefaultLayer("Embedding", (50, 40)),
    )
    sides = st.sampled_from([3, 1, 17, 64, 200])
    return Regimes(st.builds(DefaultLayer, st.just("Linear"), st.tuples(sides, sides)), corners)
