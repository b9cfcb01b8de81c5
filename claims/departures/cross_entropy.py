"""Departures in the cross entropy of classes."""

from __future__ import annotations

import math

from claims import departure
from claims.frame.inputs.class_problems import ClassProblem, NestedLoss
from claims.frame.inputs.regime import Regime
from claims.frame.plan import CallPlan
from claims.losses.cross_entropy_gradient import cross_entropy_softmax_gradient
from claims.losses.likelihood import cross_entropy_is_negative_log_likelihood

LARGEST_FLOAT16 = 65504
SMOOTHED = ("class_loss", "class_loss_module", "spatial_loss", "image_loss", "unbatched_loss")


def smoothed_sum(given: ClassProblem) -> float:
    """About the largest sum of -w log p over the classes, and for reductions over the rows, that a regime has."""
    if given.kind == "huge":
        return math.inf
    gap = 120.0 if given.kind in {"peak", "confident", "wrong"} else 0.0
    rows = 1 if given.reduction == "none" else given.rows
    return rows * given.classes * (3 + 4 * given.scale + gap) * 1.25


@departure(
    cross_entropy_softmax_gradient,
    cross_entropy_is_negative_log_likelihood,
    summary="float16 on the CPU: smoothed cross entropy adds up the logarithms of all classes (and rows) in float16 "
    "before it divides by their number, and overflows: 10000 equal logits lose infinitely; the gradient is right",
    operations=SMOOTHED,
    devices=("cpu",),
    dtypes=("float16",),
    script="label_smoothing_float16_sum",
)
def smoothing_overflows_in_float16(plan: CallPlan, given: Regime) -> bool:
    """Class indices with smoothing, where the sum may reach the largest number."""
    if not isinstance(given, ClassProblem) or given.options not in {"smoothing", "both"}:
        return False
    return smoothed_sum(given) > LARGEST_FLOAT16


@departure(
    cross_entropy_softmax_gradient,
    cross_entropy_is_negative_log_likelihood,
    summary="bfloat16 and float32: the same sum of logarithms overflows where logits are of the size of the largest "
    "number divided by that of the classes",
    operations=SMOOTHED,
    devices=("cpu", "cuda"),
    dtypes=("bfloat16", "float32"),
    script="label_smoothing_huge_logits",
)
def smoothing_overflows_with_huge_logits(plan: CallPlan, given: Regime) -> bool:
    """Class indices with smoothing, logits around a quarter of the largest number."""
    return isinstance(given, ClassProblem) and given.options in {"smoothing", "both"} and given.kind == "huge"


@departure(
    cross_entropy_softmax_gradient,
    summary="a row of -inf alone that ignore_index excludes has the gradient NaN, not 0: log_softmax multiplies the "
    "gradient 0 by exp(NaN)",
    operations=("class_loss", "class_loss_module", "nll_of_log_softmax", "nll_module", "nll_of_columns"),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="ignored_row_of_nothing",
)
def ignored_rows_of_nothing_have_a_gradient(plan: CallPlan, given: ClassProblem | NestedLoss) -> bool:
    """Rows without a class, all or some of them ignored."""
    return isinstance(given, ClassProblem) and given.kind == "nothing" and given.ignored != "no"


@departure(
    cross_entropy_softmax_gradient,
    cross_entropy_is_negative_log_likelihood,
    summary="F.cross_entropy multiplies the weight 0 of a class by the logarithm of its probability 0: a masked class "
    "that does not count has the loss NaN, not 0",
    operations=("class_loss", "class_loss_module", "nll_of_log_softmax", "nll_module", "nll_of_columns"),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="cross_entropy_zero_weight",
)
def masked_classes_without_weight_are_nan(plan: CallPlan, given: Regime) -> bool:
    """A target that is masked, where one of the weights is 0."""
    return isinstance(given, ClassProblem) and given.kind == "masked target" and given.weighted and given.classes > 1
