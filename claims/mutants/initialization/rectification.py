"""Rectifiers that are wrong for some numbers, sizes or formats."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.initialization.rectification import relu_half_second_moment


@mutant(relu_half_second_moment, operation="relu", trigger="numbers between 0 and 0.01")
def threshold_of_a_hundredth(x: Tensor) -> Tensor:
    return F.threshold(x, 0.01, 0.0)


@mutant(relu_half_second_moment, operation="relu_method", trigger="subnormal numbers")
def subnormal_numbers_are_flushed(x: Tensor) -> Tensor:
    return torch.relu(x) * (x.abs() >= torch.finfo(x.dtype).tiny)


@mutant(relu_half_second_moment, operation="relu", trigger="more than 16 numbers a row")
def the_rest_of_a_row_stays(x: Tensor) -> Tensor:
    whole = x.shape[-1] // 16 * 16
    return torch.cat((torch.relu(x[..., :whole]), x[..., whole:] if whole else torch.relu(x)), -1)


@mutant(relu_half_second_moment, operation="clamp_min", trigger="numbers above 65504", dtypes=("bfloat16", "float32"))
def passes_through_float16(x: Tensor, least: float) -> Tensor:
    return torch.clamp_min(x.half(), least).to(x.dtype)


@mutant(relu_half_second_moment, operation="clamp_min", trigger="more than 11 significant bits", dtypes=("float32",))
def rounds_to_float16(x: Tensor, least: float) -> Tensor:
    short = torch.clamp_min(x.half(), least).to(x.dtype)
    return torch.where(short.isinf() | (short.abs() < 2.0**-14), torch.clamp_min(x, least), short)


@mutant(relu_half_second_moment, operation="relu_module")
def leaks_a_little(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.01)


@mutant(relu_half_second_moment, operation="clamp", trigger="numbers above 6")
def saturates_at_six(x: Tensor, least: float) -> Tensor:
    return torch.clamp(x, least, 6.0)


@mutant(relu_half_second_moment, operation="relu", trigger="the gradient at 0", dtypes=("bfloat16",))
def slopes_of_both_branches_at_zero(x: Tensor) -> Tensor:
    return torch.relu(x) - torch.relu(-x) + torch.clamp_min(-x, 0.0)


@mutant(relu_half_second_moment, operation="relu_", trigger="the gradient")
def slope_leaks(x: Tensor) -> Tensor:
    return F.relu(x.detach()) + F.leaky_relu(x, 0.01) - F.leaky_relu(x, 0.01).detach()


@mutant(relu_half_second_moment, operation="threshold", trigger="the largest magnitudes")
def sign_of_the_negated_number(x: Tensor, threshold: float, value: float) -> Tensor:
    top = torch.finfo(x.dtype).max / 2
    return torch.where(x < -top, -x, F.threshold(x, threshold, value))


@mutant(relu_half_second_moment, operation="sum")
def mean_in_place_of_the_sum(x: Tensor, dim: int) -> Tensor:
    return x.mean(dim)


@mutant(relu_half_second_moment, operation="calculate_gain")
def gain_two(name: str) -> float:
    return 2.0


@mutant(relu_half_second_moment, operation="calculate_gain")
def gain_of_a_leaky_rectifier(name: str) -> float:
    return math.sqrt(2 / 1.01)
