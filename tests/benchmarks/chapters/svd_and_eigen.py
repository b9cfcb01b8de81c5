"""Magnitudes of eigenvalues, products and condition numbers; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import balance, svdvals_error
from reference.formats import Arithmetic
from reference.linear_algebra import svd_and_eigen as reference
from reference.linear_algebra.eigen import determinants
from reference.linear_algebra.svd import certified_singular_values
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
SMALL = ORDERS[:2]
AXES = "matrices x rows x columns"


def symmetric(rng: np.random.Generator, size: Size) -> Inputs:
    """Integers from -3 to 3, mirrored."""
    lower = np.tril(rng.integers(-3, 4, size).astype(np.float64))
    return Inputs((lower + np.tril(lower, -1).swapaxes(-1, -2),))


def decomposed(rng: np.random.Generator, size: Size) -> Inputs:
    """The reference judges factors, so it is given those of NumPy's eigendecomposition."""
    (a,), _, _ = symmetric(rng, size)
    w, q = np.linalg.eigh(a)
    return Inputs((a,), given=(a, q * np.where(w < 0, -1, 1)[:, None, :], np.abs(w), q.swapaxes(-1, -2)))


def circulant(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal matrices."""
    i, j = np.arange(size[1])[:, None], np.arange(size[2])
    return Inputs((rng.integers(-3, 4, size[:2]).astype(np.float64)[:, (i - j) % size[1]],))


def general(rng: np.random.Generator, size: Size) -> Inputs:
    """Integers from -1 to 1, and 4 more on the diagonal."""
    return Inputs((rng.integers(-1, 2, size) + 4 * np.eye(size[1]),))


def magnitudes(a: Float64, how: Arithmetic) -> Truth:
    """Certified magnitudes."""
    return reference.absolute_eigenvalues(a, how).values


def moduli(a: Float64, how: Arithmetic) -> Truth:
    """Certified singular values."""
    return reference.normal_moduli(a, balance(a), how)


def certified(a: Float64, how: Arithmetic) -> tuple[Truth, Float64]:
    """Singular values, and how far computed ones may be from them."""
    s = certified_singular_values(a)
    return s, svdvals_error(s.value.max(-1), *a.shape[-2:], how)


def product(a: Float64, how: Arithmetic) -> Truth:
    """The determinant by exact rationals."""
    return reference.product_of_values(*certified(a, how), determinants(a), how)


def condition(a: Float64, how: Arithmetic) -> Truth:
    """The quotient of certified values."""
    return reference.condition(*certified(a, how), how)


ROWS = (
    Row("absolute_eigenvalues", ORDERS, AXES, symmetric, magnitudes),
    Row("moduli_of_eigenvalues", ORDERS, AXES, circulant, moduli),
    Row(
        "svd_by_eigh",
        ORDERS,
        AXES,
        decomposed,
        reference.svd_by_eigh,
        "residuals of given factors, almost exactly, and their bounds",
    ),
    Row("product_of_singular_values", SMALL, AXES, general, product),
    Row("cond", ORDERS, AXES, general, condition),
)
