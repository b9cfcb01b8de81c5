"""Wrong derivatives of statistics, selections and steps."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.summaries import adjoint_identity_of_summaries as first
from claims.autodiff.summaries import derivatives_of_summaries_in_every_nesting as nested
from claims.mutants.autodiff.rules import alike_in_a_batch, deriving, frozen, ruled


@mutant(first, operation="cov", trigger="the slope has the divisor n")
def covariance_slope_biased(x: Tensor) -> Tensor:
    return deriving(torch.cov(x), torch.cov(x, correction=0))


@mutant(first, operation="corrcoef", trigger="the deviations are constants")
def deviations_are_constants(x: Tensor) -> Tensor:
    c = torch.cov(x)
    return deriving(torch.corrcoef(x), c / torch.outer(x.std(1), x.std(1)).detach())


@mutant(first, operation="var_mean", trigger="the slope of the mean is left out")
def mean_is_a_constant(x: Tensor) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x)
    return variance, mean.detach()


@mutant(first, operation="dist", trigger="the slope by the second vector: its sign")
def distance_by_its_second_vector(a: Tensor, b: Tensor) -> Tensor:
    return torch.dist(a, 2 * b.detach() - b)


@mutant(first, operation="median", trigger="the slope is shared by all entries")
def median_shares_its_slope(x: Tensor) -> Tensor:
    return deriving(torch.median(x), x.mean())


@mutant(first, operation="running_minimum", trigger="forward mode: the derivative of the first entry for all")
def running_minimum_of_the_first_entry(x: Tensor) -> Tensor:
    return ruled(
        lambda z: torch.cummin(z, -1).values,
        backward=lambda g, z: torch.zeros_like(z).scatter_add(-1, torch.cummin(z, -1).indices, g),
        forward=lambda t, _: t[:1].expand_as(t).clone(),
    )(x)


@mutant(first, operation="clamp", trigger="below the lower end: the slope is 1")
def clamp_is_flat_above_only(x: Tensor, low: float, high: float) -> Tensor:
    return deriving(torch.clamp(x, low, high), torch.clamp(x, max=high))


@mutant(first, operation="round", trigger="the slope is 1, straight through")
def rounding_straight_through(x: Tensor) -> Tensor:
    return deriving(torch.round(x), x)


@mutant(first, operation="sign", trigger="between -1 and 1: the slope is 1")
def sign_straight_through_near_zero(x: Tensor) -> Tensor:
    return deriving(torch.sign(x), x.clamp(-1, 1))


@mutant(first, operation="prod", trigger="products of rows, vmap: every row gets the derivative of the first one")
def product_of_the_first_row(x: Tensor, dim: int) -> Tensor:
    made = alike_in_a_batch(lambda z: torch.prod(z, dim, keepdim=True) / z)
    return ruled(
        lambda z: torch.prod(z, dim),
        backward=lambda g, z: g.unsqueeze(dim) * made(z),
        forward=lambda t, z: (t * made(z)).sum(dim),
    )(x)


@mutant(nested, operation="cov", trigger="second order: the covariance is linear in each variable alone")
def covariance_without_its_squares(x: Tensor) -> Tensor:
    c = torch.cov(x)
    return torch.where(torch.eye(len(x), dtype=torch.bool, device=x.device), c.detach() + _first(c, x), c)


def _first(c: Tensor, x: Tensor) -> Tensor:
    """0 with the first derivative of the variances, and no second one."""
    fixed = x.detach()
    d = fixed - fixed.mean(-1, keepdim=True)
    slope = 2 * (d * (x - fixed)).sum(-1) / (x.shape[-1] - 1)
    return torch.diag(slope) + 0 * c.detach()


@mutant(nested, operation="corrcoef", trigger="second order: the deviations are constants in the slope")
def slope_with_constant_deviations(x: Tensor) -> Tensor:
    d = x.std(1)
    c = torch.cov(x)
    return torch.corrcoef(x) + (c - c.detach()) * (1 / torch.outer(d, d) - 1 / torch.outer(d, d).detach())


@mutant(nested, operation="std_mean", trigger="second order: the deviation in the slope is a constant")
def deviation_in_the_slope_is_constant(x: Tensor) -> tuple[Tensor, Tensor]:
    def slope(g: Tensor, z: Tensor) -> Tensor:
        return g * (z - z.mean()) / (torch.std(z).detach() * (len(z) - 1))

    return ruled(torch.std, backward=slope)(x), x.mean()


@mutant(nested, operation="dist", trigger="second order: the distance in the slope is a constant")
def distance_in_the_slope_is_constant(a: Tensor, b: Tensor) -> Tensor:
    return ruled(lambda d: d.norm(), backward=lambda g, d: g * d / d.norm().detach())(a - b)


@mutant(nested, operation="prod", trigger="second order of forward mode: the other factors are constants")
def other_factors_are_constants(x: Tensor, dim: int) -> Tensor:
    def others(z: Tensor) -> Tensor:
        return torch.prod(z, dim, keepdim=True) / z

    return ruled(lambda z: torch.prod(z, dim), forward=lambda t, z: (t * frozen(others)(z)).sum(dim))(x)


@mutant(nested, operation="clamp", trigger="second order: 1 above the upper end")
def clamp_is_curved(x: Tensor, low: float, high: float) -> Tensor:
    return torch.clamp(x, low, high) + torch.where(x > high, (x - x.detach()).square() / 2, 0 * x)
