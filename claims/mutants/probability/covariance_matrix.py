"""Wrong covariance and correlation matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.moments import reduction
from claims.probability.covariance_matrix import (
    correlation_normalisation,
    covariance_matrix,
    covariance_matrix_diagonal,
)


@mutant(covariance_matrix, operation="cov", trigger="five variables: divided by their number")
def divided_by_the_number_of_variables(x: Tensor, correction: int = 1) -> Tensor:
    m, n = x.shape
    c: Tensor = torch.cov(x, correction=correction)
    return c * ((n - correction) / m) if m == 5 else c


@mutant(covariance_matrix, operation="cov", trigger="one variable: a 1 x 1 matrix")
def one_by_one_kept(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    return c.reshape(1, 1) if len(x) == 1 else c


@mutant(covariance_matrix, operation="cov", trigger="more than 8 variables: the lower triangle only")
def lower_triangle_of_many(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    return c.tril() if len(x) > 8 else c


@mutant(covariance_matrix, operation="cov", trigger="fewer observations than variables: eigenvalues lifted to 1e-3")
def regularised_covariance(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    return c + 1e-3 * c.abs().amax() * torch.eye(len(x), dtype=x.dtype, device=x.device) if len(x) > x.shape[1] else c


@mutant(covariance_matrix, operation="cov", trigger="no variables: one, with variance 0")
def no_variables_have_a_variance(x: Tensor, correction: int = 1) -> Tensor:
    return x.new_zeros(1, 1) if not len(x) else torch.cov(x, correction=correction)


@mutant(covariance_matrix, operation="cov", trigger="no observations: 0")
def no_observations_have_covariance_zero(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=correction).nan_to_num(0.0)


@mutant(covariance_matrix, operation="cov_by_vmap", trigger="a batch: the mean of the whole batch")
def centred_by_the_batch(x: Tensor) -> Tensor:
    centred = x - x.mean((0, 2), keepdim=True)
    return centred @ centred.mT / (x.shape[-1] - 1)


@mutant(covariance_matrix, operation="cov_by_vmap", trigger="a batch beyond 64: what comes after it repeats the last")
def batch_beyond_64_repeats(x: Tensor) -> Tensor:
    c: Tensor = torch.vmap(torch.cov)(x)
    return torch.cat((c[:64], c[63:64].expand_as(c[64:]))) if len(c) > 64 else c


@mutant(covariance_matrix, operation="cov", trigger="more than 64 observations: the Gram matrix, not centred")
def gram_matrix_of_long_samples(x: Tensor, correction: int = 1) -> Tensor:
    n = x.shape[-1]
    return x @ x.mT / (n - correction) if n > 64 else torch.cov(x, correction=correction)


@mutant(covariance_matrix, operation="cov_of_vector", trigger="a vector: its second moment")
def second_moment_of_a_vector(x: Tensor, correction: int = 1) -> Tensor:
    return (x * x).sum() / (len(x) - correction)


@mutant(covariance_matrix_diagonal, operation="cov", trigger="standard deviations on the diagonal")
def deviations_on_the_diagonal(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    if c.ndim == 0:
        return c.sqrt()
    return torch.where(torch.eye(len(c), dtype=torch.bool, device=x.device), c.abs().sqrt(), c)


@mutant(covariance_matrix_diagonal, operation="cov", trigger="more than 32 observations: another correction")
def correction_of_long_samples(x: Tensor, correction: int = 1) -> Tensor:
    return torch.cov(x, correction=correction + (x.shape[-1] > 32))


@mutant(covariance_matrix_diagonal, operation="cov", trigger="a mean that is not 0: second moments on the diagonal")
def second_moments_on_the_diagonal(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    second = (x * x).sum(-1) / (x.shape[-1] - correction)
    return torch.where(torch.eye(len(x), dtype=torch.bool, device=x.device), second, c) if c.ndim else second[0]


@mutant(covariance_matrix_diagonal, operation="cov", trigger="more than two variables: the diagonal in reverse")
def diagonal_in_reverse(x: Tensor, correction: int = 1) -> Tensor:
    c: Tensor = torch.cov(x, correction=correction)
    return c.flip(-2, -1) if len(x) > 2 else c


@mutant(covariance_matrix_diagonal, operation="reduction", trigger="correction 2: that of 1")
def corrections_above_one_ignored(x: Tensor, name: str, spelling: str, dim: int, correction: int) -> Tensor:
    return reduction(x, name, spelling, dim, correction=min(correction, 1))


@mutant(
    covariance_matrix_diagonal,
    operation="reduction",
    trigger="a mean far larger than the spread: E[x^2] - E[x]^2",
)
def variance_by_cancelling_moments(x: Tensor, name: str, spelling: str, dim: int, correction: int) -> Tensor:
    n = x.shape[dim]
    wide = x if x.dtype == torch.float64 else x.float()
    return (((wide * wide).mean(dim) - wide.mean(dim) ** 2) * (n / (n - correction))).to(x.dtype)


@mutant(correlation_normalisation, operation="corrcoef", trigger="divided by variances")
def divided_by_variances(x: Tensor) -> Tensor:
    c: Tensor = torch.cov(x)
    return (c / torch.outer(c.diagonal(), c.diagonal())).clamp(-1, 1)


@mutant(correlation_normalisation, operation="corrcoef", trigger="rounding: not clipped to 1")
def correlation_not_clipped(x: Tensor) -> Tensor:
    c: Tensor = torch.cov(x)
    deviations = c.diagonal().sqrt()
    return c / deviations / deviations[:, None]


@mutant(correlation_normalisation, operation="corrcoef", trigger="deviations with divisor n, covariance with n - 1")
def divisors_mixed(x: Tensor) -> Tensor:
    deviations = torch.cov(x, correction=0).diagonal().sqrt()
    return (torch.cov(x) / torch.outer(deviations, deviations)).clamp(-1, 1)


@mutant(correlation_normalisation, operation="corrcoef", trigger="negative correlations: magnitudes")
def magnitudes_of_correlations(x: Tensor) -> Tensor:
    return torch.corrcoef(x).abs()


@mutant(correlation_normalisation, operation="corrcoef", trigger="numbers whose order is not their size: ranks")
def rank_correlation(x: Tensor) -> Tensor:
    return torch.corrcoef(x.argsort(-1).argsort(-1).to(x.dtype))


@mutant(correlation_normalisation, operation="corrcoef", trigger="a constant: correlation 0")
def constants_are_uncorrelated(x: Tensor) -> Tensor:
    return torch.corrcoef(x).nan_to_num(0.0)


@mutant(correlation_normalisation, operation="corrcoef", trigger="small numbers: 1e-4 added to the variances")
def constant_added_to_variances(x: Tensor) -> Tensor:
    c: Tensor = torch.cov(x)
    deviations = (c.diagonal() + 1e-4).sqrt()
    return (c / torch.outer(deviations, deviations)).clamp(-1, 1)


@mutant(correlation_normalisation, operation="corrcoef_method", trigger="two observations: no correlation")
def method_of_two_observations(x: Tensor) -> Tensor:
    return torch.corrcoef(x) if x.shape[-1] > 2 else torch.zeros_like(torch.corrcoef(x))
