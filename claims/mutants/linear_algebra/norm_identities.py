"""Norms of another order than asked for, operator norms for those of entries, and norms of parts of a tensor."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.norm_identities import clipped_norm
from claims.linear_algebra.norm_identities import euclidean_norm_default_order, frobenius_vec_isometry, max_norm_limit
from claims.mutants.linear_algebra.norms import accumulator, vector_norm

SINGLE_AND_DOUBLE = ("float32", "float64")


@mutant(euclidean_norm_default_order, operation="vector_norm", trigger="no order is given")
def default_order_one(x: Tensor, p: float = 1.0, **how: Any) -> Tensor:
    return vector_norm(x, p, **how)


@mutant(
    euclidean_norm_default_order,
    operation="whole_norm",
    dtypes=SINGLE_AND_DOUBLE,
    trigger="a matrix of rank above 1, with order 2",
)
def spectral_norm_of_all_entries(x: Tensor, *order: float) -> Tensor:
    found: Tensor = torch.linalg.norm(x, 2) if order == (2.0,) and x.ndim == 2 and x.numel() else torch.norm(x, *order)
    return found


@mutant(euclidean_norm_default_order, operation="linalg_norm_in", trigger="a matrix of rank above 1, with order 2")
def frobenius_for_order_two(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    found: Tensor = torch.linalg.norm(a.to(dtype), "fro" if order == 2 else order)
    return found


@mutant(euclidean_norm_default_order, operation="linalg_norm_of_matrix", trigger="rows and columns of other sums")
def row_sum_for_order_one(a: Tensor, order: float) -> Tensor:
    found: Tensor = torch.linalg.norm(a, math.inf if order == 1 else order)
    return found


@mutant(euclidean_norm_default_order, operation="normalize", trigger="no order is given", provenance="own")
def normalized_by_the_sum(x: Tensor, p: float = 1.0, **how: Any) -> Tensor:
    return torch.nn.functional.normalize(x, p, **how)


@mutant(euclidean_norm_default_order, operation="clipped_norm", trigger="more than one row", provenance="own")
def clipped_by_the_largest_row(x: Tensor, *order: float) -> Tensor:
    return vector_norm(x, 2.0, dim=-1).amax() if x.ndim > 1 and x.numel() else vector_norm(x, 2.0)


@mutant(euclidean_norm_default_order, operation="clipped_norm", trigger="NaN: left out", provenance="own")
def clipped_without_nan(x: Tensor, *order: float) -> Tensor:
    return clipped_norm(torch.where(x.isnan(), 0.0, x), *order)


@mutant(euclidean_norm_default_order, operation="whole_norm", trigger="infinity: the largest number", provenance="own")
def finite_norm(x: Tensor, *order: float) -> Tensor:
    found: Tensor = torch.norm(x, *order)
    return found.clamp(max=torch.finfo(x.dtype).max)


@mutant(euclidean_norm_default_order, operation="whole_linalg_norm", trigger="three axes: the last two only")
def largest_matrix_of_a_stack(x: Tensor, *order: float) -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(x).amax() if x.ndim == 3 else torch.linalg.norm(x, *order)
    return found


@mutant(euclidean_norm_default_order, operation="whole_tensor_norm", trigger="no order: the root of the mean square")
def root_of_the_mean_square(x: Tensor, *order: float) -> Tensor:
    found: Tensor = x.norm(*order)
    return found if order else found / max(1, x.numel()) ** 0.5


@mutant(frobenius_vec_isometry, operation="matrix_norm", dtypes=SINGLE_AND_DOUBLE, trigger="a rank above 1")
def operator_norm(a: Tensor) -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(a, 2 if a.numel() else "fro")
    return found


@mutant(frobenius_vec_isometry, operation="matrix_norm", trigger="more than one row")
def largest_norm_of_a_row(a: Tensor) -> Tensor:
    return vector_norm(a, 2.0, dim=-1).amax(-1) if a.numel() else vector_norm(a, 2.0, dim=(-2, -1))


@mutant(frobenius_vec_isometry, operation="matrix_norm", dtypes=SINGLE_AND_DOUBLE, trigger="a rank above 1")
def sum_of_singular_values(a: Tensor) -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(a, "nuc")
    return found


@mutant(frobenius_vec_isometry, operation="matrix_norm_in", trigger="a rank above 1: the Frobenius norm")
def frobenius_for_the_spectral_norm(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    return vector_norm(a.to(dtype), 2.0, dim=(-2, -1))


@mutant(frobenius_vec_isometry, operation="matrix_norm_in", trigger="more columns than rows", provenance="own")
def norm_of_the_leading_square(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    m = a.shape[-2]
    found: Tensor = torch.linalg.matrix_norm(a[..., :m].to(dtype), order)
    return found


@mutant(frobenius_vec_isometry, operation="matrix_norm", trigger="the upper triangle counts twice", provenance="own")
def taken_for_symmetric(a: Tensor) -> Tensor:
    return vector_norm(a.triu() + a.triu(1), 2.0, dim=(-2, -1))


@mutant(frobenius_vec_isometry, operation="matrix_norm", trigger="1025 entries and more", provenance="own")
def last_row_left_out(a: Tensor) -> Tensor:
    return vector_norm(a[..., :-1, :] if a.shape[-1] * a.shape[-2] > 1024 else a, 2.0, dim=(-2, -1))


@mutant(frobenius_vec_isometry, operation="linalg_norm_of_matrix", trigger="a negative entry beside others: A o A^T")
def entries_multiplied_with_the_transpose(a: Tensor, *order: float) -> Tensor:
    square = not order and a.shape[-1] == a.shape[-2]
    found: Tensor = (a * a.mT).sum().abs().sqrt() if square else torch.linalg.norm(a, *order)
    return found


@mutant(max_norm_limit, operation="vector_norm", trigger="1 < p < inf and more than one entry of magnitude 1")
def no_root(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, p, **how) if math.isinf(p) else x.abs().pow(p).sum(how["dim"])


@mutant(max_norm_limit, operation="vector_norm", trigger="orders above 64, ties at the maximum")
def order_capped(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, p if math.isinf(p) else min(p, 64.0), **how)


@mutant(max_norm_limit, operation="vector_norm", trigger="1 < p < inf and a negative entry")
def smooth_maximum_without_magnitudes(x: Tensor, p: float, **how: Any) -> Tensor:
    if p <= 2 or math.isinf(p):
        return vector_norm(x, p, **how)
    logarithms = p * accumulator(x).clamp_min(torch.finfo(torch.float16).tiny).log()
    return (torch.logsumexp(logarithms, how["dim"]) / p).exp().to(x.dtype)


@mutant(max_norm_limit, operation="vector_norm", trigger="p < inf and more than one entry")
def root_of_the_next_order(x: Tensor, p: float, **how: Any) -> Tensor:
    if math.isinf(p):
        return vector_norm(x, p, **how)
    return accumulator(x).abs().pow(p).sum(how["dim"]).pow(1 / (p + 1)).to(x.dtype)


@mutant(max_norm_limit, operation="vector_norm", trigger="orders above 512: ties at the maximum", provenance="own")
def maximum_for_large_orders(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, math.inf if p > 512 else p, **how)


@mutant(max_norm_limit, operation="lp_formula", trigger="orders that are no integers", provenance="own")
def order_truncated(x: Tensor, p: float, dim: int) -> Tensor:
    return x.abs().pow(int(p)).sum(dim).pow(1 / int(p))


@mutant(
    max_norm_limit, operation="linalg_norm", trigger="p = inf and the largest entry among the last", provenance="own"
)
def maximum_of_whole_registers(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n - n % 8) if math.isinf(p) and n > 8 else x, p, **how)


@mutant(euclidean_norm_default_order, operation="whole_norm", trigger="a layout with gaps or swapped axes")
def entries_in_the_order_of_memory(x: Tensor, *order: float) -> Tensor:
    packed = x.as_strided((x.numel(),), (1,)) if x.numel() and 0 not in x.stride() else x
    found: Tensor = torch.norm(packed.reshape(x.shape), *order)
    return found


@mutant(
    euclidean_norm_default_order,
    operation="whole_vector_norm",
    dtypes=("float16", "bfloat16"),
    trigger="more than a few entries: squares are added in the half type",
    provenance="own",
)
def squares_added_in_the_half_type(x: Tensor, *order: float) -> Tensor:
    total = x.new_zeros(())
    for square in x.reshape(-1)[:1024].square():
        total = total + square
    return (total + x.reshape(-1)[1024:].square().sum()).sqrt()


@mutant(frobenius_vec_isometry, operation="matrix_norm", trigger="the 33rd matrix of a batch and later ones")
def matrices_beyond_a_warp(a: Tensor) -> Tensor:
    found = vector_norm(a, 2.0, dim=(-2, -1))
    if a.ndim > 2 and len(a) > 32:
        found[32:] = found[:1].clone()
    return found


@mutant(max_norm_limit, operation="norm", trigger="p > 2: entries below 0.99 of the largest", provenance="own")
def small_entries_left_out(x: Tensor, p: float, **how: Any) -> Tensor:
    size = x.abs()
    return vector_norm(torch.where(size < 0.99, torch.zeros_like(size), size) if p > 2 else x, p, **how)
