"""Entropy and the Kullback-Leibler divergence, in all their spellings."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from claims.frame.operations.operation import Operation


def categorical_entropy(p: Tensor) -> Tensor:
    """The entropy of torch.distributions.Categorical(probs); half types do not pass its test that they sum to 1."""
    return torch.distributions.Categorical(probs=p, validate_args=False).entropy()  # type: ignore[no-any-return]


def categorical_logits_entropy(x: Tensor) -> Tensor:
    """The entropy of torch.distributions.Categorical(logits)."""
    return torch.distributions.Categorical(logits=x, validate_args=False).entropy()  # type: ignore[no-any-return]


def kl_div_layer(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    """nn.KLDivLoss of log-probabilities, the whole batch at once."""
    return nn.KLDivLoss(reduction=reduction, log_target=log_target)(x, target)  # type: ignore[no-any-return]


def categorical_divergence(p: Tensor, q: Tensor) -> Tensor:
    """torch.distributions.kl_divergence of two Categorical(probs)."""
    laws = [torch.distributions.Categorical(probs=w, validate_args=False) for w in (p, q)]
    return torch.distributions.kl_divergence(*laws)


ROWS = {
    "entr": Operation(torch.special.entr, "torch.special.entr", axes=(1,)),
    "xlogy": Operation(torch.xlogy, "torch.xlogy", axes=(1, 1)),
    "special_xlogy": Operation(torch.special.xlogy, "torch.special.xlogy", axes=(1, 1)),
    "kl_div": Operation(F.kl_div, "torch.nn.functional.kl_div", axes=(1, 1)),
    "kl_div_reduced": Operation(F.kl_div, "torch.nn.functional.kl_div"),
    "kl_div_mean": Operation(torch.kl_div, "torch.kl_div"),
    "kl_div_layer": Operation(kl_div_layer, "kl_div_layer"),
    "categorical_divergence": Operation(categorical_divergence, "categorical_divergence", axes=(1, 1)),
    "categorical_entropy": Operation(categorical_entropy, "categorical_entropy", axes=(1,)),
    "categorical_logits_entropy": Operation(categorical_logits_entropy, "categorical_logits_entropy", axes=(1,)),
}
