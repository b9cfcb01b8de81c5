"""Correct softmax and logarithms of sums that differ from torch's, of which the ranges must hold, too."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.losses_logsumexp import accumulated_wide, doubling, of_the_tail
from tests.alternatives.losses_softmax import log_softmax_in_float64, softmax_in_float64

CLAIMS = ("softmax-shifted-denominator-range",)


def by_the_reciprocal(x: Tensor, dim: int) -> Tensor:
    """Exponentials times the reciprocal of their sum."""
    w = x if x.dtype in (torch.float32, torch.float64) else x.float()
    if not x.numel():
        return x.clone()
    e = (w - w.amax(dim, keepdim=True)).exp()
    return (e * e.sum(dim, keepdim=True).reciprocal()).to(x.dtype)


def masked_by_where(x: Tensor, mask: Tensor, dim: int) -> Tensor:
    """-inf where the mask is false."""
    return torch.where(mask, x, -torch.inf).softmax(dim)


ALTERNATIVES = [
    (CLAIMS, {"softmax": softmax_in_float64, "log_softmax": log_softmax_in_float64}, "in float64"),
    (CLAIMS, {"softmax": by_the_reciprocal}, "by the reciprocal"),
    (CLAIMS, {"logsumexp": accumulated_wide, "logcumsumexp": doubling}, "rounded once"),
    (CLAIMS, {"logsumexp": of_the_tail}, "log1p of the tail"),
    (CLAIMS, {"masked_softmax": masked_by_where}, "a mask of -inf"),
]
