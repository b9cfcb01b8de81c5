"""Stacks of convolutions and pooling, and formulas on how far their units see."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation

Layers = list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]]


def stack_of_layers(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    """Images (n, c, *sizes) through layers of kind, kernel, stride, padding and dilation; what exceeds 1 becomes 1."""
    axes = x.ndim - 3
    for w, (kind, kernel, stride, padding, dilation) in zip(weights, layers, strict=True):
        x = x.contiguous(memory_format=getattr(torch, memory)) if memory else x
        if kind == "max":
            x = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[axes](x, kernel, stride, padding, dilation)
        elif kind == "avg":
            x = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[axes](x, kernel, stride, padding)
        else:
            border = kind if kind == "same" else padding
            x = (F.conv1d, F.conv2d, F.conv3d)[axes](x, w, None, stride, border, dilation)
        x = x.clamp(max=1)
    return x


def receptive_extents(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    """r_l = 1 + sum_{j <= l} (k_j - 1) d_j prod_{i < j} s_i for the layers l along the last axis."""
    jump = torch.cat((torch.ones_like(stride[..., :1]), stride[..., :-1].cumprod(-1)), -1)
    return 1 + ((kernel - 1) * dilation * jump).cumsum(-1)


def connecting_depth(n: Tensor, k: Tensor) -> Tensor:
    """ceil((n - 1) / (k - 1)), the depth at which a unit may see n inputs; infinite for k = 1."""
    return ((n - 1) / (k - 1)).ceil()


ROWS = {
    "stack_of_layers": Operation(stack_of_layers, "stack_of_layers", product=True),
    "receptive_extents": Operation(receptive_extents, "receptive_extents", axes=(1, 1, 1)),
    "connecting_depth": Operation(connecting_depth, "connecting_depth", axes=(0, 0)),
}
