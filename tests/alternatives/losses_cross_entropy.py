"""Correct cross entropies that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIMS = ("cross-entropy-decomposition",)


def _wide(x: Tensor) -> Tensor:
    """Half types compute in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def excluding(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    """0 for p = 0, in the accumulator, rounded once."""
    assert reduction == "none"
    w, y = _wide(target), _wide(x).log_softmax(-1)
    return -torch.where(w > 0, w * y, 0.0).sum(-1).to(x.dtype)


def reversed_sum(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    """The terms from the last to the first, each rounded to the dtype."""
    assert reduction == "none"
    return -torch.where(target > 0, target * x.log_softmax(-1), 0.0).flip(-1).sum(-1)


def by_rows(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    """Row by row, then all of them."""
    rows = _wide(excluding(_wide(x), _wide(target), "none"))
    return (rows.sum() if reduction == "sum" else rows.mean()).to(x.dtype)


ALTERNATIVES = [
    (CLAIMS, {"soft_cross_entropy": excluding, "soft_cross_entropy_reduced": by_rows}, "rounded once"),
    (CLAIMS, {"soft_cross_entropy": reversed_sum}, "summed in reverse"),
]
