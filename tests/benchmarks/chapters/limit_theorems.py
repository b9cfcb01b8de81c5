"""The normal law of sums, Cauchy draws, and all sums with scales that halve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.probability import limit_theorems as reference
from reference.probability.sampling import Fit, distance_fit
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
COINS = (1, 1)
NUMBERS = ((64,), (1000,))
OF_COINS = "coins"
TERMS = "terms"


def sums(_rng: np.random.Generator, size: Size) -> Inputs:
    """All sums of so many coins, 0 or 1."""
    return Inputs((np.arange(size[0] + 1.0), size[0], 0.5, 0.5), given=size)


def standardised(_rng: np.random.Generator, size: Size) -> Inputs:
    """Their standardised values."""
    n = size[0]
    return Inputs(((np.arange(n + 1.0) - n / 2) / (n**0.5 / 2),), given=size)


def with_law(_rng: np.random.Generator, size: Size) -> Inputs:
    """The sums with the mean and the deviation of their law."""
    n = size[0]
    return Inputs((np.arange(n + 1.0), np.array([n / 2]), np.array([n**0.5 / 2])), given=size)


def normal_law(n: int, how: Arithmetic) -> Truth:
    """Phi at all sums."""
    return reference.normal_truth(COINS, n, np.ones(n + 1, bool), how.result)


def normal_of_sums(n: int, _how: Arithmetic) -> Float64:
    """Phi at all sums, for numbers that it is not compared with."""
    return reference.normal_at_sums(COINS, n)


def like(rng: np.random.Generator, size: Size) -> Inputs:
    """A tensor of the shape wanted."""
    return Inputs((rng.standard_cauchy(size),))


def cauchy_fit(x: Float64, how: Arithmetic) -> Fit:
    """Kolmogorov's distance of NumPy's draws."""
    return distance_fit(np.sort(x, axis=None), [reference.cauchy_mean_law(1, how.result)])


def canvas(rng: np.random.Generator, size: Size) -> Inputs:
    """A canvas, which is filled."""
    x = rng.standard_cauchy(size)
    return Inputs((x,))


def signs(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows of signs."""
    return Inputs((rng.choice([-1.0, 1.0], (2 ** size[0], size[0])),))


def sums_of_signs(e: Float64, _how: Arithmetic) -> Truth:
    """Exactly."""
    return Truth(e @ 0.5 ** np.arange(1, e.shape[-1] + 1), np.zeros(len(e)))


def every_sum(_rng: np.random.Generator, size: Size) -> Inputs:
    """All sums with so many terms."""
    return Inputs((reference.geometric_sums(size[0])[None],), given=size)


ROWS = (
    Row("standardised_sum", NUMBERS, OF_COINS, sums, normal_of_sums, "the normal law at the sums"),
    Row("ndtr", NUMBERS, OF_COINS, standardised, normal_law),
    Row("normal_cdf", NUMBERS, OF_COINS, with_law, normal_law),
    Row("cauchy_", ((1000,), (100_000,)), "draws", canvas, cauchy_fit, "distance of NumPy's draws"),
    Row("cauchy_distribution", ((1000,), (100_000,)), "draws", like, cauchy_fit, "distance of NumPy's draws"),
    Row("geometric_sum", ((4,), (8,)), TERMS, signs, sums_of_signs),
    Row("kurtosis", ((4,), (8,)), TERMS, every_sum, reference.geometric_kurtosis),
)
