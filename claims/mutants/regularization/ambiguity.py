"""Wrong means of predictions, and wrong errors of them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.regularization.ambiguity import ensemble_ambiguity_decomposition as claim


@mutant(claim, operation="ensemble_error", trigger="three members or more")
def members_are_combined_by_their_median(predictions: Tensor, y: Tensor) -> Tensor:
    return (predictions.median(-1).values - y) ** 2


@mutant(claim, operation="ensemble_error", trigger="two members or more")
def members_are_added(predictions: Tensor, y: Tensor) -> Tensor:
    return (predictions.sum(-1) - y) ** 2


@mutant(claim, operation="ensemble_error")
def the_mean_has_divisor_k_plus_1(predictions: Tensor, y: Tensor) -> Tensor:
    return (predictions.sum(-1) / (predictions.shape[-1] + 1) - y) ** 2


@mutant(claim, operation="ensemble_error", trigger="more than 64 members")
def members_beyond_64_are_left_out(predictions: Tensor, y: Tensor) -> Tensor:
    return (predictions[..., :64].mean(-1) - y) ** 2


@mutant(claim, operation="ensemble_error", trigger="half types")
def the_mean_is_accumulated_in_the_stored_type(predictions: Tensor, y: Tensor) -> Tensor:
    total = predictions[..., 0]
    for i in range(1, predictions.shape[-1]):
        total = total + predictions[..., i]
    return (total / predictions.shape[-1] - y) ** 2


@mutant(claim, operation="disagreement", trigger="two members or more")
def the_disagreement_has_divisor_k_minus_1(predictions: Tensor) -> Tensor:
    return predictions.var(-1, correction=min(1, predictions.shape[-1] - 1))


@mutant(claim, operation="disagreement", trigger="predictions far from zero")
def the_disagreement_is_a_difference_of_squares(predictions: Tensor) -> Tensor:
    return (predictions**2).mean(-1) - predictions.mean(-1) ** 2


@mutant(claim, operation="member_error")
def the_members_error_is_absolute(predictions: Tensor, y: Tensor) -> Tensor:
    return (predictions - y[..., None]).abs().mean(-1)


@mutant(claim, operation="member_error", trigger="expanded predictions")
def equal_members_count_once(predictions: Tensor, y: Tensor) -> Tensor:
    squares = (predictions - y[..., None]) ** 2
    if predictions.shape[-1] > 1 and predictions.stride(-1) == 0:
        return squares[..., 0] / predictions.shape[-1]
    return squares.mean(-1)


@mutant(claim, operation="member_error", trigger="predictions all equal to the target")
def a_perfect_ensemble_is_nan(predictions: Tensor, y: Tensor) -> Tensor:
    error = ((predictions - y[..., None]) ** 2).mean(-1)
    return torch.where(error == 0, error / error, error)
