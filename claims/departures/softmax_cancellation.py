"""Departures in the loss of a leading class."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.leading_classes import LeadingClass
from claims.frame.plan import CallPlan
from claims.losses.softmax_cancellation import log_softmax_top_class_cancellation


@departure(
    log_softmax_top_class_cancellation,
    summary="cross_entropy and its slope in the right class are exactly 0 once that class leads by log(1/u), in "
    "float32 by 16.7, where log1p of the other classes keeps it: 4.1e-8 at 17",
    operations=("log_softmax", "cross_entropy"),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="cross_entropy_leading_class",
)
def cross_entropy_of_a_leading_class_is_zero(plan: CallPlan, x: LeadingClass) -> bool:
    """No trial: the bound of the claim is absolute there, and a loss by log1p keeps it, too."""
    return False
