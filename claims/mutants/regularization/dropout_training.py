"""Wrong losses under masks, wrong penalties, wrong arrays of masks and wrong minimisers."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.dropout_training import masked_loss, orthogonal_masks, ridge_loss
from claims.regularization.dropout_training import (
    dropout_linear_regression_is_ridge,
    dropout_parameter_sharing_pairwise_masks,
    dropout_rate_training_error_monotone,
)


def minimiser(x: Tensor, y: Tensor, penalties: Tensor) -> Tensor:
    """The minimiser with a penalty for each weight."""
    solution: Tensor = torch.linalg.solve(x.mT @ x + torch.diag_embed(penalties), (x.mT @ y[..., None])[..., 0])
    return solution


@mutant(dropout_linear_regression_is_ridge, dropout_parameter_sharing_pairwise_masks, operation="masked_loss")
def survivors_are_not_scaled_up(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    return masked_loss(x, w, y, masks, 0.0)


@mutant(dropout_linear_regression_is_ridge, dropout_parameter_sharing_pairwise_masks, operation="masked_loss")
def a_dropped_input_drops_its_target(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    predicted = ((x[..., None, :, :] * masks / (1 - p)) @ w[..., None, :, None])[..., 0]
    return (
        (predicted - y[..., None, :] * masks.amax(-1, keepdim=True)[..., 0]).square().sum(-1)
        if x.shape[-1]
        else (predicted - y[..., None, :]).square().sum(-1)
    )


@mutant(dropout_linear_regression_is_ridge, operation="masked_loss", trigger="a mask for each example")
def all_examples_have_the_first_mask(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    return masked_loss(x, w, y, masks[:, :1], p)


@mutant(dropout_linear_regression_is_ridge, operation="ridge_loss", trigger="p > 0")
def the_penalty_is_p(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return ridge_loss(x, w, y, penalty / (1 + penalty))


@mutant(dropout_linear_regression_is_ridge, operation="ridge_loss", trigger="two examples or more")
def the_penalty_has_mean_squares_of_columns(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return ridge_loss(x, w, y, penalty / x.shape[-2])


@mutant(dropout_linear_regression_is_ridge, operation="ridge_loss", trigger="p > 0")
def the_penalty_has_norms_that_are_not_squared(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return ridge_loss(x, w, y, 0.0) + penalty * (x.square().sum(-2).sqrt() * w.square()).sum(-1)


@mutant(dropout_linear_regression_is_ridge, operation="ridge_loss", trigger="p > 0")
def the_penalty_is_halved(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return ridge_loss(x, w, y, penalty / 2)


@mutant(dropout_linear_regression_is_ridge, operation="mask_probabilities", trigger="p other than 1/2")
def all_masks_are_equally_likely(masks: Tensor, p: float) -> Tensor:
    return torch.full_like(masks[..., :1].sum(-1), 0.5 ** masks.shape[-1])


@mutant(dropout_linear_regression_is_ridge, operation="dropout", trigger="training")
def dropped_inputs_keep_a_tenth(x: Tensor, p: float, *, training: bool) -> Tensor:
    return torch.where(torch.rand_like(x) < p, x / 10, x / (1 - p))


@mutant(dropout_parameter_sharing_pairwise_masks, operation="orthogonal_masks")
def the_constant_column_is_a_unit(n: int, like: Tensor) -> Tensor:
    masks = orthogonal_masks(n, like)
    return torch.cat((torch.ones_like(masks[:, :1]), masks[:, 1:]), 1)


@mutant(dropout_parameter_sharing_pairwise_masks, operation="orthogonal_masks")
def one_mask_is_missing(n: int, like: Tensor) -> Tensor:
    return orthogonal_masks(n, like)[1:]


@mutant(dropout_parameter_sharing_pairwise_masks, operation="orthogonal_masks", trigger="more than 8 units")
def units_beyond_8_repeat_the_first(n: int, like: Tensor) -> Tensor:
    return orthogonal_masks(n, like)[:, torch.arange(n, device=like.device) % 8]


@mutant(dropout_parameter_sharing_pairwise_masks, operation="orthogonal_masks", trigger="two units or more")
def each_mask_keeps_one_unit(n: int, like: Tensor) -> Tensor:
    return torch.eye(n, dtype=like.dtype, device=like.device)


@mutant(dropout_parameter_sharing_pairwise_masks, operation="orthogonal_masks", trigger="31 units or more")
def the_last_unit_is_dropped_always(n: int, like: Tensor) -> Tensor:
    masks = orthogonal_masks(n, like)
    return torch.cat((masks[:, :-1], torch.zeros_like(masks[:, :1])), 1) if n >= 31 else masks


@mutant(dropout_parameter_sharing_pairwise_masks, operation="masked_loss", trigger="the gradient")
def only_the_last_mask_is_trained(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    each = masked_loss(x, w, y, masks, p)
    return torch.cat((each[..., :-1].detach(), each[..., -1:]), -1)


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="p > 0")
def the_solution_has_penalty_p(x: Tensor, y: Tensor, p: float) -> Tensor:
    return minimiser(x, y, p * x.square().sum(-2))


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="p > 0")
def the_solution_has_one_penalty(x: Tensor, y: Tensor, p: float) -> Tensor:
    return minimiser(x, y, p / (1 - p) * torch.ones_like(x[..., 0, :]))


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="p > 0")
def the_solution_is_that_without_scaling(x: Tensor, y: Tensor, p: float) -> Tensor:
    return minimiser(x * (1 - p), y, p * (1 - p) * x.square().sum(-2))


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="p = 0.99")
def the_penalty_is_clipped_at_10(x: Tensor, y: Tensor, p: float) -> Tensor:
    return minimiser(x, y, min(p / (1 - p), 10.0) * x.square().sum(-2))


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="three inputs or more")
def the_last_weight_is_not_penalised(x: Tensor, y: Tensor, p: float) -> Tensor:
    penalties = p / (1 - p) * x.square().sum(-2)
    return minimiser(
        x, y, torch.cat((penalties[..., :-1], 0 * penalties[..., -1:]), -1) if x.shape[-1] > 2 else penalties
    )


@mutant(dropout_rate_training_error_monotone, operation="dropout_solution", trigger="p = 0")
def no_dropout_still_has_a_penalty(x: Tensor, y: Tensor, p: float) -> Tensor:
    return minimiser(x, y, max(p / (1 - p), 0.001) * x.square().sum(-2))


@mutant(dropout_rate_training_error_monotone, operation="ridge_loss", trigger="no penalty asked for")
def the_penalised_objective_is_reported(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return ridge_loss(x, w, y, penalty or 1.0)
