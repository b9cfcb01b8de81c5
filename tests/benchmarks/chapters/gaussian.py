"""Laws with a density."""

from __future__ import annotations

import numpy as np

from reference.probability import gaussian as reference
from tests.benchmarks.row import Inputs, Row, Size

LAWS = ((16,), (256,))


def laws(rng: np.random.Generator, size: Size) -> Inputs:
    """Gamma laws."""
    a, b = 2.0 ** rng.uniform(-2, 6, (2, *size))
    return Inputs((a, b / 8, "gamma", "entropy"), given=(a, b / 8))


def variances(rng: np.random.Generator, size: Size) -> Inputs:
    """Positive numbers."""
    return Inputs((2.0 ** rng.uniform(-5, 5, size),))


def deviates(rng: np.random.Generator, size: Size) -> Inputs:
    """Points, means and deviations."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size), rng.uniform(0.5, 2, size)))


POINTS = ((4, 16), (16, 64))
ROWS = (
    Row(
        "normal_log_density",
        POINTS,
        "rows x points",
        deviates,
        lambda x, m, s, how: reference.log_density(x, m, s, how.result),
    ),
    Row("of_density", LAWS, "laws", laws, lambda a, b, how: reference.entropy("gamma", a, b, how.result)),
    Row("largest_entropy", LAWS, "laws", variances, lambda v, how: reference.largest_entropy(v, how.result)),
)
