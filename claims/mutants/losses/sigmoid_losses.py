"""Wrong losses of a logistic output."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.sigmoid_losses import LINEAR_FROM
from claims.losses.sigmoid_losses import (
    cross_entropy_on_probabilities_saturates,
    cross_entropy_sigmoid_gradient,
    mse_sigmoid_gradient_vanishes,
    soft_margin_loss_is_cross_entropy,
    softplus_is_the_loss_of_hard_labels,
)
from claims.mutants.networks.slopes import sloped

VECTOR = 8
"""Numbers of float32 that a vector holds."""


def _loss(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return F.binary_cross_entropy_with_logits(z, y, **{"reduction": "none", **options})


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="always: the slope y - sigma")
def slope_of_the_other_sign(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return sloped(_loss(z, y), z, y - torch.sigmoid(z))


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="always: that of the squared error")
def slope_with_the_derivative_of_the_sigmoid(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    s = torch.sigmoid(z)
    return sloped(_loss(z, y), z, (s - y) * s * (1 - s) * 4)


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="labels between 0 and 1 are rounded")
def slope_of_rounded_labels(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return sloped(_loss(z, y), z, torch.sigmoid(z) - y.round())


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="no shift: exp(z) overflows")
def without_a_shift(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return (1 + z.exp()).log() - y * z


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits_module", trigger="loss clamped at 100")
def clamped_at_100(z: Tensor, y: Tensor) -> Tensor:
    return _loss(z, y).clamp(max=100)


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits_module", trigger="logarithm to base 2")
def in_bits(z: Tensor, y: Tensor) -> Tensor:
    return _loss(z, y) / math.log(2)


@mutant(
    cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="the tail beyond whole vectors has label 0"
)
def label_of_the_tail_lost(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    whole = z.shape[-1] // VECTOR * VECTOR
    kept = torch.arange(z.shape[-1], device=z.device) < max(whole, 1)
    return _loss(z, y * kept, **options)


@mutant(
    cross_entropy_sigmoid_gradient, operation="weighted_bce_with_logits", trigger="the weight on the negative label"
)
def weight_of_the_negative_label(z: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    return _loss(-z, 1 - y, pos_weight=weight)


@mutant(cross_entropy_sigmoid_gradient, operation="weighted_bce_with_logits", trigger="the weight on both labels")
def weight_of_both_labels(z: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    return _loss(z, y) * weight


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits_reduced", trigger="reduction='mean': the sum")
def mean_is_the_sum(z: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return _loss(z, y, reduction="sum")


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits_reduced", trigger="more than 1024: the first 1024")
def sum_of_the_first_1024(z: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return _loss(z[..., :1024], y[..., :1024], reduction=reduction)


@mutant(softplus_is_the_loss_of_hard_labels, operation="softplus_loss", trigger="from 20 on linear: float64")
def linear_from_20(z: Tensor, y: Tensor) -> Tensor:
    return F.softplus(z * (1 - 2 * y))


@mutant(softplus_is_the_loss_of_hard_labels, operation="softplus_loss", trigger="large negative: log(1 + e^x) is 0")
def without_log1p(z: Tensor, y: Tensor) -> Tensor:
    x = z * (1 - 2 * y)
    return torch.where(x > LINEAR_FROM, x, (1 + x.clamp(max=LINEAR_FROM).exp()).log())


@mutant(softplus_is_the_loss_of_hard_labels, operation="logsigmoid_loss", trigger="below -88: the sigmoid underflows")
def logarithm_of_the_sigmoid(z: Tensor, y: Tensor) -> Tensor:
    return -torch.sigmoid(z * (2 * y - 1)).log()


@mutant(softplus_is_the_loss_of_hard_labels, operation="logsigmoid_loss", trigger="labels exchanged")
def labels_exchanged(z: Tensor, y: Tensor) -> Tensor:
    return -F.logsigmoid(z * (1 - 2 * y))


@mutant(softplus_is_the_loss_of_hard_labels, operation="logsigmoid_loss", trigger="infinite logits: inf - inf")
def infinite_logits_are_nan(z: Tensor, y: Tensor) -> Tensor:
    return F.softplus(z, threshold=LINEAR_FROM) - y * z


@mutant(softplus_is_the_loss_of_hard_labels, operation="softplus_loss", trigger="always: beta = 2")
def twice_as_steep(z: Tensor, y: Tensor) -> Tensor:
    return F.softplus(z * (1 - 2 * y), beta=2.0, threshold=LINEAR_FROM)


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="labels 0 and 1 for -1 and 1")
def labels_0_and_1(z: Tensor, y: Tensor) -> Tensor:
    return F.soft_margin_loss(z, y, reduction="none")


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="always: the hinge")
def hinge(z: Tensor, y: Tensor) -> Tensor:
    return (1 - z * (2 * y - 1)).clamp(min=0)


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="far on the right side: 1 + e^x is 1")
def logarithm_without_log1p(z: Tensor, y: Tensor) -> Tensor:
    return (1 + (z * (1 - 2 * y)).exp()).log()


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="always: base 2")
def margin_in_bits(z: Tensor, y: Tensor) -> Tensor:
    return F.soft_margin_loss(z, 2 * y - 1, reduction="none") / math.log(2)


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="always: mean over the instance")
def mean_of_the_instance(z: Tensor, y: Tensor) -> Tensor:
    loss = F.soft_margin_loss(z, 2 * y - 1, reduction="none")
    return loss.mean(-1, keepdim=True).expand_as(loss)


@mutant(soft_margin_loss_is_cross_entropy, operation="soft_margin_loss", trigger="the exponential clamped at 1")
def exponential_of_at_most_1(z: Tensor, y: Tensor) -> Tensor:
    return (z * (1 - 2 * y)).clamp(max=0).exp().log1p()


def _clamped(p: Tensor, y: Tensor, least: float) -> Tensor:
    p = p.clamp(least, 1 - least)
    return -(y * p.log() + (1 - y) * (1 - p).log())


@mutant(cross_entropy_on_probabilities_saturates, operation="binary_cross_entropy", trigger="p clamped at 1e-7")
def probability_clamped(p: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return _clamped(p, y, 1e-7)


@mutant(
    cross_entropy_on_probabilities_saturates, operation="binary_cross_entropy", trigger="1e-12 inside the logarithm"
)
def epsilon_in_the_logarithm(p: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return -(y * (p + 1e-12).log() + (1 - y) * (1 - p + 1e-12).log())


@mutant(cross_entropy_on_probabilities_saturates, operation="bce_module", trigger="no clamp: infinite")
def without_the_clamp(p: Tensor, y: Tensor) -> Tensor:
    loss: Tensor = -(torch.special.xlogy(y, p) + torch.special.xlog1py(1 - y, -p))
    return loss


@mutant(cross_entropy_on_probabilities_saturates, operation="bce_module", trigger="small p: 1 - p for log1p")
def log_of_one_minus(p: Tensor, y: Tensor) -> Tensor:
    return -(y * p.log().clamp(min=-100) + (1 - y) * (1 - p).log().clamp(min=-100))


@mutant(cross_entropy_on_probabilities_saturates, operation="binary_cross_entropy", trigger="the arguments exchanged")
def arguments_exchanged(p: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return -(p * y.log().clamp(min=-100) + (1 - p) * torch.log1p(-y).clamp(min=-100))


@mutant(cross_entropy_on_probabilities_saturates, operation="bce_with_logits", trigger="through the probability")
def logit_form_through_the_probability(z: Tensor, y: Tensor, *, reduction: str) -> Tensor:
    return F.binary_cross_entropy(torch.sigmoid(z), y, reduction=reduction)


@mutant(cross_entropy_on_probabilities_saturates, operation="bce_module", trigger="clamped at 1000")
def clamped_at_1000(p: Tensor, y: Tensor) -> Tensor:
    return -(y * p.log().clamp(min=-1000) + (1 - y) * torch.log1p(-p).clamp(min=-1000))


@mutant(mse_sigmoid_gradient_vanishes, operation="half_squared_error", trigger="always: without 1/2")
def whole_squared_error(p: Tensor, y: Tensor) -> Tensor:
    return F.mse_loss(p, y, reduction="none")


@mutant(mse_sigmoid_gradient_vanishes, operation="half_squared_error", trigger="always: the absolute error")
def absolute_error(p: Tensor, y: Tensor) -> Tensor:
    return F.l1_loss(p, y, reduction="none")


@mutant(mse_sigmoid_gradient_vanishes, operation="half_squared_error", trigger="errors beyond 1/2: Huber's loss")
def huber(p: Tensor, y: Tensor) -> Tensor:
    return F.huber_loss(p, y, reduction="none", delta=0.5)


@mutant(mse_sigmoid_gradient_vanishes, operation="sigmoid", trigger="always: (1 + tanh z) / 2")
def twice_as_fast(z: Tensor) -> Tensor:
    return (1 + torch.tanh(z)) / 2


@mutant(mse_sigmoid_gradient_vanishes, operation="sigmoid", trigger="|z| > 5: clamped")
def clamped_logit(z: Tensor) -> Tensor:
    return torch.sigmoid(z.clamp(-5, 5))


@mutant(mse_sigmoid_gradient_vanishes, operation="sigmoid", trigger="always: its slope is taken for 1")
def slope_taken_for_one(z: Tensor) -> Tensor:
    return z + (torch.sigmoid(z) - z).detach()


@mutant(mse_sigmoid_gradient_vanishes, operation="half_squared_error", trigger="always: divided by the width")
def mean_over_the_width(p: Tensor, y: Tensor) -> Tensor:
    return F.mse_loss(p, y, reduction="none") / 2 / p.shape[-1]


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits", trigger="always: the slope 2 (sigma - y)")
def twice_the_slope(z: Tensor, y: Tensor, **options: Any) -> Tensor:
    return sloped(_loss(z, y), z, 2 * (torch.sigmoid(z) - y))


@mutant(cross_entropy_sigmoid_gradient, operation="bce_with_logits_module", trigger="always: divided by the width")
def mean_over_the_classes(z: Tensor, y: Tensor) -> Tensor:
    return _loss(z, y) / z.shape[-1]


@mutant(cross_entropy_on_probabilities_saturates, operation="bce_module", trigger="float64: p clamped at 1e-12")
def probability_clamped_at_1e_12(p: Tensor, y: Tensor) -> Tensor:
    return _clamped(p, y, 1e-12)


@mutant(cross_entropy_on_probabilities_saturates, operation="sigmoid", trigger="negative z: 1 - sigma(-z) cancels")
def complement_of_the_mirrored_sigmoid(z: Tensor) -> Tensor:
    return 1 - torch.sigmoid(-z)


@mutant(
    cross_entropy_on_probabilities_saturates,
    operation="sigmoid",
    trigger="always: the logit for its probability",
    raises=(RuntimeError,),
)
def logits_for_probabilities(z: Tensor) -> Tensor:
    return z * 1


@mutant(mse_sigmoid_gradient_vanishes, operation="sigmoid", trigger="always: its slope is (1 - sigma)^2")
def slope_of_the_squared_complement(z: Tensor) -> Tensor:
    y = torch.sigmoid(z)
    return sloped(y, z, (1 - y) ** 2)
