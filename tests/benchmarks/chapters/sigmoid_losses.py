"""Losses of a logistic output."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.losses import sigmoid_losses as reference
from reference.losses.reduction import reduced
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((16, 16), (64, 1024)), "vectors x predictions"
WEIGHT = 3.0
NONE = {"reduction": "none"}


def labelled(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits and labels, 0 or 1."""
    return Inputs((3 * rng.standard_normal(size), rng.integers(0, 2, size).astype(np.float64)))


def each(rng: np.random.Generator, size: Size) -> Inputs:
    """The same without a reduction."""
    return Inputs(labelled(rng, size).args, NONE)


def summed(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, summed."""
    return Inputs(labelled(rng, size).args, {"reduction": "sum"})


def weighted(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with a weight of the positive label."""
    z, y = labelled(rng, size).args
    return Inputs((z, y, np.array(WEIGHT)), given=(z, y))


def probabilities(rng: np.random.Generator, size: Size) -> Inputs:
    """Probabilities and labels."""
    return Inputs((rng.uniform(0.01, 0.99, size), labelled(rng, size).args[1]))


def probabilities_of_each(rng: np.random.Generator, size: Size) -> Inputs:
    """The same without a reduction."""
    return Inputs(probabilities(rng, size).args, NONE)


def loss(z: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Every loss."""
    return reference.cross_entropy(z, y, how, UNITS_CPU)


def weighted_loss(z: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Every loss, those of the positive label three times."""
    return reference.cross_entropy(z, y, how, UNITS_CPU, weight=WEIGHT)


def total(z: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Their sum."""
    return reduced(loss(z, y, how), how, mean=False)


def of_probabilities(p: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Losses of probabilities."""
    return reference.cross_entropy_of_probability(p, y, how, UNITS_CPU)


def half_of_the_square(p: Float64, y: Float64, how: Arithmetic) -> Truth:
    """(p - y)^2 / 2: the difference counts twice, the square is rounded."""
    value = (p - y) ** 2 / 2
    return Truth(value, 4 * how.result.u * value + 2 * how.result.eta)


ROWS = (
    Row("bce_with_logits", SIZES, AXES, each, loss),
    Row("bce_with_logits_module softplus_loss logsigmoid_loss soft_margin_loss", SIZES, AXES, labelled, loss),
    Row("bce_with_logits_reduced", SIZES, AXES, summed, total),
    Row("weighted_bce_with_logits", SIZES, AXES, weighted, weighted_loss),
    Row("binary_cross_entropy", SIZES, AXES, probabilities_of_each, of_probabilities),
    Row("bce_module", SIZES, AXES, probabilities, of_probabilities),
    Row("half_squared_error", SIZES, AXES, probabilities, half_of_the_square),
)
