"""The exponential of a matrix in all of its spellings; see `spellings`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from claims.frame.operations.chapters.spellings import Groups
from claims.frame.operations.operation import Operation

EXPONENTIALS: Groups = (("torch.linalg.matrix_exp", "torch.matrix_exp", "Tensor.matrix_exp"),)


def matrix_exponential(a: Tensor, spelling: str) -> Tensor:
    """The exponentials of matrices (..., n, n)."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.matrix_exp": lambda: torch.linalg.matrix_exp(a),
        "torch.matrix_exp": lambda: torch.matrix_exp(a),
        "Tensor.matrix_exp": a.matrix_exp,
    }
    return spellings[spelling]()


ROWS = {"matrix_exponential": Operation(matrix_exponential, "matrix_exponential", axes=(2,), product=True)}
