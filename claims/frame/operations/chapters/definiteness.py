"""Definiteness of symmetric matrices by factorisations and by quadratic forms."""

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


def _form_by_right_product(x: Tensor, a: Tensor) -> Tensor:
    return torch.dot(x, torch.mv(a, x))


def _form_by_einsum(x: Tensor, a: Tensor) -> Tensor:
    return torch.einsum("i,ij,j->", x, a, x)


def _form_by_factor(x: Tensor, b: Tensor) -> Tensor:
    return (b.mT @ x).square().sum()


_FORM = (1, 2)

ROWS = {
    "cholesky_succeeds": Operation(
        _cholesky_succeeds,
        "(lambda a, upper=False: torch.linalg.cholesky_ex(a, upper=upper).info == 0)",
        axes=(2,),
    ),
    "pivot_signs": Operation(pivot_signs, "pivot_signs", axes=(2,)),
    "form_by_right_product": Operation(
        _form_by_right_product,
        "(lambda x, a: torch.dot(x, torch.mv(a, x)))",
        axes=_FORM,
        batches=False,
        product=True,
    ),
    "form_by_einsum": Operation(
        _form_by_einsum,
        "(lambda x, a: torch.einsum('i,ij,j->', x, a, x))",
        axes=_FORM,
        batches=False,
        product=True,
    ),
    "form_by_factor": Operation(
        _form_by_factor,
        "(lambda x, b: (b.mT @ x).square().sum())",
        axes=_FORM,
        batches=False,
        product=True,
    ),
}
