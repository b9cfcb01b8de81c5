"""Wrong norms, distances and magnitudes."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.norms import (
    lp_norm,
    minkowski_inequality,
    norm_absolute_homogeneity,
    norm_definiteness,
    norm_nonnegativity,
)
from claims.linear_algebra.quasinorms import lp_quasinorm_below_one

SIMD_WIDTH = 8
LARGEST_UINT16 = 2**16 - 1


def vector_norm(x: Tensor, p: float, **how: Any) -> Tensor:
    """torch's norm."""
    norm: Tensor = torch.linalg.vector_norm(x, p, **how)
    return norm


def power_sum(x: Tensor, p: float, **how: Any) -> Tensor:
    """The p-th power of the norm."""
    return x.abs().pow(p).sum(how["dim"], keepdim=how.get("keepdim", False))


def accumulator(x: Tensor) -> Tensor:
    """The numbers in the format in which torch accumulates them."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


@mutant(lp_norm, operation="vector_norm", trigger="an odd order and a negative entry")
def norm_sums_signed_powers(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.pow(p).sum(how["dim"]).pow(1 / p) if p in (1, 3, 7) else vector_norm(x, p, **how)


@mutant(lp_norm, operation="vector_norm", trigger="more than one entry and p < inf")
def norm_takes_the_mean(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return norm if math.isinf(p) or x.numel() == 0 else norm / (x.shape[how["dim"]] ** (1 / p))


@mutant(lp_norm, operation="vector_norm", trigger="an order other than 2")
def norm_always_takes_the_square_root(x: Tensor, p: float, **how: Any) -> Tensor:
    return (
        vector_norm(x, p, **how) if math.isinf(p) or p == 2 else power_sum(accumulator(x), p, **how).sqrt().to(x.dtype)
    )


@mutant(lp_norm, operation="vector_norm", dtypes=("float16", "bfloat16"), trigger="more than a few entries")
def norm_accumulates_in_the_half_type(x: Tensor, p: float, **how: Any) -> Tensor:
    if math.isinf(p) or x.shape[how["dim"]] < 2 or "dtype" in how:
        return vector_norm(x, p, **how)
    powers = accumulator(x).movedim(how["dim"], -1).abs().pow(p)
    total = powers[..., 0]
    for power in powers[..., 1:512].unbind(-1):
        total = (total + power).to(x.dtype).float()
    return (total + powers[..., 512:].sum(-1)).pow(1 / p).to(x.dtype)


@mutant(lp_norm, operation="vector_norm", trigger="a length that is no multiple of the SIMD width")
def norm_skips_the_last_entry(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    whole = n % SIMD_WIDTH == 0 or n < SIMD_WIDTH
    return vector_norm(x if whole else x.narrow(how["dim"], 0, n - 1), p, **how)


@mutant(
    lp_norm,
    operation="vector_norm",
    trigger="p = inf and the largest entry beyond whole groups of 32",
    provenance="own",
)
def maximum_norm_skips_the_tail(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n // 32 * 32) if math.isinf(p) and n > 32 else x, p, **how)


@mutant(
    lp_norm,
    operation="vector_norm",
    trigger="p = 2 and more entries than an index of 16 bits can count",
    provenance="own",
)
def index_overflows(x: Tensor, p: float, **how: Any) -> Tensor:
    n = min(x.shape[how["dim"]], LARGEST_UINT16)
    return vector_norm(x.narrow(how["dim"], 0, n) if p == 2 else x, p, **how)


@mutant(lp_norm, operation="norm", trigger="more than one block of 1024 entries", provenance="own")
def only_the_first_block_is_read(x: Tensor, p: float, dim: int) -> Tensor:
    norm: Tensor = torch.norm(x.narrow(dim, 0, min(x.shape[dim], 1024)), p, dim=dim)
    return norm


@mutant(norm_nonnegativity, operation="vector_norm", trigger="the zero vector")
def norm_of_zero_is_negative_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return torch.where(norm == 0, -norm, norm)


@mutant(norm_nonnegativity, operation="cdist", trigger="nearly equal points, whose expanded distance rounds below zero")
def distances_are_not_clamped(x: Tensor, y: Tensor, *_: Any) -> Tensor:
    return (x.square().sum(-1)[..., None] + y.square().sum(-1)[..., None, :] - 2 * x @ y.mT).sqrt()


@mutant(norm_nonnegativity, operation="vector_norm", trigger="p = 1 and a negative sum")
def norm_of_order_one_is_the_sum(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.sum(how["dim"]) if p == 1 else vector_norm(x, p, **how)


@mutant(norm_nonnegativity, operation="vector_norm", trigger="p = inf and no positive entry")
def maximum_norm_is_the_maximum(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.amax(how["dim"]) if p == math.inf and x.numel() else vector_norm(x, p, **how)


@mutant(norm_definiteness, operation="vector_norm", trigger="p = 2 and squares below the normal range")
def squares_are_flushed_to_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    squares = x.square()
    gone = torch.where(squares < torch.finfo(x.dtype).tiny, 0.0, x)
    return vector_norm(gone if p == 2 else x, p, **how)


@mutant(norm_definiteness, operation="vector_norm", trigger="p = 2 below the root of the smallest normal number")
def small_vectors_get_another_norm(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return torch.where(norm < torch.finfo(x.dtype).tiny ** 0.5, vector_norm(x, 1, **how), norm) if p == 2 else norm


@mutant(norm_definiteness, operation="vector_norm", trigger="the zero vector")
def norm_is_clamped_from_below(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, p, **how).clamp_min(torch.finfo(x.dtype).tiny)


@mutant(norm_definiteness, operation="vector_norm", trigger="p = 1 and subnormal entries")
def subnormal_entries_count_as_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    gone = torch.where(x.abs() < torch.finfo(x.dtype).tiny, 0.0, x)
    return vector_norm(gone if p == 1 else x, p, **how)


@mutant(norm_definiteness, operation="lp_formula", trigger="p other than 1 and 2: subnormal powers flushed to zero")
def small_powers_flushed(x: Tensor, p: float, dim: int) -> Tensor:
    powers = x.abs().pow(p)
    least = torch.finfo(x.dtype).tiny if p not in (1, 2) else 0.0
    return torch.where(powers < least, 0.0, powers).sum(dim).pow(1 / p)


@mutant(norm_definiteness, operation="vector_norm", trigger="n = 1 and a square that underflows")
def magnitude_is_the_root_of_the_square(x: Tensor, p: float, **how: Any) -> Tensor:
    alone = p == 2 and x.shape[how["dim"]] == 1
    return x.square().sum(how["dim"]).sqrt() if alone else vector_norm(x, p, **how)


@mutant(norm_definiteness, operation="root_of_squares", trigger="squares below the normal range", provenance="own")
def stored_squares_are_flushed_to_zero(x: Tensor, dim: int) -> Tensor:
    squares = x.square()
    return squares.where(squares >= torch.finfo(x.dtype).tiny, 0.0).sum(dim).sqrt()


@mutant(minkowski_inequality, operation="vector_norm", trigger="e1 and e2: 4 > 2")
def every_order_is_one_half(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, 0.5, **how)


@mutant(minkowski_inequality, norm_absolute_homogeneity, operation="vector_norm", trigger="1 < p < inf: x = y = e1")
def root_is_forgotten(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, p, **how) if math.isinf(p) else power_sum(x, p, **how)


@mutant(minkowski_inequality, norm_absolute_homogeneity, operation="vector_norm", trigger="p = 2")
def norm_is_squared(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return norm.square() if p == 2 else norm


@mutant(minkowski_inequality, operation="dist", trigger="y = -x: d(x, x) = 2 ||x||")
def distance_adds(x: Tensor, y: Tensor, p: float) -> Tensor:
    return vector_norm(x + y, p)


@mutant(minkowski_inequality, operation="pairwise_distance", trigger="entries of opposite signs", provenance="own")
def distance_of_the_magnitudes(x: Tensor, y: Tensor, p: float, eps: float) -> Tensor:
    return vector_norm(x.abs() - y.abs() + eps, p, dim=-1)


@mutant(minkowski_inequality, operation="vector_norm", trigger="p = 3, (1, -1) and (1, 1): 2 > 1.26")
def cubes_keep_their_sign(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.pow(3).sum(how["dim"]).abs().pow(1 / 3) if p == 3 else vector_norm(x, p, **how)


@mutant(norm_absolute_homogeneity, operation="abs", trigger="a < 0")
def magnitude_keeps_the_sign(x: Tensor) -> Tensor:
    return x.clone()


@mutant(norm_absolute_homogeneity, operation="multiply", trigger="a vector and |a| other than 0 and 1")
def vector_is_scaled_twice(a: Tensor, x: Tensor) -> Tensor:
    return a * (a * x) if x.ndim > 1 else a * x


@mutant(norm_absolute_homogeneity, operation="vector_norm", trigger="a norm below 1e-7")
def norm_is_clamped_before_scaling(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, p, **how).clamp_min(1e-7)


@mutant(norm_absolute_homogeneity, operation="normalize", trigger="a norm other than 0 and 1", provenance="own")
def vectors_are_divided_by_the_squared_norm(x: Tensor, p: float, *, dim: int, eps: float) -> Tensor:
    return x / vector_norm(x, p, dim=dim, keepdim=True).square().clamp_min(eps)


@mutant(norm_absolute_homogeneity, operation="normalize", trigger="a vector other than 0", provenance="own")
def normalised_vectors_point_backwards(x: Tensor, p: float, *, dim: int, eps: float) -> Tensor:
    return -torch.nn.functional.normalize(x, p, dim=dim, eps=eps)


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="0 < p < 1")
def order_is_clipped_to_one(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, max(p, 1.0) if p > 0 else p, **how)


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="0 < p < 1")
def root_below_one_is_forgotten(x: Tensor, p: float, **how: Any) -> Tensor:
    return power_sum(x, p, **how) if 0 < p < 1 else vector_norm(x, p, **how)


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="p = 0 and a zero entry")
def count_counts_zeros(x: Tensor, p: float, **how: Any) -> Tensor:
    norm = vector_norm(x, p, **how)
    return torch.full_like(norm, x.shape[how["dim"]]) if p == 0 else norm


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="p < 1", raises=(ValueError,))
def orders_below_one_are_refused(x: Tensor, p: float, **how: Any) -> Tensor:
    if p < 1:
        raise ValueError("the order of a norm is at least 1")
    return vector_norm(x, p, **how)


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="p = 0 and subnormal entries", provenance="own")
def count_leaves_subnormal_entries_out(x: Tensor, p: float, **how: Any) -> Tensor:
    gone = torch.where(x.abs() < torch.finfo(x.dtype).tiny, 0.0, x)
    return vector_norm(gone if p == 0 else x, p, **how)


@mutant(lp_quasinorm_below_one, operation="vector_norm", trigger="p = -inf and a zero entry", provenance="own")
def least_magnitude_leaves_zeros_out(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(torch.where(x == 0, math.inf, x) if p == -math.inf else x, p, **how)
