"""Losses that are quadratic near the origin, signs, and functions that are no norms."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def _smooth_l1_loss(x: Tensor) -> Tensor:
    return F.smooth_l1_loss(x, torch.zeros_like(x), reduction="sum")


def _huber_loss(x: Tensor) -> Tensor:
    return F.huber_loss(x, torch.zeros_like(x), reduction="sum")


def _hessian_of_l1(x: Tensor) -> Tensor:
    hessian: Tensor = torch.func.hessian(lambda v: torch.linalg.vector_norm(v, 1))(x.clone())
    return hessian


ROWS = {
    "smooth_l1_loss": Operation(
        _smooth_l1_loss,
        "(lambda x: torch.nn.functional.smooth_l1_loss(x, torch.zeros_like(x), reduction='sum'))",
        axes=(1,),
        batches=False,
    ),
    "huber_loss": Operation(
        _huber_loss,
        "(lambda x: torch.nn.functional.huber_loss(x, torch.zeros_like(x), reduction='sum'))",
        axes=(1,),
        batches=False,
    ),
    "sign": Operation(torch.sign, "torch.sign"),
    "sgn": Operation(torch.sgn, "torch.sgn"),
    "hessian_of_l1": Operation(
        _hessian_of_l1,
        "(lambda x: torch.func.hessian(lambda v: torch.linalg.vector_norm(v, 1))(x.clone()))",
        axes=(1,),
        batches=False,
    ),
    "first_magnitude": Operation(
        lambda x, dim: x.narrow(dim, 0, 1).abs().sum(dim),
        "(lambda x, dim: x.narrow(dim, 0, 1).abs().sum(dim))",
        axes=(1,),
        dim="reduced",
    ),
    "asymmetric_gauge": Operation(
        lambda x, dim: torch.maximum(x, -2 * x).sum(dim),
        "(lambda x, dim: torch.maximum(x, -2 * x).sum(dim))",
        axes=(1,),
        dim="reduced",
    ),
    "capped_norm": Operation(
        lambda x, dim: x.abs().sum(dim).clamp(max=1),
        "(lambda x, dim: x.abs().sum(dim).clamp(max=1))",
        axes=(1,),
        dim="reduced",
    ),
}
