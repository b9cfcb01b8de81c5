"""Norms and distances, and the formulas of the notes that torch spells as an expression."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def _lp_formula(x: Tensor, p: float, dim: int) -> Tensor:
    return x.abs().pow(p).sum(dim).pow(1 / p)


def _power_sum(x: Tensor, p: float, dim: int) -> Tensor:
    return x.abs().pow(p).sum(dim)


def _root_of_squares(x: Tensor, dim: int) -> Tensor:
    return (x * x).sum(dim).sqrt()


def _vector_norm_flushing_subnormals(x: Tensor, p: float, dim: int) -> Tensor:
    torch.set_flush_denormal(True)
    try:
        norm: Tensor = torch.linalg.vector_norm(x, p, dim=dim)
        return norm
    finally:
        torch.set_flush_denormal(False)


_PAIR = (1, 1)

ROWS = {
    "vector_norm": Operation(torch.linalg.vector_norm, "torch.linalg.vector_norm", axes=(1,), dim="reduced"),
    "linalg_norm": Operation(torch.linalg.norm, "torch.linalg.norm", axes=(1,), dim="reduced"),
    "norm": Operation(torch.norm, "torch.norm", axes=(1,), dim="reduced"),
    "tensor_norm": Operation(Tensor.norm, "torch.Tensor.norm", axes=(1,), dim="reduced"),
    "lp_formula": Operation(
        _lp_formula, "(lambda x, p, dim: x.abs().pow(p).sum(dim).pow(1 / p))", axes=(1,), dim="reduced"
    ),
    "power_sum": Operation(_power_sum, "(lambda x, p, dim: x.abs().pow(p).sum(dim))", axes=(1,), dim="reduced"),
    "root_of_squares": Operation(
        _root_of_squares, "(lambda x, dim: (x * x).sum(dim).sqrt())", axes=(1,), dim="reduced", accumulator="stored"
    ),
    "dot": Operation(torch.dot, "torch.dot", axes=_PAIR, batches=False, product=True),
    "normalize": Operation(F.normalize, "torch.nn.functional.normalize", axes=(1,), dim="kept"),
    "vector_norm_flushing_subnormals": Operation(
        _vector_norm_flushing_subnormals,
        "(lambda *a, **k: (torch.set_flush_denormal(True), torch.linalg.vector_norm(*a, **k),"
        " torch.set_flush_denormal(False))[1])",
        axes=(1,),
        dim="reduced",
    ),
    "matrix_norm": Operation(torch.linalg.matrix_norm, "torch.linalg.matrix_norm", axes=(2,)),
    "pairwise_distance": Operation(F.pairwise_distance, "torch.nn.functional.pairwise_distance", axes=_PAIR),
    "dist": Operation(torch.dist, "torch.dist", axes=_PAIR, batches=False),
    "vector_norm_of_block": Operation(torch.linalg.vector_norm, "torch.linalg.vector_norm"),
    "cdist": Operation(torch.cdist, "torch.cdist", axes=(2, 2)),
}
