"""Correct cross entropies of classes and laws that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

CLAIMS = ("cross-entropy-softmax-gradient",)


def wide(x: Tensor) -> Tensor:
    """Half types compute in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def in_float64(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """Everything in float64, rounded once."""
    weight = None if weight is None else weight.double()
    target = target.double() if target.is_floating_point() else target
    return F.cross_entropy(x.double(), target, weight, **options).to(x.dtype)


def rounded_once(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """Everything in the accumulator, rounded once."""
    weight = None if weight is None else wide(weight)
    target = wide(target) if target.is_floating_point() else target
    return F.cross_entropy(wide(x), target, weight, **options).to(x.dtype)


def by_columns(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """The classes along an axis that is not the last."""
    return F.cross_entropy(x.mT[None], target[None], weight, **options).reshape(
        target.shape if options["reduction"] == "none" else ()
    )


def shifted_by_hand(x: Tensor, target: Tensor, *_: Any, **__: Any) -> Tensor:
    """The logarithm of the sum of the shifted exponentials, in the accumulator."""
    z = wide(x)
    shifted = z - z.amax(-1, keepdim=True).detach()
    loss = shifted.exp().sum(-1).log() - shifted.gather(-1, target[..., None])[..., 0]
    return loss.to(x.dtype)


ALTERNATIVES = [
    (CLAIMS, dict.fromkeys(("class_loss", "law_loss", "spatial_loss", "spatial_law_loss"), in_float64), "float64"),
    (CLAIMS, dict.fromkeys(("class_loss", "law_loss", "image_loss"), rounded_once), "rounded once"),
    (CLAIMS, {"nll_of_log_softmax": by_columns, "nll_module": by_columns}, "by columns"),
    (CLAIMS, {"logsumexp_minus_logit": shifted_by_hand}, "shifted by hand"),
]
