"""Means, variances, covariances and correlations in all spellings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.probability import expectation
from reference.probability.covariance import Observed, weighted_covariance
from reference.probability.covariance_matrix import Correlated
from reference.probability.variance import Sample, mean_of_recurrence
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ROWS_OF_NUMBERS = ((256, 64), (256, 1024))


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """The means of rows of normal numbers."""
    x = rng.standard_normal(size)
    return Inputs((x, "mean", "torch"), {"dim": -1}, given=(x,))


def samples(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal samples."""
    return Inputs((rng.standard_normal(size),))


def vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal samples of one variable."""
    return Inputs((rng.standard_normal(size),))


def repeated(rng: np.random.Generator, size: Size) -> Inputs:
    """Samples whose observations occur once to four times, with the divisor n - 1."""
    x, repeats = rng.standard_normal(size), rng.integers(1, 5, (size[0], size[2]))
    return Inputs((x, repeats, 1), given=(x, repeats.astype(np.float64)))


def weighted(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, and with weights."""
    x, repeats = rng.standard_normal(size), rng.integers(1, 5, (size[0], size[2]))
    a = rng.uniform(1, 2, (size[0], size[2]))
    return Inputs((x, repeats, a, 1), given=(x, repeats.astype(np.float64), a))


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


def root(x: Float64, how: Arithmetic) -> Truth:
    """A root that torch does not round correctly."""
    return Truth(np.sqrt(x), 4 * how.result.u * np.sqrt(x))


def positive(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers from [1, 2)."""
    return Inputs((rng.uniform(1, 2, size),))


def covariance_of_vectors(x: Float64, how: Arithmetic) -> Truth:
    """Of each row with itself."""
    truth = Observed.of(x[:, None], how).covariance()
    return Truth(truth.value[:, 0, 0], truth.bound[:, 0, 0])


MATRICES = ((16, 4, 64), (16, 16, 256))
OF_SAMPLES = "samples x variables x observations"

ROWS = (
    Row("cov_method cov_by_vmap", MATRICES, OF_SAMPLES, samples, lambda x, how: Observed.of(x, how).covariance()),
    Row("cov_of_vector", ((16, 64), (16, 1024)), "samples x observations", vectors, covariance_of_vectors),
    Row(
        "covariance_with_repeats",
        MATRICES,
        OF_SAMPLES,
        repeated,
        lambda x, r, how: weighted_covariance(x, r, None, how, 1),
    ),
    Row(
        "covariance_with_weights",
        MATRICES,
        OF_SAMPLES,
        weighted,
        lambda x, r, a, how: weighted_covariance(x, r, a, how, 1),
    ),
    Row(
        "corrcoef corrcoef_method correlation_by_deviations",
        MATRICES,
        OF_SAMPLES,
        samples,
        lambda x, how: Correlated.of(x, how).correlation_by_deviations(),
    ),
    Row("sqrt", ROWS_OF_NUMBERS, "rows x numbers", positive, root),
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
