"""Departures in the losses."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.distributions import ProbabilityPairs, Supports
from claims.frame.inputs.rows import BalancedRow, ExtendedRow, Logits
from claims.frame.plan import CallPlan
from claims.losses.cross_entropy import cross_entropy_decomposition
from claims.losses.divergence import kl_divergence_nonnegative
from claims.losses.logsumexp import logsumexp_accuracy
from claims.losses.softmax import log_softmax_accuracy
from claims.losses.softmax_range import softmax_shifted_denominator_range

FLOAT16_SUMS = 65520
"""The least number of exponentials of 1 whose sum overflows in float16."""


def _sum_overflows(x: Logits) -> bool:
    """Rows of so many entries that are equal, or so nearly that their exponentials sum to that number."""
    return x.width >= FLOAT16_SUMS and (x.kind == "equal" or (x.kind == "normal" and x.scale <= 1e-3))


@departure(
    log_softmax_accuracy,
    summary="float16 on the CPU: log_softmax along the last axis, and cross_entropy, store the sum of exponentials in "
    "float16, which overflows when it reaches 65520: -inf in every entry, an infinite loss",
    operations=("log_softmax", "functional_log_softmax", "log_softmax_layer", "adaptive_log_softmax", "cross_entropy"),
    devices=("cpu",),
    dtypes=("float16",),
    script="log_softmax_float16_sum",
)
def log_softmax_sum_overflows_in_float16(plan: CallPlan, x: Logits) -> bool:
    """Along the last axis."""
    return plan.axis == "last" and _sum_overflows(x)


@departure(
    softmax_shifted_denominator_range,
    summary="float16 on the CPU: log_softmax along the last axis of 65520 or more equal entries is -inf",
    operations=("log_softmax",),
    devices=("cpu",),
    dtypes=("float16",),
    script="log_softmax_float16_sum",
)
def log_softmax_leaves_its_range_in_float16(plan: CallPlan, x: Logits | BalancedRow | ExtendedRow) -> bool:
    """Along the last axis."""
    return plan.axis == "last" and isinstance(x, Logits) and _sum_overflows(x)


@departure(
    logsumexp_accuracy,
    softmax_shifted_denominator_range,
    summary="float16: logsumexp stores the sum of exponentials in float16, which overflows when it reaches 65520: inf",
    operations=("logsumexp",),
    devices=("cpu", "cuda"),
    dtypes=("float16",),
    script="logsumexp_float16_sum",
)
def logsumexp_sum_overflows_in_float16(plan: CallPlan, x: Logits | BalancedRow | ExtendedRow) -> bool:
    """Along every axis."""
    return isinstance(x, Logits) and _sum_overflows(x)


@departure(
    kl_divergence_nonnegative,
    summary="F.kl_div multiplies a target of 0 by an input of -inf: an outcome that both laws exclude gives NaN, not 0",
    operations=("kl_div",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="kl_div_excluded_outcome",
)
def kl_div_of_an_excluded_outcome_is_nan(plan: CallPlan, pair: ProbabilityPairs, ends: Supports) -> bool:
    """Where the last outcome is impossible by both."""
    return ends.kind == "outside"


@departure(
    kl_divergence_nonnegative,
    summary="F.kl_div with log_target=True multiplies exp(-inf) = 0 by infinity: an outcome that the target excludes "
    "gives NaN, not 0",
    operations=("kl_div",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="kl_div_log_target",
)
def kl_div_of_an_excluded_log_target_is_nan(plan: CallPlan, pair: ProbabilityPairs, ends: Supports) -> bool:
    """Where the last outcome is impossible by p."""
    return ends.kind in {"outside", "outside p"}


@departure(
    kl_divergence_nonnegative,
    summary="kl_divergence of two Categorical(probs) clips probabilities to [2u, 1 - 2u] before the logarithm: no "
    "smaller probability of q counts",
    operations=("categorical_divergence",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="categorical_small_probability",
)
def categorical_clips_small_probabilities(plan: CallPlan, pair: ProbabilityPairs, ends: Supports) -> bool:
    """Where q nearly excludes the last outcome."""
    return ends.kind == "small"


@departure(
    cross_entropy_decomposition,
    summary="F.cross_entropy multiplies a probability of 0 by the logarithm of 0: a class that both laws exclude gives "
    "NaN, not 0",
    operations=("soft_cross_entropy",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="cross_entropy_excluded_class",
)
def cross_entropy_of_an_excluded_class_is_nan(plan: CallPlan, pair: ProbabilityPairs, ends: Supports) -> bool:
    """Where the last outcome is impossible by both."""
    return ends.kind == "outside"
