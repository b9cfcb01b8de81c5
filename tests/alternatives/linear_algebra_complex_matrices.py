"""Correct decompositions of complex matrices by OpenBLAS or in other precision: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

CLAIMS = ("complex-decompositions",)


def plain(a: Tensor) -> Any:  # noqa: ANN401  an array of its dtype
    """The numbers of a tensor."""
    return a.resolve_conj().numpy()


def tensors(*parts: Any) -> tuple[Tensor, ...]:
    """Arrays as tensors."""
    return tuple(torch.from_numpy(np.ascontiguousarray(p)) for p in parts)


def svd_by_openblas(a: Tensor, full_matrices: bool = True) -> tuple[Tensor, ...]:  # noqa: FBT001, FBT002
    """OpenBLAS's zgesdd."""
    return tensors(*np.linalg.svd(plain(a), full_matrices=full_matrices))


def singular_values_by_openblas(a: Tensor) -> Tensor:
    """Without vectors."""
    return tensors(np.linalg.svd(plain(a), compute_uv=False))[0]


def eigh_by_openblas(a: Tensor, UPLO: str = "L") -> tuple[Tensor, ...]:
    """OpenBLAS's zheevd."""
    return tensors(*np.linalg.eigh(plain(a), UPLO=UPLO))  # type: ignore[arg-type]


def eig_by_openblas(a: Tensor) -> tuple[Tensor, ...]:
    """OpenBLAS's zgeev."""
    return tensors(*np.linalg.eig(plain(a)))


def qr_by_openblas(a: Tensor) -> tuple[Tensor, ...]:
    """OpenBLAS's zgeqrf."""
    return tensors(*np.linalg.qr(plain(a)))


def inverse_by_openblas(a: Tensor) -> Tensor:
    """OpenBLAS's zgetri."""
    if not a.numel():
        return a.clone()
    matrices = plain(a).reshape(-1, *a.shape[-2:])
    return tensors(np.array([scipy.linalg.inv(m) for m in matrices]).reshape(a.shape))[0]


def determinant_of_the_conjugate(a: Tensor) -> Tensor:
    """Conjugated back."""
    found: Tensor = torch.linalg.det(a.conj().resolve_conj().mT)
    return found.conj().resolve_conj()


def solution_by_qr(a: Tensor, b: Tensor) -> Tensor:
    """R X = Q^H B."""
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mH @ b, upper=True)


ALTERNATIVES = [
    (CLAIMS, {"svd": svd_by_openblas, "svdvals": singular_values_by_openblas}, "singular values by OpenBLAS"),
    (CLAIMS, {"eigh": eigh_by_openblas, "eig": eig_by_openblas}, "eigenvalues by OpenBLAS"),
    (CLAIMS, {"qr": qr_by_openblas, "inv": inverse_by_openblas}, "factors and inverse by OpenBLAS"),
    (CLAIMS, {"determinant": determinant_of_the_conjugate, "solve": solution_by_qr}, "solution by QR"),
]
