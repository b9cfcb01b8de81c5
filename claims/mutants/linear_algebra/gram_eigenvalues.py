"""Wrong singular values from Gram matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.gram_eigenvalues import singular_values_sqrt_gram_eigenvalues

Pair = tuple[Tensor, Tensor]


def _spectrum(gram: Tensor) -> Pair:
    squares = torch.linalg.eigvalsh(gram)
    return squares, squares.sqrt()


@mutant(
    singular_values_sqrt_gram_eigenvalues, operation="column_gram_spectrum", trigger="an eigenvalue other than 0 and 1"
)
def no_square_root(a: Tensor) -> Pair:
    squares, _ = _spectrum(a.mT @ a)
    return squares, squares


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="column_gram_spectrum",
    trigger="square matrices that are not normal",
)
def eigenvalues_of_the_matrix_itself(a: Tensor) -> Pair:
    if a.shape[-1] != a.shape[-2]:
        return _spectrum(a.mT @ a)
    roots = torch.linalg.eigvals(a).abs().sort(-1).values
    return roots**2, roots


@mutant(singular_values_sqrt_gram_eigenvalues, operation="column_gram_spectrum", trigger="a negative eigenvalue")
def absolute_value_before_the_root(a: Tensor) -> Pair:
    squares, _ = _spectrum(a.mT @ a)
    return squares, squares.abs().sqrt()


@mutant(singular_values_sqrt_gram_eigenvalues, operation="singular_values_by_gram", trigger="more rows than columns")
def zeros_among_the_values(a: Tensor) -> Tensor:
    roots: Tensor = torch.linalg.eigvalsh(a @ a.mT).sqrt()
    return roots[..., : min(a.shape[-2:])].flip(-1)


@mutant(singular_values_sqrt_gram_eigenvalues, operation="row_gram_spectrum", trigger="matrices that are not square")
def gram_matrix_of_the_other_order(a: Tensor) -> Pair:
    return _spectrum(a.mT @ a)


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="column_gram_spectrum",
    trigger="more than 1024 rows: the rest is left out",
    provenance="own",
)
def rows_beyond_a_block_left_out(a: Tensor) -> Pair:
    return _spectrum(a[..., :1024, :].mT @ a[..., :1024, :])


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="row_gram_spectrum",
    trigger="a number of columns above 4 that is no multiple of 4: tail left out",
    provenance="own",
)
def tail_of_the_columns_left_out(a: Tensor) -> Pair:
    n = a.shape[-1] if a.shape[-1] < 4 else a.shape[-1] // 4 * 4
    return _spectrum(a[..., :n] @ a[..., :n].mT)


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="column_gram_spectrum",
    trigger="squares below the normal range: flushed",
    provenance="own",
)
def subnormal_squares_flushed(a: Tensor) -> Pair:
    gram = a.mT @ a
    return _spectrum(torch.where(gram.abs() < torch.finfo(a.dtype).tiny, torch.zeros_like(gram), gram))


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="row_gram_spectrum",
    trigger="float64 of order 17 and above: sums in float32",
    provenance="own",
    dtypes=("float64",),
)
def large_gram_matrices_in_single_precision(a: Tensor) -> Pair:
    gram = a @ a.mT
    return _spectrum((a.float() @ a.float().mT).to(a.dtype) if a.shape[-2] >= 17 else gram)


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="column_gram_spectrum",
    trigger="more than 32 matrices in a batch",
    provenance="own",
)
def batch_of_spectra_ends_after_32(a: Tensor) -> Pair:
    squares, roots = _spectrum(a.mT @ a)
    if a.ndim > 2:
        squares[32:], roots[32:] = 0, 0
    return squares, roots


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="svdvals",
    trigger="small singular values: by A^T A",
    provenance="own",
)
def singular_values_by_the_gram_matrix(a: Tensor) -> Tensor:
    squares: Tensor = torch.linalg.eigvalsh(a.mT @ a).clamp_min(0)
    return squares.sqrt().flip(-1)[..., : min(a.shape[-2:])]


@mutant(singular_values_sqrt_gram_eigenvalues, operation="squared_spectral_norm", trigger="rank above 1")
def squared_frobenius_norm(a: Tensor) -> Tensor:
    return a.square().sum((-2, -1))


@mutant(
    singular_values_sqrt_gram_eigenvalues,
    operation="squared_spectral_norm",
    trigger="squares near overflow: the norm itself",
    provenance="own",
)
def norm_that_is_not_squared(a: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a, 2)
    return norm
