"""Departures in regularisation."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.masks import Layer
from claims.frame.plan import CallPlan
from claims.regularization.dropout import dropout_inverted_scaling

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
