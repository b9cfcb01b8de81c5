"""Losses of a leading class that lose more than they must."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.sigmoid_losses import ROWS
from claims.frame.operations.chapters.softmax_cancellation import log1p_loss
from claims.losses.softmax_cancellation import log_softmax_top_class_cancellation as claim


def _place(x: Tensor, target: Tensor) -> Tensor:
    """Where the class of every row is."""
    return torch.arange(x.shape[-1], device=x.device) == target[..., None]


@mutant(claim, operation="log1p_loss", trigger="large margins: log(1 + s)", provenance="log for log1p")
def log_of_one_more(x: Tensor, target: Tensor) -> Tensor:
    others = (x - x.gather(-1, target[..., None])).masked_fill(_place(x, target), -torch.inf)
    return torch.log(1 + others.exp().sum(-1))


@mutant(claim, operation="log1p_loss", trigger="large margins: -log_softmax")
def loss_by_log_softmax(x: Tensor, target: Tensor) -> Tensor:
    return -torch.log_softmax(x, -1).gather(-1, target[..., None])[..., 0]


@mutant(claim, operation="log1p_loss", trigger="more than two classes: the second one only")
def runner_up_only(x: Tensor, target: Tensor) -> Tensor:
    others = (x - x.gather(-1, target[..., None])).masked_fill(_place(x, target), -torch.inf)
    return torch.log1p(others.amax(-1).exp())


@mutant(claim, operation="log1p_loss", trigger="the last class leads: it is counted, too")
def last_class_counts_itself(x: Tensor, target: Tensor) -> Tensor:
    ratios = torch.exp(x - x.gather(-1, target[..., None]))
    kept = _place(x, target) & (torch.arange(x.shape[-1], device=x.device) < x.shape[-1] - 1)
    return torch.log1p(ratios.masked_fill(kept, 0.0).sum(-1))


@mutant(claim, operation="log1p_loss", trigger="s below the unit roundoff: 0")
def small_sums_are_nothing(x: Tensor, target: Tensor) -> Tensor:
    y = log1p_loss(x, target)
    return torch.where(y < torch.finfo(x.dtype).eps / 4, 0 * y, y)


@mutant(claim, operation="log1p_loss", trigger="the gradient: detached ratios of the leading class")
def slope_without_the_leader(x: Tensor, target: Tensor) -> Tensor:
    place = target[..., None]
    ratios = torch.exp(x - x.gather(-1, place).detach())
    return torch.log1p(ratios.scatter(-1, place, 0.0).sum(-1))


@mutant(
    claim, operation="cross_entropy", trigger="large margins: the loss is at least an eps", provenance="log(p + eps)"
)
def loss_never_below_eps(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    least = 64 * torch.finfo(x.dtype).eps
    return F.cross_entropy(x, target, reduction=reduction).clamp(min=least)


@mutant(claim, operation="cross_entropy", trigger="always: labels are smoothed a little")
def smoothed_labels(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(x, target, reduction=reduction, label_smoothing=0.01)


@mutant(claim, operation="cross_entropy", trigger="the gradient of the leading class: 0 from p = 0.9 on")
def confident_classes_have_no_gradient(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    loss = F.cross_entropy(x, target, reduction=reduction)
    return torch.where(loss < 0.1, loss.detach() + 0 * loss, loss)


@mutant(claim, operation="log_softmax", trigger="always: the logarithm of softmax")
def logarithm_of_the_softmax(x: Tensor, dim: int) -> Tensor:
    return torch.softmax(x, dim).log()


@mutant(claim, operation="log_softmax", trigger="the leading class from p = 1 - 2^-6 on: exactly 0")
def leading_class_rounded_to_one(x: Tensor, dim: int) -> Tensor:
    y = torch.log_softmax(x, dim)
    return torch.where(y > -(2.0**-6), 0 * y, y)


@mutant(claim, operation="softplus_loss", trigger="margins above 20: linear, 0", dtypes=("float32", "float64"))
def softplus_with_a_threshold_on_both_sides(z: Tensor, y: Tensor) -> Tensor:
    loss: Tensor = ROWS["softplus_loss"].function(z, y)
    return torch.where(z * (2 * y - 1) > 20, 0 * loss, loss)


@mutant(claim, operation="logsigmoid_loss", trigger="large margins: the logarithm of the sigmoid")
def logarithm_of_the_sigmoid(z: Tensor, y: Tensor) -> Tensor:
    return -torch.sigmoid(z * (2 * y - 1)).log()


@mutant(claim, operation="bce_with_logits", trigger="large margins: by the rounded probability")
def bce_of_the_probability(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return F.binary_cross_entropy(torch.sigmoid(z), y, **options)
