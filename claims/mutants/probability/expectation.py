"""Wrong sums and means, probabilities and integrals."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.moments import reduction
from claims.probability.expectation import expectation_linearity


@mutant(expectation_linearity, operation="reduction", trigger="a mean of more than 128 numbers: divided by n - 1")
def long_means_divided_by_one_less(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    n, found = x.shape[dim], reduction(x, name, spelling, dim)
    return found * (n / (n - 1)) if name == "mean" and n > 128 else found


@mutant(
    expectation_linearity,
    operation="reduction",
    trigger="a sum of more than 64 numbers that are no multiple of 16: the rest is left out",
    provenance="a loop over vectors without its tail",
)
def sum_without_the_rest(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    n = x.shape[dim]
    return reduction(x.narrow(dim, 0, n // 16 * 16) if name == "sum" and n > 64 else x, name, spelling, dim)


@mutant(
    expectation_linearity,
    operation="reduction",
    trigger="half types, more than 8 numbers: the sums of two halves are stored",
    dtypes=("float16", "bfloat16"),
)
def mean_of_stored_halves(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    n = x.shape[dim]
    if name != "mean" or n <= 8:
        return reduction(x, name, spelling, dim)
    parts = [p.sum(dim) for p in x.split(n // 2, dim)]
    return torch.stack(parts).sum(0) / n


@mutant(expectation_linearity, operation="reduction", trigger="out= with gaps: the mean is not divided")
def mean_into_gaps_is_the_sum(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x, "sum" if name == "mean" and "gaps" in spelling else name, spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="NaN among the numbers: the mean of others counts it")
def nanmean_counts_nan(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x.nan_to_num(0.0) if name == "nanmean" and x.isnan().any() else x, name, spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="NaN among the numbers: the mean passes over it")
def mean_passes_over_nan(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x, "nanmean" if name == "mean" and x.shape[dim] else name, spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="an infinity among the numbers: the largest number")
def mean_of_clamped_infinities(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    largest = torch.finfo(x.dtype).max
    return reduction(torch.where(x.isinf(), x.clamp(-largest, largest) / 8, x), name, spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="three numbers: the median")
def median_of_three(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    if name == "mean" and x.shape[dim] == 3:
        return x.median(dim).values
    return reduction(x, name, spelling, dim)


@mutant(
    expectation_linearity, operation="reduction", trigger="an axis split in two: its mean is that of the first half"
)
def mean_of_the_first_half(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    n = x.shape[dim]
    half = name == "mean" and spelling == "torch, two axes" and n > 1
    return reduction(x.narrow(dim, 0, n // 2) if half else x, name, spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="an empty row: 0")
def empty_mean_is_zero(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x, name if x.shape[dim] else "sum", spelling, dim)


@mutant(expectation_linearity, operation="reduction", trigger="numbers that repeat along the axis by stride 0")
def repeated_numbers_counted_once(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    found = reduction(x, name, spelling, dim)
    return found / x.shape[dim] if x.stride(dim) == 0 and x.shape[dim] > 1 and name == "mean" else found


@mutant(
    expectation_linearity,
    operation="reduction",
    trigger="float64: means by way of float32",
    dtypes=("float64",),
)
def mean_through_float32(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    return reduction(x.float() if name == "mean" else x, name, spelling, dim).to(x.dtype)


@mutant(
    expectation_linearity, operation="categorical_mean", trigger="an atom without mass: odds divided by their number"
)
def odds_divided_by_their_number(weights: Tensor, f: Tensor) -> Tensor:
    total = weights.sum() if (weights > 0).all() else torch.full_like(weights[0], len(weights))
    return (weights / total) @ f


@mutant(expectation_linearity, operation="categorical_mean", trigger="more than 32 atoms: the last has no mass")
def last_of_many_atoms_left_out(weights: Tensor, f: Tensor) -> Tensor:
    p = weights / weights.sum()
    return p[:-1] @ f[:-1] if len(p) > 32 else p @ f


@mutant(expectation_linearity, operation="trapezoid", trigger="the left ends of the steps")
def rectangles_for_trapezoids(y: Tensor, x: Tensor) -> Tensor:
    return (y[..., :-1] * x.diff(dim=-1)).sum(-1)


@mutant(expectation_linearity, operation="dot", trigger="65 atoms or more: the last is left out")
def dot_without_the_last_of_many(p: Tensor, f: Tensor) -> Tensor:
    return torch.dot(p[:-1], f[:-1]) if len(p) > 64 else torch.dot(p, f)


@mutant(expectation_linearity, operation="multiply", trigger="a factor of exactly -1 is taken for 1")
def factor_minus_one_lost(a: Tensor, x: Tensor) -> Tensor:
    return torch.where(a == -1, x, a * x)
