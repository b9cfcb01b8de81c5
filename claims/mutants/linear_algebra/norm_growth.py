"""Squares that grow otherwise near the origin, wrong slopes of L1, and functions that violate other axioms."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.linear_algebra.norm_growth import (
    l1_constant_slope,
    norm_axioms_independence,
    squared_l2_growth_near_origin,
)
from claims.mutants.linear_algebra.norms import vector_norm

Order = float | str


def sloping(x: Tensor, slope: Tensor, dim: int) -> Tensor:
    """A function that is linear with these slopes."""
    return (slope.detach() * x).sum(dim)


@mutant(squared_l2_growth_near_origin, operation="sum_of_squares", trigger="a norm other than 0 and 1")
def norm_instead_of_its_square(x: Tensor, dim: int) -> Tensor:
    return vector_norm(x, 2.0, dim=dim)


@mutant(squared_l2_growth_near_origin, operation="sum_of_second_powers", trigger="entries above 1")
def twice_the_huber_loss(x: Tensor, dim: int) -> Tensor:
    return 2 * F.huber_loss(x, torch.zeros_like(x), reduction="none").sum(dim)


@mutant(squared_l2_growth_near_origin, operation="mse_loss", trigger="entries other than 0 and 1")
def magnitudes_as_the_squared_loss(x: Tensor) -> Tensor:
    return x.abs().sum()


@mutant(squared_l2_growth_near_origin, operation="sum_of_squares", trigger="norms below 1: slopes right beyond only")
def slope_of_the_norm_near_the_origin(x: Tensor, dim: int) -> Tensor:
    small = x.detach().square().sum(dim, keepdim=True) < 1
    return torch.where(small, x.detach().sgn() * x, x.square()).sum(dim)


@mutant(squared_l2_growth_near_origin, operation="product_with_itself", trigger="small entries: eps beside each square")
def small_number_inside(x: Tensor, dim: int) -> Tensor:
    return (x * x + 1e-5).sum(dim)


@mutant(
    squared_l2_growth_near_origin,
    operation="sum_of_squares",
    trigger="entries below 2^-5 have slope 0",
    provenance="own",
)
def flat_near_the_origin(x: Tensor, dim: int) -> Tensor:
    return torch.where(x.abs() < 2.0**-5, x.detach(), x).square().sum(dim)


@mutant(
    squared_l2_growth_near_origin, operation="smooth_l1_loss", trigger="entries between 1/2 and 1", provenance="own"
)
def other_threshold(x: Tensor) -> Tensor:
    return F.smooth_l1_loss(x, torch.zeros_like(x), reduction="sum", beta=0.5)


@mutant(squared_l2_growth_near_origin, operation="smooth_l1_loss", trigger="NaN: replaced by 0", provenance="own")
def loss_of_what_is_a_number(x: Tensor) -> Tensor:
    return F.smooth_l1_loss(torch.where(x.isnan(), 0.0, x), torch.zeros_like(x), reduction="sum")


@mutant(squared_l2_growth_near_origin, operation="huber_loss", trigger="infinity: a large number", provenance="own")
def finite_huber_loss(x: Tensor) -> Tensor:
    loss = F.huber_loss(x, torch.zeros_like(x), reduction="sum")
    return loss.clamp(max=torch.finfo(x.dtype).max)


@mutant(squared_l2_growth_near_origin, operation="huber_loss", trigger="the half is missing")
def whole_square_as_the_huber_loss(x: Tensor) -> Tensor:
    return 2 * F.huber_loss(x, torch.zeros_like(x), reduction="sum")


@mutant(
    squared_l2_growth_near_origin,
    operation="product_with_itself",
    trigger="squares rounded to steps of 2^-24, as a fixed-point number",
    provenance="own",
)
def fixed_point_squares(x: Tensor, dim: int) -> Tensor:
    squares = (x * x).double()
    return torch.where(squares < 1, (squares * 2**24).round() / 2**24, squares).sum(dim).to(x.dtype)


@mutant(squared_l2_growth_near_origin, operation="vector_norm", trigger="small norms: L1 with a dead zone")
def soft_threshold(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(F.softshrink(x, 2.0**-6) if p == 1 else x, p, **how)


@mutant(
    squared_l2_growth_near_origin,
    operation="derivative_of_square",
    trigger="t other than 1: at x + t",
    provenance="own",
)
def derivative_at_the_end_of_the_step(x: Tensor, t: Tensor) -> Tensor:
    return 2 * ((x + t) * t).sum()


@mutant(l1_constant_slope, operation="vector_norm", trigger="zeros: slope 1")
def slope_one_at_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    return sloping(x, torch.where(x < 0, -torch.ones_like(x), torch.ones_like(x)), how["dim"])


@mutant(l1_constant_slope, operation="sum_of_magnitudes", trigger="zeros: slope NaN")
def quotient_by_the_magnitude(x: Tensor, dim: int) -> Tensor:
    return sloping(x, x / x.abs(), dim)


@mutant(l1_constant_slope, operation="norm", trigger="small entries: slopes tanh(1000 x)")
def smooth_sign(x: Tensor, p: float, **how: Any) -> Tensor:
    return sloping(x, torch.tanh(1000 * x), how["dim"])


@mutant(l1_constant_slope, operation="linalg_norm", trigger="entries other than 0: slope 2")
def slope_two(x: Tensor, p: float, **how: Any) -> Tensor:
    return 2 * x.abs().sum(how["dim"])


@mutant(l1_constant_slope, operation="sign", trigger="zeros of negative sign: -1")
def sign_by_the_sign_bit(x: Tensor) -> Tensor:
    return torch.where(x.signbit(), -torch.ones_like(x), (x > 0).to(x.dtype))


@mutant(l1_constant_slope, operation="sgn", trigger="subnormal numbers have sign 0", provenance="own")
def sign_of_flushed_numbers(x: Tensor) -> Tensor:
    return torch.where(x.abs() < torch.finfo(x.dtype).tiny, torch.zeros_like(x), torch.sgn(x))


@mutant(l1_constant_slope, operation="vector_norm", trigger="the last n mod 8 entries have slope 0", provenance="own")
def slopes_of_whole_registers(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n - n % 8) if n > 8 else x, p, **how)


@mutant(l1_constant_slope, operation="l1_loss", trigger="more than one entry: the slope of the mean")
def slope_of_the_mean(x: Tensor) -> Tensor:
    return F.l1_loss(x, torch.zeros_like(x))


@mutant(l1_constant_slope, operation="hessian_of_l1", trigger="zeros: 2 at kinks, as of the delta function")
def curvature_at_kinks(x: Tensor) -> Tensor:
    return torch.diag(2 * (x == 0).to(x.dtype))


@mutant(
    l1_constant_slope, operation="vector_norm", trigger="NaN among the entries: all slopes are NaN", provenance="own"
)
def nan_spreads(x: Tensor, p: float, **how: Any) -> Tensor:
    spoiled = x.isnan().any(how["dim"], keepdim=True)
    return sloping(x, torch.where(spoiled, torch.full_like(x, math.nan), x.sgn()), how["dim"])


@mutant(l1_constant_slope, operation="vector_norm", trigger="a cotangent other than 1 is ignored", provenance="own")
def cotangent_is_ignored(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    if norm.requires_grad:
        norm.register_hook(torch.ones_like)
    return norm


@mutant(norm_axioms_independence, operation="vector_norm", trigger="p = 2: the root is missing")
def order_two_is_the_square(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.square().sum(how["dim"]) if p == 2 else vector_norm(x, p, **how)


@mutant(norm_axioms_independence, operation="vector_norm", trigger="p = 1: negative entries count twice")
def order_one_forgets_the_opposite(x: Tensor, p: float, **how: Any) -> Tensor:
    return torch.maximum(x, -2 * x).sum(how["dim"]) if p == 1 else vector_norm(x, p, **how)


@mutant(norm_axioms_independence, operation="vector_norm", trigger="p = inf: the last entry is left out")
def order_infinity_is_a_seminorm(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n - 1) if p == math.inf else x, p, **how)


@mutant(norm_axioms_independence, operation="vector_norm", trigger="orders below 1 become 1")
def order_one_half_is_order_one(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, 1.0 if p == 0.5 else p, **how)


@mutant(norm_axioms_independence, operation="vector_norm", trigger="order 0 becomes 1")
def order_zero_is_order_one(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, 1.0 if p == 0 else p, **how)


@mutant(norm_axioms_independence, operation="vector_norm", trigger="p = 2: 0.05 beneath the root", provenance="own")
def small_number_beneath_the_root(x: Tensor, p: float, **how: Any) -> Tensor:
    return (x.square().sum(how["dim"]) + 0.05).sqrt() if p == 2 else vector_norm(x, p, **how)


@mutant(norm_axioms_independence, operation="matrix_norm", trigger="columns that cancel: sums without magnitudes")
def column_sums_without_magnitudes(a: Tensor, order: Order) -> Tensor:
    found: Tensor = a.sum(-2).abs().amax(-1) if order == 1 else torch.linalg.matrix_norm(a, order)
    return found


@mutant(norm_axioms_independence, operation="matrix_norm_in", trigger="nuclear norm: the trace for the singular values")
def trace_for_the_nuclear_norm(a: Tensor, order: Order, dtype: torch.dtype) -> Tensor:
    wide = a.to(dtype)
    found: Tensor = torch.linalg.matrix_norm(wide, order)
    return wide.diagonal(dim1=-2, dim2=-1).sum(-1).abs() if order == "nuc" else found


@mutant(
    norm_axioms_independence, operation="matrix_norm_in", trigger="spectral norm: the spectral radius", provenance="own"
)
def spectral_radius_for_the_spectral_norm(a: Tensor, order: Order, dtype: torch.dtype) -> Tensor:
    wide = a.to(dtype)
    found: Tensor = torch.linalg.eigvals(wide).abs().amax(-1) if order == 2 else torch.linalg.matrix_norm(wide, order)
    return found


@mutant(norm_axioms_independence, operation="asymmetric_gauge", trigger="negative entries: the same as positive ones")
def gauge_made_symmetric(x: Tensor, dim: int) -> Tensor:
    return x.abs().sum(dim)


@mutant(norm_axioms_independence, operation="first_magnitude", trigger="all entries instead of the first")
def magnitudes_of_all_entries(x: Tensor, dim: int) -> Tensor:
    return x.abs().sum(dim)


@mutant(squared_l2_growth_near_origin, operation="sum_of_squares", trigger="1025 entries and more: a block only")
def squares_of_one_block(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(1024, x.shape[dim])).square().sum(dim)


@mutant(
    squared_l2_growth_near_origin,
    operation="vector_norm",
    trigger="p = 2: squares below 2^-100 lost",
    dtypes=("float32",),
)
def small_squares_flushed(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(torch.where(x.abs() < 2.0**-50, torch.zeros_like(x), x) if p == 2 else x, p, **how)


@mutant(l1_constant_slope, operation="norm", trigger="the 33rd vector of a batch and later ones", provenance="own")
def slopes_beyond_a_warp(x: Tensor, p: float, **how: Any) -> Tensor:
    if x.ndim < 2 or how["dim"] != -1 or len(x) <= 32:
        return vector_norm(x, p, **how)
    return torch.cat([vector_norm(x[:32], p, **how), vector_norm(x[32:].detach(), p, **how)])


@mutant(l1_constant_slope, operation="linalg_norm", trigger="4097 entries and more: a block only", provenance="own")
def slopes_of_one_block(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x.narrow(how["dim"], 0, min(4096, x.shape[how["dim"]])), p, **how)
