"""Correct locally connected layers and tiled convolutions by other algorithms: no claim may fail on them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor

from claims.frame.operations.chapters.convolution_variants import locally_connected, tiled_convolution

LOCAL, TILED = "locally-connected-layer", "tiled-convolution"


def place_by_place(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str = "") -> Tensor:  # noqa: ARG001
    """A dense layer for every place."""
    axes = x.ndim - 2
    results, kernel = w.shape[:axes], w.shape[axes + 2 :]
    made = []
    for place in itertools.product(*map(range, results)):
        window = (slice(i * s, i * s + k) for i, s, k in zip(place, stride, kernel, strict=True))
        made.append(x[(slice(None), slice(None), *window)].flatten(1) @ w[place].flatten(1).mT)
    return torch.stack(made, -1).unflatten(-1, results)


def local_in_float64(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    """Rounded once."""
    return locally_connected(x.double(), w.double(), stride=stride, name=name).to(x.dtype)


def repeated(x: Tensor, w: Tensor, *, name: str = "") -> Tensor:  # noqa: ARG001
    """A locally connected layer with tiles repeated."""
    axes = x.ndim - 2
    for axis in range(axes):
        n = x.shape[axis + 2] - w.shape[axes + 2 + axis] + 1
        w = w.index_select(axis, torch.arange(n) % w.shape[axis])
    return place_by_place(x, w, stride=[1] * axes)


def tiled_otherwise(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    """Each spelling by the other."""
    return tiled_convolution(x, w, name="gathered" if name == "interleaved" else "interleaved")


def every(name: str) -> list[str]:
    """Of one to three axes."""
    return [f"{name}{d}d" for d in (1, 2, 3)]


ALTERNATIVES = [
    ((LOCAL, TILED), dict.fromkeys(every("locally_connected"), place_by_place), "place by place"),
    ((LOCAL,), dict.fromkeys(every("locally_connected"), local_in_float64), "local layers in float64"),
    ((TILED,), dict.fromkeys(every("tiled_convolution"), repeated), "repeated tiles"),
    ((TILED,), dict.fromkeys(every("tiled_convolution"), tiled_otherwise), "the other spelling"),
    ((LOCAL, TILED), {"parameter_count": lambda p: sum(len(t.flatten()) for t in p)}, "counted one by one"),
]
