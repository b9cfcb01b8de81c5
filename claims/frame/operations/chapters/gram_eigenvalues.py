"""Eigenvalues of Gram matrices, their roots, and the square of the spectral norm."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _column_gram_spectrum(a: Tensor) -> tuple[Tensor, Tensor]:
    squares = torch.linalg.eigvalsh(a.mT @ a)
    return squares, squares.sqrt()


def _row_gram_spectrum(a: Tensor) -> tuple[Tensor, Tensor]:
    squares = torch.linalg.eigvalsh(a @ a.mT)
    return squares, squares.sqrt()


def _singular_values_by_gram(a: Tensor) -> Tensor:
    roots: Tensor = torch.linalg.eigvalsh(a @ a.mT).sqrt()
    return roots.flip(-1)[..., : min(a.shape[-2:])]


def _squared_spectral_norm(a: Tensor) -> Tensor:
    squared: Tensor = torch.linalg.matrix_norm(a, 2) ** 2
    return squared


ROWS = {
    "column_gram_spectrum": Operation(
        _column_gram_spectrum,
        "(lambda a: (lambda w: (w, w.sqrt()))(torch.linalg.eigvalsh(a.mT @ a)))",
        axes=(2,),
        product=True,
    ),
    "row_gram_spectrum": Operation(
        _row_gram_spectrum,
        "(lambda a: (lambda w: (w, w.sqrt()))(torch.linalg.eigvalsh(a @ a.mT)))",
        axes=(2,),
        product=True,
    ),
    "singular_values_by_gram": Operation(
        _singular_values_by_gram,
        "(lambda a: torch.linalg.eigvalsh(a @ a.mT).sqrt().flip(-1)[..., : min(a.shape[-2:])])",
        axes=(2,),
        product=True,
    ),
    "squared_spectral_norm": Operation(
        _squared_spectral_norm, "(lambda a: torch.linalg.matrix_norm(a, 2) ** 2)", axes=(2,)
    ),
}
