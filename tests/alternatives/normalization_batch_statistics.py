"""Correct statistics of batches, computed otherwise: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

CLAIM = ("batch-norm-small-batch-statistics",)


def wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x.float() if x.dtype.itemsize == 2 else x


def two_passes(x: Tensor, dim: int, correction: int) -> tuple[Tensor, Tensor]:
    """Squares of deviations from a computed mean."""
    z = wide(x)
    mean = z.mean(dim, keepdim=True)
    variance = (z - mean).square().sum(dim) / (x.shape[dim] - correction)
    return variance.to(x.dtype), mean.squeeze(dim).to(x.dtype)


def variance_in_two_passes(x: Tensor, dim: int, correction: int) -> Tensor:
    """The first of both."""
    return two_passes(x, dim, correction)[0]


def variance_in_float64(x: Tensor, dim: int, correction: int) -> Tensor:
    """Rounded at the end."""
    return x.double().var(dim, correction=correction).to(x.dtype)


def buffers_of_one_batch(x: Tensor, *, momentum: float, **_: Any) -> Tensor:
    """One batch of momentum 1: its mean and its unbiased variance."""
    assert momentum == 1
    return torch.stack(two_passes(x[..., 0, :], -1, 1)[::-1], -1)


ALTERNATIVES = [
    (CLAIM, {"var": variance_in_two_passes, "var_mean": two_passes}, "two passes"),
    (CLAIM, {"var": variance_in_float64}, "in float64"),
    (CLAIM, {"running_statistics": buffers_of_one_batch}, "two passes for the buffers"),
]
