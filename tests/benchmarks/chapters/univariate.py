"""Functions of one number."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from claims.frame.operations.chapters import univariate
from reference.networks.univariate import truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((64, 16), (64, 1024))


def numbers(low: float) -> Callable[[np.random.Generator, Size], Inputs]:
    """Numbers from `low` + 1/4 to `low` + 3/4."""
    return lambda rng, size: Inputs((rng.uniform(low + 0.25, low + 0.75, size),))


LOWEST = {"acosh": 1.0, "trigamma": 100.0}
"""Where acosh begins, and where trigamma is accurate in float64."""
ROWS = tuple(
    Row(name, SIZES, "rows x numbers", numbers(LOWEST.get(name, 0.0)), functools.partial(truth, name))
    for name in univariate.ROWS
)
