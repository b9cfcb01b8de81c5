"""Correct likelihoods and losses that torch computes otherwise."""

from __future__ import annotations

import math
from typing import Any

import torch.nn.functional as F
from torch import Tensor

CLAIM = ("cross-entropy-is-negative-log-likelihood",)


def wide_bernoulli(z: Tensor, y: Tensor) -> Tensor:
    """In float64, rounded once."""
    return -F.binary_cross_entropy_with_logits(z.double(), y.double(), reduction="none").to(z.dtype)


def by_the_signed_logit(z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str) -> Tensor:
    """Shares of softplus of both signs, in float64."""
    wide, y, weight, positive = (t.double() for t in (z, y, weight, positive))
    loss = weight * ((1 - y) * F.softplus(wide, threshold=50.0) + positive * y * F.softplus(-wide, threshold=50.0))
    return {"none": loss, "sum": loss.sum(), "mean": loss.mean()}[reduction].to(z.dtype)


def by_log_softmax(x: Tensor, target: Tensor) -> Tensor:
    """One number of log_softmax."""
    return x.log_softmax(-1).gather(-1, target[..., None])[..., 0]


def product_with_itself(mean: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    """The difference times itself."""
    loss = (target - mean) * (target - mean)
    return loss if reduction == "none" else F.mse_loss(mean, target, reduction=reduction)


def in_float64(mean: Tensor, target: Tensor, weight: Tensor, *, reduction: str) -> Tensor:
    """Everything in float64."""
    return F.mse_loss(mean.double(), target.double(), weight=weight.double(), reduction=reduction).to(mean.dtype)


def one_formula(mean: Tensor, target: Tensor, variance: Tensor, *, full: bool, **_: Any) -> Tensor:
    """Half of the squared quotient, and the constant at once."""
    return 0.5 * ((mean - target) / variance.sqrt()).square() + full * 0.5 * math.log(2 * math.pi)


ALTERNATIVES = [
    (CLAIM, {"bernoulli_log_density": wide_bernoulli}, "Bernoulli in float64"),
    (CLAIM, {"bce_of_weights": by_the_signed_logit}, "softplus of both signs"),
    (CLAIM, {"categorical_log_density": by_log_softmax}, "log_softmax"),
    (CLAIM, {"squared_error": product_with_itself, "weighted_squared_error": in_float64}, "products"),
    (CLAIM, {"gaussian_nll": one_formula}, "one formula"),
]
