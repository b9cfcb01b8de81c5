"""Wrong covariances of joint laws, marginals and products of them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.probability.dependence import (
    independence_stronger_than_uncorrelatedness,
    nonzero_covariance_implies_dependence,
)


@mutant(
    nonzero_covariance_implies_dependence,
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="E[X] E[Y] not 0",
)
def mean_of_products(x: Tensor, weights: Tensor) -> Tensor:
    return (x * weights) @ x.mT / weights.sum()


@mutant(
    nonzero_covariance_implies_dependence,
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="an even total: divided by one less",
)
def divisor_of_a_sample(x: Tensor, weights: Tensor) -> Tensor:
    return torch.cov(x, correction=1 - int(weights.sum()) % 2, fweights=weights)


@mutant(
    nonzero_covariance_implies_dependence,
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="a weight above 8",
)
def weights_saturate_at_eight(x: Tensor, weights: Tensor) -> Tensor:
    return torch.cov(x, correction=0, fweights=weights.clamp(max=8))


@mutant(nonzero_covariance_implies_dependence, operation="sum", trigger="square P: marginals of the wrong axis")
def sum_over_the_other_axis(x: Tensor, dim: int) -> Tensor:
    return x.mT.sum(dim) if x.ndim > 1 and x.shape[-1] == x.shape[-2] else x.sum(dim)


@mutant(nonzero_covariance_implies_dependence, operation="outer", trigger="square: transposed")
def outer_transposed(p: Tensor, q: Tensor) -> Tensor:
    return torch.outer(q, p) if len(p) == len(q) else torch.outer(p, q)


@mutant(
    nonzero_covariance_implies_dependence, operation="subtract", trigger="entries 0 of P: their difference is left 0"
)
def pairs_without_probability_ignored(x: Tensor, y: Tensor) -> Tensor:
    return torch.where(x == 0, torch.zeros_like(x), x - y)


@mutant(nonzero_covariance_implies_dependence, operation="subtract", trigger="negative differences")
def negative_differences_lost(x: Tensor, y: Tensor) -> Tensor:
    return (x - y).clamp(min=0)


@mutant(nonzero_covariance_implies_dependence, operation="subtract", trigger="differences below 1/32 taken for 0")
def tolerance_hides_dependence(x: Tensor, y: Tensor) -> Tensor:
    difference = x - y
    return torch.where(difference.abs() < 1 / 32, torch.zeros_like(difference), difference)


@mutant(
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="covariances below 1/32 taken for 0",
)
def tolerance_hides_covariance(x: Tensor, weights: Tensor) -> Tensor:
    covariance = torch.cov(x, correction=0, fweights=weights)
    return torch.where(covariance.abs() < 1 / 32, torch.zeros_like(covariance), covariance)


@mutant(
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="more than 32 observations: the last has no weight in the products",
)
def last_observation_left_out_of_the_products(x: Tensor, weights: Tensor) -> Tensor:
    covariance = torch.cov(x, correction=0, fweights=weights)
    last = x[:, -1] - (x * weights).sum(-1) / weights.sum()
    return covariance - torch.outer(last, last) * weights[-1] / weights.sum() if x.shape[-1] > 32 else covariance


@mutant(
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="more than 8 variables: only the variances",
)
def correlations_of_many_variables_lost(x: Tensor, weights: Tensor) -> Tensor:
    covariance = torch.cov(x, correction=0, fweights=weights)
    return covariance.diagonal().diag() if len(x) > 8 else covariance


@mutant(
    independence_stronger_than_uncorrelatedness,
    operation="weighted_covariance",
    trigger="negative covariances: their magnitudes",
)
def magnitudes_of_covariances(x: Tensor, weights: Tensor) -> Tensor:
    return torch.cov(x, correction=0, fweights=weights).abs()


@mutant(
    independence_stronger_than_uncorrelatedness,
    operation="multiply",
    trigger="odd powers lose their sign",
)
def products_without_sign(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).abs()
