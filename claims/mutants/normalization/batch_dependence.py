"""Layers that depend on numbers that are none of their business, or not on those that are."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import (
    batch_norm,
    batch_norm_module,
    group_norm,
    instance_norm,
    layer_norm,
    rms_norm,
)
from claims.frame.operations.chapters.running_statistics import evaluated
from claims.mutants.normalization.batch_norm import Parameter, affine, deviations, variance, wide_of
from claims.normalization.batch_dependence import normalisation_batch_dependence as claim


@mutant(claim, operation="layer_norm", trigger="more than one example: standardised over the batch")
def standardised_over_the_batch(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    columns = wide_of(x if x.ndim > 1 else x[None]).mT
    y = deviations(columns) / (variance(columns) + eps).sqrt()
    return affine(y.mT.reshape(x.shape), w, b, x)


@mutant(claim, operation="batch_norm", trigger="zeros: taken for padding and masked")
def zeros_are_masked(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    kept = (z != 0).to(z.dtype)
    count = kept.sum(-1, keepdim=True).clamp(min=1)
    mean = z.sum(-1, keepdim=True) / count
    v = (kept * (z - mean)).square().sum(-1, keepdim=True) / count
    return affine((z - mean) / (v + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: evaluation, with running mean 0 and variance 1")
def batch_left_out(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    return affine(wide_of(x) / (1 + eps) ** 0.5, w, b, x)


@mutant(claim, operation="batch_norm", trigger="the backward pass: statistics are constants")
def examples_do_not_meet_in_the_backward_pass(
    x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any
) -> Tensor:
    z, fixed = wide_of(x), wide_of(x).detach()
    return affine((z - fixed.mean(-1, keepdim=True)) / (variance(fixed) + eps).sqrt(), w, b, x)


@mutant(
    claim, operation="batch_norm", trigger="m even and 16 or more: statistics of each half", provenance="ghost batches"
)
def ghost_batches(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    m = x.shape[-1]
    if m % 2 or m < 16:
        return batch_norm(x, w, b, **options)
    z = wide_of(x).unflatten(-1, (2, m // 2))
    y = deviations(z) / (variance(z) + options["eps"]).sqrt()
    return affine(y.flatten(-2), w, b, x)


@mutant(claim, operation="batch_norm_module", trigger="the last example: no part of the statistics")
def last_example_left_out(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    if x.shape[-1] < 4:
        return batch_norm_module(x, w, b, **options)
    z = wide_of(x)
    seen = z[..., :-1]
    y = (z - seen.mean(-1, keepdim=True)) / (variance(seen) + options["eps"]).sqrt()
    return affine(y, w, b, x)


@mutant(claim, operation="rms_norm", trigger="NaN in another example: spreads through a product with 0")
def nan_spreads(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return rms_norm(x, w, b, **options) + 0 * x.sum()


@mutant(claim, operation="instance_norm", trigger="two channels: standardised together")
def channels_of_an_example_together(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    if x.ndim < 2 or len(x) % 2:
        return instance_norm(x, w, b, **options)
    z = wide_of(x).reshape(len(x) // 2, -1)
    return affine((deviations(z) / (variance(z) + options["eps"]).sqrt()).reshape(x.shape), w, b, x)


@mutant(claim, operation="group_norm", trigger="channels_last, more than one set: the variance of all")
def variance_of_all_groups_in_channels_last(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    y: Tensor = group_norm(x, w, b, **options)
    if "last" not in options["memory"] or x.ndim < 2:
        return y
    z = wide_of(x)
    ratio = ((variance(z) + options["eps"]) / (variance(z).mean() + options["eps"])).sqrt()
    scaled: Tensor = y * ratio.to(x.dtype)
    return scaled


@mutant(claim, operation="layer_norm", trigger="the gradient: a part of that of the next example")
def gradients_leak(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    y = layer_norm(x, w, b, **options)
    if x.ndim < 2:
        return y
    neighbour = y.roll(1, 0)
    return y + (neighbour - neighbour.detach()).nan_to_num(0.0) / 8


@mutant(claim, operation="layer_norm", trigger="more than 16 numbers: the mean of the previous example in the tail")
def tail_of_another_example(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    y = layer_norm(x, w, b, **options)
    if x.ndim < 2 or x.shape[-1] <= 16:
        return y
    return torch.cat([y[..., :16], y[..., 16:] + x.roll(1, 0).mean(-1, keepdim=True).nan_to_num(0.0) / 4], -1)


@mutant(claim, operation="evaluated", trigger="always: centred by the batch as well")
def evaluation_centred_by_the_batch(x: Tensor, buffers: Tensor, **options: Any) -> Tensor:
    return evaluated(x - x.mean(-1, keepdim=True), buffers, **options)


@mutant(claim, operation="evaluated", trigger="channels_last: a running variance that follows the batch")
def evaluation_follows_the_batch_in_channels_last(x: Tensor, buffers: Tensor, **options: Any) -> Tensor:
    if "last" not in options["memory"]:
        return evaluated(x, buffers, **options)
    kept = buffers.clone()
    kept[..., 1] = 0.9 * kept[..., 1] + 0.1 * x.var(-1).to(kept.dtype)
    return evaluated(x, kept, **options)
