"""Conversions, exponentials and products that round, overflow or underflow otherwise."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.floating_point import converted
from claims.losses.floating_point import floating_point_overflow_underflow as claim


def _stepped(y: Tensor, x: Tensor, beyond: Tensor) -> Tensor:
    """y, one number nearer to 0 where `beyond`."""
    return torch.where(beyond, torch.nextafter(y, torch.zeros_like(y)), y)


@mutant(claim, operation="converted", trigger="always: truncated")
def truncated(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return _stepped(y, x, (y.double().abs() > x.double().abs()) & x.isfinite())


@mutant(claim, operation="converted", trigger="overflow: the largest number", provenance="saturating casts of float8")
def saturated(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return torch.where(x.isfinite(), y.clamp(-torch.finfo(dtype).max, torch.finfo(dtype).max), y)


@mutant(claim, operation="converted", trigger="subnormal results: 0")
def flushed(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return torch.where(y.abs() < torch.finfo(dtype).tiny, 0 * y, y)


@mutant(claim, operation="converted", trigger="a tie below the smallest number: rounded up")
def half_of_the_smallest_rounded_up(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    smallest = torch.finfo(dtype).tiny * torch.finfo(dtype).eps
    tie = x.double().abs() == smallest / 2
    return torch.where(tie, torch.full_like(y, smallest).copysign(y), y)


@mutant(claim, operation="converted", trigger="ties at normal numbers: away from 0")
def ties_away_from_zero(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    away = torch.nextafter(y, torch.full_like(y, torch.inf).copysign(y))
    wide, next_one = y.double(), away.double()
    tie = (x.double() == (wide + next_one) / 2) & x.isfinite() & (x != wide)
    return torch.where(tie, away, y)


@mutant(claim, operation="converted", trigger="numbers above the largest, below the tie: infinity")
def overflow_from_the_largest_number_on(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return torch.where(x.double().abs() > torch.finfo(dtype).max, torch.full_like(y, torch.inf).copysign(y), y)


@mutant(claim, operation="converted", trigger="-0: its sign")
def sign_of_zero_lost(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return torch.where(y == 0, y.abs(), y)


@mutant(claim, operation="converted", trigger="copy_ into places with gaps: NaN becomes 0")
def nan_to_zero_in_strided_copies(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    return torch.where(y.isnan(), 0 * x.nan_to_num(0, 0, 0).to(dtype), y) if "strided" in spelling else y


@mutant(claim, operation="converted", trigger="into float16 by way of bfloat16, the method only")
def half_by_bfloat16(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    through = dtype == torch.float16 and spelling == "named"
    return converted(x.bfloat16() if through else x, dtype=dtype, spelling=spelling)


@mutant(claim, operation="converted", trigger="rows longer than 16: their last number is truncated")
def tail_truncated(x: Tensor, *, dtype: torch.dtype, spelling: str) -> Tensor:
    y = converted(x, dtype=dtype, spelling=spelling)
    if x.shape[-1] <= 16:
        return y
    return torch.cat([y[..., :-1], truncated(x, dtype=dtype, spelling=spelling)[..., -1:]], -1)


@mutant(claim, operation="exp", trigger="overflow: the largest number")
def exponential_saturates(x: Tensor) -> Tensor:
    return torch.exp(x).clamp(max=torch.finfo(x.dtype).max)


@mutant(claim, operation="exp", trigger="underflow: never 0")
def exponential_never_vanishes(x: Tensor) -> Tensor:
    return torch.exp(x).clamp(min=torch.finfo(x.dtype).tiny * torch.finfo(x.dtype).eps)


@mutant(claim, operation="exp", trigger="half types: the argument is cut at 88", dtypes=("bfloat16", "float32"))
def exponential_cut_at_88(x: Tensor) -> Tensor:
    return torch.exp(x.clamp(max=88.0))


@mutant(claim, operation="exp", trigger="results below 64 times the smallest normal number: 0")
def exponential_vanishes_early(x: Tensor) -> Tensor:
    y = torch.exp(x)
    return torch.where(y < 64 * torch.finfo(x.dtype).tiny, 0 * y, y)


@mutant(claim, operation="flushed_product", trigger="subnormal numbers: kept", dtypes=("float32", "float64"))
def subnormal_numbers_kept(x: Tensor, factor: float) -> tuple[Tensor, Tensor]:
    return torch.mul(x, factor), torch.ones_like(x)


@mutant(claim, operation="multiply", trigger="subnormal results: still flushed")
def flushing_not_switched_off(x: Tensor, factor: float) -> Tensor:
    y = torch.mul(x, factor)
    return torch.where(y.abs() < torch.finfo(x.dtype).tiny, 0 * y, y)


@mutant(claim, operation="limits", trigger="the smallest number: the subnormal one")
def smallest_subnormal_for_tiny(x: Tensor) -> Tensor:
    about = torch.finfo(x.dtype)
    found = [about.max, about.min, about.eps, about.tiny * about.eps]
    return torch.tensor(found, dtype=x.dtype, device=x.device)
