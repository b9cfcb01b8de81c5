"""Departures of convolutions."""

from __future__ import annotations

import math

from claims import departure
from claims.convolution.accuracy import conv_forward_rounding_bound
from claims.frame.inputs.computed_convolutions import Computed
from claims.frame.plan import CallPlan

PLAIN = tuple(f"{name}{d}d" for name in ("convolution", "convolution_layer") for d in (1, 2, 3))
TRANSPOSED = tuple(f"{name}{d}d" for name in ("transposed_convolution", "transposed_layer") for d in (1, 2, 3))


@departure(
    conv_forward_rounding_bound,
    summary="a convolution of images without channels returns no channels, whatever the number of filters and the bias",
    operations=PLAIN,
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="convolution_without_channels",
)
def no_results_without_channels(plan: CallPlan, case: Computed) -> bool:
    """No channels in the images."""
    return case.of.channels == 0


@departure(
    conv_forward_rounding_bound,
    summary="with oneDNN switched off, convolutions in float32 of 16 images or more go to NNPACK, whose error is small"
    " against the largest number of a tile only: beside 1e8 and 3e7, sums of 45 become 40.25",
    operations=PLAIN[:3],
    devices=("cpu",),
    dtypes=("float32",),
    script="nnpack_convolution",
    hardware="processors for which torch has NNPACK: x86 with AVX2, and ARM",
)
def transforms_of_many_images(plan: CallPlan, case: Computed) -> bool:
    """Up to two axes, strides and dilations of 1, and less padding than the kernel is long."""
    how, of = case.of.geometry, case.of
    plain = of.form == "native" and of.output_padding is None and of.n > 15 and len(of.kernel) < 3
    shifts = max(how.stride) == 1 and max(how.dilation) == 1
    # a layer pads the image beforehand where both ends or modes differ
    return (
        plain
        and shifts
        and (of.mode != "zeros" or all(max(q) < k for q, k in zip(how.padding, how.kernel, strict=True)))
    )


@departure(
    conv_forward_rounding_bound,
    summary="transposed convolutions of half precision store the sum so far after every entry of the kernel: of 1, 256,"
    " 1 and three ones in bfloat16 they make 256, not 258",
    operations=TRANSPOSED,
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="half_transposed_convolution",
    hardware="processors for which oneDNN has no transposed convolution of half precision: x86 without AMX",
)
def transposed_sums_are_stored(plan: CallPlan, case: Computed) -> bool:
    """Kernels of more than one entry."""
    of = case.of
    sums = math.prod(of.kernel) > 1
    return of.output_padding is not None and case.part == "results" and not case.stored and sums


@departure(
    conv_forward_rounding_bound,
    summary="gradients of convolutions of half precision store the sum so far, that by the images after every entry of"
    " the kernel, that by the kernel after every image: of 1, 256, 1 in bfloat16 they make 256, not 258",
    operations=(*PLAIN[:3], *TRANSPOSED[:3]),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="half_convolution_gradients",
    hardware="processors for which oneDNN has no gradients of half precision: x86 without AMX",
)
def sums_of_gradients_are_stored(plan: CallPlan, case: Computed) -> bool:
    """By kernels, and by images with kernels of more than one entry; not by images of transposed convolutions."""
    of = case.of
    images = case.part == "images" and of.output_padding is None and math.prod(of.kernel) > 1
    return not case.stored and (images or case.part == "kernels")
