"""One extreme eigenpair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.extreme_pairs import pair
from reference.linear_algebra.residuals import Defect
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]


def spread(rng: np.random.Generator, size: Size) -> Inputs:
    """Symmetric matrices with a dominant diagonal."""
    lower = np.tril(rng.integers(-1, 2, size).astype(np.float64), -1)
    return Inputs((lower + lower.swapaxes(-1, -2) + 4 * np.diag(np.arange(size[-1])), 1e-3, "largest"))


def residuals(a: Float64, tol: float, _: str, how: Arithmetic) -> Defect:
    """How far NumPy's pairs are from eigenpairs, and what is allowed."""
    w, q = np.linalg.eigh(a)
    return pair(a, w[:, -1], q[:, :, -1], tol, -1, how).residual


SIZES = ((2, 4, 4), (2, 16, 16))
ROWS = (Row("lobpcg", SIZES, "matrices x rows x columns", spread, residuals, "residuals of NumPy's pairs"),)
