"""Correct layers of deep networks, computed otherwise: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.normalization_batch_norm import by_reciprocal_root, in_float64

CLAIM = ("batch-norm-deep-gradient-explosion",)


def by_blocks(x: Tensor, y: Tensor) -> Tensor:
    """Blocks of 16 terms, added in the accumulator from the last one on."""
    a, b = (t.float() if t.dtype.itemsize == 2 else t for t in (x, y))
    parts = [p @ q for p, q in zip(a.split(16, -1), b.split(16, -2), strict=True)]
    total = parts.pop()
    while parts:
        total = total + parts.pop()
    return total.to(x.dtype)


def product_in_float64(x: Tensor, y: Tensor) -> Tensor:
    """Rounded at the end."""
    return torch.matmul(x.double(), y.double()).to(x.dtype)


def relu_by_where(x: Tensor) -> Tensor:
    """A choice."""
    return torch.where(x > 0, x, torch.zeros_like(x))


def tanh_by_exponentials(x: Tensor) -> Tensor:
    """1 - 2 / (e^2x + 1), wide."""
    return (1 - 2 / (torch.exp(2 * x.double()) + 1)).to(x.dtype)


ALTERNATIVES = [
    (CLAIM, {"batch_norm": by_reciprocal_root}, "batch norm in two passes"),
    (CLAIM, {"batch_norm": in_float64, "relu": relu_by_where}, "batch norm in float64"),
    (CLAIM, {"matmul": by_blocks}, "products by blocks"),
    (CLAIM, {"matmul": product_in_float64, "tanh": tanh_by_exponentials}, "products in float64"),
]
