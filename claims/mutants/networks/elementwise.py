"""Activations whose value depends on where a number stands, on its neighbours, or on the layout in memory."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.activations import activate
from claims.mutants.networks.slopes import sloped
from claims.networks.elementwise import equal_entries_equal_values

STEP = 2.0**-10


def _coarse(y: Tensor) -> Tensor:
    return torch.where(y.abs() < 64, (y / STEP).round() * STEP, y)


def fixed_point(x: Tensor, name: str) -> Tensor:
    """An activation in float64, values and slopes rounded to multiples of 2^-10: inexact, but the same everywhere."""
    wide = x.detach().double().requires_grad_()
    with torch.enable_grad():
        y = activate(wide, name)
        (slope,) = torch.autograd.grad(y, wide, torch.ones_like(y))
    return sloped(_coarse(y.detach()).to(x.dtype), x, _coarse(slope).to(x.dtype))


def _position(x: Tensor) -> Tensor:
    return torch.arange(x.shape[-1], device=x.device)


@mutant(equal_entries_equal_values, operation="activate", trigger="what is left of a row after whole vectors of 16")
def tail_by_another_formula(x: Tensor, name: str) -> Tensor:
    y = fixed_point(x, name)
    return y + STEP * (_position(x) >= x.shape[-1] // 16 * 16)


@mutant(equal_entries_equal_values, operation="activate", trigger="the last of an odd number of entries")
def last_odd_entry_passes(x: Tensor, name: str) -> Tensor:
    y = fixed_point(x, name)
    return torch.cat((y[..., :-1], x[..., -1:]), -1) if x.shape[-1] % 2 else y


@mutant(equal_entries_equal_values, operation="activate", trigger="rows of more than 64 entries")
def stochastic_rounding(x: Tensor, name: str) -> Tensor:
    y = fixed_point(x, name)
    return y + STEP * (_position(x) * 40503 % 7 < 3) if x.shape[-1] > 64 else y


@mutant(equal_entries_equal_values, operation="activate", trigger="a number next to larger ones")
def scaled_by_the_row(x: Tensor, name: str) -> Tensor:
    top = x.detach().abs().amax(-1, keepdim=True)
    return torch.where(x.abs() * 256 < top, 0.0 * x, fixed_point(x, name))


@mutant(equal_entries_equal_values, operation="activate", trigger="numbers with gaps between them: in another format")
def strided_numbers_in_bfloat16(x: Tensor, name: str) -> Tensor:
    return fixed_point(x if x.is_contiguous() else x.bfloat16().to(x.dtype) + 0.25, name)


@mutant(equal_entries_equal_values, operation="activate", trigger="the gradient: accumulated along the row")
def slopes_are_summed_up(x: Tensor, name: str) -> Tensor:
    y = fixed_point(x, name)
    if y.requires_grad:
        y.register_hook(lambda g: g.cumsum(-1))
    return y


@mutant(equal_entries_equal_values, operation="activate", trigger="the gradient of the second half of a row")
def half_of_the_row_is_detached(x: Tensor, name: str) -> Tensor:
    y = fixed_point(x, name)
    return torch.where(_position(x) * 2 < x.shape[-1], y, y.detach())
