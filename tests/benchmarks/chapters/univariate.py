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


ROWS = tuple(
    Row(name, SIZES, "rows x numbers", numbers(float(name == "acosh")), functools.partial(truth, name))
    for name in univariate.ROWS
)
