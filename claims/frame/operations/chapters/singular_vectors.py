"""The factor D as a matrix, A A^T and A^T A with their eigenvectors, and principal components."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _diagonal_factor(s: Tensor, m: int, n: int) -> Tensor:
    k = s.shape[-1]
    return torch.nn.functional.pad(torch.diag_embed(s), (0, n - k, 0, m - k))


def _rows_gram_times(a: Tensor, u: Tensor) -> Tensor:
    product: Tensor = a @ a.mT @ u
    return product


def _columns_gram_times(a: Tensor, v: Tensor) -> Tensor:
    product: Tensor = a.mT @ a @ v
    return product


def _eigh_of_rows_gram(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a @ a.mT)
    return w, q


def _eigh_of_columns_gram(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a.mT @ a)
    return w, q


_PRODUCT = (2, 2)

ROWS = {
    "diagonal_factor": Operation(
        _diagonal_factor,
        "(lambda s, m, n: torch.nn.functional.pad(torch.diag_embed(s), (0, n - s.shape[-1], 0, m - s.shape[-1])))",
        axes=(1,),
    ),
    "rows_gram_times": Operation(_rows_gram_times, "(lambda a, u: a @ a.mT @ u)", axes=_PRODUCT, product=True),
    "columns_gram_times": Operation(_columns_gram_times, "(lambda a, v: a.mT @ a @ v)", axes=_PRODUCT, product=True),
    "times_squares": Operation(
        lambda u, s: u * s[..., None, :] ** 2, "(lambda u, s: u * s[..., None, :] ** 2)", axes=(2, 1)
    ),
    "eigh_of_rows_gram": Operation(
        _eigh_of_rows_gram, "(lambda a: torch.linalg.eigh(a @ a.mT))", axes=(2,), product=True
    ),
    "eigh_of_columns_gram": Operation(
        _eigh_of_columns_gram, "(lambda a: torch.linalg.eigh(a.mT @ a))", axes=(2,), product=True
    ),
    "pca_lowrank": Operation(torch.pca_lowrank, "torch.pca_lowrank", axes=(2,), product=True),
    "svd_lowrank": Operation(torch.svd_lowrank, "torch.svd_lowrank", axes=(2,), product=True),
}
