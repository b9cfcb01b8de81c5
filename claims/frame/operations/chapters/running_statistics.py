"""The buffers of batch norm: what training leaves in them, and what evaluation makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def running_statistics(x: Tensor, *, momentum: float | None, shape: Sequence[int], memory: str) -> Tensor:
    """Running mean and variance (..., 2) of a batch norm layer after training on batches x (..., batches, m).

    Buffers are float32 beside half precision.
    """
    channels = x if x.ndim > 2 else x[None]
    kind = {1: nn.BatchNorm1d, 3: nn.BatchNorm2d, 4: nn.BatchNorm3d}[len(shape)]
    dtype = torch.float32 if x.dtype.itemsize == 2 else x.dtype
    if x.is_meta and momentum is None:  # the layer then asks its counter of batches, which has no number there
        momentum = 1.0
    layer = kind(len(channels), momentum=momentum, device=x.device, dtype=dtype)
    for batch in channels.unbind(1):
        images = batch.unflatten(-1, tuple(shape)).movedim(0, 1)
        layer(images.contiguous(memory_format=getattr(torch, memory)) if memory else images)
    buffers = layer.state_dict()
    kept = torch.stack([buffers["running_mean"], buffers["running_var"]], -1)
    return kept.to(x.dtype).reshape(*x.shape[:-2], 2)


def evaluated(x: Tensor, buffers: Tensor, *, shape: Sequence[int], memory: str, eps: float) -> Tensor:
    """Batch norm in evaluation of a batch x (..., m), with running mean and variance (..., 2) of every channel."""
    channels, kept = (x if x.ndim > 1 else x[None]), buffers.reshape(-1, 2)
    images = channels.unflatten(-1, tuple(shape)).movedim(0, 1)
    images = images.contiguous(memory_format=getattr(torch, memory)) if memory else images
    kept = kept.float() if x.dtype.itemsize == 2 else kept
    y = F.batch_norm(images, kept[:, 0].clone(), kept[:, 1].clone(), training=False, eps=eps)
    return y.movedim(1, 0).reshape(x.shape)


ROWS = {
    "running_statistics": Operation(running_statistics, "running_statistics", axes=(2,)),
    "evaluated": Operation(evaluated, "evaluated", axes=(1, 1)),
}
