"""Pooling over filters that a group turns, weighted pooling, and least squares with pooled features."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def orbit_pooled(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    """The largest response of a patch x (..., side, side) to the filter w (side, side), turned in every way.

    `by` takes it along the channels: amax, or max_pool.
    """
    if group == "shifts":
        filters = [w.roll(k, -1) for k in range(w.shape[-1])]
    else:
        filters = [w.rot90(k, (-2, -1)) for k in range(4)]
    if group == "symmetries":
        filters += [f.flip(-1) for f in filters]
    patches = x.unsqueeze(-3).reshape(-1, 1, *x.shape[-2:])
    responses = F.conv2d(patches, torch.stack(filters)[:, None]).flatten(1)
    found = responses.amax(1) if by == "amax" else F.max_pool1d(responses, responses.shape[-1])[:, 0]
    return found.reshape(x.shape[:-2])


def weighted_average(x: Tensor, w: Tensor, *, spatial: Sequence[int], window: Sequence[int], stride: int) -> Tensor:
    """Images x (images, channels, n), every channel pooled with the weights w (k,): a depthwise convolution."""
    axes, channels = len(spatial), x.shape[-2]
    kernel = w.reshape(1, 1, *window).expand(channels, 1, *window)
    convolution = getattr(F, f"conv{axes}d")
    averages: Tensor = convolution(x.unflatten(-1, tuple(spatial)), kernel, stride=stride, groups=channels)
    return averages.flatten(-axes)


def fitted(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    """Least squares fits (n, m) of m targets y (n, m) by the features x (n, d), pooled in blocks."""
    pooled = F.avg_pool1d(x, block)
    driver = "gels" if x.is_cuda else "gelsd"  # CUDA has no other
    solution: Tensor = torch.linalg.lstsq(pooled, y, driver=driver)[0]
    return pooled @ solution


ROWS = {
    "orbit_pooled": Operation(orbit_pooled, "orbit_pooled", axes=(2, 2), batches=False, product=True),
    "weighted_average": Operation(weighted_average, "weighted_average", axes=(3, 1), batches=False, product=True),
    "fitted": Operation(fitted, "fitted"),
}
