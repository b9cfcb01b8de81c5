"""Correct determinants, inverses, spectra and decompositions that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

CLAIMS = ("decomposition-spellings-agree",)


def determinant_by_openblas(a: Tensor, _spelling: str) -> Tensor:
    """LU factorisation in OpenBLAS, of the transpose."""
    return torch.from_numpy(np.asarray(scipy.linalg.det(a.numpy().T))).to(a.dtype)


def determinant_of_the_transpose(a: Tensor, spelling: str) -> Tensor:
    """By the pivots of the transpose, or their logarithms where the spelling has logarithms."""
    if "logdet" not in spelling:
        return torch.linalg.det(a.mT)
    sign, logarithm = torch.linalg.slogdet(a.mT)
    return sign * logarithm.exp()


def inverse_by_openblas(a: Tensor, _spelling: str) -> Tensor:
    """OpenBLAS's getri."""
    return torch.from_numpy(np.ascontiguousarray(scipy.linalg.inv(a.numpy())))


def inverse_by_qr(a: Tensor, _spelling: str) -> Tensor:
    """R^-1 Q^T."""
    q, r = torch.linalg.qr(a)
    return torch.linalg.solve_triangular(r, q.mT, upper=True)


def singular_values_by_gesvd(a: Tensor, _spelling: str) -> Tensor:
    """OpenBLAS's gesvd."""
    return torch.from_numpy(scipy.linalg.svd(a.numpy(), compute_uv=False, lapack_driver="gesvd"))


def singular_values_in_float64(a: Tensor, _spelling: str) -> Tensor:
    """In float64, then rounded."""
    return torch.linalg.svdvals(a.double()).to(a.dtype)


def pseudoinverse_by_scipy(a: Tensor, rtol: float, _spelling: str) -> Tensor:
    """OpenBLAS's gesdd."""
    return torch.from_numpy(np.ascontiguousarray(scipy.linalg.pinv(a.numpy(), rtol=rtol)))


def eigenvalues_by_syevr(a: Tensor, _spelling: str) -> Tensor:
    """OpenBLAS's syevr, where torch calls syevd."""
    return torch.from_numpy(scipy.linalg.eigh(a.numpy(), eigvals_only=True, driver="evr"))


def eigenvalues_by_geev(a: Tensor, _spelling: str) -> Tensor:
    """OpenBLAS's geev, for any matrix."""
    return torch.from_numpy(np.sort(scipy.linalg.eigvals(a.numpy()).real))


def factors_of_openblas(a: Tensor, _spelling: str) -> Tensor:
    """QR factors of OpenBLAS, multiplied by torch."""
    q, r = (torch.from_numpy(np.ascontiguousarray(f)) for f in scipy.linalg.qr(a.numpy(), mode="economic"))
    return q @ r


def factors_with_pivoting(a: Tensor, _spelling: str) -> Tensor:
    """QR factors with column pivoting."""
    q, r, order = scipy.linalg.qr(a.numpy(), mode="economic", pivoting=True)
    product = np.empty(tuple(a.shape), q.dtype)
    product[:, order] = q @ r
    return torch.from_numpy(product)


def norm_by_gesvd(a: Tensor, spelling: str) -> Tensor:
    """The largest singular value of OpenBLAS's gesvd."""
    return singular_values_by_gesvd(a, spelling).amax()


def nuclear_norm_summed_backwards(a: Tensor, spelling: str) -> Tensor:
    """The smallest singular value first."""
    return singular_values_by_gesvd(a, spelling).flip(0).sum()


ALTERNATIVES = [
    *(
        (CLAIMS, {"spelled_determinant": f}, f.__name__)
        for f in (determinant_by_openblas, determinant_of_the_transpose)
    ),
    *((CLAIMS, {"spelled_inverse": f}, f.__name__) for f in (inverse_by_openblas, inverse_by_qr)),
    *(
        (CLAIMS, {"spelled_singular_values": f}, f.__name__)
        for f in (singular_values_by_gesvd, singular_values_in_float64)
    ),
    *(
        (CLAIMS, {"spelled_symmetric_inverse": f}, f"symmetric {f.__name__}")
        for f in (inverse_by_openblas, inverse_by_qr)
    ),
    (CLAIMS, {"spelled_pseudoinverse": pseudoinverse_by_scipy}, "pseudoinverse_by_scipy"),
    *((CLAIMS, {"spelled_eigenvalues": f}, f.__name__) for f in (eigenvalues_by_syevr, eigenvalues_by_geev)),
    *((CLAIMS, {"factored_and_multiplied": f}, f.__name__) for f in (factors_of_openblas, factors_with_pivoting)),
    (CLAIMS, {"reflected_and_multiplied": factors_of_openblas}, "reflectors of OpenBLAS"),
    (CLAIMS, {"spectral_norm": norm_by_gesvd}, "norm_by_gesvd"),
    (CLAIMS, {"nuclear_norm": nuclear_norm_summed_backwards}, "nuclear_norm_summed_backwards"),
]
