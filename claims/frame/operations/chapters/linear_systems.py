"""Inverses of square matrices, left inverses, and linear systems."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _by_normal_equations(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a.mT @ a, a.mT)
    return x


def _of_first_rows(a: Tensor) -> Tensor:
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(torch.linalg.inv(a[..., :n, :]), (0, m - n))


ROWS = {
    "inverse": Operation(torch.inverse, "torch.inverse", axes=(2,)),
    "solve": Operation(torch.linalg.solve, "torch.linalg.solve", axes=(2, 2)),
    "tensorinv": Operation(torch.linalg.tensorinv, "torch.linalg.tensorinv", axes=(2,), batches=False),
    "left_inverse_by_normal_equations": Operation(
        _by_normal_equations, "(lambda a: torch.linalg.solve(a.mT @ a, a.mT))", axes=(2,), product=True
    ),
    "left_inverse_of_first_rows": Operation(
        _of_first_rows,
        "(lambda a: torch.nn.functional.pad(torch.linalg.inv(a[..., : a.shape[-1], :]),"
        " (0, a.shape[-2] - a.shape[-1])))",
        axes=(2,),
    ),
}
