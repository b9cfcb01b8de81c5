"""Departures in regularisation."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.decayed_steps import DecayedSteps
from claims.frame.inputs.masks import Layer
from claims.frame.inputs.thresholds import Thresholds
from claims.frame.plan import CallPlan
from claims.regularization.dropout import dropout_inverted_scaling
from claims.regularization.sparsity import l1_soft_threshold, soft_threshold_slope
from claims.regularization.weight_decay import weight_decay_l2_equivalence

HELD_BY_HALF_TYPES = ("half", "zero", "largest")
"""Thresholds that need no rounding."""
LARGEST_SCALE = 65520
"""Where 1/(1-p) begins to round to infinity in float16."""


@departure(
    dropout_inverted_scaling,
    summary="float16 on the CPU: the scale 1/(1-p) is stored in float16 and overflows for p > 0.99998474: dropout "
    "makes NaN of every zero that survives, native_dropout of every dropped unit",
    operations=(
        "dropout",
        "dropout_in_place",
        "dropout_module",
        "dropout_channels_last",
        "dropout_by_vmap",
        "native_dropout",
        "dropout1d",
        "dropout2d",
        "dropout2d_channels_last",
        "dropout3d",
        "dropout1d_module",
        "dropout2d_module",
        "dropout3d_module",
        "dropout_between_layers",
    ),
    devices=("cpu",),
    dtypes=("float16",),
    script="dropout_float16_scale",
)
def dropout_scale_overflows_in_float16(plan: CallPlan, layer: Layer) -> bool:
    """Drop probabilities next to 1; alpha dropout scales by less."""
    return layer.p < 1 and 1 / (1 - layer.p) >= LARGEST_SCALE and "alpha" not in layer.spelling


@departure(
    weight_decay_l2_equivalence,
    summary="NAdam keeps its product of momenta in float32: in float64 its steps have a relative error of about 1e-8",
    operations=("decayed_steps",),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="nadam_product_float32",
)
def nadam_product_in_float32(plan: CallPlan, given: DecayedSteps) -> bool:
    """First steps with a momentum that changes; momenta 1/4 have an exact product."""
    return given.rule == "nadam by default" and given.steps == 1 and given.kind == "integers"


@departure(
    soft_threshold_slope,
    summary="softshrink with lambda = 0 is the identity, but its derivative at 0 is 0, in reverse and in forward mode",
    operations=("softshrink", "softshrink_module", "softshrink_along"),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="softshrink_zero_threshold_gradient",
)
def softshrink_without_a_threshold_has_no_slope_at_zero(plan: CallPlan, given: Thresholds) -> bool:
    """Zeros under the threshold 0; other numbers have the slope 1."""
    return given.threshold == "zero" and given.kind in ("integers", "kink", "special")


@departure(
    soft_threshold_slope,
    summary="Half types: softshrink on the CPU compares with lambda in float32, the backward pass (on CUDA, by its"
    " source, both) with lambda rounded to the stored type: softshrink(0.7002, 0.7) is 1.95e-4 in float16, with the"
    " gradient 0",
    operations=("softshrink", "softshrink_module", "softshrink_along"),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16"),
    script="softshrink_half_backward_threshold",
)
def half_precision_softshrink_rounds_its_threshold_backwards(plan: CallPlan, given: Thresholds) -> bool:
    """Thresholds that a half type does not hold."""
    return given.threshold not in HELD_BY_HALF_TYPES


@departure(
    l1_soft_threshold,
    summary="Half types on CUDA, by its source (not measured): softshrink rounds lambda to the stored type, where other"
    " operations compute in float32",
    operations=("softshrink", "softshrink_module", "softshrink_", "proximal_path"),
    devices=("cuda",),
    dtypes=("float16", "bfloat16"),
    script="softshrink_half_cuda_threshold",
)
def half_precision_softshrink_rounds_its_threshold_on_cuda(plan: CallPlan, given: Thresholds) -> bool:
    """Thresholds that a half type does not hold."""
    return given.threshold not in HELD_BY_HALF_TYPES
