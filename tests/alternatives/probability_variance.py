"""Other correct variances and standard deviations: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.moments import reduction

VARIANCE = ("variance-definition",)
DEVIATION = ("standard-deviation",)
CONCENTRATION = ("small-variance-concentration",)


def in_range(x: Tensor) -> tuple[Tensor, Tensor]:
    """x divided by a power of two near its largest number, and that power, in float64."""
    wide = x.double()
    if not x.isfinite().all() or not x.numel():
        return wide, torch.ones((), dtype=torch.float64)
    scale = torch.exp2(wide.abs().max().clamp_min(1e-300).log2().floor())
    return wide / scale, scale


def stored(found: Tensor, x: Tensor) -> Tensor:
    """Rounded by way of the accumulator."""
    return found.to(x.dtype) if x.dtype in (torch.float32, torch.float64) else found.float().to(x.dtype)


def scaled(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    """Numbers scaled into the middle of the range, and the result back."""
    if name == "mean":
        return reduction(x, name, spelling, dim, **options)
    y, scale = in_range(x)
    found = reduction(y, name, spelling, dim, **options)
    return stored(found * scale * scale if name == "var" else found * scale, x)


def two_passes(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    """Deviations from a mean, squared and added, with the correction of Chan, Golub and LeVeque."""
    n, correction = x.shape[dim], options.get("correction", int(options.get("unbiased", True)))
    if name == "mean" or n <= correction or not x.isfinite().all():
        return reduction(x, name, spelling, dim, **options)
    y, scale = in_range(x)
    y = y if x.dtype == torch.float64 else y.float()
    deviations = y - (y / n).sum(dim, keepdim=True)
    squares = (deviations.square().sum(dim) - deviations.sum(dim).square() / n).clamp_min(0) / (n - correction)
    return stored(squares.double() * scale * scale if name == "var" else squares.double().sqrt() * scale, x)


def recurrence(x: Tensor, name: str, spelling: str, dim: int, **options: float) -> Tensor:
    """Welford's recurrence, one number after the other."""
    n, correction = x.shape[dim], options.get("correction", int(options.get("unbiased", True)))
    if name == "mean" or not correction < n < 200 or not x.isfinite().all():
        return scaled(x, name, spelling, dim, **options)
    y, scale = in_range(x)
    y = y if x.dtype == torch.float64 else y.float()
    mean, squares = torch.zeros_like(y.select(dim, 0)), torch.zeros_like(y.select(dim, 0))
    for k, v in enumerate(y.unbind(dim), start=1):
        deviation = v - mean
        mean = mean + deviation / k
        squares = squares + deviation * (v - mean)
    squares = squares.double() / (n - correction)
    return stored(squares * scale * scale if name == "var" else squares.sqrt() * scale, x)


def variance_beside_mean(x: Tensor, *, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    """One after the other, numbers scaled."""
    y, scale = in_range(x)
    return scaled(x, "var", "torch", dim, correction=correction), stored(y.mean(dim) * scale, x)


def deviation_beside_mean(x: Tensor, *, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    """One after the other, each number divided before the sum."""
    mean = (x.double() / x.shape[dim]).sum(dim)
    return scaled(x, "std", "torch", dim, correction=correction), stored(mean, x)


ALTERNATIVES = [
    (VARIANCE, {"reduction": scaled}, "scaled"),
    (DEVIATION, {"reduction": scaled, "std_mean": deviation_beside_mean}, "deviation: scaled"),
    (VARIANCE, {"reduction": two_passes}, "two passes"),
    (DEVIATION, {"reduction": two_passes, "std_mean": deviation_beside_mean}, "deviation: two passes"),
    (VARIANCE, {"reduction": recurrence}, "Welford's recurrence"),
    (DEVIATION, {"reduction": recurrence, "std_mean": deviation_beside_mean}, "deviation: Welford's recurrence"),
    (CONCENTRATION, {"reduction": two_passes}, "concentration: two passes"),
    (CONCENTRATION, {"reduction": recurrence}, "concentration: Welford's recurrence"),
    (VARIANCE, {"var_mean": variance_beside_mean}, "variance beside mean"),
]
