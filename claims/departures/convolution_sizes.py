"""Departures in what convolutions cost, and in which results a number that is none spoils."""

from __future__ import annotations

import torch

from claims import departure
from claims.convolution.receptive_field import receptive_field_growth
from claims.convolution.sizes import implicit_zero_padding_keeps_size, wider_kernel_increases_runtime
from claims.frame.inputs.convolution_sizes import Unpadded, Widths
from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.receptive_fields import Stack
from claims.frame.plan import CallPlan
from reference.convolution.receptive_field import POOLING


@departure(
    wider_kernel_increases_runtime,
    summary="torch's operation counter counts the gradient of a convolution in g groups by its weight g times",
    operations=("convolution_operations",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="flop_counter_groups",
)
def operations_of_grouped_gradients_are_counted_too_often(plan: CallPlan, given: Widths) -> bool:
    """Trials that count backward, in groups."""
    return given.backward and given.groups > 1


SUMMARY = (
    "Without oneDNN convolutions of 16 images or more go to NNPACK, by transforms of tiles: a NaN or an infinity "
    "spoils every result of its tile"
)
WHERE = "CPUs that NNPACK has code for, such as those with AVX2"


def without_onednn() -> bool:
    """Whether oneDNN is switched off; by default it is on."""
    return not bool(torch.backends.mkldnn.enabled)


@departure(
    receptive_field_growth,
    summary=SUMMARY,
    operations=("stack_of_layers",),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_spreads_nan",
    hardware=WHERE,
)
def undefined_numbers_spoil_tiles(plan: CallPlan, net: Stack) -> bool:
    """Trials without oneDNN; with it, as by default, none."""
    return without_onednn() and any(one.kind not in POOLING for one in net.layers)


@departure(
    implicit_zero_padding_keeps_size,
    summary=SUMMARY,
    operations=("convolution1d", "convolution2d", "convolution_layer1d", "convolution_layer2d"),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_spreads_nan",
    hardware=WHERE,
)
def infinite_numbers_spoil_tiles(plan: CallPlan, given: Convolved, bare: Unpadded) -> bool:
    """Trials without oneDNN of 16 images or more; with it, as by default, none."""
    return without_onednn() and given.n >= 16
