"""Correct conversions, exponentials and products, computed otherwise: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

CLAIM = ("floating-point-overflow-underflow",)


def by_numpy(x: Tensor, *, dtype: torch.dtype, **_: Any) -> Tensor:
    """Rounded once by NumPy, which has no bfloat16."""
    if torch.bfloat16 in (dtype, x.dtype):
        return x.to(dtype)
    with np.errstate(over="ignore"):
        return torch.from_numpy(x.numpy().astype(str(dtype).removeprefix("torch.")))


def by_two_powers(x: Tensor) -> Tensor:
    """exp(x/2)^2 where that neither overflows nor vanishes, wide for half types."""
    z = x.float() if x.dtype.itemsize == 2 else x
    normal = (z.abs() < 80) & z.isfinite()
    y = torch.where(normal, torch.exp(z / 2) ** 2, torch.exp(z)) if x.dtype.itemsize == 2 else torch.exp(z)
    return y.to(x.dtype)


def flushes_results(x: Tensor) -> Tensor:
    """Subnormal results of wide types are 0."""
    z = x.float() if x.dtype.itemsize == 2 else x
    y = torch.exp(z)
    return torch.where(y < torch.finfo(z.dtype).tiny, 0.0, y).to(x.dtype)


def cannot_flush(x: Tensor, factor: float) -> tuple[Tensor, Tensor]:
    """A processor without flushing."""
    return torch.div(x, 1 / factor), torch.zeros_like(x)


ALTERNATIVES = [
    (CLAIM, {"converted": by_numpy}, "NumPy"),
    (CLAIM, {"exp": by_two_powers}, "the square of a root"),
    (CLAIM, {"exp": flushes_results}, "no subnormal exponentials"),
    (CLAIM, {"flushed_product": cannot_flush}, "no flushing"),
]
