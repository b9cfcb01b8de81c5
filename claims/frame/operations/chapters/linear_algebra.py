"""Matrix products, traces and determinants; formulas of the notes that torch spells as an expression."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _diagonal_sum(a: Tensor) -> Tensor:
    return a.diagonal(dim1=-2, dim2=-1).sum(-1)


def _masked_sum(a: Tensor) -> Tensor:
    return (a * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)).sum((-2, -1))


def _expanded_trace(v: Tensor) -> Tensor:
    return torch.trace(v[:, None].expand(len(v), len(v)))


def _cyclic_trace(factors: Sequence[Tensor], turn: int) -> Tensor:
    turned = [*factors[turn:], *factors[:turn]]
    return torch.trace(torch.linalg.multi_dot(turned) if len(turned) > 1 else turned[0])


def _elementwise_trace(a: Tensor, b: Tensor) -> Tensor:
    products: Tensor = a * b.mT
    return products.sum((-2, -1))


def _flattened_dot(a: Tensor, b: Tensor) -> Tensor:
    return torch.dot(a.flatten(), b.mT.flatten())


def _flattened_vdot(a: Tensor, b: Tensor) -> Tensor:
    return torch.vdot(a.flatten(), b.mT.flatten())


def _trace_of_product(a: Tensor, b: Tensor) -> Tensor:
    return torch.trace(a @ b)


def _contraction(a: Tensor, b: Tensor) -> Tensor:
    contracted: Tensor = torch.tensordot(a, b.mT, 2)
    return contracted


def _root_of_trace(a: Tensor) -> Tensor:
    return torch.trace(a @ a.mT).sqrt()


def _root_of_transposed_trace(a: Tensor) -> Tensor:
    return torch.trace(a.mT @ a).sqrt()


_PAIR = (2, 2)

ROWS = {
    "matmul": Operation(torch.matmul, "torch.matmul", axes=_PAIR, product=True),
    "multi_dot": Operation(torch.linalg.multi_dot, "torch.linalg.multi_dot", axes=(2,), batches=False, product=True),
    "einsum": Operation(torch.einsum, "torch.einsum", axes=(0, *(2,) * 8), product=True),
    "matrix_power": Operation(torch.linalg.matrix_power, "torch.linalg.matrix_power", axes=(2,), product=True),
    "determinant": Operation(torch.linalg.det, "torch.linalg.det", axes=(2,)),
    "trace": Operation(torch.trace, "torch.trace", axes=(2,), batches=False),
    "trace_of_stack": Operation(torch.trace, "torch.trace"),
    "vmap_trace": Operation(torch.vmap(torch.trace), "torch.vmap(torch.trace)"),
    "diagonal_sum": Operation(_diagonal_sum, "(lambda a: a.diagonal(dim1=-2, dim2=-1).sum(-1))", axes=(2,)),
    "masked_sum": Operation(
        _masked_sum, "(lambda a: (a * torch.eye(a.shape[-1], dtype=a.dtype)).sum((-2, -1)))", axes=(2,)
    ),
    "expanded_trace": Operation(
        _expanded_trace, "(lambda v: torch.trace(v[:, None].expand(len(v), len(v))))", axes=(1,), batches=False
    ),
    "cyclic_trace": Operation(
        _cyclic_trace,
        "(lambda fs, k: torch.trace(torch.linalg.multi_dot(fs[k:] + fs[:k]) if len(fs) > 1 else fs[0]))",
        axes=(2,),
        batches=False,
        product=True,
    ),
    "elementwise_trace": Operation(_elementwise_trace, "(lambda a, b: (a * b.mT).sum((-2, -1)))", axes=_PAIR),
    "flattened_dot": Operation(
        _flattened_dot, "(lambda a, b: torch.dot(a.flatten(), b.mT.flatten()))", axes=_PAIR, batches=False
    ),
    "flattened_vdot": Operation(
        _flattened_vdot, "(lambda a, b: torch.vdot(a.flatten(), b.mT.flatten()))", axes=_PAIR, batches=False
    ),
    "trace_of_product": Operation(
        _trace_of_product, "(lambda a, b: torch.trace(a @ b))", axes=_PAIR, batches=False, product=True
    ),
    "root_of_trace": Operation(
        _root_of_trace, "(lambda a: torch.trace(a @ a.mT).sqrt())", axes=(2,), batches=False, product=True
    ),
    "root_of_transposed_trace": Operation(
        _root_of_transposed_trace, "(lambda a: torch.trace(a.mT @ a).sqrt())", axes=(2,), batches=False, product=True
    ),
    "contraction": Operation(
        _contraction,
        "(lambda a, b: torch.tensordot(a, b.mT, 2))",
        axes=_PAIR,
        batches=False,
        product=True,
    ),
}
