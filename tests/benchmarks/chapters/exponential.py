"""Exponentials of matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra.exponential import exponential
from tests.benchmarks.row import Inputs, Row, Size


def normal(rng: np.random.Generator, size: Size) -> Inputs:
    """Norms of about one."""
    a = rng.standard_normal(size) / size[-1] ** 0.5
    return Inputs((a, "torch.linalg.matrix_exp"), given=(a,))


def balls(a: NDArray[np.float64], how: Arithmetic) -> NDArray[np.float64]:
    """The exponentials; torch's of half types are no numbers to compare with them."""
    return exponential(a, how).value


SIZES = ((8, 3, 3), (8, 16, 16))
ROWS = (Row("matrix_exponential", SIZES, "matrices x rows x columns", normal, balls, "value in balls, error bound"),)
