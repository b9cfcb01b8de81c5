"""Wrong cross entropies."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from claims import mutant
from claims.losses.cross_entropy import cross_entropy_decomposition


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy")
def soft_cross_entropy_exchanges_the_laws(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(target.log().clamp(min=-100), x.softmax(-1), reduction=reduction)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy")
def soft_cross_entropy_in_bits(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(x, target, reduction=reduction) / math.log(2)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy", trigger="more than one likely class")
def soft_cross_entropy_takes_the_likeliest_class(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(x, target.argmax(-1), reduction=reduction)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy", trigger="logits that are not normalised")
def soft_cross_entropy_does_not_normalise(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return -(x * target).sum(-1)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy", trigger="a law that is not certain")
def soft_cross_entropy_is_the_divergence(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(x, target, reduction=reduction) - torch.special.entr(target).sum(-1)  # type: ignore[no-any-return]


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy", trigger="a small probability")
def soft_cross_entropy_adds_epsilon_inside_the_logarithm(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    return -((x.softmax(-1) + 1e-6).log() * target).sum(-1)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy_layer")
def soft_cross_entropy_layer_smooths_labels(x: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(x, target, reduction="none", label_smoothing=0.05)


@mutant(cross_entropy_decomposition, operation="soft_cross_entropy_reduced", trigger="the mean")
def soft_cross_entropy_divides_by_the_classes(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    total = F.cross_entropy(x, target, reduction="sum")
    return total / x.numel() if reduction == "mean" else total


@mutant(cross_entropy_decomposition, operation="entr", trigger="a probability above 1/e")
def entr_forgets_large_probabilities(p: Tensor) -> Tensor:
    return torch.where(p > 0.5, 0.0, torch.special.entr(p))


@mutant(cross_entropy_decomposition, operation="kl_div")
def kl_div_is_that_of_the_other_order(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return torch.where(target > 0, x.exp() * (x - target.log()), 0.0)
