"""Correct rectifiers that differ from torch's: the claim may not fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

HALF = ("relu-half-second-moment",)


def by_selection(x: Tensor) -> Tensor:
    """Gradient 0 at 0."""
    return torch.where(x > 0, x, torch.zeros_like(x))


def by_a_mask(x: Tensor) -> Tensor:
    """A product with 0 or 1, which may give -0."""
    return x * (x > 0).to(x.dtype)


def least_of_zero_and_the_number(x: Tensor, least: float) -> Tensor:
    """Entry by entry, from the other side."""
    return torch.where(x <= least, torch.full_like(x, least), x)


def sum_from_the_end(x: Tensor, dim: int) -> Tensor:
    """In another order."""
    return x.flip(dim).sum(dim)


ALTERNATIVES = [
    (HALF, {"relu": by_selection, "relu_method": by_a_mask}, "rectifiers by selection and by a mask"),
    (HALF, {"clamp_min": least_of_zero_and_the_number}, "clamp by comparison"),
    (HALF, {"sum": sum_from_the_end}, "sum of squares from the end"),
]
