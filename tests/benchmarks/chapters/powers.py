"""Powers of matrices of small integers; the exponent is the last number of a size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.linear_algebra.powers import applied, power, synthesis
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((64, 4, 4, 3), (64, 4, 4, 9), (4, 64, 64, 3))
AXES = "matrices x rows x columns x exponent"


def sparse(rng: np.random.Generator, size: Size) -> NDArray[np.float64]:
    """Entries -1, 0 and 1, two in a row."""
    n = size[1]
    return np.asarray(rng.integers(-1, 2, size[:3]) * (rng.random(size[:3]) < 2 / n), np.float64)


def one_matrix(rng: np.random.Generator, size: Size) -> Inputs:
    """A single W and t."""
    return Inputs((sparse(rng, (1, *size[1:]))[0], size[3]))


def triangular(rng: np.random.Generator, size: Size) -> Inputs:
    """W with distinct eigenvalues on its diagonal, and t."""
    n = size[1]
    return Inputs((np.triu(sparse(rng, size), 1) + np.diag(np.arange(n) / n), size[3]))


def matrix_and_vector(rng: np.random.Generator, size: Size) -> Inputs:
    """W, x and t."""
    return Inputs((sparse(rng, size), rng.integers(-3, 4, size[:2]).astype(np.float64), size[3]))


def eigenvectors(rng: np.random.Generator, size: Size) -> Inputs:
    """V, w, V^-1 and t, V upper triangular with ones."""
    v = np.broadcast_to(np.triu(np.ones(size[1:3])), size[:3]).copy()
    inverse = np.broadcast_to(np.eye(size[1]) - np.eye(size[1], k=1), size[:3]).copy()
    return Inputs((v, rng.choice([-1.0, 0.5, 1.0], size[:2]), inverse, size[3]))


ROWS = (
    Row("chained_power", ((1, 4, 4, 3), (1, 64, 64, 3)), AXES, one_matrix, power),
    Row("power_by_eig", SIZES, AXES, triangular, power),
    Row("applied_repeatedly", SIZES, AXES, matrix_and_vector, applied),
    Row("synthesised_power", SIZES, AXES, eigenvectors, synthesis),
)
