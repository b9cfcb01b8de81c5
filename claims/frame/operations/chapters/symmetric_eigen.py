"""Eigenvalues and eigenvectors of symmetric matrices, and quadratic forms."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _descending_eigh(a: Tensor) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(a)
    return values.flip(-1), vectors.flip(-1)


def _real_eigenvectors(a: Tensor) -> Tensor:
    vectors: Tensor = torch.linalg.eig(a).eigenvectors.real
    return vectors


def _quadratic_form(x: Tensor, a: Tensor) -> Tensor:
    form: Tensor = x @ a @ x
    return form


_FORM = (1, 2)

ROWS = {
    "eigh": Operation(torch.linalg.eigh, "torch.linalg.eigh", axes=(2,)),
    "eigvalsh": Operation(torch.linalg.eigvalsh, "torch.linalg.eigvalsh", axes=(2,)),
    "descending_eigh": Operation(
        _descending_eigh, "(lambda a: [part.flip(-1) for part in torch.linalg.eigh(a)])", axes=(2,)
    ),
    "real_eigenvectors": Operation(_real_eigenvectors, "(lambda a: torch.linalg.eig(a).eigenvectors.real)", axes=(2,)),
    "quadratic_form": Operation(_quadratic_form, "(lambda x, a: x @ a @ x)", axes=_FORM, batches=False, product=True),
}
