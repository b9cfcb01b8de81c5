"""Wrong left eigenvectors and wrong complex eigenvalues."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.eigen_kinds import complex_eigendecomposition, left_eigenvector

Pair = tuple[Tensor, Tensor]


def _eig(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eig(a)
    return values, vectors


def _eigvals(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.eigvals(a)
    return values


def _inv(v: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.inv(v)
    return inverse


def _real(values: Tensor) -> Tensor:
    return torch.complex(values.real, torch.zeros_like(values.real))


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="V not orthogonal: its transpose for the inverse")
def transpose_for_the_inverse(v: Tensor, w: Tensor) -> Tensor:
    return v.mT.clone()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="complex eigenvectors: conjugated rows")
def rows_conjugated(v: Tensor, w: Tensor) -> Tensor:
    return _inv(v).conj().resolve_conj()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="the rows of V itself")
def rows_of_the_vectors(v: Tensor, w: Tensor) -> Tensor:
    return v.clone()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="several eigenvalues: rows in the reverse order")
def rows_matched_in_reverse(v: Tensor, w: Tensor) -> Tensor:
    return _inv(v).flip(-2)


@mutant(left_eigenvector, operation="eig", trigger="eigenvectors of A where those of A^T are asked for, order 2 and 3")
def transposed_back_when_small(a: Tensor) -> Pair:
    return _eig(a.mT) if 1 < a.shape[-1] < 4 else _eig(a)


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="order 33 and above: the last row is zero")
def last_row_zero_beyond_32(v: Tensor, w: Tensor) -> Tensor:
    rows = _inv(v).clone()
    rows[..., 32:, :] = 0
    return rows


@mutant(left_eigenvector, operation="eigvals", trigger="a transposed layout: the lower triangle only", provenance="own")
def triangle_of_a_transposed_matrix(a: Tensor) -> Tensor:
    return _eigvals(a if a.is_contiguous() else a.tril())


@mutant(complex_eigendecomposition, operation="eigvals", trigger="complex eigenvalues: real parts")
def real_parts(a: Tensor) -> Tensor:
    return _real(_eigvals(a))


@mutant(complex_eigendecomposition, operation="eigvals", trigger="complex or negative eigenvalues: magnitudes")
def magnitudes(a: Tensor) -> Tensor:
    size = _eigvals(a).abs()
    return torch.complex(size, torch.zeros_like(size))


@mutant(complex_eigendecomposition, operation="eig", trigger="complex eigenvectors: conjugated alone")
def vectors_conjugated_alone(a: Tensor) -> Pair:
    values, vectors = _eig(a)
    return values, vectors.conj().resolve_conj()


@mutant(complex_eigendecomposition, operation="eig", trigger="imaginary parts below the real ones: dropped")
def small_imaginary_parts_dropped(a: Tensor) -> Pair:
    values, vectors = _eig(a)
    small = values.imag.abs() < values.real.abs()
    return torch.where(small, _real(values), values), vectors


@mutant(complex_eigendecomposition, operation="eigvals", trigger="one of a pair: both with positive imaginary parts")
def pairs_are_not_conjugate(a: Tensor) -> Tensor:
    values = _eigvals(a)
    return torch.complex(values.real, values.imag.abs())


@mutant(complex_eigendecomposition, operation="eigvals", trigger="order 9 and above: real parts", provenance="own")
def imaginary_parts_beyond_order_8_lost(a: Tensor) -> Tensor:
    values = _eigvals(a)
    return values if a.shape[-1] <= 8 else _real(values)


@mutant(complex_eigendecomposition, operation="eig", trigger="real numbers returned where all eigenvalues are real")
def real_results_for_real_eigenvalues(a: Tensor) -> Pair:
    values, vectors = _eig(a)
    if values.imag.any():
        return values, vectors
    return values.real, vectors.real
