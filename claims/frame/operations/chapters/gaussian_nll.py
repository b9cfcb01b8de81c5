"""The loss of a normal law with a variance of its own."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def gaussian_nll(
    mean: Tensor, target: Tensor, variance: Tensor, *, eps: float, full: bool = False, reduction: str = "none"
) -> Tensor:
    """torch's loss; a variance with an axis less stands for all predictions of an instance."""
    if variance.is_meta:  # torch asks whether one is negative, which tensors without numbers cannot tell
        each = (mean - target) * (variance if variance.ndim == mean.ndim else variance[..., None])
        return each if reduction == "none" else each.sum()
    return F.gaussian_nll_loss(mean, target, variance, full=full, eps=eps, reduction=reduction)


def _gaussian_nll_module(mean: Tensor, target: Tensor, variance: Tensor, *, full: bool, eps: float) -> Tensor:
    if variance.is_meta:
        return gaussian_nll(mean, target, variance, eps=eps)
    loss: Tensor = nn.GaussianNLLLoss(full=full, eps=eps, reduction="none")(mean, target, variance)
    return loss


_LOSS = "torch.nn.functional.gaussian_nll_loss"

ROWS = {
    "gaussian_nll": Operation(gaussian_nll, _LOSS, axes=(1, 1, 1)),
    "gaussian_nll_module": Operation(
        _gaussian_nll_module,
        "(lambda m, t, v, full, eps: torch.nn.GaussianNLLLoss(full=full, eps=eps, reduction='none')(m, t, v))",
        axes=(1, 1, 1),
    ),
    "gaussian_nll_reduced": Operation(gaussian_nll, _LOSS, axes=(1, 1, 1), batches=False),
    "gaussian_nll_shared": Operation(gaussian_nll, _LOSS, axes=(1, 1, 0)),
}
