"""The laws of torch's samplers, in a format, for the parameters with which they are drawn here."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reference.formats import Format, float32
from reference.probability.continuous import ContinuousLaw, NormalLaw
from reference.probability.sampling import DiscreteLaw, Law, uniform_laws

Float64 = NDArray[np.float64]

STEEPEST = {"log_normal_": 0.3990, "exponential_": 0.3679, "cauchy_": 0.1592}
"""The largest |x| f(x) of a density f: what a relative change of x by 1 moves the distribution function by, at most."""
DENSITIES = {"log_normal_": stats.lognorm(1.0), "exponential_": stats.expon(), "cauchy_": stats.cauchy()}
COUNTS = {"geometric_": stats.geom(0.5), "poisson": stats.poisson(3.0)}
TABLES = {
    "bernoulli": (0.75, 0.25),
    "bernoulli_": (0.75, 0.25),
    "multinomial": (1 / 8, 1 / 4, 3 / 8, 1 / 4),
    "randint": (1 / 6,) * 6,
    "random_": (1 / 6,) * 6,
}
GRID = 8
"""Steps of the grid of uniform numbers by which an inverse or a transform may move a distribution function."""


@lru_cache(maxsize=64)
def laws(sampler: str, format: Format) -> tuple[Law, ...]:
    """The laws that a sampler of `claims.frame.operations.chapters.streams` may have; a permutation has none here.

    Uniform on [0, 1), standard normal, log-normal, exponential and Cauchy; geometric with p = 1/2, Poisson with mean 3,
    Bernoulli with p = 1/4, weights 1, 2, 3, 2, and a die that counts from 0. A stored number is
    off by 4u of the accumulator and, in half types, by a rounding more.
    """
    wide = max(format, float32, key=lambda f: f.precision).u
    if sampler in {"rand", "uniform_"}:
        return uniform_laws(0.0, 1.0, format)
    if sampler in {"randn", "normal", "normal_"}:
        return (NormalLaw.of(0.0, 1.0, format),)
    if sampler in DENSITIES:
        rounding = 4 * wide + (format.u if format.precision < float32.precision else 0.0)
        slack = STEEPEST[sampler] * 1.01 * rounding + GRID * wide + format.eta
        return (ContinuousLaw(DENSITIES[sampler], slack),)
    if sampler in COUNTS:
        support = np.arange(121.0)  # beyond it lies less than the slack
        return (DiscreteLaw(support, COUNTS[sampler].pmf(support), GRID * wide),)
    if sampler in TABLES:
        table = np.array(TABLES[sampler])
        return (DiscreteLaw(np.arange(float(len(table))), table, GRID * wide),)
    return ()


def distances(n: int, cols: int) -> tuple[int, ...]:
    """How far apart draws are compared: by a row, and by every block of a power of two up to half the sample."""
    blocks = (1 << k for k in range(1, n.bit_length()))
    return tuple(sorted({*(block for block in blocks if 2 * block <= n), cols} - {0, n}))
