"""Sums of independent variables and the normal law."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Cauchy, Normal

from claims.frame.operations.operation import Operation


def _standardised_sum(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    found: Tensor = (s - n * mean) / (deviation * n**0.5)
    return found


def _normal_cdf(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = Normal(mean, deviation, validate_args=False).cdf(x)
    return found


def _cauchy_distribution(like: Tensor) -> Tensor:
    return Cauchy(torch.zeros_like(like), torch.ones_like(like), validate_args=False).sample()


def _geometric_sum(signs: Tensor) -> Tensor:
    return signs @ 2.0 ** -torch.arange(1, signs.shape[-1] + 1, dtype=signs.dtype, device=signs.device)


def _kurtosis(x: Tensor) -> Tensor:
    return (x**4).mean(-1) / (x**2).mean(-1) ** 2


ROWS = {
    "standardised_sum": Operation(
        _standardised_sum, "(lambda s, n, mean, deviation: (s - n * mean) / (deviation * n**0.5))"
    ),
    "ndtr": Operation(torch.special.ndtr, "torch.special.ndtr"),
    "normal_cdf": Operation(
        _normal_cdf, "(lambda x, mean, deviation: torch.distributions.Normal(mean, deviation).cdf(x))"
    ),
    "cauchy_distribution": Operation(
        _cauchy_distribution,
        "(lambda t: torch.distributions.Cauchy(torch.zeros_like(t), torch.ones_like(t)).sample())",
    ),
    "geometric_sum": Operation(
        _geometric_sum,
        "(lambda e: e @ 2.0 ** -torch.arange(1, e.shape[-1] + 1, dtype=e.dtype, device=e.device))",
        axes=(2,),
        product=True,
    ),
    "kurtosis": Operation(_kurtosis, "(lambda x: (x**4).mean(-1) / (x**2).mean(-1) ** 2)", axes=(1,)),
}
