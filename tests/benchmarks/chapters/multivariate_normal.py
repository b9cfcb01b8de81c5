"""Multivariate normal laws."""

from __future__ import annotations

import numpy as np

from reference.probability import multivariate_normal as reference
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((4, 3, 3), (8, 16, 8))
AXES = "laws x points x dimensions"


def law(rng: np.random.Generator, size: Size) -> Inputs:
    """Points, means and well-conditioned covariances."""
    b, k, d = size
    half = rng.integers(-2, 3, (b, d, d)) / 4
    covariance = half @ half.swapaxes(-1, -2) + np.eye(d)
    points, mean = rng.standard_normal((b, k, d)), rng.standard_normal((b, d))
    return Inputs((points, mean, covariance))


def given_covariance(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, by the name of the matrix."""
    args = law(rng, size).args
    return Inputs(args, {"given": "covariance_matrix"}, args)


ROWS = (
    Row(
        "multivariate_log_density",
        SIZES,
        AXES,
        given_covariance,
        lambda x, m, a, how: reference.log_density(x, m, a, "covariance_matrix", how.result),
    ),
    Row("log_density_by_eigenvectors", SIZES, AXES, law, reference.by_eigenvectors),
)
