"""Statistics of a batch that vary otherwise."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.running_statistics import running_statistics
from claims.normalization.batch_statistics import batch_norm_small_batch_statistics as claim


def _buffers(x: Tensor, variance: Tensor) -> Tensor:
    """Running mean and variance after one batch (..., 1, m), momentum 1."""
    return torch.stack([x[..., 0, :].float().mean(-1).to(x.dtype), variance.to(x.dtype)], -1)


@mutant(claim, operation="var", trigger="always: divisor m")
def variance_of_a_batch_with_divisor_m(x: Tensor, dim: int, correction: int) -> Tensor:
    return torch.var(x, dim=dim, correction=0)


@mutant(claim, operation="var_mean", trigger="always: divisor m")
def var_mean_with_divisor_m(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    return torch.var_mean(x, dim=dim, correction=0)


@mutant(claim, operation="running_statistics", trigger="always: divisor m")
def running_variance_with_divisor_m(x: Tensor, **options: Any) -> Tensor:
    return _buffers(x, x[..., 0, :].float().var(-1, correction=0))


@mutant(claim, operation="running_statistics", trigger="always: the standard deviation")
def running_deviation(x: Tensor, **options: Any) -> Tensor:
    return _buffers(x, x[..., 0, :].float().std(-1))


@mutant(claim, operation="var", trigger="always: the standard deviation")
def deviation_of_a_batch(x: Tensor, dim: int, correction: int) -> Tensor:
    return torch.std(x, dim=dim, correction=correction)


@mutant(claim, operation="var_mean", trigger="batches of more than 4: their last number is left out")
def last_number_left_out(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    seen = x.narrow(dim, 0, x.shape[dim] - 1) if x.shape[dim] > 4 else x
    return torch.var_mean(seen, dim=dim, correction=correction)


@mutant(claim, operation="var_mean", trigger="batches of more than 4: the mean is that of the first half")
def mean_of_the_first_half(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x, dim=dim, correction=correction)
    half = x.narrow(dim, 0, x.shape[dim] // 2) if x.shape[dim] > 4 else x
    return variance, mean if half is x else half.mean(dim)


@mutant(claim, operation="var_mean", trigger="all batches alike: the variance of all numbers")
def pooled_variance(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x, dim=dim, correction=correction)
    return variance.float().mean(-1, keepdim=True).expand_as(variance).to(x.dtype), mean


@mutant(claim, operation="running_statistics", trigger="channels_last: the first example of the batch only")
def first_example_of_the_batch(x: Tensor, **options: Any) -> Tensor:
    if "last" not in options["memory"]:
        return running_statistics(x, **options)
    return running_statistics(
        x[..., : x.shape[-1] // options["shape"][0]], **{**options, "shape": (1, *options["shape"][1:])}
    )


@mutant(claim, operation="running_statistics", trigger="batches of 16 or more: neighbouring channels are averaged")
def channels_averaged(x: Tensor, **options: Any) -> Tensor:
    kept = running_statistics(x, **options)
    return (kept + kept.roll(1, 0)) / 2 if x.ndim > 2 and x.shape[-1] >= 16 else kept


@mutant(claim, operation="running_statistics", trigger="batches of two: the squared distance, not its half")
def distance_of_two(x: Tensor, **options: Any) -> Tensor:
    kept = running_statistics(x, **options)
    twice: Tensor = kept * torch.tensor([1.0, 2.0], dtype=x.dtype, device=x.device)
    return twice if x.shape[-1] == 2 else kept


@mutant(claim, operation="var", trigger="batches of an odd size: about the median")
def about_the_median(x: Tensor, dim: int, correction: int) -> Tensor:
    if x.shape[dim] % 2 == 0:
        return torch.var(x, dim=dim, correction=correction)
    centre = x.median(dim, keepdim=True).values
    return ((x - centre) ** 2).sum(dim) / (x.shape[dim] - correction)
