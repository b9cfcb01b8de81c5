"""Wrong ridge estimators, wrong norms of them, and targets that are tampered with."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.regularization.ridge import ridge_mean_squared_error_existence, ridge_noise_sensitivity

BOTH = (ridge_noise_sensitivity, ridge_mean_squared_error_existence)


def _estimator(a: Tensor, penalties: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a.mT @ a + torch.diag_embed(penalties), a.mT)
    return x


def _each(a: Tensor, alpha: Tensor) -> Tensor:
    return alpha[..., None].expand(*alpha.shape, a.shape[-1])


@mutant(*BOTH, operation="tikhonov_inverse", trigger="alpha other than 1: the root is penalised")
def root_of_the_penalty(a: Tensor, alpha: Tensor) -> Tensor:
    return _estimator(a, _each(a, alpha.sqrt()))


@mutant(*BOTH, operation="tikhonov_inverse", trigger="more than one column: a bias is not penalised")
def last_column_not_penalised(a: Tensor, alpha: Tensor) -> Tensor:
    kept = torch.arange(a.shape[-1]) < max(a.shape[-1] - 1, 1)
    return _estimator(a, _each(a, alpha) * kept + 1e-3 * ~kept)


@mutant(*BOTH, operation="tikhonov_inverse", trigger="more than one row: a mean loss, a penalty not")
def penalty_times_the_number_of_rows(a: Tensor, alpha: Tensor) -> Tensor:
    return _estimator(a, _each(a, alpha) * a.shape[-2])


@mutant(*BOTH, operation="tikhonov_inverse", trigger="square matrices: the transpose is missing")
def square_matrices_not_transposed(a: Tensor, alpha: Tensor) -> Tensor:
    if a.shape[-1] != a.shape[-2]:
        return _estimator(a, _each(a, alpha))
    x: Tensor = torch.linalg.solve(a.mT @ a + torch.diag_embed(_each(a, alpha)), a)
    return x


@mutant(*BOTH, operation="tikhonov_inverse", trigger="different penalties in a batch")
def largest_penalty_of_the_batch(a: Tensor, alpha: Tensor) -> Tensor:
    return _estimator(a, _each(a, alpha.amax() + 0 * alpha if alpha.numel() else alpha))


@mutant(ridge_noise_sensitivity, operation="norm_spectral", trigger="rank above one: the Frobenius norm")
def frobenius_norm_for_the_spectral(a: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a)
    return norm


@mutant(ridge_noise_sensitivity, operation="norm_spectral", trigger="rank above one: the smallest singular value")
def smallest_singular_value(a: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.svdvals(a)[..., -1]
    return norm


@mutant(ridge_noise_sensitivity, operation="matmul", trigger="targets beyond 1e6 are clipped")
def outliers_clipped(a: Tensor, b: Tensor) -> Tensor:
    return a @ b.clamp(-1e6, 1e6)


@mutant(ridge_mean_squared_error_existence, operation="pinv", trigger="always: a penalty of 2^-6 is left in")
def slightly_penalised_inverse(a: Tensor) -> Tensor:
    return _estimator(a, torch.full((*a.shape[:-2], a.shape[-1]), 2.0**-6, dtype=a.dtype))
