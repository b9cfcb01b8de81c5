"""Correct pseudoinverses and least-squares solutions that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

FORMULA = ("pseudoinverse-svd-formula",)
SOLUTIONS = ("pseudoinverse-minimum-norm", "pseudoinverse-least-squares")
ALL = FORMULA + SOLUTIONS


def _threshold(a: Tensor) -> float:
    return max(a.shape[-2:]) * torch.finfo(a.dtype).eps


def _each(function: Callable[..., np.ndarray], *tensors: Tensor) -> Tensor:
    """`function` applied to each instance in NumPy."""
    batch = tensors[0].shape[:-2]
    flat = [t.numpy().reshape(-1, *t.shape[-2:]) for t in tensors]
    found = np.stack([function(*row) for row in zip(*flat, strict=True)])
    return torch.from_numpy(found.astype(flat[0].dtype)).reshape(*batch, *found.shape[1:])


def _cutoff(a: Tensor, rtol: float | None, atol: float) -> float:
    """torch's convention: the default relative tolerance, unless a tolerance is given."""
    if rtol is None:
        return 0.0 if atol > 0 else _threshold(a)
    return rtol


def pinv_by_gesvd(a: Tensor, rtol: float | None = None, atol: float = 0.0, **_kind: bool) -> Tensor:
    """V D+ U^T with OpenBLAS's gesvd and the signs of the singular vectors changed."""
    if not a.numel():
        return a.mT

    def invert(x: np.ndarray) -> np.ndarray:
        u, s, vh = scipy.linalg.svd(x, full_matrices=False, lapack_driver="gesvd")
        kept = s > max(atol, _cutoff(a, rtol, atol) * s[0])
        return (-vh[kept].T / s[kept]) @ -u[:, kept].T

    return _each(invert, a)


def pinverse_by_gesvd(a: Tensor, rcond: float) -> Tensor:
    """The same with a relative cutoff."""
    return pinv_by_gesvd(a, rcond)


def pinv_by_scipy(a: Tensor, rtol: float | None = None, atol: float = 0.0, *, hermitian: bool = False) -> Tensor:
    """scipy.linalg.pinv, or pinvh for symmetric matrices; it adds its tolerances, torch takes the larger of them."""
    invert = scipy.linalg.pinvh if hermitian else scipy.linalg.pinv
    relative = _cutoff(a, rtol, atol)

    def inverted(x: np.ndarray) -> np.ndarray:
        return invert(x, atol=max(atol, relative * float(scipy.linalg.svdvals(x)[0])), rtol=0.0)

    return _each(inverted, a) if a.numel() else a.mT


def pinv_in_float64(a: Tensor, rtol: float | None = None, atol: float = 0.0, *, hermitian: bool = False) -> Tensor:
    """With the threshold of the dtype."""
    return torch.linalg.pinv(a.double(), rtol=_cutoff(a, rtol, atol), atol=atol, hermitian=hermitian).to(a.dtype)


def pinv_of_the_transpose(a: Tensor, **how: float) -> Tensor:
    """(A^T)^+ = (A^+)^T."""
    return torch.linalg.pinv(a.mT, **how).mT


def inverse_by_openblas(a: Tensor) -> Tensor:
    """LU factorisation in OpenBLAS, which loses subnormal pivots: those are scaled before and after."""
    if not a.numel():
        return a
    scale = 2.0**8 if float(a.abs().max()) < torch.finfo(a.dtype).tiny else 1.0
    return _each(np.linalg.inv, a * scale) * scale


def inverse_by_qr(a: Tensor) -> Tensor:
    """R^-1 Q^T."""
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mT, upper=True)


def by_scipy(a: Tensor, y: Tensor, **_driver: str) -> Tensor:
    """OpenBLAS's gelsy, the driver in which torch departs: here its pivot array is initialised."""
    return _each(lambda x, b: scipy.linalg.lstsq(x, b, cond=_threshold(a), lapack_driver="gelsy")[0], a, y)


def by_column_pivoting(a: Tensor, y: Tensor, **_driver: str) -> Tensor:
    """Complete orthogonal factorisation from two Householder QR factorisations, the first with column pivoting."""

    def solve(x: np.ndarray, b: np.ndarray) -> np.ndarray:
        q, r, order = scipy.linalg.qr(x, mode="economic", pivoting=True)
        size = np.abs(np.diag(r))
        rank = int((size > _threshold(a) * size[0]).sum()) if size.size else 0
        z, t = scipy.linalg.qr(r[:rank].T, mode="economic")
        solution = np.zeros((x.shape[1], b.shape[1]), x.dtype)
        if rank:
            w = scipy.linalg.solve_triangular(t.T, q[:, :rank].T @ b, lower=True)
            solution[order] = z @ w
        return solution

    return _each(solve, a, y)


def in_float64(a: Tensor, y: Tensor, driver: str) -> Tensor:
    """Solved in float64, with the threshold of the dtype; not by gelsy, in which torch departs."""
    if driver == "gelsy":
        return by_column_pivoting(a.double(), y.double()).to(a.dtype)
    solution: Tensor = torch.linalg.lstsq(a.double(), y.double(), rcond=_threshold(a), driver=driver).solution
    return solution.to(a.dtype)


def qr_by_openblas(a: Tensor, y: Tensor) -> Tensor:
    """Householder QR in OpenBLAS, the transpose of a wide matrix."""

    def solve(x: np.ndarray, b: np.ndarray) -> np.ndarray:
        if x.shape[0] >= x.shape[1]:
            q, r = np.linalg.qr(x)
            return scipy.linalg.solve_triangular(r, q.T @ b)
        q, r = np.linalg.qr(x.T)
        return q @ scipy.linalg.solve_triangular(r, b, trans="T")

    return _each(solve, a, y)


def normal_equations_by_cholesky(a: Tensor, y: Tensor) -> Tensor:
    """A^T A = R^T R."""
    if a.shape[-2] >= a.shape[-1]:
        return torch.cholesky_solve(a.mT @ y, torch.linalg.cholesky(a.mT @ a))
    return a.mT @ torch.cholesky_solve(y, torch.linalg.cholesky(a @ a.mT))


ALTERNATIVES = [
    *((ALL, {"pinv": f}, f.__name__) for f in (pinv_by_gesvd, pinv_by_scipy, pinv_in_float64, pinv_of_the_transpose)),
    (FORMULA, {"pinverse": pinverse_by_gesvd}, "pinverse_by_gesvd"),
    *((FORMULA, {"inv": f}, f.__name__) for f in (inverse_by_openblas, inverse_by_qr)),
    (SOLUTIONS, {"least_squares": by_scipy}, "gelsy of OpenBLAS"),
    (SOLUTIONS, {"least_squares": by_column_pivoting}, "by_column_pivoting"),
    (SOLUTIONS, {"least_squares": in_float64}, "in_float64"),
    (SOLUTIONS, {"least_squares_by_qr": qr_by_openblas}, "qr_by_openblas"),
    (SOLUTIONS, {"least_squares_by_normal_equations": normal_equations_by_cholesky}, "normal_equations_by_cholesky"),
]
