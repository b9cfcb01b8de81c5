"""Correct 0-1 losses and surrogates that torch computes otherwise."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

STEPS = ("zero-one-loss-no-gradient",)
GROWTH = ("surrogate-margin-growth",)


def by_comparisons(x: Tensor, target: Tensor) -> Tensor:
    """An earlier logit as large as that of the class, or a later one that is larger, is an error."""
    own, place = x.gather(-1, target[..., None]), torch.arange(x.shape[-1])
    earlier = place < target[..., None]
    return ((x > own) | (earlier & (x == own))).any(-1).to(x.dtype)


def sign_by_comparisons(x: Tensor) -> Tensor:
    """The difference of two comparisons, with a slope of 0."""
    return (x > 0).to(x.dtype) - (x < 0).to(x.dtype) + 0 * x


def by_log1p(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    """log(1 + sum of the other exponentials) where the class is ahead: small losses keep their digits."""
    if options["reduction"] != "none":
        return F.cross_entropy(x, target, weight, **options)
    wide = x.double()
    gaps = wide - wide.gather(-1, target[..., None])
    others = torch.where(torch.arange(x.shape[-1]) == target[..., None], 0.0, gaps.exp()).sum(-1)
    return others.log1p().to(x.dtype)


def by_the_formula(w: Tensor, points: Tensor, *, rate: float, steps: int) -> Tensor:
    """The gradient written out, the other weight left alone."""
    iterates = [w]
    for _ in range(steps):
        first = iterates[-1][..., :1]
        gradient = -(points.abs() * (-(first * points.abs())).sigmoid()).mean(-1, keepdim=True)
        iterates.append(torch.cat((first - rate * gradient, w[..., 1:]), -1))
    return torch.stack(iterates, -2)


ALTERNATIVES = [
    (STEPS, {"zero_one_loss": by_comparisons, "sign": sign_by_comparisons}, "comparisons"),
    (GROWTH, {"class_loss": by_log1p, "zero_one_loss": by_comparisons}, "log1p of the others"),
    (GROWTH, {"separated_descent": by_the_formula}, "the gradient written out"),
]
