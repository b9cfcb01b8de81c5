"""Norms at work: windows of a signal, rows scaled into a ball."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def pooled_norms(x: Tensor, p: float, size: int) -> Tensor:
    """The p-norms of consecutive windows of `size` entries along the last axis."""
    return F.lp_pool1d(x[..., None, :], p, size).squeeze(-2)


def renormed(x: Tensor, p: float, largest: float) -> Tensor:
    """Vectors scaled down to norms of at most `largest`; they are rows of one matrix, or one vector."""
    rows = x.reshape(-1, x.shape[-1])
    return torch.renorm(rows, p, 0, largest).reshape(x.shape)


ROWS = {
    "pooled_norms": Operation(pooled_norms, "pooled_norms", axes=(1,)),
    "renormed": Operation(renormed, "renormed", axes=(1,)),
}
