"""Log likelihoods, and the losses that are minus these."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.losses import cross_entropy_gradient, likelihood, sigmoid_losses
from reference.losses.softmax import Kernel, Rows
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((8, 16), (8, 1024)), "vectors x predictions"
NONE = {"reduction": "none"}


def classes(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits, and the class of each row."""
    return Inputs((3 * rng.standard_normal(size), rng.integers(0, size[-1], size[:1])))


def labels(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits and labels, 0 or 1."""
    return Inputs((3 * rng.standard_normal(size), rng.integers(0, 2, size).astype(np.float64)))


def weighted_labels(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with weights of the predictions and of positive labels."""
    z, y = labels(rng, size).args
    return Inputs((z, y, np.full(size, 0.5), np.full(size, 3.0)), NONE, given=(z, y))


def targets(rng: np.random.Generator, size: Size) -> Inputs:
    """Means and targets."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size)), NONE)


def weighted_targets(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with weights."""
    args = targets(rng, size).args
    return Inputs((*args, np.full(size, 0.5)), NONE, given=args)


def log_probability(x: Float64, t: NDArray[np.int64], how: Arithmetic) -> Truth:
    """That of the class of each row."""
    found = cross_entropy_gradient.by_logsumexp(Rows.of(x, how), t, Kernel())
    return Truth(-found.value, found.bound)


def log_likelihood(z: Float64, y: Float64, how: Arithmetic) -> Truth:
    """That of every label."""
    found = sigmoid_losses.cross_entropy(z, y, how, UNITS_CPU)
    return Truth(-found.value, found.bound)


def weighted_loss(z: Float64, y: Float64, how: Arithmetic) -> Truth:
    """Half of the loss, that of positive labels three times."""
    found = sigmoid_losses.cross_entropy(z, y, how, UNITS_CPU, weight=3.0)
    return likelihood.weighted(found, np.full(z.shape, 0.5), how)


def weighted_square(mean: Float64, target: Float64, how: Arithmetic) -> Truth:
    """Half of the square."""
    return likelihood.weighted(likelihood.squared(mean, target, how), np.full(mean.shape, 0.5), how)


ROWS = (
    Row("categorical_log_density", SIZES, "rows x classes", classes, log_probability),
    Row("bernoulli_log_density", SIZES, AXES, labels, log_likelihood),
    Row("bce_of_weights bce_of_weights_module", SIZES, AXES, weighted_labels, weighted_loss),
    Row("squared_error squared_error_module", SIZES, AXES, targets, likelihood.squared),
    Row("weighted_squared_error", SIZES, AXES, weighted_targets, weighted_square),
)
