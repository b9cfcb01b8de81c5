"""Departures in what convolutions cost, and in convolutions without oneDNN."""

from __future__ import annotations

import math

import torch

from claims import departure
from claims.convolution.equivariance import convolution_translation_equivariance
from claims.convolution.receptive_field import (
    indirect_connectivity_depth,
    receptive_field_growth,
    stride_and_pooling_enlarge_receptive_field,
)
from claims.convolution.sizes import (
    implicit_zero_padding_keeps_size,
    kernel_width_parameters_and_output_size,
    wider_kernel_increases_runtime,
)
from claims.convolution.variants import locally_connected_layer, tiled_convolution
from claims.frame.inputs.convolution_sizes import Unpadded, Widened, Widths
from claims.frame.inputs.convolution_variants import Local
from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.equivariance import Shifted, SquareMap
from claims.frame.inputs.receptive_fields import Deep, Stack
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


def many_places(net: Stack) -> bool:
    """Whether a convolution of the stack gets 16 images or more, one for each place, of up to two axes."""
    few_axes = len(net.sizes) < 3
    return few_axes and math.prod(net.extents_of_input) >= 16 and any(one.kind not in POOLING for one in net.layers)


@departure(
    receptive_field_growth,
    stride_and_pooling_enlarge_receptive_field,
    summary=SUMMARY,
    operations=("stack_of_layers",),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_spreads_nan",
    hardware=WHERE,
)
def undefined_numbers_spoil_tiles(plan: CallPlan, net: Stack) -> bool:
    """No trial: those of 16 places or more without oneDNN, which is on by default."""
    return without_onednn() and many_places(net)


@departure(
    indirect_connectivity_depth,
    summary=SUMMARY,
    operations=("stack_of_layers",),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_spreads_nan",
    hardware=WHERE,
)
def deep_units_respond_to_tiles(plan: CallPlan, net: Deep) -> bool:
    """No trial: those of 16 places or more without oneDNN, which is on by default."""
    return without_onednn() and many_places(net.stack())


FAST = "Without oneDNN convolutions of 16 images or more go to NNPACK, whose errors are those of whole tiles of images"


@departure(
    kernel_width_parameters_and_output_size,
    summary=FAST,
    operations=("convolution1d", "convolution2d", "convolution_layer1d", "convolution_layer2d"),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_convolution",
    hardware=WHERE,
)
@departure(
    locally_connected_layer,
    summary=FAST,
    operations=("convolution1d", "convolution2d", "locally_connected1d", "locally_connected2d"),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_convolution",
    hardware=WHERE,
)
@departure(
    tiled_convolution,
    summary=FAST,
    operations=("convolution1d", "convolution2d", "tiled_convolution1d", "tiled_convolution2d"),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_convolution",
    hardware=WHERE,
)
def many_images_are_transformed(plan: CallPlan, given: Widened | Local) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


@departure(
    convolution_translation_equivariance,
    summary=FAST,
    operations=("convolution1d", "convolution2d", "convolution_layer1d", "convolution_layer2d"),
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_convolution",
    hardware=WHERE,
)
def many_shifted_images_are_transformed(plan: CallPlan, given: Shifted, map: SquareMap) -> bool:  # noqa: A002
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


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
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16
