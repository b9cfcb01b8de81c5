"""Correct ways to sum exponentials and take the logarithm that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIMS = ("logsumexp-accuracy",)
EMPTY = -float("inf")


def _wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def _nothing_summed(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool) -> Tensor:
    return x.sum(dim, keepdim=keepdim) + EMPTY


def accumulated_wide(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    """Half types are rounded once."""
    return _wide(x).logsumexp(dim, keepdim=keepdim).to(x.dtype)


def of_the_tail(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    """m + log1p of the sum without one maximal term (Blanchard, Higham and Higham 2021, algorithm 4.1)."""
    if x.numel() == 0:
        return _nothing_summed(x, dim, keepdim=keepdim)
    w = _wide(x)
    if isinstance(dim, tuple):
        w = w.flatten(dim[0])
        dim = -1
        keepdim = False
    m, at = w.max(dim, keepdim=True)
    e = (w - torch.where(m.isinf(), 0.0, m)).exp()
    tail = e.scatter(dim, at, 0.0).sum(dim, keepdim=True) if w.ndim else torch.zeros_like(e)
    y = torch.where(m.isinf(), m, m + tail.log1p())
    return (y if keepdim else y.squeeze(dim)).to(x.dtype)


def rounding_every_step(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    """Each step in the dtype of the logits, as torch does, but for the sum, which float16 may not hold."""
    if x.numel() == 0:
        return _nothing_summed(x, dim, keepdim=keepdim)
    m = x.amax(dim, keepdim=True)
    shift = torch.where(m.isinf(), 0.0, m)
    total = _wide((x - shift).exp().flip(0)).sum(dim, keepdim=True).flip(0)
    y = total.log().to(x.dtype) + shift
    return y if keepdim else y.reshape(x.sum(dim).shape)


def softplus_of_the_difference(a: Tensor, b: Tensor) -> Tensor:
    """max + log1p(exp(min - max)), in the wider type."""
    v, w = _wide(a), _wide(b)
    m = torch.maximum(v, w)
    least = torch.minimum(v, w)
    y = m + torch.where(m.isinf() | (least == EMPTY), 0.0, (least - m).exp().log1p())
    return y.to(a.dtype)


def doubling(x: Tensor, dim: int) -> Tensor:
    """The parallel scan of Hillis and Steele: log2 n additions for every entry."""
    y, step = _wide(x), 1
    while x.ndim and step < x.shape[dim]:
        ahead = y.narrow(dim, step, y.shape[dim] - step)
        behind = y.narrow(dim, 0, y.shape[dim] - step)
        y = torch.cat((y.narrow(dim, 0, step), torch.logaddexp(ahead, behind)), dim)
        step *= 2
    return y.to(x.dtype).clone()


ALTERNATIVES = [
    (CLAIMS, {"logsumexp": accumulated_wide, "special_logsumexp": accumulated_wide}, "rounded once"),
    (CLAIMS, {"logsumexp": of_the_tail, "special_logsumexp": of_the_tail}, "log1p of the tail"),
    (CLAIMS, {"logsumexp": rounding_every_step}, "rounded at every step"),
    (CLAIMS, {"logaddexp": softplus_of_the_difference}, "logaddexp in the accumulator"),
    (CLAIMS, {"logcumsumexp": doubling}, "a parallel scan"),
]
