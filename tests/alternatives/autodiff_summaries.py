"""Statistics and selections composed of other operations, with the derivatives of these."""

from __future__ import annotations

import torch
from torch import Tensor

BOTH = ("adjoint-identity-of-summaries", "derivatives-of-summaries-in-every-nesting")


def covariance_by_products(x: Tensor) -> Tensor:
    """The sum of the products of deviations."""
    d = x - x.mean(-1, keepdim=True)
    return (d[:, None, :] * d[None, :, :]).sum(-1) / (x.shape[-1] - 1)


def correlation_of_standardised(x: Tensor) -> Tensor:
    """The mean product of standardised variables."""
    d = x - x.mean(-1, keepdim=True)
    s = d / d.square().sum(-1, keepdim=True).sqrt()
    return (s[:, None, :] * s[None, :, :]).sum(-1)


def variance_and_mean(x: Tensor) -> tuple[Tensor, Tensor]:
    """One after the other."""
    return torch.var(x), torch.mean(x)


def distance_by_squares(a: Tensor, b: Tensor) -> Tensor:
    """The root of the sum of squares."""
    return (a - b).square().sum().sqrt()


def clamp_by_extremes(x: Tensor, low: Tensor | float, high: float = torch.inf) -> Tensor:
    """The larger one of the smaller ones."""
    return torch.minimum(x, 0 * x + high).maximum(0 * x + low)


ALTERNATIVES = [
    (BOTH, {"cov": covariance_by_products}, "covariance-by-products"),
    (BOTH, {"corrcoef": correlation_of_standardised}, "correlation-of-standardised"),
    (BOTH, {"var_mean": variance_and_mean}, "variance-and-mean"),
    (BOTH, {"dist": distance_by_squares}, "distance-by-squares"),
    (BOTH, {"minimum": lambda a, b: torch.where(a < b, a, b)}, "minimum-by-where"),
    (BOTH, {"median": lambda x: torch.sort(x).values[(len(x) - 1) // 2]}, "median-by-sorting"),
    (BOTH, {"clamp": clamp_by_extremes}, "clamp-by-extremes"),
    (BOTH, {"sign": lambda x: (x > 0).to(x.dtype) - (x < 0).to(x.dtype) + 0 * x}, "sign-by-comparisons"),
]
