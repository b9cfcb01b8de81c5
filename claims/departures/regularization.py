"""Departures in regularisation."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.decayed_steps import DecayedSteps
from claims.frame.inputs.masks import Layer
from claims.frame.plan import CallPlan
from claims.regularization.dropout import dropout_inverted_scaling
from claims.regularization.weight_decay import weight_decay_l2_equivalence

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
    versions="2.13.0",
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
    versions="2.13.0",
    script="nadam_product_float32",
)
def nadam_product_in_float32(plan: CallPlan, given: DecayedSteps) -> bool:
    """First steps with a momentum that changes; momenta 1/4 have an exact product."""
    return given.rule == "nadam by default" and given.steps == 1 and given.kind == "integers"
