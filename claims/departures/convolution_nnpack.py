"""Departures of convolutions without oneDNN: NNPACK computes those in float32 of 16 images or more, up to two axes."""

from __future__ import annotations

import functools
import math

import torch

from claims import departure
from claims.convolution.accuracy import conv_forward_rounding_bound
from claims.convolution.definition import conv_is_cross_correlation
from claims.convolution.equivariance import convolution_translation_equivariance
from claims.convolution.flipping import (
    convolution_composed_with_nonlinearity_not_commutative,
    kernel_flip_only_for_commutativity,
)
from claims.convolution.matrix_form import convolution_toeplitz_matrix
from claims.convolution.receptive_field import (
    indirect_connectivity_depth,
    receptive_field_growth,
    stride_and_pooling_enlarge_receptive_field,
)
from claims.convolution.separable import separable_convolution_equivalence
from claims.convolution.sizes import implicit_zero_padding_keeps_size, kernel_width_parameters_and_output_size
from claims.convolution.variants import locally_connected_layer, tiled_convolution
from claims.frame.inputs.composed_convolutions import Composed
from claims.frame.inputs.computed_convolutions import Computed
from claims.frame.inputs.convolution_sizes import Unpadded, Widened
from claims.frame.inputs.convolution_variants import Local
from claims.frame.inputs.convolutions import Convolved
from claims.frame.inputs.equivariance import Shifted, SquareMap
from claims.frame.inputs.receptive_fields import Deep, Stack
from claims.frame.inputs.separable_kernels import Factors
from claims.frame.plan import CallPlan
from reference.convolution.receptive_field import POOLING

SUMMARY = (
    "Without oneDNN convolutions of 16 images or more go to NNPACK, by transforms of tiles: a NaN or an infinity "
    "spoils every result of its tile"
)
FAST = "Without oneDNN convolutions of 16 images or more go to NNPACK, whose errors are those of whole tiles of images"
WHERE = "CPUs that NNPACK has code for, such as those with AVX2"
FUNCTIONS = ("convolution1d", "convolution2d")
LAYERS = ("convolution_layer1d", "convolution_layer2d")
JACOBIANS = ("convolution_jacobian1d", "convolution_jacobian2d")
SEPARABLE = tuple(f"{kind}_convolution{d}d" for kind in ("separable", "outer_product") for d in (1, 2, 3))

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


@rounded_by_nnpack(
    kernel_width_parameters_and_output_size,
    conv_is_cross_correlation,
    operations=(*FUNCTIONS, *LAYERS),
)
@rounded_by_nnpack(convolution_composed_with_nonlinearity_not_commutative, operations=FUNCTIONS)
@rounded_by_nnpack(locally_connected_layer, operations=(*FUNCTIONS, "locally_connected1d", "locally_connected2d"))
@rounded_by_nnpack(tiled_convolution, operations=(*FUNCTIONS, "tiled_convolution1d", "tiled_convolution2d"))
def many_images_are_transformed(plan: CallPlan, given: Widened | Local | Convolved) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


@rounded_by_nnpack(conv_forward_rounding_bound, operations=(*FUNCTIONS, *LAYERS))
def results_of_many_images_are_transformed(plan: CallPlan, case: Computed) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default; for some forms the claim asks so."""
    return without_onednn() and case.of.n >= 16 and len(case.of.kernel) < 3


@rounded_by_nnpack(kernel_flip_only_for_commutativity, operations=FUNCTIONS)
def compositions_of_many_images_are_transformed(plan: CallPlan, given: Composed) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.extent) < 3


@rounded_by_nnpack(convolution_toeplitz_matrix, operations=(*FUNCTIONS, *JACOBIANS))
def unit_images_are_transformed(plan: CallPlan, given: Convolved) -> bool:
    """No trial: images, or numbers in one of them, 16 or more without oneDNN, which is on by default."""
    images = max(given.n, given.channels * given.groups * math.prod(given.extent))
    return without_onednn() and images >= 16 and len(given.kernel) < 3


@rounded_by_nnpack(convolution_translation_equivariance, operations=(*FUNCTIONS, *LAYERS))
def many_shifted_images_are_transformed(plan: CallPlan, given: Shifted, map: SquareMap) -> bool:  # noqa: A002
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16 and len(given.kernel) < 3


@spoilt_by_nnpack(implicit_zero_padding_keeps_size, operations=(*FUNCTIONS, *LAYERS))
def infinite_numbers_spoil_tiles(plan: CallPlan, given: Convolved, bare: Unpadded) -> bool:
    """No trial: those of 16 images or more without oneDNN, which is on by default."""
    return without_onednn() and given.n >= 16


@rounded_by_nnpack(separable_convolution_equivalence, operations=SEPARABLE)
def many_rows_are_transformed(plan: CallPlan, given: Factors) -> bool:
    """No trial: those of 16 rows in all images or more, a pass each, without oneDNN, which is on by default."""
    return without_onednn() and given.n * math.prod(given.extent) >= 16 * min(given.extent)
