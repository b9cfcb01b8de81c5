"""One eigenpair of a symmetric matrix by an iteration that multiplies with it."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def lobpcg(a: Tensor, tol: float, end: str) -> tuple[Tensor, Tensor]:
    """The "largest" or "smallest" eigenvalue (...) of (..., n, n) and its eigenvector (..., n)."""
    if a.is_meta:  # the iteration branches on numbers
        return a[..., 0, 0], a[..., 0]
    value, vector = torch.lobpcg(a, k=1, tol=tol, largest=end == "largest")
    return value[..., 0], vector[..., 0]


ROWS = {"lobpcg": Operation(lobpcg, "lobpcg", axes=(2,))}
