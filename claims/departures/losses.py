"""Departures in the losses."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.rows import Logits
from claims.frame.plan import CallPlan
from claims.losses.softmax import log_softmax_accuracy


@departure(
    log_softmax_accuracy,
    summary="float16 on the CPU: log_softmax along the last axis, and cross_entropy, store the sum of exponentials in "
    "float16, which overflows when it reaches 65520: -inf in every entry, an infinite loss",
    operations=("log_softmax", "functional_log_softmax", "log_softmax_layer", "adaptive_log_softmax", "cross_entropy"),
    devices=("cpu",),
    dtypes=("float16",),
    versions="2.13.0",
    script="log_softmax_float16_sum",
)
def log_softmax_sum_overflows_in_float16(plan: CallPlan, x: Logits) -> bool:
    """Rows of 65520 or more entries that are equal, or so nearly that their exponentials sum to 65520."""
    nearly_equal = x.kind == "equal" or (x.kind == "normal" and x.scale <= 1e-3)
    return plan.axis == "last" and x.width >= 65520 and nearly_equal
