"""Wrong covariances, weights and deviations."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.moments import reduction
from claims.probability.covariance import covariance_definition, covariance_magnitude, covariance_sign_tendency


@mutant(covariance_definition, operation="cov", trigger="as many variables as observations: columns are the variables")
def columns_are_variables(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x.mT if x.shape[0] == x.shape[1] else x, correction=correction)


@mutant(covariance_definition, covariance_magnitude, operation="cov", trigger="a mean that is not 0: no centring")
def products_without_centring(x: Tensor, correction: int = 1) -> Tensor:
    return x @ x.mT / (x.shape[-1] - correction)


@mutant(covariance_definition, operation="cov", trigger="correction 0: the default divisor n - 1")
def correction_zero_divides_by_one_less(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=correction or 1)


@mutant(covariance_definition, operation="cov", trigger="negative covariances: magnitudes")
def magnitudes_of_covariances(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=correction).abs()


@mutant(
    covariance_definition,
    operation="cov",
    trigger="more than 128 observations, no multiple of 16: the rest is left out",
    provenance="a loop over vectors without its tail",
)
def covariance_without_the_rest(x: Tensor, correction: int = 1) -> Tensor:
    n = x.shape[-1]
    return torch.cov(x[..., : n // 16 * 16] if n > 128 else x, correction=correction)


@mutant(covariance_definition, operation="cov", trigger="a NaN in one variable: it spreads to all")
def nan_spreads_to_all(x: Tensor, correction: int = 1) -> Tensor:
    found = torch.cov(x, correction=correction)
    return found * float("nan") if x.isnan().any() else found


@mutant(covariance_definition, operation="covariance_with_repeats", trigger="repetitions: the divisor is their number")
def divisor_counts_observations(x: Tensor, repeats: Tensor, correction: int) -> Tensor:
    found = torch.cov(x, correction=correction, fweights=repeats)
    return found * ((repeats.sum() - correction) / (repeats.numel() - correction + 1e-3)).to(x.dtype)


@mutant(covariance_definition, operation="covariance_with_repeats", trigger="an observation that occurs no time counts")
def absent_observations_count_once(x: Tensor, repeats: Tensor, correction: int) -> Tensor:
    return torch.cov(x, correction=correction, fweights=repeats.clamp_min(1))


@mutant(
    covariance_definition, operation="covariance_with_weights", trigger="correction 1: weights count as repetitions"
)
def weights_count_as_repetitions(x: Tensor, repeats: Tensor, weights: Tensor, correction: int) -> Tensor:
    w = repeats * weights
    total = w.sum()
    centred = x - ((x * w).sum(-1) / total)[:, None]
    return (centred * w) @ centred.mT / (total - correction)


@mutant(covariance_definition, operation="covariance_with_weights", trigger="weights: the mean is not weighted")
def unweighted_mean(x: Tensor, repeats: Tensor, weights: Tensor, correction: int) -> Tensor:
    w = repeats * weights
    centred = x - x.mean(-1, keepdim=True)
    divisor = w.sum() - correction * (w * weights).sum() / w.sum()
    return (centred * w) @ centred.mT / divisor


@mutant(
    covariance_magnitude,
    operation="cov",
    trigger="rows of unequal scale: the covariance is that of the larger with itself",
)
def covariance_of_the_larger(x: Tensor, correction: int = 1) -> Tensor:
    c = torch.cov(x, correction=correction)
    return torch.where(torch.eye(len(x), dtype=torch.bool, device=x.device), c, c.abs().amax())


@mutant(covariance_magnitude, operation="cov", trigger="more than 64 observations: n - 1 on the diagonal only")
def diagonal_with_another_divisor(x: Tensor, correction: int = 1) -> Tensor:
    c, n = torch.cov(x, correction=correction), x.shape[-1]
    return torch.where(torch.eye(len(x), dtype=torch.bool, device=x.device), c * 0.98, c) if n > 64 else c


@mutant(covariance_magnitude, operation="abs", trigger="deviations: negative ones are 0")
def positive_parts(x: Tensor) -> Tensor:
    return x.clamp_min(0)


@mutant(covariance_magnitude, operation="reduction", trigger="the maximum of three products for their mean")
def largest_of_three_products(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return x.amax(dim) if x.shape[dim] == 3 else reduction(x, name, spelling, dim)


@mutant(covariance_magnitude, operation="reduction", trigger="the sum of five products for their mean")
def sum_of_five_products(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x, "sum" if x.shape[dim] == 5 else name, spelling, dim)


@mutant(covariance_magnitude, operation="subtract", trigger="more than 16 observations: every other one is not centred")
def every_other_deviation(x: Tensor, mean: Tensor) -> Tensor:
    n = x.shape[-1]
    return x - mean * (torch.arange(n, device=x.device) % 2 == 0) if n > 16 else x - mean


@mutant(covariance_magnitude, operation="multiply", trigger="equal magnitudes: the larger of the two factors")
def product_of_equal_magnitudes(x: Tensor, y: Tensor) -> Tensor:
    return torch.where(x.abs() == y.abs(), x, x * y)


@mutant(covariance_sign_tendency, operation="cov", trigger="the sign of E[fg], not centred")
def uncentred_sign(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=correction).abs() * (x @ x.mT).sign()


@mutant(covariance_sign_tendency, operation="cov", trigger="the sign that most products have")
def sign_of_the_majority(x: Tensor, correction: int = 1) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    votes = (centred[:, None] * centred).sign().sum(-1).sign()
    return torch.cov(x, correction=correction).abs() * votes


@mutant(covariance_sign_tendency, operation="cov", trigger="the sign of the median product")
def sign_of_the_median(x: Tensor, correction: int = 1) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    return torch.cov(x, correction=correction).abs() * (centred[:, None] * centred).median(-1).values.sign()


@mutant(covariance_sign_tendency, operation="cov", trigger="variables that decrease: ranks instead of numbers")
def covariance_of_ranks(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x.argsort(-1).argsort(-1).to(x.dtype), correction=correction)


@mutant(covariance_sign_tendency, operation="cov", trigger="a single pair: NaN")
def single_pairs_have_no_covariance(x: Tensor, correction: int = 1) -> Tensor:
    c = torch.cov(x, correction=correction)
    return c * float("nan") if x.shape[-1] == 1 else c


@mutant(covariance_sign_tendency, operation="divide", trigger="the slope turned round where it is below 1/2")
def small_slopes_turned_round(x: Tensor, y: Tensor) -> Tensor:
    slope = x / y
    return torch.where(slope.abs() < 0.5, -slope, slope)


@mutant(covariance_sign_tendency, operation="multiply", trigger="a factor of exactly -1 is taken for 1")
def turning_round_forgotten(x: Tensor, y: Tensor | float) -> Tensor:
    return x.clone() if isinstance(y, float) and y == -1 else x * y
