"""Correct symmetric eigensolvers and quadratic forms that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

DECOMPOSITION = (
    "spectral-theorem",
    "eigenvalue-ordering",
    "spectral-decomposition-uniqueness",
    "rayleigh-extremes",
)
FORM = ("rayleigh-extremes",)

Pair = tuple[Tensor, Tensor]


def _by_scipy(driver: str, a: Tensor, UPLO: str) -> Pair:
    if not a.numel():
        values, vectors = torch.linalg.eigh(a)
        return values, vectors
    found = [scipy.linalg.eigh(x, lower=UPLO == "L", driver=driver) for x in a.numpy().reshape(-1, *a.shape[-2:])]
    values, vectors = (torch.from_numpy(np.stack(part)) for part in zip(*found, strict=True))
    return values.reshape(a.shape[:-1]), vectors.reshape(a.shape)


def qr_iteration(a: Tensor, UPLO: str = "L") -> Pair:
    """syev, by OpenBLAS."""
    return _by_scipy("ev", a, UPLO)


def divide_and_conquer(a: Tensor, UPLO: str = "L") -> Pair:
    """syevd, by OpenBLAS."""
    return _by_scipy("evd", a, UPLO)


def signs_of_eigenvectors_flipped(a: Tensor, UPLO: str = "L") -> Pair:
    """Every other eigenvector negated."""
    values, vectors = torch.linalg.eigh(a, UPLO=UPLO)
    return values, vectors * torch.where(torch.arange(a.shape[-1]) % 2 == 0, -1.0, 1.0).to(a.dtype)


def decomposed_in_float64(a: Tensor, UPLO: str = "L") -> Pair:
    """In float64, then rounded."""
    values, vectors = torch.linalg.eigh(a.double(), UPLO=UPLO)
    return values.to(a.dtype), vectors.to(a.dtype)


def of_the_reversed_matrix(a: Tensor, UPLO: str = "L") -> Pair:
    """J A J, J the reversal of the order of the basis; its other triangle."""
    values, vectors = torch.linalg.eigh(a.flip(-1, -2), UPLO="U" if UPLO == "L" else "L")
    return values, vectors.flip(-2)


def values_with_vectors(a: Tensor, UPLO: str = "L") -> Tensor:
    """L of the whole decomposition."""
    return torch.linalg.eigh(a, UPLO=UPLO).eigenvalues


def from_the_right(x: Tensor, a: Tensor) -> Tensor:
    """x^T (A x)."""
    return torch.dot(x, a @ x)


def summed_in_float64(x: Tensor, a: Tensor) -> Tensor:
    """All n^2 products added in float64."""
    return torch.einsum("i,ij,j->", x.double(), a.double(), x.double()).to(x.dtype)


ALTERNATIVES = [
    *(
        (DECOMPOSITION, {"eigh": f}, f.__name__)
        for f in (
            qr_iteration,
            divide_and_conquer,
            signs_of_eigenvectors_flipped,
            decomposed_in_float64,
            of_the_reversed_matrix,
        )
    ),
    (("spectral-theorem", "eigenvalue-ordering"), {"eigvalsh": values_with_vectors}, "values_with_vectors"),
    (FORM, {"quadratic_form": from_the_right}, "from_the_right"),
    (FORM, {"quadratic_form": summed_in_float64}, "summed_in_float64"),
]
