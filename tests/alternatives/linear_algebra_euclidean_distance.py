"""Correct distances that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.linear_algebra.euclidean_distance import DIRECT

CLAIMS = ("euclidean-distance",)


def wide(x: Tensor) -> Tensor:
    """At least float32."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def always_direct(x: Tensor, y: Tensor, mode: str) -> Tensor:  # noqa: ARG001  the operation's signature
    """More accurate than it need be; with any number of points."""
    return torch.cdist(wide(x), wide(y), compute_mode=DIRECT).to(x.dtype)


def products_one_by_one(x: Tensor, y: Tensor, mode: str) -> Tensor:
    """The expanded square without matrix products, where it is allowed."""
    if mode == DIRECT or max(x.shape[-2], y.shape[-2]) <= 25:
        return always_direct(x, y, mode)
    a, b = wide(x), wide(y)
    inner = (a[..., :, None, :] * b[..., None, :, :]).sum(-1)
    squares = (a * a).sum(-1)[..., :, None] - 2 * inner + (b * b).sum(-1)[..., None, :]
    return squares.clamp_min(0).sqrt().to(x.dtype)


def scaled(x: Tensor, y: Tensor) -> Tensor:
    """Differences are divided by the largest, so that no square leaves the range."""
    difference = wide(x) - wide(y)
    if not len(x):
        return torch.dist(x, y)
    size = difference.abs().max()
    root = (difference / torch.where(size > 0, size, 1)).square().sum().sqrt()
    return (size * root).to(x.dtype)


def in_float64(x: Tensor, y: Tensor, dim: int) -> Tensor:
    """Neither difference nor sum is rounded to the format."""
    norm: Tensor = torch.linalg.vector_norm(x.double() - y.double(), dim=dim)
    return norm.to(x.dtype)


def eps_in_float64(x: Tensor, y: Tensor, p: float, eps: float) -> Tensor:  # noqa: ARG001
    """Only the result is rounded."""
    norm: Tensor = torch.linalg.vector_norm(x.double() - y.double() + eps, dim=-1)
    return norm.to(x.dtype)


ALTERNATIVES = [
    (CLAIMS, {"euclidean_cdist": always_direct}, "always_direct"),
    (CLAIMS, {"euclidean_cdist": products_one_by_one}, "products_one_by_one"),
    (CLAIMS, {"dist": scaled}, "scaled"),
    (CLAIMS, {"norm_of_difference": in_float64}, "in_float64"),
    (CLAIMS, {"pairwise_distance": eps_in_float64}, "eps_in_float64"),
]
