"""Derivatives along a direction, by forward mode, of products, inverses, determinants, eigenvalues and the like."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _log_abs_det(a: Tensor) -> Tensor:
    logarithm: Tensor = torch.linalg.slogdet(a)[1]
    return logarithm


def _nuclear_norm(a: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a, "nuc")
    return norm


def _spectral_norm(a: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a, 2)
    return norm


# forward mode writes into its argument, which no expanded tensor allows: hence the copies
def _matmul_along(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.matmul, (a.clone(), b.clone()), (t.clone(), s.clone()))[1]
    return derivative


def _trace_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.trace, (a.clone(),), (t.clone(),))[1]
    return derivative


def _inverse_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.inv, (a.clone(),), (t.clone(),))[1]
    return derivative


def _determinant_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.det, (a.clone(),), (t.clone(),))[1]
    return derivative


def _log_abs_det_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(lambda m: torch.linalg.slogdet(m)[1], (a.clone(),), (t.clone(),))[1]
    return derivative


def _pseudoinverse_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.pinv, (a.clone(),), (t.clone(),))[1]
    return derivative


def _eigenvalues_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.eigvalsh, (a.clone(),), (t.clone(),))[1]
    return derivative


def _singular_values_along(a: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.svdvals, (a.clone(),), (t.clone(),))[1]
    return derivative


def _solution_along(a: Tensor, b: Tensor, t: Tensor, s: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.solve, (a.clone(), b.clone()), (t.clone(), s.clone()))[1]
    return derivative


def _forward(function: str) -> str:
    return f"(lambda a, t: torch.func.jvp({function}, (a.clone(),), (t.clone(),))[1])"


_PAIR = (2, 2)

ROWS = {
    "log_abs_det": Operation(_log_abs_det, "(lambda a: torch.linalg.slogdet(a)[1])", axes=(2,)),
    "norm_nuclear": Operation(_nuclear_norm, "(lambda a: torch.linalg.matrix_norm(a, 'nuc'))", axes=(2,)),
    "norm_spectral": Operation(_spectral_norm, "(lambda a: torch.linalg.matrix_norm(a, 2))", axes=(2,)),
    "matmul_along": Operation(
        _matmul_along,
        "(lambda a, b, t, s: torch.func.jvp(torch.matmul, (a.clone(), b.clone()), (t.clone(), s.clone()))[1])",
        axes=(2, 2, 2, 2),
        product=True,
    ),
    "solution_along": Operation(
        _solution_along,
        "(lambda a, b, t, s: torch.func.jvp(torch.linalg.solve, (a.clone(), b.clone()), (t.clone(), s.clone()))[1])",
        axes=(2, 2, 2, 2),
    ),
    "trace_along": Operation(_trace_along, _forward("torch.trace"), axes=_PAIR, batches=False),
    "inverse_along": Operation(_inverse_along, _forward("torch.linalg.inv"), axes=_PAIR),
    "determinant_along": Operation(_determinant_along, _forward("torch.linalg.det"), axes=_PAIR),
    "log_abs_det_along": Operation(_log_abs_det_along, _forward("lambda m: torch.linalg.slogdet(m)[1]"), axes=_PAIR),
    "pseudoinverse_along": Operation(_pseudoinverse_along, _forward("torch.linalg.pinv"), axes=_PAIR),
    "eigenvalues_along": Operation(_eigenvalues_along, _forward("torch.linalg.eigvalsh"), axes=_PAIR),
    "singular_values_along": Operation(_singular_values_along, _forward("torch.linalg.svdvals"), axes=_PAIR),
}
