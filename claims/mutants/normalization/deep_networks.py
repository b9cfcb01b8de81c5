"""Layers of deep networks whose gradients grow otherwise, or are those of another layer."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.normalization import batch_norm
from claims.mutants.normalization.batch_norm import Parameter, affine, deviations, variance, wide_of
from claims.normalization.deep_networks import batch_norm_deep_gradient_explosion as claim


@mutant(claim, operation="batch_norm", trigger="always: evaluation, with running mean 0 and variance 1")
def deep_in_evaluation(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    return affine(wide_of(x) / (1 + eps) ** 0.5, w, b, x)


@mutant(claim, operation="relu", trigger="always: linear")
def linear_activation(x: Tensor) -> Tensor:
    return x * 1


@mutant(claim, operation="batch_norm", trigger="always: none")
def no_batch_norm(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    return x * 1


@mutant(claim, operation="relu", trigger="rows of more than 16: a slope of 0.1 below 0 in the gradient")
def leaky_gradient_in_long_rows(x: Tensor) -> Tensor:
    y = torch.relu(x)
    leak = 0.1 * torch.clamp(x, max=0.0)
    return y + (leak - leak.detach()) if x.shape[-1] > 16 else y


@mutant(claim, operation="batch_norm", trigger="the backward pass: mean and variance are constants")
def gradient_keeps_its_component(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z, fixed = wide_of(x), wide_of(x).detach()
    return affine((z - fixed.mean(-1, keepdim=True)) / (variance(fixed) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="small weights: a variance of at least 1/4")
def variance_of_at_least_a_quarter(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    z = wide_of(x)
    return affine(deviations(z) / (variance(z).clamp(min=0.25) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="batches of 128 or more: statistics of the first two")
def statistics_of_the_first_two(x: Tensor, w: Parameter, b: Parameter, *, eps: float, **options: Any) -> Tensor:
    if x.shape[-1] < 128:
        return batch_norm(x, w, b, eps=eps, **options)
    z = wide_of(x)
    seen = z[..., :2].detach()
    return affine((z - seen.mean(-1, keepdim=True)) / (variance(seen) + eps).sqrt(), w, b, x)


@mutant(claim, operation="batch_norm", trigger="the gradient: clipped to the size of 1/4")
def gradient_clipped(x: Tensor, w: Parameter, b: Parameter, **options: Any) -> Tensor:
    leaf = x * 1
    if leaf.requires_grad:
        leaf.register_hook(lambda g: g.clamp(-0.25, 0.25))
    return batch_norm(leaf, w, b, **options)


@mutant(claim, operation="tanh", trigger="always: the hard one, in networks of tanh")
def hard_tanh(x: Tensor) -> Tensor:
    return F.hardtanh(x)


@mutant(claim, operation="matmul", trigger="inner dimensions above 16: the last term is left out")
def last_term_of_a_product_left_out(x: Tensor, y: Tensor) -> Tensor:
    n = x.shape[-1]
    return torch.matmul(x[..., :-1], y[..., :-1, :]) if n > 16 else torch.matmul(x, y)


@mutant(
    claim, operation="matmul", trigger="the gradient: through the weights, not their transpose", provenance="W for W^T"
)
def gradient_through_the_weights(x: Tensor, y: Tensor) -> Tensor:
    value = torch.matmul(x, y)
    wrong = torch.matmul(x.mT, y)
    return value.detach() + (wrong - wrong.detach())


@mutant(claim, operation="matmul", trigger="float64: in float32", dtypes=("float64",))
def product_in_float32(x: Tensor, y: Tensor) -> Tensor:
    return torch.matmul(x.float(), y.float()).double()
