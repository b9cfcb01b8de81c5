"""Wrong condition numbers, pooled norms and renormalisations."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.norm_uses import pooled_norms, renormed
from claims.linear_algebra.norm_uses import (
    condition_number_orders,
    pooled_windows_have_norms,
    renormalisation_to_a_ball,
)

Order = float | str | None


def _cond(a: Tensor, p: Order) -> Tensor:
    found: Tensor = torch.linalg.cond(a, p)
    return found


@mutant(condition_number_orders, operation="cond", trigger="order 1: that of infinity")
def column_sums_are_row_sums(a: Tensor, p: Order = None) -> Tensor:
    return _cond(a, math.inf if p == 1 else p)


@mutant(condition_number_orders, operation="cond", trigger="the Frobenius norm: the spectral one")
def frobenius_is_spectral(a: Tensor, p: Order = None) -> Tensor:
    return _cond(a, 2 if p == "fro" else p)


@mutant(condition_number_orders, operation="cond", trigger="order -2: the reciprocal is forgotten")
def smallest_over_largest_turned(a: Tensor, p: Order = None) -> Tensor:
    return _cond(a, 2 if p == -2 else p)


@mutant(condition_number_orders, operation="cond", trigger="order -inf: the reciprocal of order inf")
def negative_order_is_a_reciprocal(a: Tensor, p: Order = None) -> Tensor:
    return 1 / _cond(a, math.inf) if p == -math.inf else _cond(a, p)


@mutant(condition_number_orders, operation="cond", trigger="the nuclear norm: divided by the order")
def nuclear_norm_is_averaged(a: Tensor, p: Order = None) -> Tensor:
    return _cond(a, p) / a.shape[-1] if p == "nuc" else _cond(a, p)


@mutant(condition_number_orders, operation="cond", trigger="wide matrices: 1")
def wide_matrices_are_perfect(a: Tensor, p: Order = None) -> Tensor:
    found = _cond(a, p)
    return torch.ones_like(found) if a.shape[-1] > a.shape[-2] > 1 else found


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="windows above 1: the mean of powers")
def mean_of_powers(x: Tensor, p: float, size: int) -> Tensor:
    return pooled_norms(x, p, size) if p == math.inf else pooled_norms(x, p, size) / size ** (1 / p)


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="a rest: a last window that is not full")
def rest_is_pooled_as_well(x: Tensor, p: float, size: int) -> Tensor:
    return F.lp_pool1d(x[..., None, :], p, size, ceil_mode=True).squeeze(-2)


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="infinite order: signed maxima")
def signed_maxima(x: Tensor, p: float, size: int) -> Tensor:
    return F.max_pool1d(x[..., None, :], size).squeeze(-2) if p == math.inf else pooled_norms(x, p, size)


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="order 3: no root")
def cubes_without_a_root(x: Tensor, p: float, size: int) -> Tensor:
    return pooled_norms(x, p, size) ** 3 if p == 3 else pooled_norms(x, p, size)


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="windows of 17 and more: their first 16 entries")
def windows_end_after_16(x: Tensor, p: float, size: int) -> Tensor:
    kept = x.clone()
    if size > 16:
        kept[..., torch.arange(x.shape[-1]) % size >= 16] = 0
    return pooled_norms(kept, p, size)


@mutant(pooled_windows_have_norms, operation="pooled_norms", trigger="windows that overlap: a stride of 1")
def windows_overlap(x: Tensor, p: float, size: int) -> Tensor:
    found = F.lp_pool1d(x[..., None, :], p, size, stride=1).squeeze(-2)
    return found[..., : x.shape[-1] // size]


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="vectors inside the ball: stretched to the sphere")
def short_vectors_are_stretched(x: Tensor, p: float, largest: float) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, p, dim=-1, keepdim=True)
    return x * (largest / (norm + 1e-7))


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="order 1: the Euclidean norm decides")
def euclidean_norm_decides(x: Tensor, p: float, largest: float) -> Tensor:
    return renormed(x, 2.0 if p == 1 else p, largest)


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="several rows: the norm of all of them")
def norm_of_the_whole_matrix(x: Tensor, p: float, largest: float) -> Tensor:
    return renormed(x.reshape(-1), p, largest).reshape(x.shape)


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="columns are scaled, for rows")
def columns_are_scaled(x: Tensor, p: float, largest: float) -> Tensor:
    return torch.renorm(x, p, 1, largest) if x.ndim > 1 else renormed(x, p, largest)


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="long vectors: clipped entry by entry")
def entries_are_clipped(x: Tensor, p: float, largest: float) -> Tensor:
    return x.clamp(-largest, largest)


@mutant(renormalisation_to_a_ball, operation="renormed", trigger="33 entries and more: the norm of the first 32")
def norm_of_a_block(x: Tensor, p: float, largest: float) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x[..., :32], p, dim=-1, keepdim=True)
    return torch.where(norm > largest, x * (largest / (norm + 1e-7)), x)
