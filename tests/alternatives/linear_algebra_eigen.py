"""Correct general eigensolvers, determinants and ranks that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

PAIRS = ("eigenpair", "eigendecomposition", "eigendecomposition-invariants", "defective-matrix")
SYNTHESIS = ("eigendecomposition",)
SINGULAR = ("singular-iff-zero-eigenvalue",)

Pair = tuple[Tensor, Tensor]


def by_openblas(a: Tensor) -> Pair:
    """xGEEV of another library, of numbers near one: OpenBLAS forgets to scale eigenvalues of extreme ones back."""
    if not a.numel():
        values, vectors = torch.linalg.eig(a)
        return values, vectors
    e = a.abs().amax((-2, -1)).frexp().exponent
    scaled = a.ldexp(-e[..., None, None])
    found = [scipy.linalg.eig(m) for m in scaled.numpy().reshape(-1, *a.shape[-2:])]
    kind = torch.complex64 if a.dtype == torch.float32 else torch.complex128
    values, vectors = (torch.from_numpy(np.stack(part)).to(kind) for part in zip(*found, strict=True))
    values = values.reshape(a.shape[:-1])
    unscaled = torch.complex(values.real.ldexp(e[..., None]), values.imag.ldexp(e[..., None]))
    return unscaled, vectors.reshape(a.shape)


def in_float64(a: Tensor) -> Pair:
    """In float64, then rounded."""
    values, vectors = torch.linalg.eig(a.double())
    kind = torch.complex64 if a.dtype == torch.float32 else torch.complex128
    return values.to(kind), vectors.to(kind)


def other_phases_and_order(a: Tensor) -> Pair:
    """Each vector times i, and all pairs in the reverse order."""
    values, vectors = torch.linalg.eig(a)
    return values.flip(-1), 1j * vectors.flip(-1)


def inverse_of_the_transpose(v: Tensor, w: Tensor) -> Tensor:
    """V (diag(w) V^-1), the inverse through the transpose."""
    inverse: Tensor = torch.linalg.inv(v.mT).mT
    return v @ (w[..., None] * inverse)


def solved_in_float64(v: Tensor, w: Tensor) -> Tensor:
    """In double precision, then rounded."""
    kind = torch.complex128 if v.is_complex() else torch.float64
    wide = torch.linalg.solve(v.to(kind).mT, (v.to(kind) * w.to(kind)[..., None, :]).mT).mT
    return wide.to(v.dtype)


def determinant_of_the_transpose(a: Tensor) -> Tensor:
    """Factors A^T."""
    found: Tensor = torch.linalg.det(a.mT.contiguous())
    return found


def determinant_by_factors(a: Tensor) -> Tensor:
    """P, L and U, and the product from the last pivot on."""
    p, _, u = torch.linalg.lu(a)
    pivots = u.diagonal(dim1=-2, dim2=-1).flip(-1)
    sign = torch.linalg.det(p).round()
    return pivots.cumprod(-1)[..., -1] * sign if a.shape[-1] else sign


def rank_by_divide_and_conquer(a: Tensor) -> Tensor:
    """Singular values with vectors, and the usual threshold."""
    s = torch.linalg.svd(a)[1]
    if not s.shape[-1]:
        return torch.zeros(a.shape[:-2], dtype=torch.int64)
    return (s > a.shape[-1] * torch.finfo(a.dtype).eps * s[..., :1]).sum(-1)


ALTERNATIVES = [
    *((PAIRS, {"eig": f}, f.__name__) for f in (by_openblas, in_float64, other_phases_and_order)),
    *((SYNTHESIS, {"synthesis": f}, f.__name__) for f in (inverse_of_the_transpose, solved_in_float64)),
    *((SINGULAR, {"determinant": f}, f.__name__) for f in (determinant_of_the_transpose, determinant_by_factors)),
    (
        ("singular-iff-zero-eigenvalue", "eigendecomposition-invariants"),
        {"matrix_rank": rank_by_divide_and_conquer},
        "rank_by_divide_and_conquer",
    ),
]
