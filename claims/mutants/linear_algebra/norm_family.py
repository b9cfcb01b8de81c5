"""Wrong sums of magnitudes, maxima and Frobenius norms."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.norm_family import frobenius_norm, l1_norm, l1_zero_vs_small, max_norm
from claims.mutants.linear_algebra.norms import vector_norm

Order = float | str


@mutant(l1_norm, operation="vector_norm", trigger="a negative entry")
def sum_of_signed_entries(x: Tensor, p: float, **how: Any) -> Tensor:
    total: Tensor = x.sum(how["dim"])
    return total


@mutant(l1_norm, operation="vector_norm", trigger="more than one entry")
def mean_of_magnitudes(x: Tensor, p: float, **how: Any) -> Tensor:
    mean: Tensor = vector_norm(x, p, **how) / max(1, x.shape[how["dim"]])
    return mean


@mutant(l1_norm, operation="vector_norm", trigger="more than one entry")
def largest_instead_of_sum(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, math.inf if x.shape[how["dim"]] else p, **how)


@mutant(l1_norm, operation="sum_of_magnitudes", dtypes=("float16", "bfloat16"), trigger="more than a few entries")
def half_accumulation(x: Tensor, dim: int) -> Tensor:
    total = torch.zeros_like(x.select(dim, 0)) if x.shape[dim] else x.sum(dim)
    for part in x.abs().unbind(dim)[:512]:
        total = total + part
    return total + x.abs().narrow(dim, min(512, x.shape[dim]), max(0, x.shape[dim] - 512)).sum(dim)


@mutant(l1_norm, operation="vector_norm", trigger="1025 entries and more: the last one left out", provenance="own")
def last_entry_beyond_a_block_left_out(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n - 1) if n > 1024 else x, p, **how)


@mutant(l1_norm, operation="norm", trigger="an odd sum: integers are rounded to even ones", provenance="own")
def off_by_one_unit_in_the_last_place(x: Tensor, p: float, **how: Any) -> Tensor:
    found: Tensor = torch.norm(x, p, **how)
    return torch.where(found == 7, torch.nextafter(found, found * 2), found)


@mutant(max_norm, operation="vector_norm", trigger="a negative entry of the largest magnitude")
def maximum_without_magnitude(x: Tensor, p: float, **how: Any) -> Tensor:
    return x.amax(how["dim"]) if x.shape[how["dim"]] else vector_norm(x, p, **how)


@mutant(max_norm, operation="vector_norm", trigger="NaN among the entries")
def nan_is_ignored(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(torch.nan_to_num(x, nan=0.0, posinf=math.inf, neginf=-math.inf), p, **how)


@mutant(max_norm, operation="vector_norm", trigger="more than one magnitude")
def least_magnitude(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(x, -p, **how)


@mutant(max_norm, operation="largest_magnitude", trigger="a negative entry of the largest magnitude")
def magnitude_at_the_largest_entry(x: Tensor, dim: int) -> Tensor:
    return x.gather(dim, x.argmax(dim, keepdim=True)).squeeze(dim).abs()


@mutant(max_norm, operation="vector_norm", trigger="the largest entry among the last n mod 8", provenance="own")
def tail_of_a_vector_register_left_out(x: Tensor, p: float, **how: Any) -> Tensor:
    n = x.shape[how["dim"]]
    return vector_norm(x.narrow(how["dim"], 0, n - n % 8) if n > 8 else x, p, **how)


@mutant(max_norm, operation="vector_norm", trigger="ties: all of the gradient on one entry")
def first_of_a_tie_takes_the_gradient(x: Tensor, p: float, **how: Any) -> Tensor:
    if not x.shape[how["dim"]]:
        return vector_norm(x, p, **how)
    largest: Tensor = x.abs().max(how["dim"]).values
    return largest


@mutant(frobenius_norm, operation="matrix_norm", dtypes=("float32", "float64"), trigger="a rank above 1")
def spectral_norm(a: Tensor, order: Order = "fro") -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(a, 2 if a.numel() else order)
    return found


@mutant(frobenius_norm, operation="matrix_norm", dtypes=("float32", "float64"), trigger="a rank above 1")
def nuclear_norm(a: Tensor, order: Order = "fro") -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(a, "nuc")
    return found


@mutant(frobenius_norm, operation="vector_norm_of_block", trigger="norms other than 0 and 1")
def root_is_missing(x: Tensor, p: float, dim: tuple[int, int]) -> Tensor:
    found: Tensor = torch.linalg.vector_norm(x, p, dim=dim)
    return found * found


@mutant(frobenius_norm, operation="matrix_norm", trigger="more than one entry")
def root_of_the_mean(a: Tensor, order: Order = "fro") -> Tensor:
    found: Tensor = torch.linalg.matrix_norm(a)
    mean: Tensor = found / max(1, a.shape[-1] * a.shape[-2]) ** 0.5
    return mean


@mutant(frobenius_norm, operation="matrix_norm", trigger="entries of large ratio: column norms added", provenance="own")
def sum_of_norms_of_columns(a: Tensor, order: Order = "fro") -> Tensor:
    total: Tensor = torch.linalg.vector_norm(a, 2, dim=-2).sum(-1)
    return total


@mutant(frobenius_norm, operation="frobenius_by_einsum", trigger="entries beside the diagonal", provenance="own")
def squares_of_the_diagonal(a: Tensor) -> Tensor:
    return a.diagonal().square().sum().sqrt()


@mutant(l1_zero_vs_small, operation="vector_norm", trigger="small magnitudes: the root of x^2 + eps")
def smoothed_at_zero(x: Tensor, p: float, **how: Any) -> Tensor:
    return (x.square() + 1e-6).sqrt().sum(how["dim"])


@mutant(l1_zero_vs_small, operation="sum_of_magnitudes", trigger="magnitudes below 1e-8")
def dead_zone(x: Tensor, dim: int) -> Tensor:
    return torch.where(x.abs() < 1e-8, torch.zeros_like(x), x).abs().sum(dim)


@mutant(l1_zero_vs_small, operation="vector_norm", trigger="subnormal numbers")
def subnormal_numbers_flushed(x: Tensor, p: float, **how: Any) -> Tensor:
    return vector_norm(torch.where(x.abs() < torch.finfo(x.dtype).tiny, torch.zeros_like(x), x), p, **how)


@mutant(l1_zero_vs_small, operation="l1_loss", trigger="magnitudes other than 0 and 1")
def squares_instead_of_magnitudes(x: Tensor) -> Tensor:
    return x.square().sum()


@mutant(l1_zero_vs_small, operation="vector_norm", trigger="gradients only: x / (|x| + 1e-8)", provenance="own")
def sign_with_a_small_denominator(x: Tensor, p: float, **how: Any) -> Tensor:
    value = vector_norm(x.detach(), p, **how)
    wrong = ((x.detach() / (x.detach().abs() + 1e-8)) * x).sum(how["dim"])
    return value + wrong - wrong.detach() if x.requires_grad else value


@mutant(max_norm, operation="smallest_and_largest", trigger="NaN: passed over")
def extremes_pass_over_nan(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    infinity = float("inf")
    return x.nan_to_num(infinity, infinity, -infinity).amin(dim), x.nan_to_num(-infinity, infinity, -infinity).amax(dim)


@mutant(max_norm, operation="smallest_and_largest", trigger="17 entries and more: the last one left out")
def extremes_without_the_last_entry(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    kept = x.narrow(dim, 0, x.shape[dim] - 1) if x.shape[dim] > 16 else x
    low, high = torch.aminmax(kept, dim=dim)
    return low, high
