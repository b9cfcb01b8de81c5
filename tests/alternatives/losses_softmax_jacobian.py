"""Correct Jacobians of softmax that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIMS = ("softmax-jacobian",)


def _wide(x: Tensor) -> Tensor:
    """Half types compute in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def multiplied_out(x: Tensor, mode: str) -> Tensor:
    """diag(p) - p p^T, rounded once."""
    assert mode in {"reverse", "forward"}
    p = _wide(x).softmax(-1)
    return (torch.diag_embed(p) - p[..., :, None] * p[..., None, :]).to(x.dtype)


def factored(x: Tensor, mode: str) -> Tensor:
    """p_i (delta_ij - p_j), every step rounded to the dtype."""
    assert mode in {"reverse", "forward"}
    p = x.softmax(-1)
    return p[..., :, None] * (torch.diag_embed(torch.ones_like(p)) - p[..., None, :])


ALTERNATIVES = [
    (CLAIMS, {"softmax_jacobian": multiplied_out}, "multiplied out"),
    (CLAIMS, {"softmax_jacobian": factored}, "factored"),
]
