"""Departures in what convolutions cost, and in convolutions without oneDNN."""

from __future__ import annotations

import functools
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
FAST = "Without oneDNN convolutions of 16 images or more go to NNPACK, whose errors are those of whole tiles of images"
WHERE = "CPUs that NNPACK has code for, such as those with AVX2"
FUNCTIONS = ("convolution1d", "convolution2d")
LAYERS = ("convolution_layer1d", "convolution_layer2d")

by_nnpack = functools.partial(departure, devices=("cpu",), dtypes=("float32",), hardware=WHERE)
spoilt_by_nnpack = functools.partial(by_nnpack, summary=SUMMARY, script="nnpack_spreads_nan")
rounded_by_nnpack = functools.partial(by_nnpack, summary=FAST, script="nnpack_convolution")


def without_onednn() -> bool:
    """Whether oneDNN is switched off; by default it is on."""
    return not bool(torch.backends.mkldnn.enabled)


def many_places(net: Stack) -> bool:
    """Whether a convolution of the stack gets 16 images or more, one for each place, of up to two axes."""
    few_axes = len(net.sizes) < 3
    return few_axes and math.prod(net.extents_of_input) >= 16 and any(one.kind not in POOLING for one in net.layers)


@spoilt_by_nnpack(receptive_field_growth, stride_and_pooling_enlarge_receptive_field, operations=("stack_of_layers",))
def undefined_numbers_spoil_tiles(plan: CallPlan, net: Stack) -> bool:
    """No trial: those of 16 places or more without oneDNN, which is on by default."""
    return without_onednn() and many_places(net)


@spoilt_by_nnpack(indirect_connectivity_depth, operations=("stack_of_layers",))
def deep_units_respond_to_tiles(plan: CallPlan, net: Deep) -> bool:
    """No trial: those of 16 places or more without oneDNN, which is on by default."""
    return without_onednn() and many_places(net.stack())


@rounded_by_nnpack(kernel_width_parameters_and_output_size, operations=(*FUNCTIONS, *LAYERS))
@rounded_by_nnpack(locally_connected_layer, operations=(*FUNCTIONS, "locally_connected1d", "locally_connected2d"))
@rounded_by_nnpack(tiled_convolution, operations=(*FUNCTIONS, "tiled_convolution1d", "tiled_convolution2d"))
def many_images_are_transformed(plan: CallPlan, given: Widened | Local) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


@rounded_by_nnpack(convolution_translation_equivariance, operations=(*FUNCTIONS, *LAYERS))
def many_shifted_images_are_transformed(plan: CallPlan, given: Shifted, map: SquareMap) -> bool:  # noqa: A002
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


@spoilt_by_nnpack(implicit_zero_padding_keeps_size, operations=(*FUNCTIONS, *LAYERS))
def infinite_numbers_spoil_tiles(plan: CallPlan, given: Convolved, bare: Unpadded) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16
