"""Tikhonov's regularised pseudoinverse."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _penalised(gram: Tensor, alpha: Tensor) -> Tensor:
    penalised: Tensor = gram + alpha[..., None, None] * torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    return penalised


def _primal(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(_penalised(a.mT @ a, alpha), a.mT)
    return x


def _dual(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = a.mT @ torch.linalg.inv(_penalised(a @ a.mT, alpha))
    return x


_PENALISED = (2, 0)

ROWS = {
    "tikhonov_inverse": Operation(
        _primal,
        "(lambda a, alpha: torch.linalg.solve("
        "a.mT @ a + alpha[..., None, None] * torch.eye(a.shape[-1], dtype=a.dtype), a.mT))",
        axes=_PENALISED,
        product=True,
    ),
    "dual_tikhonov_inverse": Operation(
        _dual,
        "(lambda a, alpha: a.mT @ torch.linalg.inv("
        "a @ a.mT + alpha[..., None, None] * torch.eye(a.shape[-2], dtype=a.dtype)))",
        axes=_PENALISED,
        product=True,
    ),
}
