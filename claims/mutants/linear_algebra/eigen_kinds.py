"""Wrong left eigenvectors and wrong complex eigenvalues."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.eigen_kinds import complex_eigendecomposition, left_eigenvector
from claims.mutants.linear_algebra.eigen import Pair, eig, eigvals, inv, without_imaginary_parts


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="V not orthogonal: its transpose for the inverse")
def transpose_for_the_inverse(v: Tensor, w: Tensor) -> Tensor:
    return v.mT.clone()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="complex eigenvectors: conjugated rows")
def rows_conjugated(v: Tensor, w: Tensor) -> Tensor:
    return inv(v).conj().resolve_conj()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="the rows of V itself")
def rows_of_the_vectors(v: Tensor, w: Tensor) -> Tensor:
    return v.clone()


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="several eigenvalues: rows in the reverse order")
def rows_matched_in_reverse(v: Tensor, w: Tensor) -> Tensor:
    return inv(v).flip(-2)


@mutant(left_eigenvector, operation="eig", trigger="eigenvectors of A where those of A^T are asked for, order 2 and 3")
def transposed_back_when_small(a: Tensor) -> Pair:
    return eig(a.mT) if 1 < a.shape[-1] < 4 else eig(a)


@mutant(left_eigenvector, operation="inv_of_vectors", trigger="order 33 and above: the last row is zero")
def last_row_zero_beyond_32(v: Tensor, w: Tensor) -> Tensor:
    rows = inv(v).clone()
    rows[..., 32:, :] = 0
    return rows


@mutant(left_eigenvector, operation="eigvals", trigger="a transposed layout: the lower triangle only", provenance="own")
def triangle_of_a_transposed_matrix(a: Tensor) -> Tensor:
    return eigvals(a if a.is_contiguous() else a.tril())


@mutant(complex_eigendecomposition, operation="eigvals", trigger="complex eigenvalues: real parts")
def real_parts(a: Tensor) -> Tensor:
    return without_imaginary_parts(eigvals(a))


@mutant(complex_eigendecomposition, operation="eigvals", trigger="complex or negative eigenvalues: magnitudes")
def magnitudes(a: Tensor) -> Tensor:
    size = eigvals(a).abs()
    return torch.complex(size, torch.zeros_like(size))


@mutant(complex_eigendecomposition, operation="eig", trigger="complex eigenvectors: conjugated alone")
def vectors_conjugated_alone(a: Tensor) -> Pair:
    values, vectors = eig(a)
    return values, vectors.conj().resolve_conj()


@mutant(complex_eigendecomposition, operation="eig", trigger="imaginary parts below the real ones: dropped")
def small_imaginary_parts_dropped(a: Tensor) -> Pair:
    values, vectors = eig(a)
    small = values.imag.abs() < values.real.abs()
    return torch.where(small, without_imaginary_parts(values), values), vectors


@mutant(complex_eigendecomposition, operation="eigvals", trigger="one of a pair: both with positive imaginary parts")
def pairs_are_not_conjugate(a: Tensor) -> Tensor:
    values = eigvals(a)
    return torch.complex(values.real, values.imag.abs())


@mutant(complex_eigendecomposition, operation="eigvals", trigger="order 9 and above: real parts", provenance="own")
def imaginary_parts_beyond_order_8_lost(a: Tensor) -> Tensor:
    values = eigvals(a)
    return values if a.shape[-1] <= 8 else without_imaginary_parts(values)


@mutant(complex_eigendecomposition, operation="eig", trigger="real numbers returned where all eigenvalues are real")
def real_results_for_real_eigenvalues(a: Tensor) -> Pair:
    values, vectors = eig(a)
    if values.imag.any():
        return values, vectors
    return values.real, vectors.real
