"""Correct eigenvalues of Gram matrices that are computed in other ways than torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

GRAM = ("singular-values-sqrt-gram-eigenvalues",)

Pair = tuple[Tensor, Tensor]


def _with_roots(squares: Tensor) -> Pair:
    return squares, squares.sqrt()


def gram_in_float64(a: Tensor) -> Pair:
    """The product in float64, rounded before its eigenvalues are computed."""
    return _with_roots(torch.linalg.eigvalsh((a.double().mT @ a.double()).to(a.dtype)))


def all_in_float64(a: Tensor) -> Pair:
    """Product and eigenvalues in float64, rounded at the end."""
    return _with_roots(torch.linalg.eigvalsh(a.double() @ a.double().mT).to(a.dtype))


def row_after_row(a: Tensor) -> Pair:
    """A^T A as a sum of outer products of rows, the last first."""
    gram = a.new_zeros((*a.shape[:-2], a.shape[-1], a.shape[-1]))
    for row in a.flip(-2).unbind(-2):
        gram = gram + row[..., :, None] * row[..., None, :]
    return _with_roots(torch.linalg.eigvalsh(gram))


def by_openblas(a: Tensor) -> Pair:
    """syevr of another library, of A A^T."""
    gram = a @ a.mT
    if not gram.numel():
        return _with_roots(torch.linalg.eigvalsh(gram))
    found = [scipy.linalg.eigh(x, eigvals_only=True, driver="evr") for x in gram.numpy().reshape(-1, *gram.shape[-2:])]
    return _with_roots(torch.from_numpy(np.stack(found)).reshape(gram.shape[:-1]))


def squares_of_singular_values(a: Tensor) -> Pair:
    """No Gram matrix at all: the singular values, and zeros."""
    s = torch.linalg.svdvals(a).flip(-1)
    return _with_roots(torch.nn.functional.pad(s, (a.shape[-1] - s.shape[-1], 0)) ** 2)


def from_the_smaller_gram_matrix(a: Tensor) -> Tensor:
    """Roots of A^T A where A is tall."""
    wide = a if a.shape[-2] <= a.shape[-1] else a.mT
    roots: Tensor = torch.linalg.eigvalsh(wide @ wide.mT).sqrt()
    return roots.flip(-1)


def values_with_vectors(a: Tensor) -> Tensor:
    """The singular values of a decomposition with vectors."""
    return torch.linalg.svd(a.double(), full_matrices=False).S.to(a.dtype)


def largest_eigenvalue(a: Tensor) -> Tensor:
    """Of A^T A in float64."""
    return torch.linalg.eigvalsh(a.double().mT @ a.double())[..., -1].to(a.dtype)


ALTERNATIVES = [
    (GRAM, {operation: f}, f.__name__)
    for operation, f in (
        ("column_gram_spectrum", gram_in_float64),
        ("row_gram_spectrum", all_in_float64),
        ("column_gram_spectrum", row_after_row),
        ("row_gram_spectrum", by_openblas),
        ("column_gram_spectrum", squares_of_singular_values),
        ("singular_values_by_gram", from_the_smaller_gram_matrix),
        ("svdvals", values_with_vectors),
    )
]
