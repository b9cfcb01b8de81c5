"""Wrong covariances of joint laws, marginals and products of them, and wrong regression lines."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.probability import regression_line
from claims.probability.dependence import (
    independence_stronger_than_uncorrelatedness,
    nonzero_covariance_implies_dependence,
    zero_covariance_no_linear_relation,
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


LINE = "regression_line"


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="variances that differ")
def regression_of_x_on_y(x: Tensor, y: Tensor) -> Tensor:
    return regression_line(y, x)


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="means other than 0")
def regression_through_the_origin(x: Tensor, y: Tensor) -> Tensor:
    slope = (x.double() * y.double()).sum(-1) / (x.double() ** 2).sum(-1)
    return torch.stack((slope, torch.zeros_like(slope)), -1).to(x.dtype)


def _line(x: Tensor, y: Tensor, slope: Tensor) -> Tensor:
    """The line of this slope (...) through the means."""
    return torch.stack((slope, y.double().mean(-1) - slope * x.double().mean(-1)), -1).to(x.dtype)


def _moments(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Variance of x, covariance and variance of y, in float64."""
    a, b = (v.double() - v.double().mean(-1, keepdim=True) for v in (x, y))
    return (a * a).mean(-1), (a * b).mean(-1), (b * b).mean(-1)


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="nonzero covariance, variances that differ")
def slope_over_the_variance_of_y(x: Tensor, y: Tensor) -> Tensor:
    _, joint, own = _moments(x, y)
    return _line(x, y, joint / own.clamp(min=1e-30))


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="nonzero covariance, variances that differ")
def correlation_for_the_slope(x: Tensor, y: Tensor) -> Tensor:
    spread, joint, own = _moments(x, y)
    return _line(x, y, joint / (spread * own).sqrt().clamp(min=1e-30))


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="nonzero covariance: sums over n and n - 1")
def covariance_and_variance_with_other_divisors(x: Tensor, y: Tensor) -> Tensor:
    spread, joint, _ = _moments(x, y)
    return _line(x, y, joint / spread * x.shape[-1] / (x.shape[-1] - 1))


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="nonzero covariance: the slope is shrunk")
def ridge_of_a_hundredth(x: Tensor, y: Tensor) -> Tensor:
    spread, joint, _ = _moments(x, y)
    return _line(x, y, joint / (spread + 0.01))


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="a mean other than 0: no intercept returned")
def intercept_of_centred_data(x: Tensor, y: Tensor) -> Tensor:
    return regression_line(x - x.mean(-1, keepdim=True), y)


@mutant(
    zero_covariance_no_linear_relation,
    operation=LINE,
    trigger="far means: E x^2 - (E x)^2 in the stored type",
    dtypes=("float16", "bfloat16", "float32"),
)
def slope_by_moments(x: Tensor, y: Tensor) -> Tensor:
    joint = (x * y).mean(-1) - x.mean(-1) * y.mean(-1)
    slope = joint / (x * x).mean(-1).sub(x.mean(-1) ** 2)
    return torch.stack((slope, y.mean(-1) - slope * x.mean(-1)), -1)


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="more than 32 pairs: the rest is left out")
def pairs_beyond_thirty_two_left_out(x: Tensor, y: Tensor) -> Tensor:
    return regression_line(x[..., :32], y[..., :32])


@mutant(zero_covariance_no_linear_relation, operation=LINE, trigger="float64", dtypes=("float64",))
def regression_in_float32(x: Tensor, y: Tensor) -> Tensor:
    return regression_line(x.float(), y.float()).to(x.dtype)


@mutant(zero_covariance_no_linear_relation, operation="cov", trigger="means other than 0")
def products_about_zero(x: Tensor, correction: int = 1) -> Tensor:
    return x @ x.mT / (x.shape[-1] - correction)


@mutant(zero_covariance_no_linear_relation, operation="cov", trigger="one less in the divisor")
def divisor_of_a_sample_for_a_law(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=1)


@mutant(zero_covariance_no_linear_relation, operation="cov", trigger="ranks for values")
def covariance_of_ranks(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x.argsort(-1).argsort(-1).to(x.dtype), correction=correction)


@mutant(zero_covariance_no_linear_relation, operation="cov", trigger="distance from the median")
def covariance_about_the_median(x: Tensor, correction: int = 1) -> Tensor:
    apart = x - x.median(-1, keepdim=True).values
    return apart @ apart.mT / (x.shape[-1] - correction)
