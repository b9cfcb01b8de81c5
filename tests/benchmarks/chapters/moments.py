"""Means, variances, covariances and correlations in all spellings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.probability import expectation
from reference.probability.variance import Sample, mean_of_recurrence
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ROWS_OF_NUMBERS = ((256, 64), (256, 1024))


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """The means of rows of normal numbers."""
    x = rng.standard_normal(size)
    return Inputs((x, "mean", "torch"), {"dim": -1}, given=(x,))


def along_rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows of normal numbers, reduced along the last axis."""
    return Inputs((rng.standard_normal(size),), {"dim": -1})


def odds(rng: np.random.Generator, size: Size) -> Inputs:
    """Odds, and a function of the outcome."""
    return Inputs((rng.integers(1, 9, size).astype(np.float64), rng.standard_normal(size)))


def integrand(rng: np.random.Generator, size: Size) -> Inputs:
    """Values of a function and the nodes."""
    f, nodes = rng.standard_normal(size), rng.integers(0, 9, size).astype(np.float64)
    return Inputs((f, nodes), given=(nodes, f))


def integral(nodes: Float64, f: Float64, how: Arithmetic) -> Truth:
    """The integral of f alone."""
    one, none = np.ones((len(f), 1)), np.zeros((len(f), 1))
    return expectation.trapezoid_of_combination(nodes, f, f, one, none, how)


def with_mean(truth: Truth, x: Float64, how: Arithmetic) -> Truth:
    """Both results in one array."""
    mean = mean_of_recurrence(x, how)
    return Truth(np.stack((truth.value, mean.value)), np.stack((truth.bound, mean.bound)))


ROWS = (
    Row(
        "var_mean",
        ROWS_OF_NUMBERS,
        "rows x numbers",
        along_rows,
        lambda x, h: with_mean(Sample.of(x, h).variance(), x, h),
    ),
    Row(
        "std_mean",
        ROWS_OF_NUMBERS,
        "rows x numbers",
        along_rows,
        lambda x, h: with_mean(Sample.of(x, h).deviation(), x, h),
    ),
    Row("reduction", ROWS_OF_NUMBERS, "rows x numbers", rows, expectation.sample_mean),
    Row("categorical_mean", ((64, 8), (64, 256)), "laws x outcomes", odds, expectation.normalised_expectation),
    Row("trapezoid", ((64, 8), (64, 256)), "integrals x nodes", integrand, integral),
)
