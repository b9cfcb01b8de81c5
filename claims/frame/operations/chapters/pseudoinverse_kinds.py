"""Formulas for the pseudoinverse of matrices of full row rank and of diagonal matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _by_normal_equations(a: Tensor) -> Tensor:
    x: Tensor = a.mT @ torch.linalg.inv(a @ a.mT)
    return x


def _reciprocals(d: Tensor) -> Tensor:
    return torch.where(d != 0, 1 / d, 0.0).mT


ROWS = {
    "right_inverse_by_normal_equations": Operation(
        _by_normal_equations, "(lambda a: a.mT @ torch.linalg.inv(a @ a.mT))", axes=(2,), product=True
    ),
    "diagonal_reciprocals": Operation(_reciprocals, "(lambda d: torch.where(d != 0, 1 / d, 0.0).mT)", axes=(2,)),
}
