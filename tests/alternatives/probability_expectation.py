"""Other correct sums, means, probabilities and integrals: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims.frame.operations.chapters.moments import reduction

CLAIM = ("expectation-linearity",)


def wide(x: Tensor) -> Tensor:
    """In the format that half types accumulate in."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def near_the_largest(x: Tensor) -> bool:
    """Whether a sum may overflow where a mean does not."""
    return bool((x.double().abs() > torch.finfo(x.dtype).max / 2 / max(1, x.numel())).any())


def one_by_one(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    """Sums from left to right, in the accumulator."""
    if name == "nanmean" or not x.shape[dim] or near_the_largest(x):
        return mean_of_quotients(x, name, spelling, dim)
    total = wide(x).cumsum(dim).select(dim, -1)
    return (total / x.shape[dim] if name == "mean" else total).to(x.dtype)


def from_the_right(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    """The same from the other end."""
    return one_by_one(x.flip(dim), name, spelling, dim)


def exactly_rounded(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    """Sums correctly rounded to float64, by Shewchuk's algorithm."""
    if name == "nanmean" or not x.shape[dim] or near_the_largest(x):
        return mean_of_quotients(x, name, spelling, dim)
    rows = x.double().movedim(dim, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    totals = torch.tensor([math.fsum(row) for row in flat.tolist()], dtype=torch.float64).reshape(rows.shape[:-1])
    found = totals / rows.shape[-1] if name == "mean" else totals
    return found.to(wide(x).dtype).to(x.dtype)


def mean_of_quotients(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    """Each number divided before the sum: nothing overflows."""
    if name != "mean" or not x.shape[dim] or not near_the_largest(x):
        return reduction(x, name, spelling, dim)
    return (wide(x) / x.shape[dim]).sum(dim).to(x.dtype)


def nanmean_by_mask(x: Tensor, name: str, spelling: str, dim: int) -> Tensor:
    """A masked sum over a count."""
    if name != "nanmean":
        return mean_of_quotients(x, name, spelling, dim)
    known = ~x.isnan()
    return (torch.where(known, wide(x), 0.0).sum(dim) / known.sum(dim)).to(x.dtype)


def odds_times_f(weights: Tensor, f: Tensor) -> Tensor:
    """sum w f / sum w."""
    return ((wide(weights) @ wide(f)) / wide(weights).sum()).to(f.dtype)


def cumulative_trapezoid(y: Tensor, x: Tensor) -> Tensor:
    """The last of the cumulative integrals."""
    if y.shape[-1] == 1:
        return torch.trapezoid(y, x)
    return torch.cumulative_trapezoid(wide(y), wide(x))[..., -1].to(y.dtype)


ALTERNATIVES = [
    (CLAIM, {"reduction": one_by_one}, "one by one"),
    (CLAIM, {"reduction": from_the_right}, "from the right"),
    (CLAIM, {"reduction": exactly_rounded}, "exactly rounded"),
    (CLAIM, {"reduction": mean_of_quotients}, "mean of quotients"),
    (CLAIM, {"reduction": nanmean_by_mask}, "nanmean by mask"),
    (CLAIM, {"categorical_mean": odds_times_f}, "odds times f"),
    (CLAIM, {"trapezoid": cumulative_trapezoid}, "cumulative trapezoid"),
]
