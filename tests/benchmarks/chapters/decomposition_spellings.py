"""Determinants, inverses, spectra and products of factors in one of their spellings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra import decomposition_spellings as reference
from reference.linear_algebra.pseudoinverse import inverse_truth, pseudoinverse_truth, pseudoinverses
from reference.linear_algebra.singularity import Factors, determinant
from reference.linear_algebra.svd import singular_values
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
Made = Callable[[np.random.Generator, Size], Inputs]

SQUARES = ((4, 3, 3), (4, 6, 6))
SPECTRA = ((4, 4, 4), (4, 32, 32))
AXES = "matrices x rows x columns"


def one(*arguments: float | str) -> Made:
    """One matrix an instance, and what follows it."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        a = rng.integers(-3, 4, size) + 4 * np.eye(*size[-2:])
        return Inputs((a, *arguments), given=(a,))

    return made


def symmetric(rng: np.random.Generator, size: Size) -> Inputs:
    """One symmetric matrix an instance."""
    a = rng.integers(-3, 4, size).astype(np.float64)
    a = a + a.swapaxes(-1, -2)
    return Inputs((a, "torch.linalg.eigvalsh"), given=(a,))


def definite(rng: np.random.Generator, size: Size) -> Inputs:
    """One symmetric positive definite matrix an instance."""
    a = rng.integers(-3, 4, size) + 8 * np.eye(*size[-2:])
    a = a @ a.swapaxes(-1, -2)
    return Inputs((a, "torch.cholesky_inverse"), given=(a,))


def determinants(a: Float64, how: Arithmetic) -> Truth:
    """By exact rationals; its bound by SciPy's factors."""
    factors = [scipy.linalg.lu(matrix)[1:] for matrix in a]
    return determinant(a, [Factors(*(np.array(f) for f in zip(*factors, strict=True)))], how)


def inverses(a: Float64, how: Arithmetic) -> Truth:
    """A^-1 by exact rationals."""
    return inverse_truth(pseudoinverses(a), how)


def moore_penrose(a: Float64, how: Arithmetic) -> Truth:
    """A^+ by exact rationals."""
    return pseudoinverse_truth(pseudoinverses(a), a.shape[-2], a.shape[-1], how)


ROWS = (
    Row("spelled_determinant", SQUARES, AXES, one("torch.det"), determinants),
    Row("spelled_inverse", SQUARES, AXES, one("torch.inverse"), inverses),
    Row("spelled_symmetric_inverse", SQUARES, AXES, definite, inverses),
    Row("spelled_pseudoinverse", SQUARES, AXES, one(1e-6, "torch.pinverse"), moore_penrose),
    Row(
        "spelled_singular_values",
        SPECTRA,
        AXES,
        one("torch.linalg.svdvals"),
        lambda a, how: singular_values(a, how).alone,
    ),
    Row("spelled_eigenvalues", SPECTRA, AXES, symmetric, reference.any_eigenvalues),
    Row("spectral_norm", SPECTRA, AXES, one("torch.linalg.norm"), lambda a, how: singular_values(a, how).spectral_norm),
    Row("nuclear_norm", SPECTRA, AXES, one("torch.linalg.norm"), lambda a, how: singular_values(a, how).nuclear_norm),
    Row("factored_and_multiplied", SPECTRA, AXES, one("torch.linalg.qr"), reference.multiplied_factors),
    Row("reflected_and_multiplied", SPECTRA, AXES, one("torch.ormqr"), reference.multiplied_factors),
)
