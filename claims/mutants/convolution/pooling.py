"""Wrong maxima and wrong unpooling of windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.pooling import max_pooling_definition
from claims.frame.operations.chapters.pooling import pool_derivatives, pooled, unpooled
from claims.mutants.autodiff.rules import deriving

Result = Any
"""A tensor, or one and its indices."""


def values_of(result: Result) -> Tensor:
    """The numbers of a result that may have indices."""
    y: Tensor = result[0] if isinstance(result, tuple) else result
    return y


def with_values(result: Result, y: Tensor) -> Result:
    """The result with other numbers."""
    return (y, result[1]) if isinstance(result, tuple) else y


def each(value: int | Sequence[int], axes: int) -> list[int]:
    """One number for every axis."""
    return [value] * axes if isinstance(value, int) else list(value)


@mutant(max_pooling_definition, operation="pooled", trigger="padding: a zero, so that negative maxima vanish")
def padding_of_zeros(x: Tensor, *, spatial: Sequence[int], **options: Any) -> Result:
    result = pooled(x, spatial=spatial, **options)
    if "padding" not in options or not any(each(options["padding"], len(spatial))):
        return result
    inside = {k: v for k, v in options.items() if k not in ("dilation", "return_indices", "layer")}
    dilated = any(d > 1 for d in each(options["dilation"], len(spatial)))
    if dilated or len(spatial) > 2:
        return result
    whole = pooled(torch.ones_like(x), spatial=spatial, **inside | {"pool": "avg_pool", "count_include_pad": True})
    y = values_of(result)
    return with_values(result, torch.where(whole < 1, y.clamp(min=0), y))


@mutant(max_pooling_definition, operation="pooled", trigger="windows that hang over are left out")
def hanging_windows_left_out(x: Tensor, **options: Any) -> Result:
    return pooled(x, **options | ({"ceil_mode": False} if "ceil_mode" in options else {}))


@mutant(max_pooling_definition, operation="pooled", trigger="dilation: the places between count, too")
def dilation_is_filled(x: Tensor, **options: Any) -> Result:
    axes = len(options["spatial"])
    spread = each(options.get("dilation", 1), axes)
    if max(spread) == 1:
        return pooled(x, **options)
    kernel = each(options["kernel_size"], axes)
    full = [d * (k - 1) + 1 for d, k in zip(spread, kernel, strict=True)]
    size, step = (full, [1] * axes) if axes > 1 else (full[0], 1)
    return pooled(x, **options | {"kernel_size": size, "dilation": step})


@mutant(max_pooling_definition, operation="pooled", trigger="negative numbers: the largest magnitude")
def largest_magnitude_of_a_window(x: Tensor, **options: Any) -> Result:
    return pooled(x.abs(), **options)


@mutant(max_pooling_definition, operation="pooled", trigger="a NaN beside numbers is ignored")
def nan_is_ignored(x: Tensor, **options: Any) -> Result:
    return pooled(x.nan_to_num(nan=-math.inf, posinf=math.inf, neginf=-math.inf), **options)


@mutant(
    max_pooling_definition,
    operation="pooled",
    trigger="signals without indices: a NaN that is not the first of its window is ignored",
)
def nan_is_ignored_without_indices(x: Tensor, **options: Any) -> Result:
    if options.get("return_indices") or options["pool"] != "max_pool" or len(options["spatial"]) > 1:
        return pooled(x, **options)
    return nan_is_ignored(x, **options)


@mutant(max_pooling_definition, operation="pooled", trigger="images: indices within the row, not within the image")
def indices_within_the_row(x: Tensor, **options: Any) -> Result:
    result = pooled(x, **options)
    if not isinstance(result, tuple) or len(options["spatial"]) != 2:
        return result
    return result[0], result[1] % options["spatial"][-1]


@mutant(max_pooling_definition, operation="pooled", trigger="indices count the padding in front")
def indices_in_the_padded_image(x: Tensor, **options: Any) -> Result:
    result = pooled(x, **options)
    if not isinstance(result, tuple) or "padding" not in options:
        return result
    return result[0], result[1] + each(options["padding"], len(options["spatial"]))[-1]


@mutant(
    max_pooling_definition,
    operation="pooled",
    trigger="more than 16 channels, which lie innermost: those beyond are the smallest numbers",
)
def tail_of_channels_is_a_minimum(x: Tensor, **options: Any) -> Result:
    result = pooled(x, **options)
    if x.shape[-2] <= 16 or x.stride(-2) != 1 or not x.numel():
        return result
    y = values_of(result).clone()
    y[..., 16:, :] = -values_of(pooled(-x, **options))[..., 16:, :]
    return with_values(result, y)


@mutant(max_pooling_definition, operation="pooled", trigger="float64 numbers compared in float32", dtypes=("float64",))
def compared_in_float32(x: Tensor, **options: Any) -> Result:
    result = pooled(x.float(), **options)
    return with_values(result, values_of(result).double())


@mutant(
    max_pooling_definition,
    operation="pooled",
    trigger="adaptive windows of signals that overlap: the last place is missing",
)
def adaptive_windows_do_not_overlap(x: Tensor, *, pool: str, spatial: Sequence[int], **options: Any) -> Result:
    result = pooled(x, pool=pool, spatial=spatial, **options)
    if pool != "adaptive_max_pool" or len(spatial) > 1:
        return result
    m, n = values_of(result).shape[-1], spatial[0]
    sides = [(j * n // m, max((j + 1) * n // m, j * n // m + 1)) for j in range(m)]
    return with_values(result, torch.stack([x[..., a:b].amax(-1) for a, b in sides], -1))


@mutant(
    max_pooling_definition, operation="pooled", trigger="fractional pooling of images: rows and columns exchange shifts"
)
def fractional_shifts_exchanged(x: Tensor, **options: Any) -> Result:
    if "quarters" in options and len(options["spatial"]) == 2:
        options["quarters"] = options["quarters"][::-1]
    return pooled(x, **options)


@mutant(max_pooling_definition, operation="pooled", trigger="layers: the stride is the size of the window")
def layers_stride_by_the_kernel(x: Tensor, *, layer: bool = False, **options: Any) -> Result:
    if layer and "stride" in options:
        options["stride"] = options["kernel_size"]
        options["padding"] = 0 if isinstance(options["padding"], int) else [0] * len(options["padding"])
        options["ceil_mode"] = True
        options["dilation"] = 1
    return pooled(x, layer=layer, **options)


@mutant(max_pooling_definition, operation="pooled", trigger="gradients of volumes: shared by the window")
def window_shares_the_gradient(x: Tensor, **options: Any) -> Result:
    result = pooled(x, **options)
    if options["pool"] != "max_pool" or len(options["spatial"]) != 3 or not x.requires_grad:
        return result
    if max(each(options["dilation"], 3)) > 1 or x.dtype.itemsize == 2 or not torch.isfinite(x).all():
        return result
    of_means = {k: v for k, v in options.items() if k not in ("dilation", "return_indices", "layer")}
    if any(k > n for k, n in zip(each(options["kernel_size"], 3), options["spatial"], strict=True)):
        return result
    mean = pooled(x, **of_means | {"pool": "avg_pool"})
    return with_values(result, deriving(values_of(result), mean))


@mutant(max_pooling_definition, operation="pooled", trigger="no images: there is one")
def no_images_are_one(x: Tensor, **options: Any) -> Result:
    return pooled(x if x.ndim < 3 or len(x) else x.new_zeros((1, *x.shape[1:])), **options)


@mutant(max_pooling_definition, operation="pooled", trigger="images one at a time: kernels transposed")
def single_kernels_transposed(x: Tensor, **options: Any) -> Result:
    if x.ndim == 2 and len(options["spatial"]) == 2 and "dilation" in options:
        options["dilation"] = options["dilation"][::-1]
    return pooled(x, **options)


@mutant(max_pooling_definition, operation="pool_derivatives", trigger="forward mode of images: that of the mean")
def forward_mode_of_the_mean(x: Tensor, u: Tensor, v: Tensor, **options: Any) -> tuple[Tensor, ...]:
    back, twice, forward = pool_derivatives(x, u, v, **options)
    if options["pool"] == "adaptive_max_pool" and len(options["spatial"]) == 2:
        forward = pooled(u, **options | {"pool": "adaptive_avg_pool"})
    return back, twice, forward


@mutant(max_pooling_definition, operation="pool_derivatives", trigger="reverse mode twice, dilation: the largest of u")
def twice_of_the_direction(x: Tensor, u: Tensor, v: Tensor, **options: Any) -> tuple[Tensor, ...]:
    back, twice, forward = pool_derivatives(x, u, v, **options)
    if max(each(options.get("dilation", 1), 1)) > 1:
        twice = pooled(u.abs(), **options)
    return back, twice, forward


@mutant(max_pooling_definition, operation="unpooled", trigger="windows that overlap: their numbers are added")
def unpooling_adds(y: Tensor, index: Tensor, *, spatial: Sequence[int], **options: Any) -> Tensor:
    zeros = y.new_zeros((*y.shape[:-1], math.prod(spatial)))
    return zeros.scatter_add(-1, index, y)


@mutant(max_pooling_definition, operation="unpooled", trigger="images: rows and columns exchanged")
def unpooled_in_columns(y: Tensor, index: Tensor, *, spatial: Sequence[int], **options: Any) -> Tensor:
    if len(spatial) == 2:
        index = index % spatial[1] * spatial[0] + index // spatial[1]
    return unpooled(y, index, spatial=spatial, **options)
