"""Decompositions that are right for real matrices and wrong for complex ones."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.matrix_spellings import matrix_transpose
from claims.linear_algebra.complex_matrices import complex_decompositions

Pair = tuple[Tensor, Tensor]


def conjugated(t: Tensor) -> Tensor:
    """The conjugate, written out."""
    return t.conj().resolve_conj()


@mutant(complex_decompositions, operation="eigh", trigger="a triangle mirrored without conjugation")
def mirrored_without_conjugation(a: Tensor, UPLO: str = "L") -> Pair:
    w, q = torch.linalg.eigh(a, UPLO=UPLO)
    return w, conjugated(q)


@mutant(complex_decompositions, operation="eigh", trigger="the upper triangle is asked for: the lower one is read")
def always_the_lower_triangle(a: Tensor, UPLO: str = "L") -> Pair:
    w, q = torch.linalg.eigh(a)
    return w, q


@mutant(complex_decompositions, operation="eigvalsh", trigger="imaginary parts dropped")
def values_of_the_real_part(a: Tensor, UPLO: str = "L") -> Tensor:
    w: Tensor = torch.linalg.eigvalsh(a.real, UPLO=UPLO)
    return w


@mutant(complex_decompositions, operation="svd", trigger="wide matrices: V^T for V^H")
def wide_right_factor_not_conjugated(a: Tensor, full_matrices: bool = True) -> tuple[Tensor, Tensor, Tensor]:  # noqa: FBT001, FBT002
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    return u, s, conjugated(vh) if a.shape[-2] < a.shape[-1] else vh


@mutant(complex_decompositions, operation="svdvals", trigger="no real part: that of the magnitudes")
def imaginary_matrices_by_magnitudes(a: Tensor) -> Tensor:
    imaginary = not a.real.any() and min(a.shape[-2:]) > 1
    s: Tensor = torch.linalg.svdvals(a.abs().to(a.dtype) if imaginary else a)
    return s


@mutant(complex_decompositions, operation="qr", trigger="order 9 and above: Q conjugated")
def large_left_factor_conjugated(a: Tensor) -> Pair:
    q, r = torch.linalg.qr(a)
    return (conjugated(q), r) if a.shape[-1] > 8 else (q, r)


@mutant(complex_decompositions, operation="eig", trigger="complex eigenvalues: conjugate ones, as real matrices allow")
def conjugate_eigenvalues(a: Tensor) -> Pair:
    w, v = torch.linalg.eig(a)
    return conjugated(w), v


@mutant(complex_decompositions, operation="eigvals", trigger="order 2: the root of the discriminant's modulus")
def real_discriminant(a: Tensor) -> Tensor:
    w: Tensor = torch.linalg.eigvals(a)
    if a.shape[-1] != 2:
        return w
    middle, half = w.mean(-1, keepdim=True), (w - w.mean(-1, keepdim=True)).abs()
    return torch.cat((middle - half[..., :1], middle + half[..., 1:]), -1)


@mutant(complex_decompositions, operation="inv", trigger="stored by columns: the conjugate")
def inverse_of_columns_conjugated(a: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.inv(a)
    return inverse if a.is_contiguous() else conjugated(inverse)


@mutant(complex_decompositions, operation="solve", trigger="a right-hand side that is stored by columns: conjugated")
def right_side_of_columns_conjugated(a: Tensor, b: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a, b if b.is_contiguous() else conjugated(b))
    return x


@mutant(complex_decompositions, operation="determinant", trigger="a negative real part: the imaginary one is lost")
def determinant_loses_its_imaginary_part(a: Tensor) -> Tensor:
    d: Tensor = torch.linalg.det(a)
    return torch.where(d.real < 0, d.real + 0j, d)


@mutant(complex_decompositions, operation="matrix_transpose", trigger="torch.adjoint is the transpose")
def adjoint_is_the_transpose(a: Tensor, spelling: str) -> Tensor:
    return a.mT if spelling == "torch.adjoint" else matrix_transpose(a, spelling)
