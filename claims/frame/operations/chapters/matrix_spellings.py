"""Transposes, triangles, traces, powers and norms of one matrix in all of their spellings; see `spellings`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from claims.frame.operations.chapters.spellings import Groups
from claims.frame.operations.operation import Operation

TRANSPOSES: Groups = (
    (
        "mT",
        "T",
        "H",
        "mH",
        "torch.t",
        "Tensor.t",
        "torch.transpose",
        "Tensor.transpose",
        "torch.swapaxes",
        "torch.swapdims",
        "torch.permute",
        "torch.movedim",
        "torch.adjoint",
        "Tensor.t_",
        "torch.transpose_copy",
        "torch.einsum",
        "torch.stack",
        "copy_",
    ),
)
TRACES: Groups = (
    ("torch.trace", "Tensor.trace"),
    ("diagonal().sum()", "torch.linalg.diagonal"),
    ("torch.diag",),
    ("torch.einsum",),
)
TRIANGLES: Groups = (("torch.tril", "Tensor.tril", "torch.tril, out=", "Tensor.tril_", "torch.triu", "torch.where"),)
POWERS: Groups = (
    (
        "torch.linalg.matrix_power",
        "torch.matrix_power",
        "Tensor.matrix_power",
        "torch.linalg.matrix_power, out=",
    ),
)
FROBENIUS_NORMS: Groups = (
    ("torch.linalg.norm", "torch.linalg.vector_norm", "torch.linalg.norm, out="),
    ("torch.linalg.matrix_norm", "torch.linalg.norm, fro"),
    ("torch.norm", "Tensor.norm"),
    ("torch.norm, fro",),
    ("flattened",),
)


def matrix_transpose(a: Tensor, spelling: str) -> Tensor:
    """A^T."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "mT": lambda: a.mT,
        "T": lambda: a.T,
        "H": lambda: a.H,
        "mH": lambda: a.mH,
        "torch.t": lambda: torch.t(a),
        "Tensor.t": a.t,
        "torch.transpose": lambda: torch.transpose(a, 0, 1),
        "Tensor.transpose": lambda: a.transpose(-1, -2),
        "torch.swapaxes": lambda: torch.swapaxes(a, 0, 1),
        "torch.swapdims": lambda: torch.swapdims(a, 0, 1),
        "torch.permute": lambda: torch.permute(a, (1, 0)),
        "torch.movedim": lambda: torch.movedim(a, 0, 1),
        "torch.adjoint": lambda: torch.adjoint(a),
        "Tensor.t_": lambda: a.clone().t_(),
        "torch.transpose_copy": lambda: torch.transpose_copy(a, 0, 1),
        "torch.einsum": lambda: torch.einsum("ij->ji", a),
        "torch.stack": lambda: torch.stack(a.unbind(), 1) if len(a) else a.mT,
        "copy_": lambda: a.new_full((a.shape[1], a.shape[0]), float("nan")).copy_(a.mT),
    }
    return spellings[spelling]()


def matrix_trace(a: Tensor, spelling: str) -> Tensor:
    """The trace of a square matrix."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.trace": lambda: torch.trace(a),
        "Tensor.trace": a.trace,
        "diagonal().sum()": lambda: a.diagonal().sum(),
        "torch.linalg.diagonal": lambda: torch.linalg.diagonal(a).sum(),
        "torch.diag": lambda: torch.diag(a).sum(),
        "torch.einsum": lambda: torch.einsum("ii->", a),
    }
    return spellings[spelling]()


def lower_triangle(a: Tensor, k: int, spelling: str) -> Tensor:
    """A with zeros above the diagonal k."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.tril": lambda: torch.tril(a, k),
        "Tensor.tril": lambda: a.tril(k),
        "torch.tril, out=": lambda: torch.tril(a, k, out=a.new_full(a.shape, float("nan"))),
        "Tensor.tril_": lambda: a.clone().tril_(k),
        "torch.triu": lambda: torch.triu(a.mT, -k).mT,
        "torch.where": lambda: torch.where(a.new_ones(a.shape).cumsum(1) <= a.new_ones(a.shape).cumsum(0) + k, a, 0.0),
    }
    return spellings[spelling]()


def natural_power(a: Tensor, t: int, spelling: str) -> Tensor:
    """A^t for t >= 0."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.matrix_power": lambda: torch.linalg.matrix_power(a, t),
        "torch.matrix_power": lambda: torch.matrix_power(a, t),
        "Tensor.matrix_power": lambda: a.matrix_power(t),
        "torch.linalg.matrix_power, out=": lambda: torch.linalg.matrix_power(
            a, t, out=a.new_full(a.shape, float("nan"))
        ),
    }
    return spellings[spelling]()


def frobenius_norm(a: Tensor, spelling: str) -> Tensor:
    """The Euclidean norm of all entries."""
    spellings: dict[str, Callable[[], Tensor]] = {
        "torch.linalg.norm": lambda: torch.linalg.norm(a),
        "torch.linalg.matrix_norm": lambda: torch.linalg.matrix_norm(a),
        "torch.linalg.vector_norm": lambda: torch.linalg.vector_norm(a),
        "torch.norm": lambda: torch.norm(a),
        "Tensor.norm": a.norm,
        "torch.linalg.norm, out=": lambda: torch.linalg.norm(a, out=a.new_full((), float("nan"))),
        "torch.linalg.norm, fro": lambda: torch.linalg.norm(a, "fro"),
        "torch.norm, fro": lambda: torch.norm(a, "fro"),
        "flattened": lambda: torch.linalg.vector_norm(a.flatten()),
    }
    return spellings[spelling]()


ROWS = {
    "matrix_transpose": Operation(matrix_transpose, "matrix_transpose", axes=(2,), batches=False),
    "matrix_trace": Operation(matrix_trace, "matrix_trace", axes=(2,), batches=False),
    "lower_triangle": Operation(lower_triangle, "lower_triangle", axes=(2,), batches=False),
    "natural_power": Operation(natural_power, "natural_power", axes=(2,), batches=False, product=True),
    "frobenius_norm": Operation(frobenius_norm, "frobenius_norm", axes=(2,), batches=False),
}
