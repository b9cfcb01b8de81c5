"""Correct singular value decompositions, Gram matrices and their eigenvectors that differ from torch's."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

from tests.alternatives.linear_algebra_svd import after_qr, gesdd, gesvd, in_float64, of_the_transpose, signs_flipped

SHAPES = ("svd-shapes",)
LEFT = ("left-singular-vectors",)
RIGHT = ("right-singular-vectors",)

Factors = tuple[Tensor, Tensor, Tensor]


def old_from_the_new(a: Tensor, *, some: bool = True) -> Factors:
    """torch.linalg.svd, V^T transposed."""
    u, s, vh = torch.linalg.svd(a, full_matrices=not some)
    return u, s, vh.mT


def old_by_gesvd(a: Tensor, *, some: bool = True) -> Factors:
    """QR iteration, by OpenBLAS."""
    if not a.numel():
        return old_from_the_new(a, some=some)
    u, s, vh = gesvd(a, full_matrices=not some)
    return u, s, vh.mT


def diagonal_by_assignment(s: Tensor, m: int, n: int) -> Tensor:
    """Zeros, with a diagonal written into them."""
    d = s.new_zeros(*s.shape[:-1], m, n)
    d.diagonal(dim1=-2, dim2=-1).copy_(s)
    return d


def rows_from_the_right(a: Tensor, u: Tensor) -> Tensor:
    """A (A^T U)."""
    product: Tensor = a @ (a.mT @ u)
    return product


def columns_from_the_right(a: Tensor, v: Tensor) -> Tensor:
    """A^T (A V)."""
    product: Tensor = a.mT @ (a @ v)
    return product


def rows_in_float64(a: Tensor, u: Tensor) -> Tensor:
    """In double precision, then rounded."""
    return rows_from_the_right(a.double(), u.double()).to(a.dtype)


def columns_term_by_term(a: Tensor, v: Tensor) -> Tensor:
    """Sums of rank-one products."""
    gram = a.new_zeros(*a.shape[:-2], a.shape[-1], a.shape[-1])
    for i in range(a.shape[-2]):
        gram = gram + a[..., i, :, None] * a[..., i, None, :]
    return gram @ v


def _by_openblas(gram: Tensor, driver: str) -> tuple[Tensor, Tensor]:
    if not gram.numel():
        w, q = torch.linalg.eigh(gram)
        return w, q
    found = [scipy.linalg.eigh(g, driver=driver) for g in gram.numpy().reshape(-1, *gram.shape[-2:])]
    w, q = (torch.from_numpy(np.stack(part)) for part in zip(*found, strict=True))
    return w.reshape(gram.shape[:-1]), q.reshape(gram.shape)


def rows_by_qr_iteration(a: Tensor) -> tuple[Tensor, Tensor]:
    """xSYEV of A A^T, by OpenBLAS."""
    return _by_openblas(a @ a.mT, "ev")


def columns_by_divide_and_conquer(a: Tensor) -> tuple[Tensor, Tensor]:
    """xSYEVD of A^T A, by OpenBLAS."""
    return _by_openblas(a.mT @ a, "evd")


def of_negated_columns(a: Tensor) -> tuple[Tensor, Tensor]:
    """The same matrix, the vectors with other signs."""
    w, q = torch.linalg.eigh((-a).mT @ -a)
    return w, -q


def low_rank_by_svd(a: Tensor, q: int, *, center: bool) -> Factors:
    """Nothing random."""
    a = a - a.mean(-2, keepdim=True) if center else a
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    return u[..., :q], s[..., :q], vh[..., :q, :].mT


def more_iterations(a: Tensor, q: int, *, center: bool) -> Factors:
    """Four subspace iterations."""
    u, s, v = torch.pca_lowrank(a, q=q, center=center, niter=4)
    return u, s, v


def covariance_of_centred(x: Tensor) -> Tensor:
    """Deviations from the mean, multiplied."""
    centred = x - x.mean(-1, keepdim=True)
    return centred @ centred.mT / (x.shape[-1] - 1)


ALTERNATIVES = [
    *((SHAPES, {"svd_with_v": f}, f.__name__) for f in (old_from_the_new, old_by_gesvd)),
    (SHAPES, {"diagonal_factor": diagonal_by_assignment}, "diagonal_by_assignment"),
    *((SHAPES + LEFT + RIGHT, {"svd": f}, f.__name__) for f in (gesdd, of_the_transpose)),
    *((LEFT + RIGHT, {"svd": f}, f.__name__) for f in (gesvd, signs_flipped, after_qr, in_float64)),
    *((LEFT, {"rows_gram_times": f}, f.__name__) for f in (rows_from_the_right, rows_in_float64)),
    *((RIGHT, {"columns_gram_times": f}, f.__name__) for f in (columns_from_the_right, columns_term_by_term)),
    (LEFT, {"eigh_of_rows_gram": rows_by_qr_iteration}, "rows_by_qr_iteration"),
    *((RIGHT, {"eigh_of_columns_gram": f}, f.__name__) for f in (columns_by_divide_and_conquer, of_negated_columns)),
    *((LEFT + RIGHT, {"pca_lowrank": f}, f.__name__) for f in (low_rank_by_svd, more_iterations)),
    (RIGHT, {"cov": covariance_of_centred}, "covariance_of_centred"),
]
