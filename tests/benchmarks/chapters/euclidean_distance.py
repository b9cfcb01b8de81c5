"""Distances between points with integer coordinates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from claims.linear_algebra.euclidean_distance import DIRECT
from reference.formats import Arithmetic
from reference.linear_algebra.euclidean_distance import direct
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SETS = ((16, 4, 4), (16, 32, 32))
PAIRS = ((256, 16), (256, 1024))
AXES = "sets x points x coordinates"


def _integers(rng: np.random.Generator, size: Size) -> Float64:
    return rng.integers(-3, 4, size).astype(np.float64)


def two_sets(rng: np.random.Generator, size: Size) -> Inputs:
    """Every point of one set against every point of another."""
    x, y = _integers(rng, size), _integers(rng, size)
    return Inputs((x, y, DIRECT), given=(x[:, :, None], y[:, None]))


def one_set(rng: np.random.Generator, size: Size) -> Inputs:
    """The points of a set among themselves, each pair once."""
    x = _integers(rng, size)
    i, j = np.triu_indices(size[1], 1)
    return Inputs((x,), given=(x[:, i], x[:, j]))


def pairs(rng: np.random.Generator, size: Size) -> Inputs:
    """Two points an instance."""
    x, y = _integers(rng, size), _integers(rng, size)
    return Inputs((x, y), {"dim": -1}, given=(x, y))


def pairs_without_eps(rng: np.random.Generator, size: Size) -> Inputs:
    """Two points an instance, and eps 0."""
    x, y = _integers(rng, size), _integers(rng, size)
    return Inputs((x, y, 0.0), given=(x, y))


def widened(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Distances with the differences of half types in float32."""
    return direct(x, y, how, widened=True)


ROWS = (
    Row("euclidean_cdist", SETS, AXES, two_sets, widened),
    Row("pdist", SETS, AXES, one_set, widened),
    Row("norm_of_difference", PAIRS, "pairs x coordinates", pairs, direct),
    Row("pairwise_distance_layer", PAIRS, "pairs x coordinates", pairs_without_eps, direct),
)
