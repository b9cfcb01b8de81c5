"""Wrong backward passes of normalising layers."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import batch_norm, layer_norm, nested_derivative
from claims.mutants.normalization.batch_norm import Parameter, affine, deviations, variance, wide_of
from claims.normalization.gradients import batch_norm_backward_projection as claim


@mutant(claim, operation="batch_norm", trigger="the backward pass: mean and variance are constants")
def statistics_detached(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    fixed = z.detach()
    return affine((z - fixed.mean(-1, keepdim=True)) / (variance(fixed) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="the backward pass: the variance is a constant")
def variance_detached(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z.detach()) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="the backward pass: the mean is a constant")
def mean_detached(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine((z - z.detach().mean(-1, keepdim=True)) / (variance(z) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="the backward pass: the variance of divisor m - 1")
def unbiased_variance_in_the_backward_pass(
    x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any
) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z, 1) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="a weight other than 1: left out of the backward pass")
def weight_left_out_of_the_backward_pass(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    plain = batch_norm(x, None, None, **options)
    return plain + (batch_norm(x, w, b, **options) - plain).detach()


@mutant(claim, operation="batch_norm", trigger="channels_last: the variance is a constant")
def variance_detached_in_channels_last(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    y: Tensor = (variance_detached if "last" in options["memory"] else batch_norm)(x, w, b, **options)
    return y


@mutant(claim, operation="layer_norm", trigger="more than 16 numbers: the mean is a constant beyond them")
def mean_detached_in_the_tail(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    y = layer_norm(x, w, b, **options)
    if x.shape[-1] <= 16:
        return y
    z = y.detach().clone()
    z[..., :16] = y[..., :16]
    return z


@mutant(claim, operation="nested_derivative", trigger="third order: forward mode in forward mode")
def third_derivative_by_the_second(x: Tensor, d: Tensor, c: Tensor, *, modes: str, **options: Any) -> Tensor:
    return nested_derivative(x, d, c, modes=modes[:2] if len(modes) > 2 else modes, **options)


@mutant(claim, operation="nested_derivative", trigger="eps other than the default")
def nested_with_the_default_eps(x: Tensor, d: Tensor, c: Tensor, *, eps: float, **options: Any) -> Tensor:
    return nested_derivative(x, d, c, eps=1e-5, **options)
