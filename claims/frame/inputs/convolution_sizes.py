"""Convolutions with a second, wider kernel, those to be counted, and images that layers without padding use up."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.convolutions import Convolved, convolutions
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.sizes import unpadded_depth
from reference.formats import Format

MOST_COUNTED = 256
"""Products in a result, which the results of ones count exactly in bfloat16."""


@dataclasses.dataclass(frozen=True)
class Widened(Convolved):
    """A convolution of stride 1 without dilation, and how much wider a second kernel is, not wider than the images."""

    padding: tuple[int, ...] | int | str = "same"
    more: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        super().__post_init__()
        plain = self.stride == self.dilation == 1 and self.mode == "zeros" and self.output_padding is None
        if (
            not plain
            or not self.channels
            or self.padding != "same"
            or len(self.more) != len(self.kernel)
            or min(self.more) < 0
        ):
            raise ValueError("no convolution to widen")
        if any(k > n for k, n in zip(self.wide, self.extent, strict=True)):
            raise ValueError(f"kernels of {self.wide} are wider than images of {self.extent}")

    @property
    def wide(self) -> tuple[int, ...]:
        """The sizes of the wider kernel."""
        return tuple(k + m for k, m in zip(self.kernel, self.more, strict=True))

    def size(self) -> int:
        o, c = self.filters * self.groups, self.channels
        return max(super().size(), o * c * math.prod(self.wide))


def widened() -> Regimes:
    """Kernels and wider ones; corners: even and odd widths in all pairs, as wide as the images, groups, formats."""
    corners = (
        Widened(),
        Widened(2, 2, 3, 1, (7,), (3,), more=(2,), bias=True),
        Widened(1, 2, 1, 2, (6,), (2,), more=(1,), kind="normal"),
        Widened(2, 1, 2, 1, (9,), (2,), more=(2,), kind="scales"),
        Widened(1, 3, 2, 1, (5,), (1,), more=(4,), kind="normal", bias=True),
        Widened(2, 1, 1, 1, (1,), (1,), more=(0,)),
        Widened(3, 1, 1, 4, (15,), (5,), more=(10,), form="unbatched"),
        Widened(2, 2, 2, 1, (5, 6), (3, 2), more=(2, 1), bias=True),
        Widened(1, 1, 2, 3, (6, 4), (1, 3), more=(3, 0), kind="normal", form="channels_last"),
        Widened(17, 2, 2, 1, (7, 7), (3, 3), more=(2, 2), kind="spike"),
        Widened(1, 16, 17, 1, (4, 4), (2, 2), more=(1, 2), kind="positive"),
        Widened(1, 2, 1, 2, (3, 4, 3), (2, 3, 1), more=(1, 1, 2), kind="normal", form="channels_last_3d"),
        Widened(0, 2, 3, 1, (5,), (3,), more=(2,)),
    )

    @st.composite
    def drawn(draw: st.DrawFn) -> Widened:
        axes = draw(st.sampled_from([1, 2, 1, 2, 3]))
        most = (15, 7, 4)[axes - 1]
        extent = draw(st.tuples(*[st.integers(1, most)] * axes))
        wide = [draw(st.integers(1, n)) for n in extent]
        kernel = [draw(st.integers(1, k)) for k in wide]
        few = st.integers(1, 3)
        return Widened(
            draw(st.sampled_from((1, 2, 16, 17))),
            draw(few),
            draw(few),
            draw(st.sampled_from((1, 1, 2, 3))),
            extent,
            tuple(kernel),
            more=tuple(w - k for w, k in zip(wide, kernel, strict=True)),
            bias=draw(st.booleans()),
            kind=draw(st.sampled_from(("integers", "normal", "scales", "positive"))),
        )

    return Regimes(drawn(), corners)


class Counted(NamedTuple):
    """How many images, channels, filters and groups, of which extent; and whether operations backward are counted."""

    images: int
    channels: int
    filters: int
    groups: int
    extent: tuple[int, ...]
    backward: bool


@dataclasses.dataclass(frozen=True)
class Widths(Regime):
    """Kernels of every width up to that of the images, `n` places along each of `axes` axes."""

    n: int = 8
    axes: int = 1
    images: int = 1
    channels: int = 1
    filters: int = 1
    groups: int = 1
    backward: bool = False
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.images, self.channels, self.filters, self.groups) < 1 or not 1 <= self.axes <= 3:
            raise ValueError(f"no images of {self.n} places along {self.axes} axes")
        if self.channels * self.n**self.axes > MOST_COUNTED:
            raise ValueError(f"more than {MOST_COUNTED} products are not counted exactly by bfloat16")

    def size(self) -> int:
        return self.images * self.groups * (self.channels + self.filters) * math.prod((self.n,) * self.axes)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Counted:
        sizes = self.images, self.channels, self.filters, self.groups
        return Counted(*sizes, (self.n,) * self.axes, self.backward)


def widths() -> Regimes:
    """Corners: images of one place and of many, even and odd, on one to three axes, groups, forward and backward."""
    corners = (
        Widths(),
        Widths(15),
        Widths(1),
        Widths(2, images=3, channels=2, filters=5),
        Widths(64),
        Widths(7, images=2, channels=3, filters=2, groups=2),
        Widths(8, 2),
        Widths(5, 2, 2, 2, 3, 2),
        Widths(4, 3, 1, 2, 2),
        Widths(9, images=2, channels=2, filters=3, backward=True),
        Widths(6, 2, 2, 3, 2, backward=True),
        Widths(5, 1, 2, 2, 3, 2, backward=True),
    )
    few = st.integers(1, 3)
    lines = st.builds(Widths, st.integers(1, 16), st.just(1), few, few, few, few, st.booleans())
    images = st.builds(Widths, st.integers(1, 6), st.just(2), few, few, few, few, st.booleans())
    return Regimes(lines | images, corners)


def padded_convolutions() -> Regimes:
    """Convolutions that are padded with zeros; corners: strides, dilation, even kernels, padding beyond the kernel."""
    return convolutions(
        Convolved(extent=(5,), kernel=(3,), padding=(1,)),
        Convolved(2, 2, 3, 1, (6,), (4,), (1,), (2,), bias=True),
        Convolved(1, 2, 1, 2, (8,), (3,), (2,), (1,), (1,), kind="normal"),
        Convolved(2, 1, 2, 1, (9,), (2,), (3,), (3,), (2,), kind="scales"),
        Convolved(1, 1, 1, 1, (1,), (3,), padding=(4,)),
        Convolved(2, 2, 2, 1, (7,), (2,), padding="same", kind="normal"),
        Convolved(2, 2, 1, 1, (7,), (4,), dilation=(2,), padding="same", bias=True),
        Convolved(1, 2, 2, 1, (5, 6), (3, 2), (2, 1), (1, 2), (1, 2), bias=True),
        Convolved(2, 1, 2, 3, (4, 5), (2, 3), padding="same", kind="normal", form="channels_last"),
        Convolved(17, 2, 3, 1, (8, 8), (3, 3), padding=(1, 1), kind="spike"),
        Convolved(2, 16, 17, 1, (3, 4), (3, 3), padding=(2, 2), kind="positive"),
        Convolved(1, 2, 2, 2, (2, 3, 4), (2, 3, 1), (1, 2, 1), (1, 1, 0), form="channels_last_3d"),
        Convolved(2, 2, 1, 1, (4, 3), (2, 3), padding="valid", form="unbatched"),
        Convolved(0, 1, 2, 1, (4,), (3,), padding=(1,)),
        Convolved(2, 3, 2, 1, (6,), (3,), padding=(1,), kind="normal", scale="small"),
        modes=("zeros",),
        scales=("one",),
    )


@dataclasses.dataclass(frozen=True)
class Unpadded(Regime):
    """Images of `n` places along each axis, and a kernel of width `k` above 1."""

    n: int = 9
    k: int = 3
    axes: int = 1
    names: ClassVar[tuple[str, ...]] = ("x", "w")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.n < 1 or self.k < 2 or not 1 <= self.axes <= 3 or unpadded_depth(self.n, self.k) > 40:
            raise ValueError(f"no layers of width {self.k} for {self.n} places")

    def size(self) -> int:
        return math.prod((max(self.n, self.k),) * self.axes)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        kernel = rng.standard_normal((1, 1, *(self.k,) * self.axes)) / self.k**self.axes
        return [rng.standard_normal((2, 1, *(self.n,) * self.axes)), kernel]

    def present(self, tensors: Sequence[Any], seed: int) -> tuple[Tensor, Tensor]:
        x, w = tensors
        return x, w


def unpadded() -> Regimes:
    """Corners: n - 1 divisible by k - 1 or not, no layer at all, the deepest stacks."""
    corners = (
        Unpadded(),
        Unpadded(32, 6),
        Unpadded(10, 3),
        Unpadded(2, 3),
        Unpadded(3, 3),
        Unpadded(41, 2),
        Unpadded(1, 2),
        Unpadded(8, 3, 2),
        Unpadded(7, 4, 2),
        Unpadded(5, 2, 3),
    )
    lines = st.builds(Unpadded, st.integers(1, 40), st.integers(2, 9))
    return Regimes(lines | st.builds(Unpadded, st.integers(1, 12), st.integers(2, 5), st.just(2)), corners)
