"""Correct stacks of layers, extents and depths by other algorithms: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.receptive_field import Layers, stack_of_layers

GROWTH, STRIDES, DEPTH = (
    "receptive-field-growth",
    "stride-and-pooling-enlarge-receptive-field",
    "indirect-connectivity-depth",
)
ALL = (GROWTH, STRIDES, DEPTH)


def stack_by_windows(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:  # noqa: ARG001
    """Windows of padded images, and their largest number, mean, or product with a kernel."""
    axes = x.ndim - 2
    for w, (kind, kernel, stride, padding, dilation) in zip(weights, layers, strict=True):
        ends = [((k - 1) // 2, k // 2) for k in kernel] if kind == "same" else [(q, q) for q in padding]
        beyond = float("-inf") if kind == "max" else 0.0
        windows = torch.nn.functional.pad(x, [n for pair in reversed(ends) for n in pair], value=beyond)
        for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True)):
            windows = windows.unfold(axis + 2, d * (k - 1) + 1, s)[..., ::d]
        flat = windows.flatten(axes + 2)
        if kind == "max":
            x = flat.amax(-1)
        elif kind == "avg":
            x = flat.mean(-1)
        else:
            x = torch.einsum("nc...k,ock->no...", flat, w.flatten(2))
        x = x.clamp(max=1)
    return x


def stack_in_float64(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    """Rounded once, at the end."""
    wide = [w if w is None else w.double() for w in weights]
    return stack_of_layers(x.double(), wide, layers, memory).to(x.dtype)


def stack_of_images_one_by_one(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    """Without a batch."""
    return torch.cat([stack_of_layers(image[None], weights, layers, memory) for image in x])


def extents_from_the_last_layer(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    """r_{l-1} = s r_l + d (k - 1) + 1 - s, from one unit of each layer back to the input."""
    found = []
    for last in range(kernel.shape[-1]):
        r = torch.ones_like(kernel[..., 0])
        for i in range(last, -1, -1):
            r = (r - 1) * stride[..., i] + (kernel[..., i] - 1) * dilation[..., i] + 1
        found.append(r)
    return torch.stack(found, -1)


def depth_by_counting(n: Tensor, k: Tensor) -> Tensor:
    """How often k - 1 fits until n is reached."""
    if k == 1:
        return torch.full_like(n, float("inf"))
    depth, reach = 0, 1
    while reach < n:
        depth, reach = depth + 1, reach + int(k) - 1
    return torch.full_like(n, depth)


ALTERNATIVES = [
    (ALL, {"stack_of_layers": stack_by_windows}, "windows"),
    (ALL, {"stack_of_layers": stack_in_float64}, "stack in float64"),
    (ALL, {"stack_of_layers": stack_of_images_one_by_one}, "images one by one"),
    ((GROWTH, STRIDES), {"receptive_extents": extents_from_the_last_layer}, "extents from the last layer"),
    ((DEPTH,), {"connecting_depth": depth_by_counting}, "depth by counting"),
]
