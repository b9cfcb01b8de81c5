"""Other correct log densities of the multivariate normal law: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims.frame.operations.chapters.multivariate_normal import log_density_by_eigenvectors, multivariate_log_density

CLAIM = ("multivariate-normal-log-density",)


def by_inverse(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    """The quadratic form with an inverse, of the factor too, and the logarithm of a determinant, in float64."""
    a, y = matrix.double(), (x.double() - mean.double().unsqueeze(-2)).unsqueeze(-1)
    inverse = a if given == "precision_matrix" else torch.linalg.inv(a)
    z = inverse.unsqueeze(-3) @ y
    form = ((z if given == "scale_tril" else y).mT @ z)[..., 0, 0]
    size = {"covariance_matrix": 1, "precision_matrix": -1, "scale_tril": 2}[given]
    log_det = size * torch.linalg.slogdet(a).logabsdet.unsqueeze(-1)
    return (-(form + log_det + mean.shape[-1] * math.log(2 * math.pi)) / 2).to(x.dtype)


def one_point_at_a_time(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    """Every point on its own."""
    points = [multivariate_log_density(p.unsqueeze(-2), mean, matrix, given) for p in x.unbind(-2)]
    return torch.cat(points, -1)


def by_whitening(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    """The product of a factor of the precision and x - mu."""
    if given == "precision_matrix":
        upper = torch.linalg.cholesky(matrix).mT
    else:
        factor = matrix if given == "scale_tril" else torch.linalg.cholesky(matrix)
        identity = torch.eye(mean.shape[-1], dtype=x.dtype).expand(matrix.shape)
        upper = torch.linalg.solve_triangular(factor, identity, upper=False)
    z = (x - mean.unsqueeze(-2)) @ upper.mT
    logs = upper.diagonal(dim1=-2, dim2=-1).log().sum(-1, keepdim=True)
    return logs - (z.square().sum(-1) + mean.shape[-1] * math.log(2 * math.pi)) / 2


def by_correlations(x: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    """The eigenvectors of the correlation matrix, for standardised variables in float64."""
    deviation = covariance.double().diagonal(dim1=-2, dim2=-1).sqrt()
    correlation = covariance.double() / deviation.unsqueeze(-1) / deviation.unsqueeze(-2)
    along = (x.double() - mean.double().unsqueeze(-2)) / deviation.unsqueeze(-2)
    logs = deviation.log().sum(-1, keepdim=True)
    return (log_density_by_eigenvectors(along, torch.zeros_like(deviation), correlation) - logs).to(x.dtype)


LAW = "multivariate_log_density"
ALTERNATIVES = [
    (CLAIM, {LAW: by_inverse}, "inverse and determinant in float64"),
    (CLAIM, {LAW: one_point_at_a_time}, "one point at a time"),
    (CLAIM, {LAW: by_whitening}, "the whitened point"),
    (CLAIM, {"log_density_by_eigenvectors": by_correlations}, "the correlation matrix"),
]
