"""How kernels move over images: which place of the input meets which place of the kernel in which result.

One axis at a time: the place of result p and tap k is p s - q + k d for a stride s, a padding q and a dilation d
(Goodfellow et al. 2016, eq. 9.8; Dumoulin and Visin 2016, A guide to convolution arithmetic). What lies outside is read
as the padding mode says. `OUTSIDE` stands for a zero that is no place.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Pads = tuple[tuple[int, int], ...]

OUTSIDE = -1
MODES = ("zeros", "circular", "reflect", "replicate")
"""The padding modes of torch's layers."""


@dataclass(frozen=True)
class Geometry:
    """A kernel's sizes, and for each axis its stride, the padding before and after, and its dilation; see `geometry`.

    `groups` splits the channels of input and results, each group convolved for itself.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads
    dilation: tuple[int, ...]
    groups: int = 1
    mode: str = "zeros"

    def sizes(self, of_input: Sequence[int]) -> tuple[int, ...]:
        """Sizes of the results of a convolution: floor((n + q + q' - d (k - 1) - 1) / s) + 1, not below 0."""
        return tuple(
            max(0, (n + sum(q) - d * (k - 1) - 1) // s + 1)
            for n, k, s, q, d in zip(of_input, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        )

    def transposed_sizes(self, of_input: Sequence[int], output_padding: Sequence[int] | int = 0) -> tuple[int, ...]:
        """Sizes of the results of the transposed convolution: (n - 1) s - q - q' + d (k - 1) + 1 + output_padding."""
        more = each(output_padding, len(self.kernel))
        axes = zip(of_input, self.kernel, self.stride, self.padding, self.dilation, more, strict=True)
        return tuple((n - 1) * s - sum(q) + d * (k - 1) + 1 + r for n, k, s, q, d, r in axes)

    def places(self, of_input: Sequence[int], results: Sequence[int] | None = None) -> list[Places]:
        """For every axis the place (results, taps) of the input that each tap of each result meets.

        `results` are their counts where they are not `sizes`.
        """
        counts = self.sizes(of_input) if results is None else results
        axes = zip(of_input, counts, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return [
            _outside(np.arange(p)[:, None] * s - q[0] + np.arange(k) * d, n, self.mode) for n, p, k, s, q, d in axes
        ]


def each(value: Sequence[int] | int, axes: int) -> tuple[int, ...]:
    """One number for every axis. Raises ValueError for another count of them."""
    numbers = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(numbers) != axes:
        raise ValueError(f"{numbers} are not {axes} numbers")
    return numbers


def same(kernel: Sequence[int], dilation: Sequence[int]) -> Pads:
    """The padding that keeps the sizes for stride 1: d (k - 1) in all, the odd one after the input."""
    return tuple((d * (k - 1) // 2, d * (k - 1) - d * (k - 1) // 2) for k, d in zip(kernel, dilation, strict=True))


def geometry(
    kernel: Sequence[int],
    *,
    stride: Sequence[int] | int = 1,
    padding: Sequence[int] | int | str = 0,
    dilation: Sequence[int] | int = 1,
    groups: int = 1,
    mode: str = "zeros",
) -> Geometry:
    """The geometry of a convolution by torch's options; `padding` may be "same" or "valid".

    Raises ValueError for an unknown mode, and for "same" with a stride.
    """
    axes = len(kernel)
    strides, dilations = each(stride, axes), each(dilation, axes)
    if mode not in MODES or (padding == "same" and max(strides, default=1) > 1):
        raise ValueError(f"no padding {padding!r} of mode {mode!r} with strides {strides}")
    if isinstance(padding, str):
        pads = same(kernel, dilations) if padding == "same" else ((0, 0),) * axes
    else:
        pads = tuple((q, q) for q in each(padding, axes))
    return Geometry(tuple(kernel), strides, pads, dilations, groups, mode)


def _outside(places: Places, n: int, mode: str) -> Places:
    """Places beyond an axis of n, as the mode reads them."""
    inside = (places >= 0) & (places < n)
    match mode:
        case "circular":
            return places % n
        case "reflect":
            period = max(1, 2 * (n - 1))
            folded = places % period
            return np.minimum(folded, period - folded) if n > 1 else np.zeros_like(places)
        case "replicate":
            return places.clip(0, n - 1)
    return np.where(inside, places, OUTSIDE)


@functools.lru_cache(maxsize=256)
def joined_places(how: Geometry, of_input: tuple[int, ...], results: tuple[int, ...] | None = None) -> Places:
    """The place in the flattened input that each tap (flattened) of each result (flattened) meets: (results, taps)."""
    together = np.zeros((1, 1), np.int64)
    for places, n in zip(how.places(of_input, results), of_input, strict=True):
        pairs = together[:, None, :, None] * n + places[None, :, None, :]
        out = (together == OUTSIDE)[:, None, :, None] | (places == OUTSIDE)[None, :, None, :]
        together = np.where(out, OUTSIDE, pairs).reshape(len(together) * len(places), -1)
    together.flags.writeable = False
    return together


@functools.lru_cache(maxsize=256)
def adjoint_places(how: Geometry, of_input: tuple[int, ...], results: tuple[int, ...]) -> tuple[Places, Places]:
    """For every place of the flattened input the results and the taps that meet there, each (places, meetings).

    Places with fewer meetings than others are filled up with `OUTSIDE`.
    """
    places = joined_places(how, of_input, results)
    result, tap = np.nonzero(places != OUTSIDE)
    place = places[result, tap]
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place, minlength=math.prod(of_input))
    column = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = np.full((2, len(counts), counts.max(initial=0)), OUTSIDE)
    found[:, place[order], column] = result[order], tap[order]
    found.flags.writeable = False
    return found[0], found[1]
