"""Dropout, the ensemble that it samples, and bagging."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.losses.softmax import Kernel
from reference.probability.sampling import Fit
from reference.regularization import bagging, submodels
from reference.regularization.counts import count_fit
from reference.regularization.dropout import alpha_dropout, inverted_dropout, survivors
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

P = 0.25
UNITS = ((64, 64), (256, 1024))
SIGNALS = ((16, 8, 16), (64, 64, 64))
IMAGES = ((8, 8, 4, 4), (16, 64, 16, 16))
VOLUMES = ((4, 4, 2, 4, 4), (8, 32, 8, 8, 8))
MASKED = "values of kept and dropped units, and the number dropped (NumPy's) against its law"
COUNTED = "a count (NumPy's) against its law"
LAST = Kernel(stores_sum=True)


def layer(rng: np.random.Generator, size: Size) -> Inputs:
    """A layer in training mode; NumPy drops units for the reference."""
    x = np.abs(rng.standard_normal(size))  # a ReLU network passes on what is positive
    return Inputs((x, P), {"training": True}, given=(x, rng.random(size) < P))


def inverted(x: Float64, dropped: Mask, how: Arithmetic) -> tuple[Any, ...]:
    """The outcomes of inverted dropout and the test of its mask."""
    return inverted_dropout(x, P, how), count_fit(dropped, P)


def to_mask(rng: np.random.Generator, size: Size) -> Inputs:
    """A layer to be masked; the reference counts NumPy's mask."""
    return Inputs((np.ones(size), P), given=(rng.random(size) < P, P))


def self_normalizing(x: Float64, dropped: Mask, how: Arithmetic) -> tuple[Any, ...]:
    """The outcomes of alpha dropout and the test of its mask."""
    return alpha_dropout(x, P, how), count_fit(dropped, P)


def counted(successes: Mask, p: float, _how: Arithmetic) -> Fit:
    """The exact binomial test."""
    return count_fit(successes, p)


def submodels_of(rng: np.random.Generator, size: Size) -> Inputs:
    """Inputs under all masks."""
    x, masks = rng.standard_normal(size), submodels.all_masks(size[-1])
    return Inputs((x[:, None, :], masks, P))


def masks(_rng: np.random.Generator, size: Size) -> Inputs:
    """All masks of so many units."""
    return Inputs((submodels.all_masks(size[0]), P), given=(size[0],))


def masked(x: Float64, masks: Float64, p: float, how: Arithmetic) -> Truth:
    """Survivors under every mask."""
    value, bound = survivors(x, p, how)
    return Truth(masks * value, masks * bound)


def model(rng: np.random.Generator, size: Size) -> tuple[Float64, Float64, Float64]:
    """x, W and b of softmax regressions, in small integers."""
    batch, d, classes = size
    shapes = ((batch, d), (batch, classes, d), (batch, classes))
    x, weight, bias = (rng.integers(-2, 3, shape).astype(np.float64) for shape in shapes)
    return x, weight, bias


def logarithms(rng: np.random.Generator, size: Size) -> Inputs:
    """The log-probabilities of all submodels."""
    x, weight, bias = model(rng, size)
    logits = (x[:, None, :] * submodels.all_masks(size[1])) @ weight.swapaxes(-1, -2) + bias[:, None, :]
    y = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return Inputs((y,), given=(x, weight, bias))


def regression(rng: np.random.Generator, size: Size) -> Inputs:
    """A model whose weights are halved."""
    given = model(rng, size)
    return Inputs((*given, 0.5), given=given)


def geometric_mean(x: Float64, weight: Float64, bias: Float64, how: Arithmetic) -> Truth:
    """Over all submodels."""
    return submodels.geometric_mean_of_softmax(x, weight, bias, how, LAST, LAST)


def halved(x: Float64, weight: Float64, bias: Float64, how: Arithmetic) -> Truth:
    """The model with halved weights."""
    return submodels.weight_scaled_softmax(x, weight, bias, how, LAST)


def bootstraps(rng: np.random.Generator, size: Size) -> Inputs:
    """Resamples; NumPy's indices for the reference, which counts draws of the first example."""
    runs, members, n = size
    drawn = rng.integers(0, n, size) == 0
    return Inputs((n, runs, members), {"device": lambda s: s.device}, given=(drawn, 1 / n))


def runs(rng: np.random.Generator, size: Size) -> Inputs:
    """Examples handed out with replacement; the reference counts repetitions among NumPy's."""
    n, draws = size
    order = rng.integers(0, n, (draws // 2, 2))
    return Inputs((n, draws), {"replacement": True}, given=(order[:, 0] == order[:, 1], 1 / n))


def epochs(rng: np.random.Generator, size: Size) -> Inputs:
    """Examples handed out in shuffled epochs; the reference counts NumPy's that are in order."""
    n, count = size
    in_order = (rng.permuted(np.tile(np.arange(n), (count, 1)), axis=1) == np.arange(n)).all(-1)
    return Inputs((n, count, 0), given=(in_order, 1 / math.factorial(n)))


def levels(rng: np.random.Generator, size: Size, n: int = 3, members: int = 4) -> Inputs:
    """Variance and covariance of bagged means over two levels, which every format holds."""
    pairs = rng.integers(-64, 65, (*size, 2)) / 16
    of_pairs = bagging.bootstrap_moments(pairs, n)
    return Inputs((of_pairs.variance.hi, of_pairs.covariance.hi, members), given=(pairs, n, members))


def ensemble_variance(pairs: Float64, n: int, members: int, how: Arithmetic) -> Truth:
    """The expected squared error of the mean of the members."""
    return bagging.ensemble_variance(bagging.bootstrap_moments(pairs, n), members, how)


def visited(_rng: np.random.Generator, size: Size) -> Inputs:
    """All of them; the reference has their law."""
    return Inputs((*bagging.patterns(*size, replacement=False), size[0]), given=size)


def two_visits(_rng: np.random.Generator, size: Size) -> Inputs:
    """How often each example is visited, and the probabilities of the patterns."""
    n, steps = size[0], size[0] * size[1]
    order, seen = bagging.patterns(*size, replacement=False)
    counts = np.stack([((order == i) * seen).sum(-1) for i in range(n)], -1)
    weights = np.full(len(counts), 2.0**-steps)
    return Inputs((counts, weights), given=(size, weights[counts.sum(-1) == 2]))


def visit_law(n: int, epochs: int, _how: Arithmetic) -> Float64:
    """The joint law of the visits."""
    return bagging.visit_law(n, epochs, 0.5, replacement=False)


def repetition(size: Size, weights: Float64, how: Arithmetic) -> Truth:
    """P(both visits are to one example | two visits)."""
    return bagging.conditional_probability(bagging.repeated_given_two(*size, replacement=False), weights, how)


ROWS = (
    Row(
        "dropout dropout_in_place dropout_module native_dropout dropout_by_vmap",
        UNITS,
        "examples x units",
        layer,
        inverted,
        MASKED,
    ),
    Row("forked_dropout", UNITS, "examples x units", layer, inverted, MASKED),
    Row("mask_of_generator", UNITS, "examples x units", to_mask, counted, COUNTED),
    Row("dropout1d dropout1d_module", SIGNALS, "examples x channels x length", layer, inverted, MASKED),
    Row("dropout_between_layers", SIGNALS, "examples x steps x units", layer, inverted, MASKED),
    Row(
        "dropout2d dropout2d_module dropout_channels_last dropout2d_channels_last",
        IMAGES,
        "examples x channels x height x width",
        layer,
        inverted,
        MASKED,
    ),
    Row("dropout3d dropout3d_module", VOLUMES, "examples x channels x depth x height x width", layer, inverted, MASKED),
    Row("alpha_dropout alpha_dropout_module", UNITS, "examples x units", layer, self_normalizing, MASKED),
    Row(
        "feature_alpha_dropout feature_alpha_dropout_module",
        SIGNALS,
        "examples x channels x length",
        layer,
        self_normalizing,
        MASKED,
    ),
    Row("masked_dropout", ((64, 4), (64, 8)), "models x inputs", submodels_of, masked),
    Row(
        "mask_probabilities",
        ((4,), (10,)),
        "inputs",
        masks,
        lambda d, how: submodels.mask_probabilities(d, P, how),
    ),
    Row("geometric_mean", ((16, 4, 3), (64, 8, 10)), "models x inputs x classes", logarithms, geometric_mean),
    Row("weight_scaled_softmax", ((64, 4, 3), (64, 64, 10)), "models x inputs x classes", regression, halved),
    Row("bootstrap", ((1000, 2, 3), (10_000, 4, 8)), "runs x members x examples", bootstraps, counted, COUNTED),
    Row("sampler", ((4, 100), (4, 10_000)), "examples x draws", runs, counted, COUNTED),
    Row("loader", ((3, 10), (3, 1000)), "examples x epochs", epochs, counted, COUNTED),
    Row("ensemble_variance", ((256,), (16384,)), "ensembles", levels, ensemble_variance),
    Row("visits", ((2, 2), (3, 2)), "examples x epochs", visited, visit_law, "the joint law of the counts"),
    Row("repeated_given_two", ((2, 2), (3, 2)), "examples x epochs", two_visits, repetition),
)
