"""Entropy and the Kullback-Leibler divergence, in all their spellings."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def categorical_entropy(p: Tensor) -> Tensor:
    """The entropy of torch.distributions.Categorical(probs); half types do not pass its test that they sum to 1."""
    return torch.distributions.Categorical(probs=p, validate_args=False).entropy()  # type: ignore[no-any-return]


def categorical_logits_entropy(x: Tensor) -> Tensor:
    """The entropy of torch.distributions.Categorical(logits)."""
    return torch.distributions.Categorical(logits=x, validate_args=False).entropy()  # type: ignore[no-any-return]


ROWS = {
    "entr": Operation(torch.special.entr, "torch.special.entr", axes=(1,)),
    "xlogy": Operation(torch.xlogy, "torch.xlogy", axes=(1, 1)),
    "special_xlogy": Operation(torch.special.xlogy, "torch.special.xlogy", axes=(1, 1)),
    "categorical_entropy": Operation(categorical_entropy, "categorical_entropy", axes=(1,)),
    "categorical_logits_entropy": Operation(categorical_logits_entropy, "categorical_logits_entropy", axes=(1,)),
}
