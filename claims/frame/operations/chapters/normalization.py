"""Normalisation of sets of numbers, the rows of x (..., m), by every layer that standardises one.

`shape` says how the m numbers of a set lie in the layer's input: (N, *spatial) for batch norm, whose channels are the
rows, (channels, *spatial) for group norm, and the normalised axes for the others. `memory` names a memory format, and
with `wide` the affine parameters are float32 beside inputs of half precision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def batch_norm(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """Rows (..., m) as channels (N, C, *spatial), with a weight and bias (..., 1) for each."""
    images = (x if x.ndim > 1 else x[None]).unflatten(-1, tuple(shape)).movedim(0, 1)
    images = images.contiguous(memory_format=getattr(torch, memory)) if memory else images
    w, b = (p if p is None else p.reshape(-1).to(torch.float32 if wide else p.dtype) for p in (w, b))
    y = F.batch_norm(images, None, None, w, b, training=True, momentum=0.0, eps=eps)
    return y.movedim(1, 0).reshape(x.shape)


def batch_norm_module(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """The same by nn.BatchNorm1d, 2d or 3d in training."""
    images = (x if x.ndim > 1 else x[None]).unflatten(-1, tuple(shape)).movedim(0, 1)
    images = images.contiguous(memory_format=getattr(torch, memory)) if memory else images
    kind = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}[images.ndim]
    dtype = torch.float32 if wide else x.dtype
    layer = kind(images.shape[1], eps=eps, affine=w is not None, device=x.device, dtype=dtype)
    if w is not None and b is not None:
        parameters = {"weight": w.reshape(-1).to(dtype), "bias": b.reshape(-1).to(dtype)}
        layer.load_state_dict({**layer.state_dict(), **parameters})
    y: Tensor = layer(images)
    return y.movedim(1, 0).reshape(x.shape)


def instance_norm(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """Rows (..., m) as instances (N, C, *spatial) of one or two channels that share a weight and bias (1,)."""
    rows = x if x.ndim > 1 else x[None]
    c = 1 + (rows.shape[0] % 2 == 0)
    images = rows.reshape(rows.shape[0] // c, c, *shape)
    images = images.contiguous(memory_format=getattr(torch, memory)) if memory else images
    w, b = (p if p is None else p.expand(c).to(torch.float32 if wide else p.dtype) for p in (w, b))
    return F.instance_norm(images, None, None, w, b, eps=eps).reshape(x.shape)


def group_norm(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """Rows (..., m) as one or two groups of `shape[0]` channels each, which share their weights and biases (c,)."""
    rows = x if x.ndim > 1 else x[None]
    groups = 1 + (rows.shape[0] % 2 == 0)
    images = rows.reshape(rows.shape[0] // groups, groups * shape[0], *shape[1:])
    images = images.contiguous(memory_format=getattr(torch, memory)) if memory else images
    w, b = (p if p is None else p.repeat(groups).to(torch.float32 if wide else p.dtype) for p in (w, b))
    return F.group_norm(images, groups, w, b, eps).reshape(x.shape)


def layer_norm(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """Rows (..., m) as `shape`, with a weight and bias (m,) for each of its places."""
    sets = x.unflatten(-1, tuple(shape))
    w, b = (p if p is None else p.reshape(tuple(shape)).to(torch.float32 if wide else p.dtype) for p in (w, b))
    return F.layer_norm(sets, tuple(shape), w, b, eps).flatten(-len(shape))


def rms_norm(
    x: Tensor, w: Tensor | None, b: Tensor | None, *, shape: Sequence[int], memory: str, eps: float, wide: bool
) -> Tensor:
    """Rows (..., m) as `shape`, with a weight (m,) for each of its places; there is no bias."""
    sets = x.unflatten(-1, tuple(shape))
    w = None if w is None else w.reshape(tuple(shape))
    return F.rms_norm(sets, tuple(shape), w, eps).flatten(-len(shape))


def nested_derivative(x: Tensor, d: Tensor, c: Tensor, *, modes: str, layer: str, eps: float) -> Tensor:
    """The derivative along d of sum(c layer(x)) for every row, of order len(modes): r reverse, f forward, inside out.

    Half types are widened to float32.
    """
    wide = torch.float32 if x.dtype.itemsize == 2 else x.dtype
    rows, along, weights = (t.to(wide, copy=True) if t.ndim > 1 else t[None].to(wide, copy=True) for t in (x, d, c))
    m = rows.shape[-1]
    layers = {
        "batch norm": lambda z: F.batch_norm(z.mT, None, None, training=True, eps=eps).mT,
        "instance norm": lambda z: F.instance_norm(z[None], eps=eps)[0],
        "layer norm": lambda z: F.layer_norm(z, (m,), eps=eps),
        "group norm": lambda z: F.group_norm(z, 1, eps=eps),
        "RMS norm": lambda z: F.rms_norm(z, (m,), eps=eps),
    }

    def reverse(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda z: (torch.func.grad(lambda t: f(t).sum())(z) * along).sum(-1)

    def forward(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda z: torch.func.jvp(f, (z,), (along,))[1]

    def value(z: Tensor) -> Tensor:
        y: Tensor = layers[layer](z)
        return (weights * y).sum(-1)

    derivative: Callable[[Tensor], Tensor] = value
    for mode in modes:
        derivative = (reverse if mode == "r" else forward)(derivative)
    return derivative(rows).reshape(x.shape[:-1]).to(x.dtype)


_AXES = (1, 1, 1)

ROWS = {
    f.__name__: Operation(f, f.__name__, axes=_AXES)
    for f in (batch_norm, batch_norm_module, instance_norm, group_norm, layer_norm, rms_norm)
} | {"nested_derivative": Operation(nested_derivative, "nested_derivative")}
