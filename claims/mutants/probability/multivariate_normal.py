"""Wrong log densities of the multivariate normal law."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.multivariate_normal import (
    log_density_by_eigenvectors,
    multivariate_log_density,
)
from claims.probability.multivariate_normal import multivariate_normal_log_density

WRONG = "multivariate_log_density"


def _log_det(matrix: Tensor, given: str) -> Tensor:
    """log det Sigma for every point (..., 1)."""
    size = {"covariance_matrix": 1, "precision_matrix": -1, "scale_tril": 2}[given]
    found: Tensor = size * torch.linalg.slogdet(matrix).logabsdet.unsqueeze(-1)
    return found


@mutant(multivariate_normal_log_density, operation=WRONG)
def log_determinant_left_out(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    return multivariate_log_density(x, mean, matrix, given) + _log_det(matrix, given) / 2


@mutant(multivariate_normal_log_density, operation=WRONG)
def log_determinant_not_halved(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    return multivariate_log_density(x, mean, matrix, given) - _log_det(matrix, given) / 2


@mutant(multivariate_normal_log_density, operation=WRONG)
def covariance_for_its_inverse(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    other = {"covariance_matrix": "precision_matrix", "precision_matrix": "covariance_matrix"}.get(given, given)
    return multivariate_log_density(x, mean, matrix, other)


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="a factor: taken for the transposed one")
def upper_factor(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    if given != "scale_tril":
        return multivariate_log_density(x, mean, matrix, given)
    return multivariate_log_density(x, mean, matrix.mT @ matrix, "covariance_matrix")


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="a precision: its factor is not turned around")
def precision_factored_from_above(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    if given != "precision_matrix":
        return multivariate_log_density(x, mean, matrix, given)
    inverse = torch.linalg.inv(torch.linalg.cholesky(matrix))
    return multivariate_log_density(x, mean, inverse, "scale_tril")


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="variances not 1")
def deviations_on_the_diagonal(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    if given == "covariance_matrix":
        diagonal = matrix.diagonal(dim1=-2, dim2=-1)
        matrix = matrix + torch.diag_embed(diagonal.sqrt().maximum(diagonal) - diagonal)
    return multivariate_log_density(x, mean, matrix, given)


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="a mean other than 0, with more than one point")
def mean_of_the_points(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    return multivariate_log_density(x, x.mean(-2) if x.shape[-2] > 1 else mean, matrix, given)


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="an order other than 1")
def constant_of_one_dimension(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    missing = (mean.shape[-1] - 1) * math.log(2 * math.pi) / 2
    return multivariate_log_density(x, mean, matrix, given) + missing


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="small variances: 1e-6 is added to each")
def jitter_on_the_diagonal(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    if given == "covariance_matrix":
        matrix = matrix + 1e-6 * torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    return multivariate_log_density(x, mean, matrix, given)


@mutant(
    multivariate_normal_log_density, operation=WRONG, trigger="large or small matrices: the determinant leaves range"
)
def logarithm_of_the_determinant(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    exact = _log_det(matrix, given)
    det = matrix.det().abs().unsqueeze(-1)
    size = {"covariance_matrix": 1, "precision_matrix": -1, "scale_tril": 2}[given]
    return multivariate_log_density(x, mean, matrix, given) + exact / 2 - size * det.log() / 2


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="a batch: the first matrix serves all")
def first_matrix_of_the_batch(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    return multivariate_log_density(x, mean, matrix[:1].expand(matrix.shape) if matrix.ndim > 2 else matrix, given)


@mutant(multivariate_normal_log_density, operation=WRONG, trigger="float64", dtypes=("float64",))
def multivariate_density_in_float32(x: Tensor, mean: Tensor, matrix: Tensor, given: str) -> Tensor:
    return multivariate_log_density(x.float(), mean.float(), matrix.float(), given).to(x.dtype)


@mutant(multivariate_normal_log_density, operation="log_density_by_eigenvectors", trigger="a covariance not diagonal")
def rows_for_the_eigenvectors(x: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    variances, axes = torch.linalg.eigh(covariance)
    along = (x - mean.unsqueeze(-2)) @ axes.mT
    terms = along**2 / variances.unsqueeze(-2) + variances.unsqueeze(-2).log()
    found: Tensor = -0.5 * (terms.sum(-1) + math.log(2 * math.pi) * mean.shape[-1])
    return found


@mutant(multivariate_normal_log_density, operation="log_density_by_eigenvectors")
def eigenvalues_as_deviations(x: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    return log_density_by_eigenvectors(x, mean, covariance @ covariance)
