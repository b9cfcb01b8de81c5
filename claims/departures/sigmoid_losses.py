"""Departures in the losses of a logistic output."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.labelled_logits import LabelledLogits
from claims.frame.plan import CallPlan
from claims.losses.sigmoid_losses import (
    cross_entropy_on_probabilities_saturates,
    cross_entropy_sigmoid_gradient,
    soft_margin_loss_is_cross_entropy,
)


@departure(
    cross_entropy_sigmoid_gradient,
    summary="binary cross-entropy of an infinite logit is NaN with either label, where the loss is 0 or infinite; the "
    "slope is right",
    operations=("bce_with_logits", "bce_with_logits_module", "weighted_bce_with_logits"),
    devices=("cpu",),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="bce_infinite_logit",
)
def loss_of_an_infinite_logit_is_nan(plan: CallPlan, given: LabelledLogits) -> bool:
    """Infinite logits."""
    return given.kind == "infinite"


@departure(
    soft_margin_loss_is_cross_entropy,
    summary="soft_margin_loss takes exp(-y z) and log1p of it: infinite, with the slope NaN, where the exponential "
    "overflows, in float16 from -y z = 11.09 on, in float32 and bfloat16 from 88.7, in float64 from 709.8",
    operations=("soft_margin_loss",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="soft_margin_overflow",
)
def exponential_of_the_margin_overflows(plan: CallPlan, given: LabelledLogits) -> bool:
    """Logits far on the wrong side; those of the right side have an exponential below 1."""
    return given.labels != "right" and given.kind in {"vanishing", "far", "huge", "infinite"}


@departure(
    soft_margin_loss_is_cross_entropy,
    summary="the same in float16, for logits of ordinary size",
    operations=("soft_margin_loss",),
    devices=("cpu",),
    dtypes=("float16",),
    script="soft_margin_overflow",
)
def exponential_of_the_margin_overflows_early(plan: CallPlan, given: LabelledLogits) -> bool:
    """float16 has exponentials up to e^11.09."""
    return given.labels != "right" and given.kind == "wide"


@departure(
    cross_entropy_on_probabilities_saturates,
    summary="float16 on the CPU: the floor 1e-12 of p (1 - p) rounds to 0, so that the slope is 0/0 where the "
    "probability is rounded to 0 or 1",
    operations=("binary_cross_entropy", "bce_module"),
    devices=("cpu",),
    dtypes=("float16",),
    script="bce_float16_slope",
)
def slope_of_a_rounded_probability_is_nan(plan: CallPlan, given: LabelledLogits) -> bool:
    """Logits from 7.6 on."""
    return given.kind not in {"normal", "tiny"}
