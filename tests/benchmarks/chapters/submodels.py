"""Submodels of dropout: how many are met, and what they compute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization.ambiguity import ambiguity
from reference.regularization.occupancy import occupancy_law
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

LAW = "a count against the occupancy law"
ENSEMBLES = ((64, 5), (4096, 10))


def masks(rng: np.random.Generator, size: Size) -> Inputs:
    """Masks of one run; the reference has the law of their number."""
    return Inputs((rng.integers(0, 2, size).astype(np.float64),), given=(1 << size[1], size[0]))


def draws(rng: np.random.Generator, size: Size) -> Inputs:
    """Bootstrap samples."""
    return Inputs((rng.integers(0, size[1], size),), given=(size[1], size[1]))


def resamples(_rng: np.random.Generator, size: Size) -> Inputs:
    """Bootstrap samples to be drawn."""
    runs, n = size
    return Inputs((n, runs), {"device": lambda s: s.device}, given=(n, n))


def occupancy(values: int, count: int, _how: Arithmetic) -> Float64:
    """The law of the number of distinct values."""
    return occupancy_law(values, count)


def predictions(rng: np.random.Generator, size: Size) -> Inputs:
    """Predictions and targets."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size[:-1])))


def predictions_only(rng: np.random.Generator, size: Size) -> Inputs:
    """Predictions; the reference takes targets as well."""
    f = rng.standard_normal(size)
    return Inputs((f,), given=(f, f[..., 0]))


def of_the_mean(f: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The squared error of the mean, with the rest of the decomposition."""
    return ambiguity(f, y, how).ensemble


def of_the_members(f: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The mean squared error of the members, with the rest of the decomposition."""
    return ambiguity(f, y, how).members


def of_disagreement(f: Float64, y: Float64, how: Arithmetic) -> Truth:
    """The disagreement, with the rest of the decomposition."""
    return ambiguity(f, y, how).disagreement


ROWS = (
    Row("distinct_masks unique_masks", ((100, 8), (5000, 16)), "examples x units", masks, occupancy, LAW),
    Row("distinct_examples", ((100, 50), (1000, 200)), "runs x examples", draws, occupancy, LAW),
    Row("weighted_bootstrap", ((100, 50), (1000, 200)), "runs x examples", resamples, occupancy, LAW),
    Row("ensemble_error", ENSEMBLES, "targets x members", predictions, of_the_mean),
    Row("member_error", ENSEMBLES, "targets x members", predictions, of_the_members),
    Row("disagreement", ENSEMBLES, "targets x members", predictions_only, of_disagreement),
)
