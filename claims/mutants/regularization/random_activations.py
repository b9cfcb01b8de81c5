"""Wrong rectifiers with random slopes."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.regularization.random_activations import rrelu_random_slopes


def _sloped(x: Tensor, slopes: Tensor) -> Tensor:
    return torch.where(x > 0, x, slopes * x)


def _uniform(x: Tensor, lower: float, upper: float) -> Tensor:
    return torch.rand_like(x) * (upper - lower) + lower


@mutant(rrelu_random_slopes, operation="rrelu", trigger="rows of more than one number: one slope a row")
def one_slope_for_a_row(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    slopes = _uniform(x, lower, upper)[..., :1].expand(x.shape)
    return _sloped(x, slopes) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="more than one row: the rows share their slopes")
def one_row_of_slopes(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    slopes = _uniform(x, lower, upper)[:1].expand(x.shape)
    return _sloped(x, slopes) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="evaluation: the least slope")
def least_slope_in_evaluation(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return F.rrelu(x, lower, upper, training) if training else F.leaky_relu(x, lower)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="evaluation: the geometric mean")
def geometric_mean_in_evaluation(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return F.rrelu(x, lower, upper, training) if training else F.leaky_relu(x, max(lower * upper, 0.0) ** 0.5)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="evaluation: as in training")
def training_in_evaluation(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return F.rrelu(x, lower, upper, training=True)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="training: the gradient has the mean slope")
def mean_slope_in_the_gradient(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y, mean = F.rrelu(x.detach(), lower, upper, training), F.rrelu(x, lower, upper)
    return y + (mean - mean.detach())


@mutant(rrelu_random_slopes, operation="rrelu", trigger="training: the backward pass draws again")
def gradient_of_another_pass(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y, other = F.rrelu(x.detach(), lower, upper, training), F.rrelu(x, lower, upper, training)
    return y + (other - other.detach())


@mutant(rrelu_random_slopes, operation="rrelu", trigger="a lower end other than 0")
def slopes_from_zero(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return F.rrelu(x, 0.0, upper, training) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="many slopes: the mean of two uniform draws")
def triangular_slopes(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    slopes = (_uniform(x, lower, upper) + _uniform(x, lower, upper)) / 2
    return _sloped(x, slopes) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="more than 2^12 numbers: the second half repeats the first")
def second_half_repeats_the_first(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    slopes, half = _uniform(x, lower, upper).flatten(), x.numel() // 2
    if x.numel() > 1 << 12:
        slopes[half : 2 * half] = slopes[:half].clone()
    return _sloped(x, slopes.view(x.shape)) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu", trigger="positive numbers are scaled, too")
def slopes_on_both_sides(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return x * _uniform(x, lower, upper) if training else F.rrelu(x, lower, upper)


@mutant(rrelu_random_slopes, operation="rrelu_module", trigger="in evaluation: the mode is forgotten")
def module_always_trains(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y: Tensor = torch.nn.RReLU(lower, upper)(x)
    return y


@mutant(rrelu_random_slopes, operation="rrelu_in_place", trigger="ends other than the default")
def ends_forgotten_in_place(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    return F.rrelu(x.clone(), training=training, inplace=True)


@mutant(rrelu_random_slopes, operation="rrelu_along", trigger="the derivative has the mean slope")
def mean_slope_along(x: Tensor, d: Tensor, lower: float, upper: float) -> Tensor:
    y = F.rrelu(x, lower, upper, training=True)
    return torch.cat((y, torch.where(x > 0, d, (lower + upper) / 2 * d)), -1)
