"""Definiteness of symmetric matrices by factorisations that end, or whose pivots are positive."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _cholesky_succeeds(a: Tensor, *, upper: bool = False) -> Tensor:
    ended: Tensor = torch.linalg.cholesky_ex(a, upper=upper).info == 0
    return ended


def pivot_signs(a: Tensor) -> Tensor:
    """Signs (..., n) of the diagonal of D in Bunch and Kaufman's L D L^T of (..., n, n); 0 in its 2 x 2 blocks."""
    factors, pivots, _ = torch.linalg.ldl_factor_ex(a)
    signs = factors.diagonal(dim1=-2, dim2=-1).sign()
    return torch.where(pivots > 0, signs, torch.zeros_like(signs))


ROWS = {
    "cholesky_succeeds": Operation(
        _cholesky_succeeds,
        "(lambda a, upper=False: torch.linalg.cholesky_ex(a, upper=upper).info == 0)",
        axes=(2,),
    ),
    "pivot_signs": Operation(pivot_signs, "pivot_signs", axes=(2,)),
}
