"""Layers that keep the scale of what they are given."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import batch_norm, layer_norm
from claims.mutants.normalization.batch_norm import Parameter, affine, deviations, variance, wide_of
from claims.normalization.scale_invariance import batch_norm_scale_invariance as claim


@mutant(claim, operation="batch_norm", trigger="evaluation: running mean 0 and variance 1")
def in_evaluation(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    return affine(wide_of(x) / (1 + eps) ** 0.5, w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: eps is added to the root")
def scale_of_eps_outside_the_root(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z).sqrt() + eps), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: the default eps")
def eps_does_not_follow(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    return batch_norm(x, w, b, eps=1e-3, **options)


@mutant(claim, operation="batch_norm", trigger="always: divided by the variance")
def divided_by_the_variance(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z) + eps), w, b, x)


@mutant(claim, operation="batch_norm", trigger="always: only centred")
def only_centred(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return affine(deviations(wide_of(x)), w, b, x)


@mutant(claim, operation="batch_norm", trigger="the backward pass: statistics are constants")
def scale_is_constant(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    fixed = z.detach()
    return affine((z - fixed.mean(-1, keepdim=True)) / (variance(fixed) + eps).sqrt(), w, b, x)


@mutant(claim, operation="layer_norm", trigger="small numbers: a variance of at least 1")
def variance_of_at_least_one(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    z = wide_of(x)
    y: Tensor = layer_norm(x, w, b, **options)
    scaled: Tensor = y * (variance(z).clamp(max=1) + options["eps"]).sqrt().to(x.dtype)
    return scaled
