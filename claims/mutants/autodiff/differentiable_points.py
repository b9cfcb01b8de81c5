"""Wrong derivatives of programs of kinks, at their kinks and elsewhere."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.differentiable_points import autograd_wrong_at_differentiable_points
from claims.frame.operations.chapters.cancelling import cancelling
from claims.mutants.networks.slopes import sloped

HERE = autograd_wrong_at_differentiable_points


def steep(x: Tensor, d: Tensor | None, name: str, order: int, slope: Tensor) -> Tensor:
    """A program with another slope in reverse mode."""
    y = cancelling(x, d, name, order)
    return sloped(y, x, slope.to(x.dtype)) if d is None else y


@mutant(HERE, operation="cancelling", trigger="at 0: slope 3, more than the kinks have")
def more_than_the_kinks_have(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    most = 5.0 if name.startswith("leaky") else 3.0
    return steep(x, d, name, order, torch.where(x == 0, most, 1.0))


@mutant(HERE, operation="cancelling", trigger="negative numbers: slope 0, the mirrored kink is lost")
def the_mirrored_kink_is_lost(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    return steep(x, d, name, order, torch.where(x < 0, 0.0, 1.0) if name == "relu(x) - relu(-x)" else x * 0 + 1)


@mutant(HERE, operation="cancelling", trigger="subnormal numbers: taken for 0 in the mask")
def subnormal_numbers_are_kinks(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    return steep(x, d, name, order, (x.abs() >= torch.finfo(x.dtype).tiny) | (x == 0))


@mutant(HERE, operation="cancelling", trigger="more than 16 numbers, the last one: twice the slope")
def the_last_slope_is_twice(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    last = torch.arange(x.shape[-1], device=x.device) == x.shape[-1] - 1
    return steep(x, d, name, order, torch.where(last & (x.shape[-1] > 16), 2.0, torch.ones_like(x)))


@mutant(HERE, operation="cancelling", trigger="in forward mode: the sign of the mirrored kink")
def mirrored_tangent_has_the_other_sign(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    y = cancelling(x, d, name, order)
    return y if d is None or order == 2 or name != "relu(x) - relu(-x)" else torch.where(x < 0, -y, y)


@mutant(HERE, operation="cancelling", trigger="the second derivative: that of a smooth rectifier")
def kinks_are_smooth(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    y = cancelling(x, d, name, order)
    return y if order == 1 or d is None else y + d * torch.exp(-x * x)


@mutant(HERE, operation="cancelling", trigger="large numbers: the sum with the magnitude is clipped")
def the_sum_is_clipped(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    y = cancelling(x, d, name, order)
    return y.clamp(-100, 100) if name.startswith("(|x|") and d is None else y
