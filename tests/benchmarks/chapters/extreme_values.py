"""Losses and norms of numbers at the ends of a format, and functions of NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses import extreme_values as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES, AXES = ((16, 2), (256, 2)), "vectors x numbers"


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits of rows of two equal classes."""
    x = rng.standard_normal(size)
    return Inputs((x, "many rows"), given=(x,))


def entropies(x: NDArray[np.float64], how: Arithmetic) -> Truth:
    """Mean losses."""
    return reference.value("many rows", x, how.result)


def spoiled(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, for rectifiers."""
    x = rng.standard_normal(size)
    return Inputs((x, "relu"), given=(x,))


def rectified(x: NDArray[np.float64], how: Arithmetic) -> NDArray[np.float64]:  # noqa: ARG001
    """The larger of a number and 0."""
    return np.maximum(x, 0)


ROWS = (
    Row("at_extremes", SIZES, AXES, rows, entropies, "mean loss"),
    Row("of_nan", SIZES, AXES, spoiled, rectified, "rectifier"),
)
