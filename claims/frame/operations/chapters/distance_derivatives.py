"""Derivatives along a direction, by forward mode, of distances, roots of sums of squares and unit vectors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


# forward mode writes into its argument, which no expanded tensor allows: hence the copies
def distance_along(x: Tensor, y: Tensor, t: Tensor, s: Tensor, p: float) -> Tensor:
    """The derivative of ||x - y||_p along (t, s)."""
    at, directions = (x.clone(), y.clone()), (t.clone(), s.clone())
    derivative: Tensor = torch.func.jvp(lambda a, b: torch.dist(a, b, p), at, directions)[1]
    return derivative


def root_of_squares_along(x: Tensor, t: Tensor) -> Tensor:
    """The derivative of the root of the sum of squares along t."""
    derivative: Tensor = torch.func.jvp(lambda v: (v * v).sum(-1).sqrt(), (x.clone(),), (t.clone(),))[1]
    return derivative


def normalize_along(x: Tensor, t: Tensor, eps: float) -> Tensor:
    """The derivative of x / max(||x||, eps) along t."""
    derivative: Tensor = torch.func.jvp(lambda v: F.normalize(v, dim=-1, eps=eps), (x.clone(),), (t.clone(),))[1]
    return derivative


ROWS = {
    "distance_along": Operation(distance_along, "distance_along", axes=(1, 1, 1, 1), batches=False),
    "root_of_squares_along": Operation(root_of_squares_along, "root_of_squares_along", axes=(1, 1)),
    "normalize_along": Operation(normalize_along, "normalize_along", axes=(1, 1)),
}
