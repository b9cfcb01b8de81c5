"""Log likelihoods of torch.distributions, and the losses that are minus these, with weights of predictions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def categorical_log_density(x: Tensor, target: Tensor) -> Tensor:
    """The logarithm of the probability of a class, of torch.distributions.Categorical(logits)."""
    return torch.distributions.Categorical(logits=x, validate_args=False).log_prob(target)  # type: ignore[no-any-return]


def bernoulli_log_density(z: Tensor, y: Tensor) -> Tensor:
    """The logarithm of the probability of a label, of torch.distributions.Bernoulli(logits)."""
    return torch.distributions.Bernoulli(logits=z, validate_args=False).log_prob(y)  # type: ignore[no-any-return]


def bce_of_weights(z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str) -> Tensor:
    """Cross-entropy with a weight of each prediction, and one of its positive label."""
    return F.binary_cross_entropy_with_logits(z, y, weight, pos_weight=positive, reduction=reduction)


def bce_of_weights_module(z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str) -> Tensor:
    """The same by nn.BCEWithLogitsLoss."""
    loss: Tensor = nn.BCEWithLogitsLoss(weight, pos_weight=positive, reduction=reduction)(z, y)
    return loss


def weighted_squared_error(mean: Tensor, target: Tensor, weight: Tensor, *, reduction: str) -> Tensor:
    """F.mse_loss with a weight of each prediction."""
    return F.mse_loss(mean, target, weight=weight, reduction=reduction)  # type: ignore[call-arg]


def squared_error_module(mean: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    """nn.MSELoss."""
    loss: Tensor = nn.MSELoss(reduction=reduction)(mean, target)
    return loss


ROWS = {
    "categorical_log_density": Operation(categorical_log_density, "categorical_log_density", axes=(1, 0)),
    "bernoulli_log_density": Operation(bernoulli_log_density, "bernoulli_log_density", axes=(1, 1)),
    "bce_of_weights": Operation(bce_of_weights, "bce_of_weights", axes=(1, 1, 1, 1), batches=False),
    "bce_of_weights_module": Operation(
        bce_of_weights_module, "bce_of_weights_module", axes=(1, 1, 1, 1), batches=False
    ),
    "squared_error": Operation(F.mse_loss, "torch.nn.functional.mse_loss", axes=(1, 1), batches=False),
    "squared_error_module": Operation(squared_error_module, "squared_error_module", axes=(1, 1), batches=False),
    "weighted_squared_error": Operation(
        weighted_squared_error, "weighted_squared_error", axes=(1, 1, 1), batches=False
    ),
}
