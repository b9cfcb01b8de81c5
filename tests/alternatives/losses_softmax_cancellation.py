"""Losses of a leading class that are more accurate, or evaluated otherwise: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.softmax_cancellation import log1p_loss

CLAIM = ("log-softmax-top-class-cancellation",)


def cross_entropy_by_log1p(x: Tensor, target: Tensor, **_: Any) -> Tensor:
    """Without cancellation, half types in float32."""
    z = x.float() if x.dtype.itemsize == 2 else x
    return log1p_loss(z, target).to(x.dtype)


def cross_entropy_in_float64(x: Tensor, target: Tensor, **_: Any) -> Tensor:
    """By a wider log-softmax."""
    y = torch.log_softmax(x.double(), -1).gather(-1, target[..., None])[..., 0]
    return -y.to(x.dtype)


def log_softmax_by_log1p(x: Tensor, dim: int) -> Tensor:
    """The largest entry apart from the sum of the others."""
    z = x.float() if x.dtype.itemsize == 2 else x
    top, place = z.max(dim, keepdim=True)
    rest = torch.exp(z - top).scatter(dim, place, 0.0).sum(dim, keepdim=True)
    return (z - top - torch.log1p(rest)).to(x.dtype)


def one_after_the_other(x: Tensor, target: Tensor) -> Tensor:
    """A running sum of ratios in the accumulator."""
    z = x.float() if x.dtype.itemsize == 2 else x
    place = target[..., None]
    ratios = torch.exp(z - z.gather(-1, place)).scatter(-1, place, 0.0)
    return torch.log1p(ratios.cumsum(-1)[..., -1]).to(x.dtype)


ALTERNATIVES = [
    (CLAIM, {"cross_entropy": cross_entropy_by_log1p}, "cross-entropy by log1p"),
    (CLAIM, {"cross_entropy": cross_entropy_in_float64}, "cross-entropy in float64"),
    (CLAIM, {"log_softmax": log_softmax_by_log1p}, "log-softmax by log1p"),
    (CLAIM, {"log1p_loss": one_after_the_other}, "a running sum"),
]
