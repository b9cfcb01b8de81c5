"""Correct losses of a logistic output that torch computes otherwise."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.sigmoid_losses import LINEAR_FROM

GRADIENT = ["cross-entropy-sigmoid-gradient"]
HARD = ["softplus-is-the-loss-of-hard-labels"]
MARGIN = ["soft-margin-loss-is-cross-entropy"]
PROBABILITIES = ["cross-entropy-on-probabilities-saturates"]
SQUARES = ["mse-sigmoid-gradient-vanishes"]


def by_the_modulus(z: Tensor, y: Tensor, **_: Any) -> Tensor:
    """The wrong share of |z|, and log1p of exp(-|z|)."""
    finite = z.clamp(-torch.finfo(z.dtype).max, torch.finfo(z.dtype).max)
    wrong = torch.where(z >= 0, 1 - y, y)
    loss = wrong * finite.abs() + torch.log1p(torch.exp(-finite.abs()))
    plain = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    return plain + (loss - plain).detach()  # the modulus has no slope at 0


def wide(z: Tensor, y: Tensor, **_: Any) -> Tensor:
    """The loss in float64."""
    return F.binary_cross_entropy_with_logits(z.double(), y.double(), reduction="none").to(z.dtype)


def reduced_in_float64(z: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    """Losses and their sum in float64."""
    return F.binary_cross_entropy_with_logits(z.double(), y.double(), reduction=reduction).to(z.dtype)


def softplus_in_float64(z: Tensor, y: Tensor) -> Tensor:
    """Rounded once; its slope, too."""
    return F.softplus((z * (1 - 2 * y)).double(), threshold=LINEAR_FROM).to(z.dtype)


def logsigmoid_by_softplus(z: Tensor, y: Tensor) -> Tensor:
    """-log sigma(x) = log(1 + e^-x)."""
    return F.softplus(-(z * (2 * y - 1)), threshold=LINEAR_FROM)


def margin_by_softplus(z: Tensor, y: Tensor) -> Tensor:
    """Without an exponential that overflows."""
    return F.softplus(z * (1 - 2 * y), threshold=LINEAR_FROM)


def by_clamped_logarithms(p: Tensor, y: Tensor, **_: Any) -> Tensor:
    """The loss in float64, with torch's own derivative."""
    loss = F.binary_cross_entropy(p.double(), y.double(), reduction="none").to(p.dtype)
    plain = F.binary_cross_entropy(p, y, reduction="none")
    return plain + (loss - plain).detach()


def half_of_the_square(p: Tensor, y: Tensor) -> Tensor:
    """e^2 / 2."""
    return (p - y).square() / 2


ALTERNATIVES = [
    (GRADIENT, {"bce_with_logits": wide, "bce_with_logits_module": wide}, "BCE in float64"),
    (GRADIENT, {"bce_with_logits_reduced": reduced_in_float64}, "its sum in float64"),
    (HARD, {"softplus_loss": softplus_in_float64}, "softplus in float64"),
    (HARD, {"logsigmoid_loss": logsigmoid_by_softplus}, "log-sigmoid by softplus"),
    (MARGIN, {"soft_margin_loss": margin_by_softplus}, "a margin loss by softplus"),
    (
        PROBABILITIES,
        {"binary_cross_entropy": by_clamped_logarithms},
        "logarithms in float64",
    ),
    (PROBABILITIES, {"bce_with_logits": by_the_modulus}, "BCE by the modulus"),
    (SQUARES, {"half_squared_error": half_of_the_square}, "half of the square"),
]
