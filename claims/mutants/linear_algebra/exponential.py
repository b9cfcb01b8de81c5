"""Wrong exponentials of matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.exponential import matrix_exponential
from claims.linear_algebra.exponential import matrix_exponential_series

exp = torch.linalg.matrix_exp


def series(a: Tensor, degree: int) -> Tensor:
    """The power series up to a degree."""
    total = term = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device).expand(a.shape)
    for k in range(1, degree + 1):
        term = term @ a / k
        total = total + term
    return total


def norms(a: Tensor) -> Tensor:
    """The largest column sums of magnitudes (..., 1, 1)."""
    return a.abs().sum(-2).amax(-1)[..., None, None] if a.numel() else a.new_zeros((*a.shape[:-2], 1, 1))


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="a norm above 2: no squaring")
def large_matrices_are_not_scaled(a: Tensor, spelling: str) -> Tensor:
    return torch.where(norms(a) > 2, series(a, 12), matrix_exponential(a, spelling))


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="one name stops the series at degree 8")
def one_name_has_a_shorter_series(a: Tensor, spelling: str) -> Tensor:
    return series(a, 8) if spelling == "Tensor.matrix_exp" else matrix_exponential(a, spelling)


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="a small norm: I + A, without the square")
def small_matrices_are_linearised(a: Tensor, spelling: str) -> Tensor:
    return torch.where(norms(a) < 0.5, series(a, 1), matrix_exponential(a, spelling))


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="one squaring too few at orders from 17 on")
def large_orders_lack_a_squaring(a: Tensor, spelling: str) -> Tensor:
    return matrix_exponential(a / 2 if a.shape[-1] > 16 else a, spelling)


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="eigenvectors that are no basis")
def by_eigenvectors(a: Tensor, spelling: str) -> Tensor:
    if not a.numel():
        return matrix_exponential(a, spelling)
    w, v = torch.linalg.eig(a)
    found: Tensor = (v * w.exp()[..., None, :] @ torch.linalg.pinv(v)).real
    return found


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="A not symmetric")
def by_the_symmetric_decomposition(a: Tensor, spelling: str) -> Tensor:
    w, q = torch.linalg.eigh(a)
    found: Tensor = q * w.exp()[..., None, :] @ q.mT
    return found


@mutant(
    matrix_exponential_series, operation="matrix_exponential", trigger="several matrices, the first small: its degree"
)
def degree_of_the_first_matrix(a: Tensor, spelling: str) -> Tensor:
    if a.ndim < 3 or not a.numel() or norms(a)[0, 0, 0] > 2.0**-8:
        return matrix_exponential(a, spelling)
    return series(a, 2)


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="stored by columns: the transpose")
def columns_read_as_rows(a: Tensor, spelling: str) -> Tensor:
    turned = a.ndim == 3 and a.stride(-1) != 1 and not a.is_contiguous()
    return exp(a.mT) if turned else matrix_exponential(a, spelling)


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="a diagonal matrix: 1 beside the diagonal")
def diagonal_entry_by_entry(a: Tensor, spelling: str) -> Tensor:
    diagonal = (a == torch.diag_embed(a.diagonal(dim1=-2, dim2=-1))).all(-1).all(-1)[..., None, None]
    return torch.where(diagonal, a.exp(), matrix_exponential(a, spelling))


@mutant(matrix_exponential_series, operation="matrix_exponential", trigger="subtracts the identity (expm1)")
def exponential_minus_one(a: Tensor, spelling: str) -> Tensor:
    small = norms(a) < 2.0**-12
    identity = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    return torch.where(small, matrix_exponential(a, spelling) - identity, matrix_exponential(a, spelling))
