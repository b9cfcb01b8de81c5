"""Correct inverses, left inverses and solutions that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

LEFT = ("left-inverse-solution",)
SQUARE = ("nonsquare-inverse-undefined",)
BOTH = LEFT + SQUARE


def _each(function: Callable[..., np.ndarray], *tensors: Tensor) -> Tensor:
    """`function` applied to each instance in NumPy."""
    batch = tensors[0].shape[:-2]
    flat = [t.numpy().reshape(-1, *t.shape[-2:]) for t in tensors]
    found = np.stack([function(*row) for row in zip(*flat, strict=True)])
    return torch.from_numpy(found.astype(flat[0].dtype)).reshape(*batch, *found.shape[1:])


def _require_square(a: Tensor) -> None:
    if a.shape[-1] != a.shape[-2]:
        raise RuntimeError("not square")


def inverse_by_getri(a: Tensor, **_ind: int) -> Tensor:
    """OpenBLAS's getri, which solves X L = U^-1: rows, where torch solves for columns."""
    _require_square(a)
    return _each(scipy.linalg.inv, a) if a.numel() else a


def inverse_by_qr(a: Tensor) -> Tensor:
    """R^-1 Q^T."""
    _require_square(a)
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mT, upper=True)


def inverse_in_float64(a: Tensor) -> Tensor:
    """In float64, then rounded."""
    return torch.linalg.inv(a.double()).to(a.dtype)


def solved_by_qr(a: Tensor, y: Tensor) -> Tensor:
    """R x = Q^T y."""
    _require_square(a)
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mT @ y, upper=True)


def solved_in_float64(a: Tensor, y: Tensor) -> Tensor:
    """In float64, then rounded."""
    return torch.linalg.solve(a.double(), y.double()).to(a.dtype)


def power_by_solving(a: Tensor, n: int) -> Tensor:
    """A^-1 from A X = I."""
    assert n == -1
    return torch.linalg.solve(a, torch.eye(a.shape[-2], dtype=a.dtype).expand(*a.shape[:-2], *[a.shape[-2]] * 2))


def pinv_by_gesvd(a: Tensor) -> Tensor:
    """OpenBLAS's gesvd with torch's threshold."""
    if not a.numel():
        return a.mT

    def inverted(x: np.ndarray) -> np.ndarray:
        u, s, vh = scipy.linalg.svd(x, full_matrices=False, lapack_driver="gesvd")
        kept = s > max(x.shape) * np.finfo(x.dtype).eps * s[0]
        return (vh[kept].T / s[kept]) @ u[:, kept].T

    return _each(inverted, a)


def pinv_of_the_transpose(a: Tensor) -> Tensor:
    """(A^T)^+ = (A^+)^T."""
    return torch.linalg.pinv(a.mT).mT


def normal_equations_by_cholesky(a: Tensor) -> Tensor:
    """A^T A = R^T R."""
    return torch.cholesky_solve(a.mT, torch.linalg.cholesky(a.mT @ a))


def normal_equations_by_inversion(a: Tensor) -> Tensor:
    """The Gram matrix summed backwards, inverted, then multiplied."""
    reversed_rows = a.flip(-2)
    return torch.linalg.inv(reversed_rows.mT @ reversed_rows) @ a.mT


def first_rows_by_getri(a: Tensor) -> Tensor:
    """The same with the inverse by rows."""
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(inverse_by_getri(a[..., :n, :]), (0, m - n))


def first_rows_by_qr(a: Tensor) -> Tensor:
    """The same with the inverse by Householder QR."""
    m, n = a.shape[-2:]
    return torch.nn.functional.pad(inverse_by_qr(a[..., :n, :]), (0, m - n))


def products_summed_one_by_one(b: Tensor, y: Tensor) -> Tensor:
    """From the last term to the first, without blocks."""
    total = torch.zeros_like(b @ y)
    for j in reversed(range(b.shape[-1])):
        total = total + b[..., :, j, None] * y[..., None, j, :]
    return total


def solved_by_gelsy(a: Tensor, y: Tensor, **_driver: str) -> Tensor:
    """OpenBLAS's gelsy, whatever driver is asked for."""
    cutoff = max(a.shape[-2:]) * torch.finfo(a.dtype).eps
    return _each(lambda x, b: scipy.linalg.lstsq(x, b, cond=cutoff, lapack_driver="gelsy")[0], a, y)


ALTERNATIVES = [
    *((BOTH, {"inv": f}, f.__name__) for f in (inverse_by_getri, inverse_by_qr, inverse_in_float64)),
    *((SQUARE, {"inverse": f}, f"inverse: {f.__name__}") for f in (inverse_by_getri, inverse_by_qr)),
    (SQUARE, {"tensorinv": inverse_by_getri}, "tensorinv: inverse_by_getri"),
    *((SQUARE, {"solve": f}, f.__name__) for f in (solved_by_qr, solved_in_float64)),
    (SQUARE, {"matrix_power": power_by_solving}, "power_by_solving"),
    *((BOTH, {"pinv": f}, f.__name__) for f in (pinv_by_gesvd, pinv_of_the_transpose)),
    *(
        (LEFT, {"left_inverse_by_normal_equations": f}, f.__name__)
        for f in (normal_equations_by_cholesky, normal_equations_by_inversion)
    ),
    *((LEFT, {"left_inverse_of_first_rows": f}, f.__name__) for f in (first_rows_by_getri, first_rows_by_qr)),
    (LEFT, {"matmul": products_summed_one_by_one}, "products_summed_one_by_one"),
    (LEFT, {"least_squares": solved_by_gelsy}, "gelsy of OpenBLAS"),
]
