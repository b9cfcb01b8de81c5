"""Norms of whole tensors by default and by order, and matrix norms in a format that LAPACK knows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def clipped_norm(x: Tensor, *order: Any) -> Tensor:
    """The total norm of gradients, as `clip_grad_norm_` returns it, of one parameter."""
    parameter = nn.Parameter(torch.zeros_like(x))
    parameter.grad = x.clone()
    return nn.utils.clip_grad_norm_([parameter], 1.0, *order)


def _matrix_norm_in(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a.to(dtype), order)
    return norm


def _linalg_norm_in(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    norm: Tensor = torch.linalg.norm(a.to(dtype), order)
    return norm


ROWS = {
    "whole_vector_norm": Operation(torch.linalg.vector_norm, "torch.linalg.vector_norm"),
    "whole_linalg_norm": Operation(torch.linalg.norm, "torch.linalg.norm"),
    "whole_norm": Operation(torch.norm, "torch.norm"),
    "whole_tensor_norm": Operation(Tensor.norm, "torch.Tensor.norm"),
    "clipped_norm": Operation(clipped_norm, "clipped_norm"),
    "matrix_norm_in": Operation(
        _matrix_norm_in, "(lambda a, order, dtype: torch.linalg.matrix_norm(a.to(dtype), order))", axes=(2,)
    ),
    "linalg_norm_in": Operation(
        _linalg_norm_in, "(lambda a, order, dtype: torch.linalg.norm(a.to(dtype), order))", axes=(2,), batches=False
    ),
}
