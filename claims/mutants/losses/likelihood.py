"""Wrong likelihoods, and wrong losses that stand for them."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from claims import mutant
from claims.frame.operations.chapters.likelihood import weighted_squared_error
from claims.losses.likelihood import cross_entropy_is_negative_log_likelihood as likelihood


@mutant(likelihood, operation="bce_of_weights", trigger="logits beyond the range of exp")
def softplus_is_not_shifted(z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str) -> Tensor:
    loss = weight * ((1 - y) * z.exp().log1p() + positive * y * (-z).exp().log1p())
    return {"none": loss, "sum": loss.sum(), "mean": loss.mean() if loss.numel() else loss.sum()}[reduction]


@mutant(likelihood, operation="bce_of_weights_module", trigger="the mean")
def mean_of_weighted_labels_divides_by_their_weights(
    z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str
) -> Tensor:
    loss = F.binary_cross_entropy_with_logits(z, y, weight, pos_weight=positive, reduction=reduction)
    return loss * (z.numel() / weight.sum()) if reduction == "mean" else loss


@mutant(likelihood, operation="bce_of_weights", trigger="labels below 1", provenance="a weight of the whole loss")
def positive_weight_counts_for_both_labels(
    z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str
) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, y, weight * positive, reduction=reduction)


@mutant(likelihood, operation="bce_of_weights", trigger="a weight above 1 of a positive label")
def weights_are_multiplied_into_the_positive_label_only(
    z: Tensor, y: Tensor, weight: Tensor, positive: Tensor, *, reduction: str
) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, y, pos_weight=positive * weight, reduction=reduction)


@mutant(likelihood, operation="bernoulli_log_density", trigger="a label that is not right")
def bernoulli_exchanges_logits_and_labels(z: Tensor, y: Tensor) -> Tensor:
    return -F.binary_cross_entropy_with_logits(y, z, reduction="none")


@mutant(likelihood, operation="bernoulli_log_density")
def bernoulli_is_in_bits(z: Tensor, y: Tensor) -> Tensor:
    return -F.binary_cross_entropy_with_logits(z, y, reduction="none") / math.log(2)


@mutant(likelihood, operation="bernoulli_log_density", trigger="probabilities near 0 or 1", provenance="clamped probs")
def bernoulli_clamps_its_probability(z: Tensor, y: Tensor) -> Tensor:
    eps = torch.finfo(z.dtype).eps
    p = z.sigmoid().clamp(eps, 1 - eps)
    return y * p.log() + (1 - y) * (-p).log1p()


@mutant(likelihood, operation="bernoulli_log_density", trigger="soft labels")
def bernoulli_rounds_its_label(z: Tensor, y: Tensor) -> Tensor:
    return -F.binary_cross_entropy_with_logits(z, y.round(), reduction="none")


@mutant(likelihood, operation="categorical_log_density", trigger="logits that are not normalised")
def categorical_takes_logits_for_logarithms(x: Tensor, target: Tensor) -> Tensor:
    return x.gather(-1, target[..., None])[..., 0]


@mutant(likelihood, operation="categorical_log_density", trigger="a class of small probability")
def categorical_takes_the_logarithm_of_probabilities(x: Tensor, target: Tensor) -> Tensor:
    return x.softmax(-1).gather(-1, target[..., None])[..., 0].log()


@mutant(likelihood, operation="class_loss", trigger="the sum")
def the_sum_is_the_mean(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    other = {"sum": "mean"}.get(options["reduction"], options["reduction"])
    return F.cross_entropy(x, target, weight, **{**options, "reduction": other})


@mutant(likelihood, operation="class_loss_module", trigger="the mean, with weights")
def weighted_classes_are_averaged(x: Tensor, target: Tensor, weight: Tensor | None, **options: Any) -> Tensor:
    if options["reduction"] != "mean":
        return F.cross_entropy(x, target, weight, **options)
    loss = F.cross_entropy(x, target, weight, **{**options, "reduction": "none"})
    return loss.mean()


@mutant(likelihood, operation="squared_error", trigger="errors other than 0 and 1")
def squared_error_is_the_modulus(mean: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    return F.l1_loss(mean, target, reduction=reduction)


@mutant(likelihood, operation="squared_error", trigger="near numbers", provenance="the expanded square")
def squared_error_is_expanded(mean: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    loss = mean * mean - 2 * mean * target + target * target
    return loss if reduction == "none" else F.mse_loss(mean, target, reduction=reduction)


@mutant(likelihood, operation="squared_error", trigger="means above their targets")
def squared_error_counts_one_side(mean: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    return F.mse_loss(torch.minimum(mean, target), target, reduction=reduction)


@mutant(likelihood, operation="weighted_squared_error", trigger="the mean")
def weighted_squares_are_averaged(mean: Tensor, target: Tensor, weight: Tensor, *, reduction: str) -> Tensor:
    if reduction != "mean":
        return weighted_squared_error(mean, target, weight, reduction=reduction)
    return (F.mse_loss(mean, target, reduction="none") * weight).mean()


@mutant(likelihood, operation="weighted_squared_error", provenance="weights inside the square")
def errors_are_weighted_before_they_are_squared(
    mean: Tensor, target: Tensor, weight: Tensor, *, reduction: str
) -> Tensor:
    if reduction != "none":
        return weighted_squared_error(mean, target, weight, reduction=reduction)
    return ((mean - target) * weight).square()


@mutant(likelihood, operation="gaussian_nll", trigger="in full")
def the_constant_is_not_halved(mean: Tensor, target: Tensor, variance: Tensor, *, full: bool, **options: Any) -> Tensor:
    found: Tensor = F.gaussian_nll_loss(mean, target, variance, **options)
    return found + math.log(2 * math.pi) * full


@mutant(likelihood, operation="normal_log_density")
def the_square_is_not_halved(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = torch.distributions.Normal(mean, deviation, validate_args=False).log_prob(x)
    return found - (x - mean).square() / 2
