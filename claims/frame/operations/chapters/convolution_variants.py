"""Locally connected layers and tiled convolutions over one to three axes, in several spellings.

One instance is a batch of images (n, c, *sizes) with a kernel for every place of the result (*results, o, c, *kernel),
or for every tile (*tiles, o, c, *kernel).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def locally_connected(x: Tensor, w: Tensor, *, stride: Sequence[int], name: str) -> Tensor:
    """z_o(p) = sum_{c,k} w_{p,o,c}(k) x_c(p s + k): (n, o, *results), by windows of images or groups of channels."""
    axes = x.ndim - 2
    results, kernel, o = w.shape[:axes], w.shape[axes + 2 :], w.shape[axes]
    windows = x
    for axis in range(axes):
        windows = windows.unfold(axis + 2, kernel[axis], stride[axis])
    if name == "groups":
        channels = windows.movedim(1, axes + 1).flatten(1, axes + 1)
        groups, kernels = results.numel(), w.flatten(0, axes)
        z: Tensor = (F.conv1d, F.conv2d, F.conv3d)[axes - 1](channels, kernels, groups=groups)
        z = z.flatten(1).unflatten(1, (*results, o))
        return z.movedim(-1, 1)
    if name == "unfold" and axes == 2:
        columns = F.unfold(x, kernel, stride=tuple(stride))
    else:
        columns = windows.flatten(axes + 2).movedim(-1, 2).flatten(1, 2).flatten(2)
    kernels = w.flatten(0, axes - 1).flatten(2)
    if name == "windows":
        z = torch.einsum("nkp,pok->nop", columns, kernels)
    else:
        z = torch.bmm(columns.permute(2, 0, 1), kernels.mT).permute(1, 2, 0)
    found: Tensor = z.unflatten(-1, results)
    return found


def tiled_convolution(x: Tensor, w: Tensor, *, name: str) -> Tensor:
    """z_o(p) = sum_{c,k} w_{p mod t,o,c}(k) x_c(p + k) for t tiles along each axis: (n, o, *results)."""
    axes = x.ndim - 2
    tiles, o, kernel = w.shape[:axes], w.shape[axes], w.shape[axes + 2 :]
    convolve = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    if name == "interleaved":
        results = [n - k + 1 for n, k in zip(x.shape[2:], kernel, strict=True)]
        z = x.new_zeros(x.shape[0], o, *results)
        for number in range(tiles.numel()):
            rest, tile = number, [0] * axes
            for axis in reversed(range(axes)):
                rest, tile[axis] = rest // tiles[axis], rest % tiles[axis]
            if all(i < n for i, n in zip(tile, results, strict=True)):
                every = (slice(None), slice(None), *(slice(i, None, t) for i, t in zip(tile, tiles, strict=True)))
                shifted = x[(slice(None), slice(None), *(slice(i, None) for i in tile))]
                z[every] = convolve(shifted, w[tuple(tile)], stride=tuple(tiles))
        return z
    z = convolve(x, w.flatten(0, axes))
    z = z.unflatten(1, (*tiles, o))
    places = torch.meshgrid(*(torch.arange(n, device=x.device) for n in z.shape[axes + 2 :]), indexing="ij")
    turns = (p % t for p, t in zip(places, tiles, strict=True))
    found: Tensor = z[(slice(None), *turns, slice(None), *places)].movedim((-2, -1), (0, 1))
    return found


def _rows(function: Callable[..., Any], kernels: Callable[[int], int]) -> dict[str, Operation]:
    """One row for each number of axes; torch takes no batch of kernels."""
    name = function.__name__
    return {
        f"{name}{d}d": Operation(function, name, (d + 2, kernels(d)), batches=False, product=True) for d in (1, 2, 3)
    }


ROWS = {**_rows(locally_connected, lambda d: 2 * d + 2), **_rows(tiled_convolution, lambda d: 2 * d + 2)}
