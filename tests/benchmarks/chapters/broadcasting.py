"""A vector added to the rows of a matrix; small integers, which every format holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import FORMATS, Arithmetic
from reference.linear_algebra.broadcasting import affine, row_sums
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((8, 4, 4), (8, 64, 64), (2, 512, 512))
AXES = "matrices x rows x columns"


def matrix_and_vector(rng: np.random.Generator, size: Size) -> Inputs:
    """A and b."""
    return Inputs((_integers(rng, size), _integers(rng, (size[0], size[2]))))


def factors_and_bias(rng: np.random.Generator, size: Size) -> Inputs:
    """X, W and b, with an inner dimension as large as that of the columns."""
    b, m, n = size
    return Inputs((_integers(rng, (b, m, n)), _integers(rng, (b, n, n)), _integers(rng, (b, n))))


def _integers(rng: np.random.Generator, shape: Size) -> NDArray[np.float64]:
    return rng.integers(-3, 4, shape).astype(np.float64)


def sums(a: NDArray[np.float64], b: NDArray[np.float64], how: Arithmetic) -> Truth:
    """The correctly rounded sums: nothing else is allowed."""
    exact = row_sums(a, b, FORMATS[how.result.name])
    return Truth(exact, np.zeros(()))


ROWS = (
    Row(
        "add_to_rows add_matrix_to_vector add_to_rows_in_place add_to_rows_into add_expanded add_copies "
        "add_broadcast_tensors add_row_by_row add_with_an_axis",
        SIZES,
        AXES,
        matrix_and_vector,
        sums,
    ),
    Row("linear_with_bias addmm", ((8, 4, 4), (8, 64, 64)), AXES, factors_and_bias, affine),
)
