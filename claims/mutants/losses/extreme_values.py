"""Formulas that leave the range, and comparisons that lose a NaN."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.losses.extreme_values import nan_stays_nan, representable_results_are_returned

WIDTH_BELOW_LARGEST = 2
SMALL_NORM = 2.0**-30


def careful(x: Tensor, name: str) -> Tensor:
    """Every problem by a formula that stays within the range, in float64 where the format is narrower."""
    wide = x.double()
    width = 2.0 ** (math.frexp(torch.finfo(x.dtype).max)[1] - WIDTH_BELOW_LARGEST)
    over = (wide / math.sqrt(width)) ** 2
    size = wide.abs().amax(-1, keepdim=True)
    unit = wide / size.clamp(min=5e-324)
    length = unit.square().sum(-1, keepdim=True).sqrt()
    halves = wide.sort(-1).values
    balanced = (halves * halves.flip(-1))[:, : wide.shape[1] // 2].prod(-1, keepdim=True)
    problems = {
        "mean squared error": lambda: (wide / math.sqrt(wide.shape[1])).square().sum(-1, keepdim=True),
        "smooth L1": lambda: over / 2,
        "normal likelihood": lambda: (math.log(width) + over) / 2,
        "cosine similarity": lambda: (unit / length * unit / length).sum(-1, keepdim=True),
        "norm": lambda: size * length,
        "normalize": lambda: unit / length,
        "renorm": lambda: unit / length,
        "renorm, small": lambda: unit / length.clamp(min=5e-324) * SMALL_NORM * (size > 0),
        "trapezoid": lambda: wide.mean(-1, keepdim=True) / 4 if x.dtype != torch.float64 else wide[:, :1] / 4,
        "product": lambda: balanced,
        "determinant": lambda: balanced,
        "inverse condition": lambda: torch.zeros_like(size),
        "many rows": lambda: torch.full_like(size, math.log(2)),
        "tanhshrink": lambda: wide**3 / 3 - 2 * wide**5 / 15 + 17 * wide**7 / 315 - 62 * wide**9 / 2835,
        "power": lambda: (1 / wide) ** 2,
    }
    return problems[name]().to(x.dtype)


def propagating(x: Tensor, name: str) -> Tensor:
    """NaN where a number is NaN, of each number or of a row."""
    nan = torch.where(x.isnan(), x, torch.zeros_like(x))
    return nan.sum(-1, keepdim=True) if name in ("amax", "norm inf", "distance inf", "cdist inf") else nan


@mutant(representable_results_are_returned, operation="at_extremes", trigger="smooth L1: the square comes first")
def square_before_the_division(x: Tensor, name: str) -> Tensor:
    width = 2.0 ** (math.frexp(torch.finfo(x.dtype).max)[1] - WIDTH_BELOW_LARGEST)
    return x * x / width / 2 if name == "smooth L1" else careful(x, name)


@mutant(representable_results_are_returned, operation="at_extremes", trigger="norms by the sum of squares as it stands")
def norm_of_squares(x: Tensor, name: str) -> Tensor:
    return x / (x * x).sum(-1, keepdim=True).sqrt() if name == "normalize" else careful(x, name)


@mutant(representable_results_are_returned, operation="at_extremes", trigger="the number of rows in the format")
def rows_counted_in_the_format(x: Tensor, name: str) -> Tensor:
    if name != "many rows":
        return careful(x, name)
    count = torch.tensor(float(x.shape[1]), dtype=torch.float16)
    return careful(x, name) / count.to(x.dtype) * x.shape[1]


@mutant(nan_stays_nan, operation="of_nan", trigger="the sign by two comparisons")
def sign_by_comparisons(x: Tensor, name: str) -> Tensor:
    return (x > 0).to(x.dtype) - (x < 0).to(x.dtype) if name == "sign" else propagating(x, name)


@mutant(nan_stays_nan, operation="of_nan", trigger="the maximum by a comparison with the largest so far")
def maximum_by_comparison(x: Tensor, name: str) -> Tensor:
    return torch.where(x > 1, x, torch.ones_like(x)) if name == "maximum" else propagating(x, name)


@mutant(nan_stays_nan, operation="of_nan", trigger="a clamp that orders its arguments otherwise")
def clamp_by_comparisons(x: Tensor, name: str) -> Tensor:
    if name != "clamp":
        return propagating(x, name)
    low = torch.where(x > -1, x, -torch.ones_like(x))
    return torch.where(low < 1, low, torch.ones_like(x))
