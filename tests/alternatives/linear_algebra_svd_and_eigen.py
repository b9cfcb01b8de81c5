"""Correct singular values, eigenvalues and decompositions that differ from torch's."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

from tests.alternatives.linear_algebra_eigen import in_float64 as pairs_in_float64
from tests.alternatives.linear_algebra_eigen import other_phases_and_order
from tests.alternatives.linear_algebra_svd import (
    gesdd,
    gesvd,
    in_float64,
    of_the_transpose,
    signs_flipped,
    values_by_jordan_wielandt,
    values_by_openblas,
    values_of_the_decomposition,
)

RELATION = ("svd-symmetric-relation",)
DOMAIN = ("svd-vs-eigendecomposition-domain",)

Factors = tuple[Tensor, Tensor, Tensor]


def magnitudes_by_qr_iteration(a: Tensor) -> Tensor:
    """xSYEV, by OpenBLAS, of the upper triangle."""
    if not a.numel():
        return a.new_empty(a.shape[:-1])
    found = [
        scipy.linalg.eigh(m, lower=False, eigvals_only=True, driver="ev") for m in a.numpy().reshape(-1, *a.shape[-2:])
    ]
    return torch.from_numpy(np.stack(found)).reshape(a.shape[:-1]).abs().sort(descending=True).values


def magnitudes_with_vectors(a: Tensor) -> Tensor:
    """From the whole decomposition, sorted in NumPy."""
    w = torch.linalg.eigh(a)[0]
    return torch.from_numpy(-np.sort(-np.abs(w.numpy()), -1).copy())


def moduli_in_float64(a: Tensor) -> Tensor:
    """In double precision, then rounded."""
    return torch.linalg.eigvals(a.double()).abs().sort(descending=True).values.to(a.dtype)


def moduli_with_vectors(a: Tensor) -> Tensor:
    """By eig, by way of polar coordinates."""
    w = torch.linalg.eig(a)[0]
    return torch.hypot(w.real, w.imag).sort(descending=True).values


def factors_of_the_negated_matrix(a: Tensor) -> Factors:
    """-A = Q (-L) Q^T; U and V are exchanged, up to the sign of U."""
    w, q = torch.linalg.eigh(-a)
    s, order = w.abs().sort(descending=True, stable=True)
    v = -q.take_along_dim(order[..., None, :], -1)
    sign = -torch.copysign(torch.ones_like(s), w.gather(-1, order))
    return v * sign[..., None, :], s, v.mT


def factors_in_float64(a: Tensor) -> Factors:
    """In double precision, then rounded."""
    w, q = torch.linalg.eigh(a.double())
    s, order = w.abs().sort(descending=True)
    v = q.take_along_dim(order[..., None, :], -1)
    sign = torch.copysign(torch.ones_like(s), w.gather(-1, order))
    return (v * sign[..., None, :]).to(a.dtype), s.to(a.dtype), v.mT.to(a.dtype)


def product_by_halves(a: Tensor) -> Tensor:
    """Products of the first and of the last half."""
    s = torch.linalg.svdvals(a)
    h = s.shape[-1] // 2
    return s[..., :h].prod(-1) * s[..., h:].prod(-1)


def condition_with_vectors(a: Tensor) -> Tensor:
    """By values that come with vectors."""
    s = torch.linalg.svd(a)[1]
    return s[..., 0] / s[..., -1]


def pairs_by_numpy(a: Tensor) -> tuple[Tensor, Tensor]:
    """By NumPy, whose error for a rectangular matrix is a ValueError."""
    w, v = np.linalg.eig(a.numpy())
    return torch.from_numpy(w + 0j), torch.from_numpy(v + 0j)


def values_by_numpy(a: Tensor) -> Tensor:
    """Without vectors."""
    return torch.from_numpy(np.linalg.eigvals(a.numpy()) + 0j)


def symmetric_values_by_numpy(a: Tensor) -> Tensor:
    """Without vectors, of the lower triangle."""
    return torch.from_numpy(np.linalg.eigvalsh(a.numpy()))


ALTERNATIVES = [
    *((RELATION, {"svdvals": f}, f.__name__) for f in (values_of_the_decomposition, values_by_openblas)),
    (RELATION + DOMAIN, {"svdvals": values_by_jordan_wielandt}, "values_by_jordan_wielandt"),
    *(
        (RELATION, {"absolute_eigenvalues": f}, f.__name__)
        for f in (magnitudes_by_qr_iteration, magnitudes_with_vectors)
    ),
    *((RELATION, {"moduli_of_eigenvalues": f}, f.__name__) for f in (moduli_in_float64, moduli_with_vectors)),
    *((RELATION, {"svd_by_eigh": f}, f.__name__) for f in (factors_of_the_negated_matrix, factors_in_float64)),
    (RELATION, {"product_of_singular_values": product_by_halves}, "product_by_halves"),
    (RELATION, {"cond": condition_with_vectors}, "condition_with_vectors"),
    *((DOMAIN, {"svd": f}, f.__name__) for f in (gesvd, gesdd, signs_flipped, of_the_transpose, in_float64)),
    *((DOMAIN, {"eig": f}, f"eig: {f.__name__}") for f in (other_phases_and_order, pairs_in_float64)),
    (DOMAIN, {"eig": pairs_by_numpy}, "pairs_by_numpy"),
    (DOMAIN, {"eigvals": values_by_numpy}, "values_by_numpy"),
    (DOMAIN, {"eigvalsh": symmetric_values_by_numpy}, "symmetric_values_by_numpy"),
]
