"""Pooling of signals, images and volumes (..., channels, n), whose n places lie row by row as `spatial` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def pooled(x: Tensor, *, pool: str, spatial: Sequence[int], layer: bool = False, **options: Any) -> Any:
    """Windows by the function `pool`, or by its layer, with the options of torch's functions.

    Results (..., channels, m), with indices also those. A new copy of an image is never made: strided places stay so,
    and transposed ones are channels_last. `quarters` are the samples of fractional pooling, in quarters.
    """
    images, axes = x.unflatten(-1, tuple(spatial)), len(spatial)
    if "quarters" in options:
        shape = (*(images.shape[:2] if images.ndim == axes + 2 else (1, images.shape[0])), axes)
        quarters = options.pop("quarters")[:: 1 if axes == 3 else -1]  # torch takes those of an image columns first
        samples = torch.tensor(quarters, dtype=x.dtype, device=x.device) / 4
        options["_random_samples"] = samples.expand(shape)
    if layer:
        name = pool.title().replace("_", "").replace("Lp", "LP")
        result = getattr(nn, f"{name}{axes}d")(**options)(images)
    else:
        result = getattr(F, f"{pool}{axes}d")(images, **options)
    if isinstance(result, tuple):
        return tuple(r.flatten(-axes) for r in result)
    return result.flatten(-axes)


def pool_derivatives(
    x: Tensor, u: Tensor, v: Tensor, *, pool: str, spatial: Sequence[int], **options: Any
) -> tuple[Tensor, Tensor, Tensor]:
    """For the Jacobian J of a pool at x: J^T v by reverse mode, J u by reverse mode twice, and J u by forward mode."""

    def function(t: Tensor) -> Tensor:
        y: Tensor = getattr(F, f"{pool}{len(spatial)}d")(t.unflatten(-1, tuple(spatial)), **options)
        return y.flatten(-len(spatial))

    leaf, weights = x.detach().clone().requires_grad_(), v.detach().clone().requires_grad_()
    (pulled,) = torch.autograd.grad(function(leaf), leaf, weights, create_graph=True)
    (twice,) = torch.autograd.grad(pulled, weights, u)
    return pulled.detach(), twice, torch.func.jvp(function, (leaf.detach(),), (u.clone(),))[1]


def unpooled(
    y: Tensor,
    index: Tensor,
    *,
    shape: Sequence[int],
    spatial: Sequence[int],
    kernel_size: Any,
    stride: Any,
    padding: Any,
) -> Tensor:
    """Numbers y (..., channels, m) of `shape` at the places `index` of an image of zeros (..., channels, n)."""
    axes = len(spatial)
    small, places = (t.unflatten(-1, tuple(shape)) for t in (y, index))
    unpool = getattr(F, f"max_unpool{axes}d")
    images: Tensor = unpool(small, places, kernel_size, stride, padding, output_size=tuple(spatial))
    return images.flatten(-axes)


ROWS = {
    "pooled": Operation(pooled, "pooled", axes=(2,)),
    "pool_derivatives": Operation(pool_derivatives, "pool_derivatives", axes=(2, 2, 2)),
    "unpooled": Operation(unpooled, "unpooled", axes=(2, 2)),
}
