"""Departures of convolutions."""

from __future__ import annotations

from claims import departure
from claims.convolution.accuracy import conv_forward_rounding_bound
from claims.frame.inputs.convolutions import Convolved
from claims.frame.plan import CallPlan

EVERY = tuple(f"{name}{d}d" for name in ("convolution", "convolution_layer") for d in (1, 2, 3))


@departure(
    conv_forward_rounding_bound,
    summary="a convolution of images without channels returns no channels, whatever the number of filters and the bias",
    operations=EVERY,
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="convolution_without_channels",
)
def no_results_without_channels(plan: CallPlan, given: Convolved) -> bool:
    """No channels in the images."""
    return given.channels == 0
