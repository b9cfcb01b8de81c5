"""Spellings of a vector added to each row of a matrix, and affine maps."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def _in_place(a: Tensor, b: Tensor) -> Tensor:
    return a.clone().add_(b)


def _into(a: Tensor, b: Tensor) -> Tensor:
    return torch.add(a, b, out=a.new_empty(a.shape))


def _expanded(a: Tensor, b: Tensor) -> Tensor:
    return a + b.expand(a.shape)


def _copied(a: Tensor, b: Tensor) -> Tensor:
    return a + b.repeat(a.shape[0], a.shape[1] // max(1, b.shape[0]))


def _broadcast_tensors(a: Tensor, b: Tensor) -> Tensor:
    whole, rows = torch.broadcast_tensors(a, b)
    return torch.add(whole, rows)


def _row_by_row(a: Tensor, b: Tensor) -> Tensor:
    rows: Tensor = torch.vmap(lambda row: row + b)(a)
    return rows


def _vector_first(a: Tensor, b: Tensor) -> Tensor:
    return b + a


def _with_an_axis(a: Tensor, b: Tensor) -> Tensor:
    return a + b[..., None, :]


def _addmm(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(b, x, w.mT)


_PAIR = (2, 1)
_AFFINE = (2, 2, 1)

ROWS = {
    "add_to_rows": Operation(torch.add, "torch.add", axes=_PAIR, batches=False),
    "add_matrix_to_vector": Operation(_vector_first, "(lambda a, b: b + a)", axes=_PAIR, batches=False),
    "add_to_rows_in_place": Operation(_in_place, "(lambda a, b: a.clone().add_(b))", axes=_PAIR, batches=False),
    "add_to_rows_into": Operation(
        _into, "(lambda a, b: torch.add(a, b, out=a.new_empty(a.shape)))", axes=_PAIR, batches=False
    ),
    "add_expanded": Operation(_expanded, "(lambda a, b: a + b.expand(a.shape))", axes=_PAIR, batches=False),
    "add_copies": Operation(
        _copied,
        "(lambda a, b: a + b.repeat(a.shape[0], a.shape[1] // max(1, b.shape[0])))",
        axes=_PAIR,
        batches=False,
    ),
    "add_broadcast_tensors": Operation(
        _broadcast_tensors, "(lambda a, b: torch.add(*torch.broadcast_tensors(a, b)))", axes=_PAIR, batches=False
    ),
    "add_row_by_row": Operation(
        _row_by_row, "(lambda a, b: torch.vmap(lambda row: row + b)(a))", axes=_PAIR, batches=False
    ),
    "add_with_an_axis": Operation(_with_an_axis, "(lambda a, b: a + b[..., None, :])", axes=_PAIR),
    "linear_with_bias": Operation(F.linear, "torch.nn.functional.linear", axes=_AFFINE, batches=False, product=True),
    "addmm": Operation(_addmm, "(lambda x, w, b: torch.addmm(b, x, w.mT))", axes=_AFFINE, batches=False, product=True),
}
