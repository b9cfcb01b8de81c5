"""Losses of a logistic output, in every spelling."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation

LINEAR_FROM = 50.0
"""Where softplus takes log(1 + e^x) for x: e^-50 is below the rounding of float64, e^-20 (torch's default) is not."""


def _weighted_bce(z: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, y, pos_weight=weight, reduction="none")


def _bce_module(z: Tensor, y: Tensor) -> Tensor:
    loss: Tensor = nn.BCEWithLogitsLoss(reduction="none")(z, y)
    return loss


def _softplus_loss(z: Tensor, y: Tensor) -> Tensor:
    return F.softplus(z * (1 - 2 * y), threshold=LINEAR_FROM)


def _logsigmoid_loss(z: Tensor, y: Tensor) -> Tensor:
    return -F.logsigmoid(z * (2 * y - 1))


def _soft_margin_loss(z: Tensor, y: Tensor) -> Tensor:
    return F.soft_margin_loss(z, 2 * y - 1, reduction="none")


def _bce_loss(p: Tensor, y: Tensor) -> Tensor:
    loss: Tensor = nn.BCELoss(reduction="none")(p, y)
    return loss


def _half_squared_error(p: Tensor, y: Tensor) -> Tensor:
    return F.mse_loss(p, y, reduction="none") * 0.5


_BCE = "torch.nn.functional.binary_cross_entropy_with_logits"

ROWS = {
    "bce_with_logits": Operation(F.binary_cross_entropy_with_logits, _BCE, axes=(1, 1)),
    "bce_with_logits_reduced": Operation(F.binary_cross_entropy_with_logits, _BCE, axes=(1, 1), batches=False),
    "bce_with_logits_module": Operation(_bce_module, "torch.nn.BCEWithLogitsLoss(reduction='none')", axes=(1, 1)),
    "weighted_bce_with_logits": Operation(
        _weighted_bce,
        f"(lambda z, y, q: {_BCE}(z, y, pos_weight=q, reduction='none'))",
        axes=(1, 1),
    ),
    "softplus_loss": Operation(
        _softplus_loss,
        f"(lambda z, y: torch.nn.functional.softplus(z * (1 - 2 * y), threshold={LINEAR_FROM}))",
        axes=(1, 1),
    ),
    "logsigmoid_loss": Operation(
        _logsigmoid_loss, "(lambda z, y: -torch.nn.functional.logsigmoid(z * (2 * y - 1)))", axes=(1, 1)
    ),
    "soft_margin_loss": Operation(
        _soft_margin_loss,
        "(lambda z, y: torch.nn.functional.soft_margin_loss(z, 2 * y - 1, reduction='none'))",
        axes=(1, 1),
    ),
    "binary_cross_entropy": Operation(F.binary_cross_entropy, "torch.nn.functional.binary_cross_entropy", axes=(1, 1)),
    "bce_module": Operation(_bce_loss, "torch.nn.BCELoss(reduction='none')", axes=(1, 1)),
    "half_squared_error": Operation(
        _half_squared_error,
        "(lambda p, y: torch.nn.functional.mse_loss(p, y, reduction='none') * 0.5)",
        axes=(1, 1),
    ),
}
