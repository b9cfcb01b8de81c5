"""Correct divergences that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIMS = ("kl-divergence-nonnegative",)


def _wide(x: Tensor) -> Tensor:
    """Half types compute in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def by_the_difference(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    """p (log p - l), 0 for p = 0."""
    assert reduction == "none"
    t, logs = _wide(target), _wide(x)
    p = t.exp() if log_target else t
    log_p = t if log_target else t.log()
    return torch.where(p > 0, p * (log_p - logs), 0.0).to(x.dtype)


def by_two_products(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    """p log p - p l, each step rounded to the dtype, 0 for p = 0."""
    assert reduction == "none"
    p = target.exp() if log_target else target
    log_p = target if log_target else target.log()
    return torch.where(p > 0, p * log_p - p * x, 0.0)


def reduced(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    """Row by row, from the last to the first."""
    rows = _wide(by_the_difference(x, target, "none", log_target=log_target)).flip(0).sum(-1)
    return (rows.sum() if reduction == "sum" else rows.mean()).to(x.dtype)


def without_clipping(p: Tensor, q: Tensor) -> Tensor:
    """sum pi (log pi - log rho), without clipping."""
    v, w = (_wide(x) / _wide(x).sum(-1, keepdim=True) for x in (p, q))
    return torch.where(v > 0, v * (v.log() - w.log()), 0.0).sum(-1).to(p.dtype)


ALTERNATIVES = [
    (CLAIMS, {"kl_div": by_the_difference, "kl_div_reduced": reduced, "kl_div_layer": reduced}, "by the difference"),
    (CLAIMS, {"kl_div": by_two_products}, "by two products"),
    (CLAIMS, {"categorical_divergence": without_clipping}, "Categorical without clipping"),
]
