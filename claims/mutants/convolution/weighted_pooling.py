"""Wrong weighted averages."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.weighted_pooling import distance_weighted_average_pooling
from claims.frame.operations.chapters.pooling_invariance import weighted_average


@mutant(distance_weighted_average_pooling, operation="weighted_average", trigger="weights by their largest")
def largest_weight_is_one(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    return weighted_average(x, w / w.amax(-1, keepdim=True), **options)


@mutant(
    distance_weighted_average_pooling, operation="weighted_average", trigger="two channels and more: they are mixed"
)
def channels_are_mixed(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    y = weighted_average(x, w, **options)
    return (y + y.roll(1, -2)) / 2


@mutant(distance_weighted_average_pooling, operation="weighted_average", trigger="the kernel is shifted by one place")
def kernel_is_shifted(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    return weighted_average(x, w.roll(1, -1), **options)


@mutant(distance_weighted_average_pooling, operation="weighted_average", trigger="equal weights for all places")
def equal_weights(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    return weighted_average(x, torch.full_like(w, 1 / w.shape[-1]), **options)


@mutant(distance_weighted_average_pooling, operation="weighted_average", trigger="strides above 1: they start one late")
def strides_start_at_one(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    return weighted_average(x.roll(-1, -1) if options["stride"] > 1 else x, w, **options)


@mutant(
    distance_weighted_average_pooling,
    operation="weighted_average",
    trigger="more than 16 channels: those beyond have the weights of the box",
)
def tail_of_channels_is_a_box(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    y = weighted_average(x, w, **options)
    return torch.cat([y[..., :16, :], equal_weights(x, w, **options)[..., 16:, :]], -2)


@mutant(
    distance_weighted_average_pooling,
    operation="weighted_average",
    trigger="float32 products in bfloat16 for windows of 9 places and more",
    dtypes=("float32", "float64"),
)
def large_windows_in_bfloat16(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    if w.shape[-1] < 9:
        return weighted_average(x, w, **options)
    return weighted_average(x.bfloat16(), w.bfloat16(), **options).to(x.dtype)


@mutant(
    distance_weighted_average_pooling,
    operation="weighted_average",
    trigger="volumes: the first axis has no weights",
)
def depth_is_not_weighted(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    if len(options["window"]) < 3:
        return weighted_average(x, w, **options)
    kernel = w.unflatten(-1, tuple(options["window"]))
    mean = kernel.mean(-3, keepdim=True).expand_as(kernel)
    return weighted_average(x, mean.flatten(-3), **options)


@mutant(
    distance_weighted_average_pooling,
    operation="weighted_average",
    trigger="a second image has the averages of the first",
)
def images_are_alike(x: Tensor, w: Tensor, **options: Any) -> Tensor:
    return weighted_average(x[..., :1, :, :].expand_as(x), w, **options)
