"""Wrong Kullback-Leibler divergences."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from claims import mutant
from claims.losses.divergence import kl_divergence_nonnegative


def _terms(x: Tensor, target: Tensor, *, log_target: bool) -> Tensor:
    return F.kl_div(x, target, reduction="none", log_target=log_target)


@mutant(kl_divergence_nonnegative, operation="kl_div")
def kl_div_exchanges_the_laws(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    if log_target:
        return _terms(target, x, log_target=True)
    return _terms(target.log(), x.exp(), log_target=False)


@mutant(kl_divergence_nonnegative, operation="kl_div")
def kl_div_in_bits(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return _terms(x, target, log_target=log_target) / math.log(2)


@mutant(kl_divergence_nonnegative, operation="kl_div")
def kl_div_takes_the_logarithm_of_the_input_again(
    x: Tensor, target: Tensor, reduction: str, *, log_target: bool
) -> Tensor:
    return _terms(x.log(), target, log_target=log_target)


@mutant(kl_divergence_nonnegative, operation="kl_div", trigger="a target of 0")
def kl_div_of_a_target_of_zero_is_nan(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return _terms(x, target, log_target=True) if log_target else target * (target.log() - x)


@mutant(kl_divergence_nonnegative, operation="kl_div", trigger="an input of -inf")
def kl_div_ends_at_minus_100(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return _terms(x.clamp(min=-100), target, log_target=log_target)


@mutant(kl_divergence_nonnegative, operation="kl_div", trigger="log_target=True")
def kl_div_ignores_log_target(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return _terms(x, target, log_target=False)


@mutant(kl_divergence_nonnegative, operation="kl_div", trigger="a positive target")
def kl_div_forgets_the_entropy(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return _terms(x, target, log_target=True) if log_target else torch.where(target > 0, -target * x, 0.0)


@mutant(kl_divergence_nonnegative, operation="kl_div_reduced", trigger="batchmean")
def kl_div_batchmean_divides_by_the_classes(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    total = F.kl_div(x, target, reduction="sum", log_target=log_target)
    return total / x.shape[-1] if reduction == "batchmean" else total


@mutant(kl_divergence_nonnegative, operation="kl_div_layer", trigger="more than one row")
def kl_div_layer_forgets_the_batch(x: Tensor, target: Tensor, reduction: str, *, log_target: bool) -> Tensor:
    return F.kl_div(x, target, reduction="sum", log_target=log_target)


@mutant(kl_divergence_nonnegative, operation="kl_div_mean", trigger="more than one class")
def kl_div_mean_divides_by_the_batch(x: Tensor, target: Tensor, reduction: int) -> Tensor:
    return F.kl_div(x, target, reduction="batchmean")


@mutant(kl_divergence_nonnegative, operation="categorical_divergence")
def categorical_divergence_exchanges_the_laws(p: Tensor, q: Tensor) -> Tensor:
    laws = [torch.distributions.Categorical(probs=w, validate_args=False) for w in (q, p)]
    return torch.distributions.kl_divergence(*laws)


@mutant(kl_divergence_nonnegative, operation="categorical_divergence", trigger="weights that do not sum to 1")
def categorical_divergence_does_not_normalise(p: Tensor, q: Tensor) -> Tensor:
    return torch.where(p > 0, p * (p.log() - q.log()), 0.0).sum(-1)


@mutant(kl_divergence_nonnegative, operation="categorical_divergence", trigger="q = 0 < p")
def categorical_divergence_is_never_infinite(p: Tensor, q: Tensor) -> Tensor:
    laws = [torch.distributions.Categorical(probs=w, validate_args=False) for w in (p, q)]
    return torch.distributions.kl_divergence(*laws).nan_to_num()
