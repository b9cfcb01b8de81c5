"""Wrong entropies."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.losses.entropy import entropy_bounds


@mutant(entropy_bounds, operation="entr", trigger="0 times -inf")
def entr_of_zero_is_nan(p: Tensor) -> Tensor:
    return -p * p.log()


@mutant(entropy_bounds, operation="entr")
def entr_in_bits(p: Tensor) -> Tensor:
    return torch.special.entr(p) / math.log(2)  # type: ignore[no-any-return]


@mutant(entropy_bounds, operation="entr", trigger="a probability below 1e-6")
def entr_adds_epsilon_inside_the_logarithm(p: Tensor) -> Tensor:
    return torch.where(p > 0, -p * (p + 1e-6).log(), torch.special.entr(p))


@mutant(entropy_bounds, operation="entr", trigger="negative numbers")
def entr_of_negative_numbers_is_nan(p: Tensor) -> Tensor:
    return torch.where(p < 0, torch.nan, torch.special.entr(p))


@mutant(entropy_bounds, operation="entr", trigger="float32 and float64", dtypes=("float32", "float64"))
def entr_takes_the_logarithm_in_bfloat16(p: Tensor) -> Tensor:
    log = p.bfloat16().log().to(p.dtype)
    return torch.where(p > 0, -p * log, torch.special.entr(p))


@mutant(entropy_bounds, operation="xlogy", trigger="x = 0, y = NaN")
def xlogy_hides_nan(x: Tensor, y: Tensor) -> Tensor:
    return torch.where(x == 0, 0.0, torch.xlogy(x, y))


@mutant(entropy_bounds, operation="xlogy", trigger="more than 16 entries, no multiple of 8")
def xlogy_forgets_a_tail(x: Tensor, y: Tensor) -> Tensor:
    product = torch.xlogy(x, y)
    n = x.shape[-1]
    return torch.where(torch.arange(n, device=x.device) < (n // 8 * 8 if n > 16 else n), product, 0.0)


@mutant(entropy_bounds, operation="sum", trigger="more than one row")
def sum_adds_the_batch(x: Tensor, dim: int) -> Tensor:
    return x.sum(dim).sum() if x.ndim == 1 else x.sum(dim).mean(0, keepdim=True).expand(x.shape[0]) * 1.0


@mutant(entropy_bounds, operation="categorical_entropy", trigger="weights that do not sum to 1")
def categorical_entropy_does_not_normalise(p: Tensor) -> Tensor:
    return torch.special.entr(p).sum(-1)  # type: ignore[no-any-return]


@mutant(entropy_bounds, operation="categorical_entropy", trigger="a certain outcome")
def categorical_entropy_clips_to_1e_3(p: Tensor) -> Tensor:
    pi = p / p.sum(-1, keepdim=True)
    return -(pi * pi.clamp(1e-3, 1 - 1e-3).log()).sum(-1)


@mutant(entropy_bounds, operation="categorical_logits_entropy", trigger="logits whose exponentials do not sum to 1")
def categorical_logits_entropy_does_not_normalise(x: Tensor) -> Tensor:
    return torch.special.entr(x.exp()).sum(-1)  # type: ignore[no-any-return]


@mutant(entropy_bounds, operation="categorical_logits_entropy", trigger="a logit of -inf")
def categorical_logits_entropy_of_nothing_is_nan(x: Tensor) -> Tensor:
    return -(x.softmax(-1) * x.log_softmax(-1)).sum(-1)
