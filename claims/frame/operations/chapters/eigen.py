"""Eigenvalues and eigenvectors of general matrices, what is put together from them, and determinants."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _synthesis(v: Tensor, w: Tensor) -> Tensor:
    a: Tensor = (v * w[..., None, :]) @ torch.linalg.inv(v)
    return a


def _synthesis_by_diagonal(v: Tensor, w: Tensor) -> Tensor:
    a: Tensor = v @ torch.diag_embed(w) @ torch.linalg.inv(v)
    return a


def _synthesis_by_solve(v: Tensor, w: Tensor) -> Tensor:
    a: Tensor = torch.linalg.solve(v.mT, (v * w[..., None, :]).mT).mT
    return a


def _power_of_synthesis(v: Tensor, w: Tensor, k: int) -> Tensor:
    a: Tensor = (v * w[..., None, :] ** k) @ torch.linalg.inv(v)
    return a


def _inv_of_vectors(v: Tensor, w: Tensor) -> Tensor:
    rows: Tensor = torch.linalg.inv(v)
    return rows


def _sum_of_eigenvalues(a: Tensor) -> Tensor:
    total: Tensor = torch.linalg.eigvals(a).sum(-1)
    return total


def _product_of_eigenvalues(a: Tensor) -> Tensor:
    product: Tensor = torch.linalg.eigvals(a).prod(-1)
    return product


_FACTORS = (2, 1)

ROWS = {
    "eig": Operation(torch.linalg.eig, "torch.linalg.eig", axes=(2,)),
    "eigvals": Operation(torch.linalg.eigvals, "torch.linalg.eigvals", axes=(2,)),
    "synthesis": Operation(_synthesis, "(lambda v, w: (v * w[..., None, :]) @ torch.linalg.inv(v))", axes=_FACTORS),
    "synthesis_by_diagonal": Operation(
        _synthesis_by_diagonal, "(lambda v, w: v @ torch.diag_embed(w) @ torch.linalg.inv(v))", axes=_FACTORS
    ),
    "synthesis_by_solve": Operation(
        _synthesis_by_solve,
        "(lambda v, w: torch.linalg.solve(v.mT, (v * w[..., None, :]).mT).mT)",
        axes=_FACTORS,
    ),
    "power_of_synthesis": Operation(
        _power_of_synthesis, "(lambda v, w, k: (v * w[..., None, :] ** k) @ torch.linalg.inv(v))", axes=_FACTORS
    ),
    "inv_of_vectors": Operation(_inv_of_vectors, "(lambda v, w: torch.linalg.inv(v))", axes=_FACTORS),
    "sum_of_eigenvalues": Operation(_sum_of_eigenvalues, "(lambda a: torch.linalg.eigvals(a).sum(-1))", axes=(2,)),
    "product_of_eigenvalues": Operation(
        _product_of_eigenvalues, "(lambda a: torch.linalg.eigvals(a).prod(-1))", axes=(2,)
    ),
    "matrix_rank": Operation(torch.linalg.matrix_rank, "torch.linalg.matrix_rank", axes=(2,)),
    "slogdet": Operation(torch.linalg.slogdet, "torch.linalg.slogdet", axes=(2,)),
    "lu": Operation(torch.linalg.lu, "torch.linalg.lu", axes=(2,)),
    "lu_factor_ex": Operation(torch.linalg.lu_factor_ex, "torch.linalg.lu_factor_ex", axes=(2,)),
    "inv_ex": Operation(torch.linalg.inv_ex, "torch.linalg.inv_ex", axes=(2,)),
}
