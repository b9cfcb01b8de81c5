"""Images with kernels of their own for every place, or of tiles in turn."""

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
from reference.convolution.geometry import Geometry, geometry
from reference.formats import Format

KINDS = ("integers", "normal", "scales", "positive")


class Unshared(NamedTuple):
    """Images (batch, n, c, *sizes), kernels (batch, *places or tiles, o, c, *kernel), cotangents of the results."""

    x: Tensor
    w: Tensor
    c: Tensor
    how: Geometry
    tiles: tuple[int, ...]

    def name(self, operation: str) -> str:
        """That operation over as many axes."""
        return f"{operation}{len(self.how.kernel)}d"


@dataclasses.dataclass(frozen=True)
class Local(Regime):
    """`n` images of `inputs` channels; `outputs` filters for every place of the result, or for each of some `tiles`."""

    n: int = 2
    inputs: int = 1
    outputs: int = 1
    extent: tuple[int, ...] = (5,)
    kernel: tuple[int, ...] = (2,)
    stride: tuple[int, ...] = (1,)
    tiles: tuple[int, ...] = ()
    kind: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("x", "w", "c")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        axes = len(self.extent)
        given = self.kernel, self.stride, self.tiles or self.stride
        if (
            not 1 <= axes <= 3
            or any(len(v) != axes for v in given)
            or min(self.n, self.inputs - 1, self.outputs - 1) < 0
        ):
            raise ValueError(f"no kernels of {self.kernel} for images of {self.extent}")
        if any(min(v) < 1 for v in given) or self.kind not in KINDS or (self.tiles and max(self.stride) > 1):
            raise ValueError(f"no layer of kind {self.kind!r} with {self.tiles} tiles")
        if min(self.how.sizes(self.extent)) < 1:
            raise ValueError("no result")

    @property
    def how(self) -> Geometry:
        """How the kernels move."""
        return geometry(self.kernel, stride=self.stride)

    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of images, kernels and cotangent."""
        results = self.how.sizes(self.extent)
        kernels = (*(self.tiles or results), self.outputs, self.inputs, *self.kernel)
        return [(self.n, self.inputs, *self.extent), kernels, (self.n, self.outputs, *results)]

    def size(self) -> int:
        return max(1, *(math.prod(s) for s in self.shapes()))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self._fill(rng, (batch, *shape)) for shape in self.shapes()]

    def _fill(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        match self.kind:
            case "integers":
                return rng.integers(-2, 3, shape).astype(np.float64)
            case "scales":
                return rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 2, shape)
            case "positive":
                return rng.random(shape)
        return rng.standard_normal(shape)

    def present(self, tensors: Sequence[Any], seed: int) -> Unshared:
        x, w, c = tensors
        return Unshared(x, w, c, self.how, self.tiles)


def _kernels(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Sizes of images and of kernels that fit."""
    axes = draw(st.sampled_from([1, 2, 1, 2, 3]))
    extent = draw(st.tuples(*[st.integers(1, (19, 8, 4)[axes - 1])] * axes))
    return extent, tuple(draw(st.integers(1, min(3, n))) for n in extent)


@st.composite
def _local(draw: st.DrawFn) -> Local:
    extent, kernel = _kernels(draw)
    few, stride = st.integers(1, 3), draw(st.tuples(*[st.integers(1, 2)] * len(extent)))
    images = draw(st.sampled_from((2, 1, 3, 0, 17)))
    return Local(images, draw(few), draw(few), extent, kernel, stride, (), draw(st.sampled_from(KINDS)))


@st.composite
def _tiled(draw: st.DrawFn) -> Local:
    extent, kernel = _kernels(draw)
    few, tiles = st.integers(1, 3), draw(st.tuples(*[st.integers(1, 4)] * len(extent)))
    images, one = draw(st.sampled_from((2, 1, 3, 0, 17))), (1,) * len(extent)
    return Local(images, draw(few), draw(few), extent, kernel, one, tiles, draw(st.sampled_from(KINDS)))


def locally_connected() -> Regimes:
    """Corners: one place, kernels of 1 and as large as the image, strides, unequal axes, many channels, no image."""
    corners = (
        Local(),
        Local(2, 2, 3, (6,), (3,)),
        Local(1, 3, 1, (7,), (2,), (2,), (), "normal"),
        Local(1, 1, 1, (1,), (1,)),
        Local(2, 2, 2, (4,), (4,), (1,), (), "scales"),
        Local(17, 2, 2, (9,), (1,), (3,), (), "normal"),
        Local(2, 2, 3, (4, 5), (2, 3), (1, 1)),
        Local(2, 2, 1, (5, 4), (3, 1), (2, 1), (), "normal"),
        Local(1, 3, 2, (8, 7), (3, 3), (1, 2), (), "scales"),
        Local(1, 17, 16, (3, 3), (2, 2), (1, 1), (), "positive"),
        Local(2, 1, 2, (3, 4, 3), (2, 2, 1), (1, 2, 1)),
        Local(1, 2, 2, (3, 3, 4), (1, 3, 2), (1, 1, 1), (), "normal"),
        Local(0, 2, 1, (5,), (2,)),
    )
    return Regimes(_local(), corners)


def tiled() -> Regimes:
    """Corners: one tile, as many as places and more, tiles that do not divide the places, unequal axes, no image."""
    corners = (
        Local(tiles=(2,)),
        Local(2, 2, 3, (8,), (3,), (1,), (3,)),
        Local(1, 2, 2, (7,), (2,), (1,), (1,), "normal"),
        Local(2, 1, 2, (6,), (3,), (1,), (4,)),
        Local(2, 2, 1, (5,), (2,), (1,), (7,), "scales"),
        Local(17, 2, 2, (19,), (1,), (1,), (3,), "normal"),
        Local(1, 2, 1, (4, 5), (2, 3), (1, 1), (1, 1), "normal"),
        Local(1, 1, 1, (1,), (1,), (1,), (2,)),
        Local(2, 2, 3, (5, 6), (2, 3), (1, 1), (2, 2)),
        Local(1, 2, 2, (6, 5), (3, 1), (1, 1), (3, 2), "normal"),
        Local(2, 3, 1, (7, 4), (2, 2), (1, 1), (1, 4), "scales"),
        Local(1, 17, 16, (4, 4), (2, 2), (1, 1), (2, 1), "positive"),
        Local(2, 1, 2, (3, 4, 4), (2, 1, 2), (1, 1, 1), (2, 3, 2)),
        Local(0, 2, 1, (5,), (2,), (1,), (2,)),
    )
    return Regimes(_tiled(), corners)
