"""Weights with a Laplace prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import priors as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((16, 16), (64, 1024)), "vectors x weights"
PRIOR, RATE = "laplace", 0.125


def weights(rng: np.random.Generator, size: Size) -> Inputs:
    """Weights and scales."""
    return Inputs((rng.standard_normal(size), rng.uniform(0.5, 2, size[0]), PRIOR))


def density(w: Float64, s: Float64, prior: str, how: Arithmetic) -> Truth:
    """The log density."""
    return reference.log_density(w, s, prior, how.result)


def gradients(rng: np.random.Generator, size: Size) -> Inputs:
    """Weights, gradients, scales and a rate."""
    w, g = rng.standard_normal((2, *size))
    s = rng.uniform(0.5, 2, size[0])
    return Inputs((w, g, s, RATE, PRIOR))


def candidates(rng: np.random.Generator, size: Size) -> Inputs:
    """Losses so far apart that every format tells them; equal weights and scales."""
    losses = rng.permuted(np.broadcast_to(np.arange(size[1]) / 4, size), axis=-1)
    return Inputs((np.minimum(losses, 64), np.ones(size), np.ones(size[0]), PRIOR))


def chosen(losses: Float64, w: Float64, s: Float64, prior: str, _: Arithmetic) -> Truth:
    """The number of the best candidate."""
    best = (losses + reference.penalty(w, s, prior)).argmin(-1).astype(np.float64)
    return Truth(best, np.zeros_like(best))


ROWS = (
    Row("prior_log_density", SIZES, AXES, weights, density),
    Row("map_step", SIZES, AXES, gradients, reference.step),
    Row("map_choice", SIZES, AXES, candidates, chosen, "the choice"),
)
