"""Correct regularised pseudoinverses that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

LIMIT = ("pseudoinverse-tikhonov-limit",)


def _ridge(alpha: Tensor, n: int) -> Tensor:
    return alpha[..., None, None] * torch.eye(n, dtype=alpha.dtype)


def primal_by_cholesky(a: Tensor, alpha: Tensor) -> Tensor:
    """R^T R = A^T A + alpha I."""
    return torch.cholesky_solve(a.mT, torch.linalg.cholesky(a.mT @ a + _ridge(alpha, a.shape[-1])))


def primal_summed_backwards(a: Tensor, alpha: Tensor) -> Tensor:
    """The Gram matrix one outer product at a time, from the last row to the first, to which alpha comes first."""
    gram = _ridge(alpha, a.shape[-1])
    for i in reversed(range(a.shape[-2])):
        gram = gram + a[..., i, :, None] * a[..., i, None, :]
    return torch.linalg.solve(gram, a.mT)


def primal_in_float64(a: Tensor, alpha: Tensor) -> Tensor:
    """In float64, then rounded."""
    wide = a.double()
    return torch.linalg.solve(wide.mT @ wide + _ridge(alpha.double(), a.shape[-1]), wide.mT).to(a.dtype)


def by_singular_values(a: Tensor, alpha: Tensor) -> Tensor:
    """V diag(s / (s^2 + alpha)) U^T."""
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    return (vh.mT * (s / (s.square() + alpha[..., None]))[..., None, :]) @ u.mT


def dual_by_getri(a: Tensor, alpha: Tensor) -> Tensor:
    """OpenBLAS's getri, which computes the rows of the inverse, where torch solves for columns."""
    gram = (a @ a.mT + _ridge(alpha, a.shape[-2])).numpy()
    if gram.size:
        gram = np.stack([scipy.linalg.inv(g) for g in gram.reshape(-1, *gram.shape[-2:])]).reshape(gram.shape)
    return a.mT @ torch.from_numpy(gram)


def dual_by_solving(a: Tensor, alpha: Tensor) -> Tensor:
    """((A A^T + alpha I)^-1 A)^T."""
    return torch.linalg.solve(a @ a.mT + _ridge(alpha, a.shape[-2]), a).mT


def stacked_by_qr(a: Tensor, y: Tensor, **_driver: str) -> Tensor:
    """Householder QR, whatever driver is asked for."""
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mT @ y, upper=True)


def pinv_of_the_transpose(a: Tensor) -> Tensor:
    """(A^T)^+ = (A^+)^T."""
    return torch.linalg.pinv(a.mT).mT


ALTERNATIVES = [
    *(
        (LIMIT, {"tikhonov_inverse": f}, f.__name__)
        for f in (primal_by_cholesky, primal_summed_backwards, primal_in_float64, by_singular_values)
    ),
    *(
        (LIMIT, {"dual_tikhonov_inverse": f}, f"dual: {f.__name__}")
        for f in (dual_by_getri, dual_by_solving, by_singular_values)
    ),
    (LIMIT, {"least_squares": stacked_by_qr}, "stacked_by_qr"),
    (LIMIT, {"pinv": pinv_of_the_transpose}, "pinv_of_the_transpose"),
]
