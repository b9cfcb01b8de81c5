"""Maxout units, their tangents, and maxima by rectifiers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.networks import maxout as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

NUMBERS = ((64, 16), (64, 1024))


def pieces(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, slopes and intercepts."""
    batch, n, k = size
    x, w, c = (rng.standard_normal(shape) for shape in ((batch, n), (batch, k), (batch, k)))
    return Inputs((x, w, c, "amax"), given=(x, w, c))


def points(rng: np.random.Generator, size: Size) -> Inputs:
    """Points of tangents to the exponential."""
    t = rng.uniform(-1, 1, size)
    return Inputs((t, "exp"), given=(t,))


def tangents(t: NDArray[np.float64], how: Arithmetic) -> Truth:
    """Slopes and intercepts."""
    return Truth(*(np.stack(parts) for parts in zip(*reference.tangent_pieces("exp", t, UNITS_CPU, how), strict=True)))


def pairs(rng: np.random.Generator, size: Size) -> Inputs:
    """Two numbers each."""
    return Inputs(tuple(rng.standard_normal((2, *size))))


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows of numbers."""
    return Inputs((rng.standard_normal(size),))


ROWS = (
    Row("maxout", ((16, 16, 4), (16, 256, 32)), "batch x numbers x pieces", pieces, reference.maximum_of_pieces),
    Row("tangents", NUMBERS, "batch x points", points, tangents),
    Row("maximum_by_relu", NUMBERS, "batch x pairs", pairs, reference.maximum),
    Row("maximum_of_all_by_relu", NUMBERS, "batch x numbers", rows, reference.maximum_by_tree),
)
