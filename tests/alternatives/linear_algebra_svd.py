"""Correct singular value decompositions that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

DECOMPOSITION = ("svd-existence", "svd-orthogonal-factors", "svd-diagonal-singular-values")
ORTHOGONAL = ("svd-orthogonal-factors",)
VALUES = ("svd-diagonal-singular-values",)

Factors = tuple[Tensor, Tensor, Tensor]


def _each(a: Tensor, decompose: Callable[[np.ndarray], tuple[np.ndarray, ...]], *, full: bool) -> Factors:
    """`decompose` applied to each matrix in NumPy; empty matrices are left to torch."""
    if not a.numel():
        u, s, vh = torch.linalg.svd(a, full_matrices=full)
        return u, s, vh
    found = [decompose(x) for x in a.numpy().reshape(-1, *a.shape[-2:])]
    u, s, vh = (torch.from_numpy(np.stack(part)) for part in zip(*found, strict=True))
    batch = a.shape[:-2]
    return u.reshape(*batch, *u.shape[1:]), s.reshape(*batch, -1), vh.reshape(*batch, *vh.shape[1:])


def gesvd(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """QR iteration, by OpenBLAS."""
    return _each(a, lambda x: scipy.linalg.svd(x, full_matrices, lapack_driver="gesvd"), full=full_matrices)


def gesdd(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """Divide and conquer, by OpenBLAS."""
    return _each(a, lambda x: scipy.linalg.svd(x, full_matrices, lapack_driver="gesdd"), full=full_matrices)


def signs_flipped(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """The signs of every other pair of singular vectors changed together, and of the completing columns at will."""
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    left, right = (torch.where(torch.arange(k) % 2 == 0, -1.0, 1.0).to(a.dtype) for k in (u.shape[-1], vh.shape[-2]))
    return u * left, s, vh * right[:, None]


def of_the_transpose(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """A^T = V D U^T."""
    v, s, uh = torch.linalg.svd(a.mT, full_matrices=full_matrices)
    return uh.mT, s, v.mT


def after_qr(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """A = Q R first, then the decomposition of R (Chan's method)."""
    q, r = torch.linalg.qr(a, mode="complete" if full_matrices else "reduced")
    u, s, vh = torch.linalg.svd(r, full_matrices=full_matrices)
    return q @ u, s, vh


def in_float64(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """Decomposed in float64, then rounded."""
    u, s, vh = torch.linalg.svd(a.double(), full_matrices=full_matrices)
    return u.to(a.dtype), s.to(a.dtype), vh.to(a.dtype)


def one_sided_jacobi(a: Tensor, *, full_matrices: bool = True) -> Factors:
    """Hestenes' method: the columns are rotated pairwise until they are orthogonal (reduced form, small matrices)."""
    m, n = a.shape[-2:]
    if full_matrices or m < n or not a.numel() or n > 5:
        return in_float64(a, full_matrices=full_matrices)
    return _each(a, _hestenes, full=False)


def _hestenes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = x.shape[1]
    scale = np.abs(x).max() or x.dtype.type(1)
    q, r = np.linalg.qr(x / scale)
    w, v = r.copy(), np.eye(n, dtype=x.dtype)
    eps = np.finfo(x.dtype).eps
    for _ in range(60):
        rotated = False
        for i in range(n - 1):
            for j in range(i + 1, n):
                p, alpha, beta = w[:, i] @ w[:, j], w[:, i] @ w[:, i], w[:, j] @ w[:, j]
                if abs(p) > eps * max(np.sqrt(alpha * beta), eps * eps):
                    rotated = True
                    zeta = (beta - alpha) / (2 * p)
                    t = np.copysign(1, zeta) / (abs(zeta) + np.hypot(1, zeta))
                    c = 1 / np.hypot(1, t)
                    turn = np.array([[c, c * t], [-c * t, c]], x.dtype)
                    w[:, [i, j]], v[:, [i, j]] = w[:, [i, j]] @ turn, v[:, [i, j]] @ turn
        if not rotated:
            break
    s = np.linalg.norm(w, axis=0)
    order = np.argsort(-s)
    w, s, v = w[:, order], s[order], v[:, order]
    # columns below the unit roundoff of the largest have no direction of their own: QR completes them
    u, triangle = np.linalg.qr(w / np.where(s > 0, s, 1))
    signs = np.where(np.diag(triangle) < 0, -1, 1).astype(x.dtype)
    return q @ (u * signs), s * scale, v.T


def values_by_jordan_wielandt(a: Tensor) -> Tensor:
    """The largest min(m, n) eigenvalues of (0, A; A^T, 0), none below zero."""
    m, n = a.shape[-2:]
    h = a.new_zeros(*a.shape[:-2], m + n, m + n)
    h[..., :m, m:], h[..., m:, :m] = a, a.mT
    return torch.linalg.eigvalsh(h).flip(-1)[..., : min(m, n)].clamp_min(0)


def values_of_the_decomposition(a: Tensor) -> Tensor:
    """S of the whole decomposition."""
    return torch.linalg.svd(a).S


def values_by_openblas(a: Tensor) -> Tensor:
    """Values only, by OpenBLAS."""
    if not a.numel():
        return torch.linalg.svdvals(a)
    return torch.from_numpy(np.linalg.svd(a.numpy(), compute_uv=False))


def v_by_gesvd(a: Tensor) -> Factors:
    """QR iteration, by OpenBLAS, with V instead of V^T."""
    u, s, vh = gesvd(a, full_matrices=False)
    return u, s, vh.mT


def qr_by_openblas(a: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    """Householder QR in OpenBLAS, the signs of the columns changed."""
    q, r = np.linalg.qr(a.numpy(), mode=mode)
    return torch.from_numpy(-q), torch.from_numpy(-r)


def reflectors_applied_backwards(a: Tensor, tau: Tensor) -> Tensor:
    """H_1 (H_2 (... H_n E)), one reflector after the other."""
    m, n = a.shape[-2:]
    q = torch.eye(m, n, dtype=a.dtype).expand(*a.shape)
    for j in reversed(range(n)):
        v = torch.cat((torch.zeros_like(a[..., :j, j]), torch.ones_like(tau[..., j : j + 1]), a[..., j + 1 :, j]), -1)
        q = q - tau[..., j, None, None] * v[..., :, None] * (v[..., None, :] @ q)
    return q


ALTERNATIVES = [
    *((DECOMPOSITION, {"svd": f}, f.__name__) for f in (gesvd, gesdd, signs_flipped, of_the_transpose, after_qr)),
    *((DECOMPOSITION, {"svd": f}, f.__name__) for f in (in_float64, one_sided_jacobi)),
    (("svd-existence",), {"svd_with_v": v_by_gesvd}, "v_by_gesvd"),
    (ORTHOGONAL, {"qr": qr_by_openblas}, "qr_by_openblas"),
    (ORTHOGONAL, {"householder_product": reflectors_applied_backwards}, "reflectors_applied_backwards"),
    (VALUES, {"svdvals": values_by_jordan_wielandt}, "values_by_jordan_wielandt"),
    (VALUES, {"svdvals": values_of_the_decomposition}, "values_of_the_decomposition"),
    (VALUES, {"svdvals": values_by_openblas}, "values_by_openblas"),
]
