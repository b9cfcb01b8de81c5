"""Correct tests of definiteness that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

DEFINITENESS = ("definiteness-by-eigenvalues",)
FORM = ("positive-semidefinite-quadratic-form", "positive-definite-kernel-trivial")
FACTOR = FORM[:1]


def _each(test: Callable[[np.ndarray], bool], a: Tensor) -> Tensor:
    if not a.numel():
        return torch.ones(a.shape[:-2], dtype=torch.bool)
    matrices = a.numpy().reshape(-1, *a.shape[-2:])
    return torch.tensor([test(x) for x in matrices], dtype=torch.bool).reshape(a.shape[:-2])


def by_openblas(a: Tensor, *, upper: bool = False) -> Tensor:
    """potrf of another library, which takes NaN for a number."""
    potrf = scipy.linalg.get_lapack_funcs("potrf", dtype=a.numpy().dtype)
    return _each(lambda x: not np.isnan(x).any() and potrf(x, lower=not upper)[1] == 0, a)


def by_outer_products(a: Tensor, *, upper: bool = False) -> Tensor:
    """Right-looking: one column at a time, the rest updated at once."""

    def ends(x: np.ndarray) -> bool:
        rest = np.array(x.T if upper else x)
        for k in range(len(rest)):
            if not rest[k, k] > 0:
                return False
            column = rest[k + 1 :, k] / np.sqrt(rest[k, k])
            rest[k + 1 :, k + 1 :] -= np.outer(column, column)
        return True

    with np.errstate(all="ignore"):
        return _each(ends, a)


def cholesky_in_float64(a: Tensor, *, upper: bool = False) -> Tensor:
    """In float64 throughout."""
    ended: Tensor = torch.linalg.cholesky_ex(a.double(), upper=upper).info == 0
    return ended


def signs_of_reversed_pivots(a: Tensor) -> Tensor:
    """Bunch and Kaufman's factorisation of the matrix with its basis reversed; it reads the same triangle."""
    whole = a.tril() + a.tril(-1).mT
    factors, pivots, _ = torch.linalg.ldl_factor_ex(whole.flip(-1, -2))
    signs = factors.diagonal(dim1=-2, dim2=-1).sign()
    return torch.where(pivots > 0, signs, torch.zeros_like(signs))


def signs_of_pivots_by_openblas(a: Tensor) -> Tensor:
    """sytrf of another library."""
    sytrf = scipy.linalg.get_lapack_funcs("sytrf", dtype=a.numpy().dtype)
    if not a.numel():
        return a.new_zeros(a.shape[:-1])
    found = [sytrf(x, lower=True)[:2] for x in a.numpy().reshape(-1, *a.shape[-2:])]
    signs = [np.where(pivots >= 0, np.sign(factors.diagonal()), 0) for factors, pivots in found]
    return torch.from_numpy(np.stack(signs)).to(a.dtype).reshape(a.shape[:-1])


def eigenvalues_by_relatively_robust_representations(a: Tensor, UPLO: str = "L") -> Tensor:
    """syevr, by OpenBLAS."""
    if not a.numel():
        return a.new_zeros(a.shape[:-1])
    matrices = a.numpy().reshape(-1, *a.shape[-2:])
    found = [scipy.linalg.eigh(x, lower=UPLO == "L", eigvals_only=True, driver="evr") for x in matrices]
    return torch.from_numpy(np.stack(found)).reshape(a.shape[:-1])


def from_the_right(x: Tensor, a: Tensor) -> Tensor:
    """x^T (A x)."""
    return torch.dot(x, a @ x)


def summed_in_float64(x: Tensor, a: Tensor) -> Tensor:
    """All n^2 products added in float64."""
    return torch.einsum("i,ij,j->", x.double(), a.double(), x.double()).to(x.dtype)


def from_the_left(x: Tensor, a: Tensor) -> Tensor:
    """(x^T A) x with the basis in the opposite order."""
    form: Tensor = x.flip(0) @ a.flip(0, 1) @ x.flip(0)
    return form


def product_with_itself(x: Tensor, b: Tensor) -> Tensor:
    """(B^T x) . (B^T x)."""
    y = b.mT @ x
    return torch.dot(y, y)


def covariance_in_float64(x: Tensor) -> Tensor:
    """In float64, then rounded."""
    return torch.cov(x.double()).to(x.dtype)


ALTERNATIVES = [
    *(
        (FORM, {operation: f}, f.__name__)
        for operation, f in (
            ("quadratic_form", summed_in_float64),
            ("form_by_right_product", from_the_left),
            ("form_by_einsum", from_the_right),
        )
    ),
    (DEFINITENESS, {"quadratic_form": from_the_right}, "forms from the right"),
    (FACTOR, {"form_by_factor": product_with_itself}, "product_with_itself"),
    (FACTOR, {"cov": covariance_in_float64}, "covariance_in_float64"),
    *(
        (DEFINITENESS, {operation: f}, f.__name__)
        for operation, f in (
            ("cholesky_succeeds", by_openblas),
            ("cholesky_succeeds", by_outer_products),
            ("cholesky_succeeds", cholesky_in_float64),
            ("pivot_signs", signs_of_reversed_pivots),
            ("pivot_signs", signs_of_pivots_by_openblas),
            ("eigvalsh", eigenvalues_by_relatively_robust_representations),
        )
    ),
]
