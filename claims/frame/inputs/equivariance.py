"""Circular convolutions with shifts of their images, and square matrices that may commute with shifts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class Shifted(Convolved):
    """A convolution whose results are as many as its images' places over the stride, and shifts of these results."""

    padding: tuple[int, ...] | int | str = "same"
    shifts: tuple[tuple[int, ...], ...] = ((1,),)

    def __post_init__(self) -> None:
        super().__post_init__()
        how = self.geometry
        if self.mode not in ("circular", "zeros") or self.output_padding is not None or not self.channels:
            raise ValueError("no convolution to shift")
        places = tuple(n // s for n, s in zip(self.extent, how.stride, strict=True))
        even = all(n % s == 0 for n, s in zip(self.extent, how.stride, strict=True))
        whole = all(sum(q) == d * (k - 1) for q, d, k in zip(how.padding, how.dilation, how.kernel, strict=True))
        if not even or not whole or self.results != places or any(len(s) != len(self.kernel) for s in self.shifts):
            raise ValueError(f"images of {self.extent} are not {places} places for each step of {how.stride}")


def shifted() -> Regimes:
    """Circular and zero padding.

    Corners: shifts back, by nothing and by more than the image, strides, dilation, groups, kernels as wide as the
    image, even ones, one to three axes, memory formats.
    """
    lines = ((1,), (-11,))
    images = ((1, 0), (-9, 7))
    corners = (
        Shifted(1, 1, 1, 1, (6,), (3,), mode="circular", shifts=((1,), (-1,), (0,), (3,), (25,))),
        Shifted(2, 2, 3, 1, (7,), (5,), mode="circular", bias=True, shifts=lines),
        Shifted(1, 2, 2, 2, (8,), (3,), dilation=(2,), mode="circular", kind="normal", shifts=lines),
        Shifted(1, 1, 2, 1, (5,), (5,), mode="circular", kind="scales", shifts=lines),
        Shifted(2, 1, 1, 1, (6,), (4,), mode="circular", kind="normal", shifts=lines),
        Shifted(2, 2, 1, 1, (9,), (3,), (3,), (1,), mode="circular", kind="normal", shifts=lines),
        Shifted(1, 1, 1, 1, (1,), (1,), mode="circular", shifts=((1,), (0,))),
        Shifted(16, 2, 2, 1, (16,), (3,), mode="circular", kind="spike", shifts=lines),
        Shifted(2, 2, 3, 1, (4, 5), (3, 2), mode="circular", bias=True, shifts=images),
        Shifted(1, 2, 2, 2, (6, 4), (3, 3), (2, 1), (1, 1), mode="circular", kind="normal", shifts=images),
        Shifted(17, 1, 2, 1, (5, 5), (3, 3), mode="circular", kind="scales", form="channels_last", shifts=images),
        Shifted(1, 9, 16, 1, (4, 4), (3, 3), mode="circular", kind="positive", shifts=images[:1]),
        Shifted(1, 1, 2, 1, (3, 4, 2), (3, 2, 1), mode="circular", shifts=((1, 0, 0), (0, -1, 1), (2, 5, 1))),
        Shifted(1, 2, 1, 1, (3, 3, 3), (3, 1, 3), mode="circular", form="channels_last_3d", shifts=((0, 1, 2),)),
        Shifted(1, 1, 1, 1, (12,), (3,), shifts=lines),
        Shifted(2, 2, 2, 1, (9,), (4,), kind="normal", bias=True, shifts=lines),
        Shifted(1, 2, 1, 2, (12,), (3,), (2,), (1,), kind="normal", shifts=lines),
        Shifted(17, 1, 2, 1, (7, 8), (3, 3), kind="scales", shifts=images),
        Shifted(1, 2, 2, 1, (5, 4, 4), (3, 2, 1), kind="normal", shifts=((1, 0, 0), (0, -1, 1))),
        Shifted(0, 1, 2, 1, (4,), (3,), mode="circular"),
    )

    @st.composite
    def drawn(draw: st.DrawFn) -> Shifted:
        axes = draw(st.sampled_from([1, 2, 1, 2, 3]))
        stride = draw(st.tuples(*[st.sampled_from((1, 1, 2, 3) if axes == 1 else (1, 1, 2))] * axes))
        kernel = draw(st.tuples(*[st.sampled_from((1, 3, 5) if axes == 1 else (1, 3))] * axes))
        most = (40, 7, 4)[axes - 1]
        extent = tuple(
            s * math.ceil(max(k, draw(st.integers(1, most))) / s) for k, s in zip(kernel, stride, strict=True)
        )
        few, shift = st.integers(1, 3), st.tuples(*[st.integers(-most - 3, most + 3)] * axes)
        return Shifted(
            draw(st.sampled_from((1, 2, 16, 17))),
            draw(few),
            draw(few),
            draw(st.sampled_from((1, 1, 2))),
            extent,
            kernel,
            stride,
            tuple((k - 1) // 2 for k in kernel),
            mode=draw(st.sampled_from(("circular", "circular", "zeros"))),
            bias=draw(st.booleans()),
            kind=draw(st.sampled_from(("integers", "normal", "scales", "positive"))),
            shifts=tuple(draw(st.lists(shift, min_size=1, max_size=3))),
        )

    return Regimes(drawn(), corners)


MATRICES = ("circulant", "one entry wrong", "Toeplitz", "random", "symmetric circulant", "diagonal", "scalar", "zero")


class Map(NamedTuple):
    """Square matrices (batch, n, n) of small integers, and vectors (batch, n) of them."""

    a: Tensor
    x: Tensor


@dataclasses.dataclass(frozen=True)
class SquareMap(Regime):
    """A matrix of small integers of some kind, for `n` places, and a vector."""

    n: int = 4
    kind: str = "circulant"
    names: ClassVar[tuple[str, ...]] = ("a", "x")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.n < 1 or self.kind not in MATRICES:
            raise ValueError(f"no matrix of {self.n} places of kind {self.kind!r}")

    def size(self) -> int:
        return self.n**2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self._matrix(rng, batch), rng.integers(-1, 2, (batch, self.n)).astype(np.float64)]

    def _matrix(self, rng: np.random.Generator, batch: int) -> NDArray[np.float64]:
        n, i = self.n, np.arange(self.n)
        row = rng.integers(-2, 3, (batch, n)).astype(np.float64)
        circulant = row[:, (i - i[:, None]) % n]
        match self.kind:
            case "one entry wrong":
                at = rng.integers(0, n, (2, batch))
                circulant[np.arange(batch), at[0], at[1]] += 1
                return circulant
            case "Toeplitz":
                return rng.integers(-2, 3, (batch, 2 * n - 1)).astype(np.float64)[:, i - i[:, None] + n - 1]
            case "random":
                return rng.integers(-2, 3, (batch, n, n)).astype(np.float64)
            case "symmetric circulant":
                return circulant + circulant.swapaxes(-1, -2)
            case "diagonal":
                return row[:, :, None] * np.eye(n)
            case "scalar":
                return row[:, :1, None] * np.eye(n)
            case "zero":
                return np.zeros((batch, n, n))
        return circulant

    def present(self, tensors: Sequence[Any], seed: int) -> Map:
        return Map(*tensors)


def square_maps() -> Regimes:
    """Corners: every kind, from one place to 17."""
    corners = (
        SquareMap(),
        *(SquareMap(n, kind) for kind, n in zip(MATRICES, (17, 5, 6, 3, 8, 7, 2, 4), strict=True)),
        *(SquareMap(n, kind) for n, kind in ((1, "random"), (2, "one entry wrong"))),
    )
    return Regimes(st.builds(SquareMap, st.integers(1, 17), st.sampled_from(MATRICES)), corners)
