"""Receptive fields: which inputs a unit of a stack of layers depends on, and how far they reach.

Sets are those of the graph: a window of kernel k, stride s, padding q and dilation d joins unit p to the units
p s - q + m d of the layer before, m < k, that exist (Goodfellow et al. 2016, 9.2). On several axes they are products.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.convolution.geometry import Places, geometry

Bools = NDArray[np.bool_]

POOLING = ("max", "avg")


@dataclass(frozen=True)
class Layer:
    """A convolution, or pooling by the maximum ("max") or the mean ("avg"), with a number for every axis.

    The convolution is padded as it says ("conv"), or so that the sizes remain, for stride 1 ("same").
    """

    kind: str
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def options(self) -> tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Kind, kernel, stride, padding and dilation, as plain data."""
        return self.kind, self.kernel, self.stride, self.padding, self.dilation


def layer(kind: str, axes: int, k: int, s: int = 1, q: int = 0, d: int = 1) -> Layer:
    """A layer that is the same along every axis."""
    return Layer(kind, *((n,) * axes for n in (k, s, q, d)))


@dataclass(frozen=True, eq=False)
class Field:
    """What the units of one layer depend on, along one axis.

    `sets` (units, inputs) says on which inputs; `interior` (units,) which units meet no padding on the way.
    """

    sets: Bools
    interior: Bools

    @property
    def extents(self) -> NDArray[np.int64]:
        """From the first input to the last one that a unit depends on; 0 for none."""
        return extents(self.sets)


def extents(sets: Bools) -> NDArray[np.int64]:
    """For every row the places from the first True to the last one, 0 without any."""
    n = sets.shape[-1]
    if not n:
        return np.zeros(sets.shape[:-1], np.int64)
    found: NDArray[np.int64] = np.where(sets.any(-1), n - sets[..., ::-1].argmax(-1) - sets.argmax(-1), 0)
    return found


@functools.lru_cache(maxsize=512)
def fields(layers: tuple[Layer, ...], sizes: tuple[int, ...]) -> tuple[Field, ...]:
    """The fields of the last of these layers, one an axis, for an input of `sizes`: windows of windows.

    Raises ValueError where a layer has no unit, and for pooling of nothing but padding.
    """
    found = [Field(np.eye(n, dtype=bool), np.ones(n, bool)) for n in sizes]
    for one in layers:
        padding = "same" if one.kind == "same" else one.padding
        how = geometry(one.kernel, stride=one.stride, padding=padding, dilation=one.dilation)
        places = how.places([len(f.sets) for f in found])
        found = [_moved(f, p) for f, p in zip(found, places, strict=True)]
        if not all(len(p) for p in places):
            raise ValueError(f"{one} has no unit left")
        if one.kind in POOLING and not all((p >= 0).any(-1).all() for p in places):
            raise ValueError(f"{one} pools padding only")
    return tuple(found)


def _moved(field: Field, places: Places) -> Field:
    """The field of the next layer; a tap beyond the border takes the row that is appended."""
    sets, interior = np.vstack((field.sets, np.zeros_like(field.sets[:1]))), np.append(field.interior, False)
    return Field(np.asarray(sets[places].any(1)), np.asarray(interior[places].all(1)))


def joint(found: Sequence[Field]) -> Bools:
    """The set of every unit (flattened) in the input (flattened)."""
    return functools.reduce(np.kron, [f.sets for f in found])


def along(sets: Bools, units: Sequence[int], sizes: Sequence[int]) -> list[Bools]:
    """For every axis whether units at a place of it depend on inputs at a place of it: (units, inputs) each."""
    whole, axes = sets.reshape(*units, *sizes), len(sizes)
    others = [tuple(a for a in range(2 * axes) if a % axes != axis) for axis in range(axes)]
    return [np.asarray(whole.any(rest)) for rest in others]


def extent(layers: Sequence[Layer], axis: int) -> int:
    """r_L = 1 + sum_l (k_l - 1) d_l prod_{i < l} s_i along an axis."""
    reach, jump = 1, 1
    for one in layers:
        reach += (one.kernel[axis] - 1) * one.dilation[axis] * jump
        jump *= one.stride[axis]
    return reach


def without_strides(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same layers with stride 1."""
    return tuple(Layer(o.kind, o.kernel, (1,) * len(o.stride), o.padding, o.dilation) for o in layers)


def strides_matter(layers: Sequence[Layer], axis: int) -> bool:
    """Whether a stride above 1 is followed by a kernel wider than 1."""
    strided = [i for i, one in enumerate(layers) if one.stride[axis] > 1]
    return bool(strided) and any(one.kernel[axis] > 1 for one in layers[strided[0] + 1 :])


def depth(n: int, k: int) -> int:
    """The least depth at which stride 1 lets a unit depend on all of n inputs: ceil((n - 1) / (k - 1)), k > 1."""
    return math.ceil((n - 1) / (k - 1))
