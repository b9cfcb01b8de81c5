"""Correct sigmoids and rectifiers by other formulas: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.mutants.networks.slopes import sloped
from tests.alternatives.probability_independence import rounded

SIGMOID, RECTIFIER = ("sigmoid-derivative",), ("relu-unit-derivative",)


def by_the_exponential(x: Tensor) -> Tensor:
    """1 / (1 + exp(-z)), in float32 where the format is narrower, with the slope y (1 - y)."""
    wide = x.detach() if x.dtype == torch.float64 else x.detach().float()
    y = (1 / (1 + (-wide).exp())).to(x.dtype)
    return sloped(y, x, y * (1 - y))


def by_the_magnitude(x: Tensor) -> Tensor:
    """e / (1 + e) or 1 / (1 + e), e = exp(-|z|), in float64; the slope e / (1 + e)^2 is not 0 before it underflows."""
    z = x.detach().double()
    e = (-z.abs()).exp()
    y = rounded((torch.where(z < 0, e, 1.0) / (1 + e)).numpy(), x.dtype)
    return sloped(torch.where(x.isnan(), x, y), x, rounded((e / (1 + e) ** 2).numpy(), x.dtype))


def slope_by_two_sigmoids(x: Tensor, d: Tensor) -> Tensor:
    """d sigma(z) sigma(-z)."""
    return d * (torch.sigmoid(x) * torch.sigmoid(-x))


def three_derivatives_by_hand(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Closed forms in the wider arithmetic."""
    wide = x if x.dtype == torch.float64 else x.float()
    y, mirrored = torch.sigmoid(wide), torch.sigmoid(-wide)
    first = y * mirrored
    tilt = mirrored - y
    return first.to(x.dtype), (first * tilt).to(x.dtype), (first * (tilt * tilt - 2 * first)).to(x.dtype)


def relu_with_slope_one_at_zero(x: Tensor) -> Tensor:
    """The mask z >= 0: another subgradient."""
    return sloped(torch.relu(x), x, (x >= 0).to(x.dtype))


def relu_by_the_magnitude(x: Tensor) -> Tensor:
    """z / 2 + |z| / 2 in float64, with the slope (1 + sign(z)) / 2."""
    wide = x.detach().double()
    value = torch.where(wide.abs() > 1e300, wide.clamp(min=0), wide / 2 + wide.abs() / 2)
    value = torch.where(wide.abs() < 1e-300, wide.clamp(min=0), value)
    return sloped(value.to(x.dtype), x, (1 + x.sign()) / 2)


ALTERNATIVES = [
    (SIGMOID, {"sigmoid": by_the_exponential, "expit": by_the_exponential}, "1 / (1 + exp(-z))"),
    (SIGMOID, {"sigmoid": by_the_magnitude, "sigmoid_": by_the_magnitude}, "the magnitude in float64"),
    (SIGMOID, {"sigmoid_along": slope_by_two_sigmoids}, "the slope by two sigmoids"),
    (SIGMOID, {"sigmoid_derivatives": three_derivatives_by_hand}, "three derivatives by hand"),
    (RECTIFIER, {"relu": relu_with_slope_one_at_zero}, "slope 1 at 0"),
    (RECTIFIER, {"clamp_min": lambda x, _: relu_by_the_magnitude(x), "relu_": relu_by_the_magnitude}, "half of a sum"),
]
