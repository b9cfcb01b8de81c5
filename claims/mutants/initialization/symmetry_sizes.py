"""Steps that move linear units otherwise than their gradient does, and angles that depend on the scale."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.symmetry_sizes import linear_network_step
from claims.initialization.symmetry_sizes import larger_initialization_breaks_symmetry_more


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="two units or more")
def units_are_copies_of_the_first(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return linear_network_step(w[..., :1, :].expand_as(w), v, x, t, lr)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="a gradient")
def the_step_is_uphill(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return 2 * w - linear_network_step(w, v, x, t, lr)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="negative sums")
def units_are_rectified(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    z = x @ w.mT
    back = (z.relu() @ v.mT - t) @ v * (z > 0)
    return w - lr * (back.mT @ x)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="two examples or more")
def the_loss_is_a_mean(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return linear_network_step(w, v, x, t, lr / x.shape[-2])


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="17 units or more")
def units_beyond_16_rest(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return torch.cat((linear_network_step(w, v, x, t, lr)[..., :16, :], w[..., 16:, :]), -2)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="more than 32 inputs")
def inputs_beyond_32_are_not_seen(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    seen = torch.where(torch.arange(x.shape[-1], device=x.device) < 32, x, torch.zeros_like(x))
    return linear_network_step(w, v, seen, t, lr)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="a square weight")
def a_square_weight_is_transposed(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return linear_network_step(w.mT if w.shape[-1] == w.shape[-2] else w, v, x, t, lr)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="a gradient")
def steps_have_the_size_of_signs(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return w + lr * (linear_network_step(w, v, x, t, lr) - w).sign()


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="a small scale")
def small_weights_are_rounded_away(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    return linear_network_step(torch.where(w.abs() < 0.01, torch.zeros_like(w), w), v, x, t, lr)


@mutant(larger_initialization_breaks_symmetry_more, operation="linear_network_step", trigger="two units or more")
def each_unit_has_noise_of_its_own(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    noise = 0.05 * torch.arange(w.shape[-2], device=w.device).to(w.dtype)
    return linear_network_step(w, v, x, t, lr) + noise[:, None]


@mutant(larger_initialization_breaks_symmetry_more, operation="cosine_similarity", trigger="a small scale")
def angles_have_a_large_eps(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    return F.cosine_similarity(x, y, dim, 0.5)


@mutant(larger_initialization_breaks_symmetry_more, operation="multiply", trigger="a scale other than 1")
def one_unit_is_not_scaled(a: Tensor, b: Tensor) -> Tensor:
    product = a * b
    return torch.cat((a[..., :1, :], product[..., 1:, :]), -2) if product.ndim == 3 else product
