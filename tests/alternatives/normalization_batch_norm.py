"""Correct normalising layers, computed otherwise: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

SETS = ("batch-norm-normalises-activations", "batch-norm-backward-projection", "batch-norm-scale-invariance")
Parameter = Tensor | None


def _affine(y: Tensor, w: Parameter, b: Parameter, x: Tensor) -> Tensor:
    """Parameters of every number, or of a channel for all of its places."""
    m = x.shape[-1]
    for_each = [p if p is None or p.ndim > 1 else p.repeat_interleave(m // p.shape[-1]) for p in (w, b)]
    y = y if for_each[0] is None else y * for_each[0]
    return (y if for_each[1] is None else y + for_each[1]).to(x.dtype)


def by_reciprocal_root(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **_: Any) -> Tensor:
    """Two passes and rsqrt in the accumulator."""
    z = x.float() if x.dtype.itemsize == 2 else x
    v, mean = torch.var_mean(z, -1, correction=0, keepdim=True)
    return _affine((z - mean) * torch.rsqrt(v + eps), w, b, x)


def by_recurrence(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **_: Any) -> Tensor:
    """Welford's recurrence, and one product with the weight."""
    z = x.float() if x.dtype.itemsize == 2 else x
    mean, squares = z[..., :1].clone(), torch.zeros_like(z[..., :1])
    for k in range(1, z.shape[-1]):
        step = z[..., k : k + 1] - mean
        mean = mean + step / (k + 1)
        squares = squares + step * (z[..., k : k + 1] - mean)
    return _affine((z - mean) / (squares / z.shape[-1] + eps).sqrt(), w, b, x)


def in_float64(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **_: Any) -> Tensor:
    """Rounded once."""
    z = x.double()
    return _affine((z - z.mean(-1, keepdim=True)) / (z.var(-1, correction=0, keepdim=True) + eps).sqrt(), w, b, x)


def rms_by_norm(x: Tensor, w: Parameter, _b: Parameter, *, eps: float, **_: Any) -> Tensor:
    """The mean square by a product."""
    z = x.float() if x.dtype.itemsize == 2 else x
    return _affine(z * torch.rsqrt((z[..., None, :] @ z[..., None])[..., 0] / x.shape[-1] + eps), w, None, x)


def nested_by_the_formula(x: Tensor, d: Tensor, c: Tensor, *, modes: str, layer: str, eps: float) -> Tensor:
    """Reverse mode only, of the layer written out, one differentiation after the other."""
    t = torch.zeros(x.shape[:-1], dtype=torch.float64, device=x.device, requires_grad=True)
    z = x.double() + t[..., None] * d.double()
    deviations = z if layer == "RMS norm" else z - z.mean(-1, keepdim=True)
    y = (c.double() * deviations * torch.rsqrt(deviations.square().mean(-1, keepdim=True) + eps)).sum(-1)
    for _ in modes:
        (y,) = torch.autograd.grad(y.sum(), t, create_graph=True)
    return y.detach().to(x.dtype)


def small_batches(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **_: Any) -> Tensor:
    """Two passes; one number is refused."""
    if x.shape[-1] == 1:
        raise ValueError("more than one number is needed")
    return by_reciprocal_root(x, w, b, eps=eps)


ALTERNATIVES = [
    (("batch-norm-batch-of-one-two",), {"batch_norm": small_batches}, "small batches in two passes"),
    (SETS, dict.fromkeys(("batch_norm", "batch_norm_module", "group_norm"), by_reciprocal_root), "two passes"),
    (SETS, dict.fromkeys(("instance_norm", "layer_norm"), by_reciprocal_root), "two passes in an example"),
    (SETS[:1], {"batch_norm": by_recurrence}, "Welford's recurrence"),
    (SETS, {"batch_norm": in_float64, "group_norm": in_float64}, "in float64"),
    (SETS[1:2], {"nested_derivative": nested_by_the_formula}, "along a line"),
    (SETS, {"rms_norm": rms_by_norm}, "inner products"),
]
