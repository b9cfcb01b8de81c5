"""Descents that forget their start, leave what they must not leave, or step too far."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.initial_values import double_well_descent, quadratic_descent
from claims.initialization.initial_values import initial_value_sensitivity


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="starts other than 1/2")
def the_start_is_ignored(start: Tensor, lr: float, steps: int) -> Tensor:
    return double_well_descent(torch.full_like(start, 0.5), lr, steps)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="negative starts")
def starts_lose_their_sign(start: Tensor, lr: float, steps: int) -> Tensor:
    return double_well_descent(start.abs(), lr, steps)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="starts at 0")
def zeros_are_nudged(start: Tensor, lr: float, steps: int) -> Tensor:
    return double_well_descent(torch.where(start == 0, 0.01, start), lr, steps)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="one step or more")
def every_step_is_noisy(start: Tensor, lr: float, steps: int) -> Tensor:
    x = double_well_descent(start, lr, steps)
    noise = 0.05 * torch.sin(torch.arange(steps + 1, device=x.device)).to(x.dtype)
    return x + noise[:, None]


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="more than 32 coordinates")
def coordinates_beyond_32_rest(start: Tensor, lr: float, steps: int) -> Tensor:
    x = double_well_descent(start, lr, steps)
    return torch.cat((x[..., :32], start[..., None, 32:].expand_as(x[..., 32:])), -1)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="starts beyond the minima")
def starts_are_clipped(start: Tensor, lr: float, steps: int) -> Tensor:
    return double_well_descent(start.clamp(-1, 1), lr, steps)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="starts near 0")
def small_numbers_are_taken_for_zero(start: Tensor, lr: float, steps: int) -> Tensor:
    return double_well_descent(torch.where(start.abs() < 0.1, torch.zeros_like(start), start), lr, steps)


@mutant(initial_value_sensitivity, operation="double_well_descent", trigger="two steps or more")
def steps_have_momentum(start: Tensor, lr: float, steps: int) -> Tensor:
    x = [start]
    velocity = torch.zeros_like(start)
    for _ in range(steps):
        velocity = 0.1 * velocity + x[-1] * (x[-1] * x[-1] - 1)
        x.append(x[-1] - lr * velocity)
    return torch.stack(x, -2)


@mutant(initial_value_sensitivity, operation="quadratic_descent")
def the_quadratic_starts_at_zero(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    return quadratic_descent(h, minimum, torch.zeros_like(start), lr, steps)


@mutant(initial_value_sensitivity, operation="quadratic_descent", trigger="one step or more")
def the_rate_is_beyond_the_stable_one(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    return quadratic_descent(h, minimum, start, 2.5 * lr, steps)


@mutant(initial_value_sensitivity, operation="quadratic_descent", trigger="two variables or more")
def one_direction_is_flat(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    flat = h.clone()
    if h.shape[-1] > 1:
        flat[..., -1] = 0
    return quadratic_descent(flat, minimum, start, lr, steps)


@mutant(initial_value_sensitivity, operation="quadratic_descent", trigger="rotated eigenvectors")
def the_hessian_is_its_diagonal(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    return quadratic_descent(torch.diag_embed(h.diagonal(dim1=-2, dim2=-1)), minimum, start, lr, steps)


@mutant(initial_value_sensitivity, operation="quadratic_descent", trigger="17 variables or more")
def variables_beyond_16_rest(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    x = quadratic_descent(h, minimum, start, lr, steps)
    return torch.cat((x[..., :16], start[..., None, 16:].expand_as(x[..., 16:])), -1)


@mutant(initial_value_sensitivity, operation="quadratic_descent", trigger="two steps or more")
def the_rate_of_the_quadratic_decays(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    x = [start]
    for k in range(steps):
        gradient = (h @ (x[-1] - minimum)[..., None])[..., 0]
        x.append(x[-1] - lr / (1 + k) * gradient)
    return torch.stack(x, -2)
