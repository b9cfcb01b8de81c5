"""Eigenvalues of Gram matrices; matrices of small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.gram_eigenvalues import roots, squared_norm, squares
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SHAPES = ((64, 4, 4), (16, 16, 16), (4, 64, 64))
AXES = "matrices x rows x columns"


def matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """Integers from -3 to 3, and 16 more on the diagonal: no eigenvalue is near zero."""
    return Inputs((rng.integers(-3, 4, size) + 16 * np.eye(*size[-2:]),))


def and_transposed(rng: np.random.Generator, size: Size) -> Inputs:
    """The reference gets A^T."""
    (a,), *_ = matrix(rng, size)
    return Inputs((a,), given=(a.swapaxes(-1, -2),))


def spectrum(a: Float64, how: Arithmetic) -> Truth:
    """Squares and roots, one after the other."""
    both = squares(a, how), roots(a, how)
    return Truth(np.stack([t.value for t in both]), np.stack([t.bound for t in both]))


def descending(a: Float64, how: Arithmetic) -> Truth:
    """Roots, the largest first."""
    return Truth(*(part[..., ::-1] for part in roots(a, how)))


ROWS = (
    Row("column_gram_spectrum", SHAPES, AXES, matrix, spectrum),
    Row("row_gram_spectrum", SHAPES, AXES, and_transposed, spectrum),
    Row("singular_values_by_gram", SHAPES, AXES, and_transposed, descending),
    Row("squared_spectral_norm", SHAPES, AXES, matrix, squared_norm),
)
