"""Wrong shifts, global pooling, filters of a group and pooled features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.pooling_invariance import (
    cross_channel_pooling_learned_invariance,
    global_pooling_translation_invariance,
    invariance_prior_statistical_efficiency,
    pooling_translation_invariance,
)
from claims.frame.operations.chapters.pooling import pooled
from claims.frame.operations.chapters.pooling_invariance import fitted, orbit_pooled
from claims.mutants.convolution.pooling import Result


def _of_maxima(options: dict[str, Any]) -> bool:
    return bool(options["pool"] == "max_pool")


@mutant(pooling_translation_invariance, operation="pooled", trigger="averages in place of maxima")
def averages_for_maxima(x: Tensor, **options: Any) -> Result:
    return pooled(x, **options | {"pool": "avg_pool"})


@mutant(pooling_translation_invariance, operation="pooled", trigger="windows of one place more, but the last one")
def windows_one_larger(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if not _of_maxima(options) or len(options["spatial"]) > 1 or y.shape[-1] < 2:
        return y
    return torch.cat([torch.maximum(y[..., :-1], y[..., 1:]), y[..., -1:]], -1)


@mutant(pooling_translation_invariance, operation="pooled", trigger="stride 1: windows lose their last place")
def windows_one_smaller(x: Tensor, **options: Any) -> Result:
    size, axes = options["kernel_size"], len(options["spatial"])
    y = pooled(x, **options)
    if not _of_maxima(options) or axes > 1 or size == 1 or options["stride"] > 1:
        return y
    return pooled(x, **options | {"kernel_size": size - 1})[..., : y.shape[-1]]


@mutant(pooling_translation_invariance, operation="pooled", trigger="the smallest number of each window")
def minima_for_maxima(x: Tensor, **options: Any) -> Result:
    return -pooled(-x, **options) if _of_maxima(options) else pooled(x, **options)


@mutant(pooling_translation_invariance, operation="pooled", trigger="images: even columns are pooled with the next one")
def columns_in_pairs(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if not _of_maxima(options) or len(options["spatial"]) < 2 or y.shape[-1] < 2:
        return y
    return torch.where(torch.arange(y.shape[-1], device=y.device) % 2 == 0, torch.maximum(y, y.roll(-1, -1)), y)


@mutant(pooling_translation_invariance, operation="pooled", trigger="stride over 1: windows start one place late")
def strides_start_late(x: Tensor, **options: Any) -> Result:
    step = options["stride"]
    return pooled(x.roll(-1, -1), **options) if isinstance(step, int) and step > 1 else pooled(x, **options)


@mutant(
    pooling_translation_invariance,
    operation="pooled",
    trigger="more than 16 channels: those beyond are not pooled with the last place",
)
def channels_beyond_sixteen(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if x.shape[-2] <= 16 or not _of_maxima(options):
        return y
    less = torch.cat([x[..., :16, :], x[..., 16:, :].roll(1, -1)], -2)
    return pooled(less, **options)


@mutant(pooling_translation_invariance, operation="pooled", trigger="averages over windows of 3: weights 1, 2, 1")
def averages_are_weighted(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if options["pool"] != "avg_pool" or options["kernel_size"] != 3:
        return y
    return (3 * y + x[..., 1 : 1 + y.shape[-1]]) / 4


GLOBAL = global_pooling_translation_invariance


@mutant(GLOBAL, operation="pooled", trigger="images: the last row is missing")
def last_row_is_missing(x: Tensor, *, spatial: Sequence[int], **options: Any) -> Result:
    if len(spatial) < 2 or spatial[0] == 1 or "adaptive" not in options["pool"]:
        return pooled(x, spatial=spatial, **options)
    images = (
        x.unflatten(-1, tuple(spatial))[..., :-1, :]
        if len(spatial) == 2
        else x.unflatten(-1, tuple(spatial))[..., :-1, :, :]
    )
    return pooled(images.flatten(-len(spatial)), spatial=(spatial[0] - 1, *spatial[1:]), **options)


@mutant(GLOBAL, operation="mean", trigger="the first number counts twice")
def first_number_counts_twice(x: Tensor, *, dim: int) -> Tensor:
    return (x.sum(dim) + x.select(dim, 0)) / (x.shape[dim] + 1)


@mutant(GLOBAL, operation="amax", trigger="the place of the largest number, not the number")
def place_of_the_maximum(x: Tensor, dim: int) -> Tensor:
    return x.argmax(dim).to(x.dtype)


@mutant(GLOBAL, operation="amax", trigger="NaN is ignored")
def reduction_ignores_nan(x: Tensor, dim: int) -> Tensor:
    return x.nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf).amax(dim)


@mutant(GLOBAL, operation="pooled", trigger="more than 16 channels: means of those beyond leave out the last place")
def means_beyond_sixteen_channels(x: Tensor, **options: Any) -> Result:
    y = pooled(x, **options)
    if x.shape[-2] <= 16 or "avg" not in options["pool"]:
        return y
    return torch.cat([y[..., :16, :], y[..., 16:, :] - x[..., 16:, -1:] / x.shape[-1]], -2)


@mutant(
    GLOBAL,
    operation="pooled",
    trigger="half types: global means add in the half type",
    dtypes=("float16", "bfloat16"),
)
def global_means_in_half(x: Tensor, **options: Any) -> Result:
    if "avg" not in options["pool"]:
        return pooled(x, **options)
    total = x[..., :1]
    for k in range(1, x.shape[-1]):
        total = total + x[..., k : k + 1]
    return total / x.shape[-1]


@mutant(GLOBAL, operation="pooled", trigger="more than 2048 places: the maximum of the first 2048")
def first_places_only(x: Tensor, **options: Any) -> Result:
    if "max" not in options["pool"] or x.shape[-1] <= 2048:
        return pooled(x, **options)
    return x[..., :2048].amax(-1, keepdim=True)


@mutant(GLOBAL, operation="mean", trigger="float64 means in float32", dtypes=("float64",))
def reduction_in_float32(x: Tensor, *, dim: int) -> Tensor:
    return x.float().mean(dim).double()


GROUP = cross_channel_pooling_learned_invariance


@mutant(GROUP, operation="orbit_pooled", trigger="quarter turns: three of four filters")
def a_filter_is_missing(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    if group != "rotations":
        return orbit_pooled(x, w, group=group, by=by)
    filters = torch.stack([w.rot90(k, (-2, -1)) for k in range(3)])
    return (x[..., None, :, :] * filters).sum((-2, -1)).amax(-1)


@mutant(GROUP, operation="orbit_pooled", trigger="quarter turns: the filter is transposed")
def transposed_for_turned(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    if group != "rotations":
        return orbit_pooled(x, w, group=group, by=by)
    filters = torch.stack([w, w.mT, w.rot90(2, (-2, -1)), w.mT.rot90(2, (-2, -1))])
    return (x[..., None, :, :] * filters).sum((-2, -1)).amax(-1)


@mutant(GROUP, operation="orbit_pooled", trigger="by max_pool: the largest magnitude")
def largest_response_by_magnitude(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    if by == "amax":
        return orbit_pooled(x, w, group=group, by=by)
    return torch.maximum(orbit_pooled(x, w, group=group, by=by), orbit_pooled(x, -w, group=group, by=by))


@mutant(GROUP, operation="orbit_pooled", trigger="the mean over the filters, which is invariant, too")
def mean_over_the_filters(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    largest, least = orbit_pooled(x, w, group=group, by=by), -orbit_pooled(x, -w, group=group, by=by)
    return (largest + least) / 2


@mutant(GROUP, operation="orbit_pooled", trigger="reflections are left out")
def reflections_left_out(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    return orbit_pooled(x, w, group="rotations" if group == "symmetries" else group, by=by)


@mutant(GROUP, operation="orbit_pooled", trigger="shifts fill up with zeros")
def shifts_fill_up_with_zeros(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    if group != "shifts":
        return orbit_pooled(x, w, group=group, by=by)
    side = w.shape[-1]
    filters = torch.stack([F.pad(w, (k, 0))[..., :side] for k in range(side)])
    return (x[..., None, :, :] * filters).sum((-2, -1)).amax(-1)


@mutant(GROUP, operation="orbit_pooled", trigger="sides from 5 on: the last column is missing")
def last_column_is_missing(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    kept = torch.arange(x.shape[-1], device=x.device) < (x.shape[-1] - (x.shape[-1] >= 5))
    return orbit_pooled(x * kept, w, group=group, by=by)


@mutant(GROUP, operation="orbit_pooled", trigger="float64 responses in float32", dtypes=("float64",))
def responses_in_float32(x: Tensor, w: Tensor, *, group: str, by: str) -> Tensor:
    return orbit_pooled(x.float(), w.float(), group=group, by=by).double()


PRIOR = invariance_prior_statistical_efficiency


@mutant(PRIOR, operation="fitted", trigger="blocks: the first feature of each, not their mean")
def first_feature_of_a_block(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(x[..., ::block].contiguous(), y, block=1)


@mutant(PRIOR, operation="fitted", trigger="blocks: the largest feature, not the mean")
def largest_feature_of_a_block(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(F.max_pool1d(x, block), y, block=1)


@mutant(PRIOR, operation="fitted", trigger="more than one feature: the last one is left out")
def last_feature_left_out(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(x[..., : -block if x.shape[-1] > block else None].contiguous(), y, block=block)


@mutant(PRIOR, operation="fitted", trigger="ridge regression with a small penalty")
def fits_are_shrunk(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(x, y, block=block) * 0.99


@mutant(PRIOR, operation="fitted", trigger="an intercept is fitted, too")
def an_intercept_is_fitted(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    residual = y - fitted(x, y, block=block)
    return fitted(x, y, block=block) + residual.mean(0)


@mutant(PRIOR, operation="fitted", trigger="blocks are pooled only where all features are")
def blocks_are_not_pooled(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(x, y, block=block if block == x.shape[-1] else 1)


@mutant(PRIOR, operation="fitted", trigger="float64 fits in float32", dtypes=("float64",))
def fits_in_float32(x: Tensor, y: Tensor, *, block: int) -> Tensor:
    return fitted(x.float(), y.float(), block=block).double()
