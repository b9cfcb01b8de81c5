"""Submodels of dropout: how many are met, and what they compute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import submodels
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


def network(rng: np.random.Generator, size: Size) -> Inputs:
    """Networks in small integers under all masks of the inputs, and of as many hidden units."""
    batch, d, m = size
    shapes = ((batch, d), (batch, d, d), (batch, d), (batch, m, d), (batch, m))
    given = tuple(rng.integers(-2, 3, shape).astype(np.float64) for shape in shapes)
    every = submodels.all_masks(d)
    return Inputs((*given, every, every), given=(given, every, every))


def outputs(given: tuple[Float64, ...], inputs: Float64, hidden: Float64, how: Arithmetic) -> Truth:
    """What the submodels compute."""
    return submodels.masked_network(given, inputs, hidden, how).truth


def step(rng: np.random.Generator, size: Size) -> Inputs:
    """One example and one mask."""
    batch, d, m = size
    shapes = ((batch, d), (batch, m), (batch, d, d), (batch, d), (batch, m, d), (batch, m))
    given = tuple(rng.integers(-1, 2, shape).astype(np.float64) for shape in shapes)
    mask = (np.arange(d) % 2).astype(np.float64)
    return Inputs((*given, mask, 0.5), given=(given, mask, 0.5))


def gradients(given: tuple[Float64, ...], mask: Float64, p: float, _how: Arithmetic) -> Float64:
    """All four, of which that in W is handed on."""
    return submodels.network_gradients(given, mask, p)[0][0]


def sizes(_rng: np.random.Generator, size: Size) -> Inputs:
    """Inputs, hidden units and one output; the reference has the number of functions."""
    return Inputs((*size, 1), {"device": lambda s: s.device}, given=size)


def functions(inputs: int, hidden: int, _how: Arithmetic) -> NDArray[np.int64]:
    """How many functions the submodels are."""
    return np.array(submodels.distinct_functions(inputs, hidden, biased=False))


def units(_rng: np.random.Generator, size: Size) -> Inputs:
    """All masks of so many units."""
    return Inputs((size[0], np.ones(1)), given=size)


def every_mask(n: int, _how: Arithmetic) -> Float64:
    """In another order."""
    return submodels.all_masks(n)


def to_move(rng: np.random.Generator, size: Size) -> Inputs:
    """A parameter and its gradient; the reference is one product and one difference."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size), 0.125))


def moved(parameter: Float64, gradient: Float64, rate: float, _how: Arithmetic) -> Float64:
    """w - rate g."""
    return parameter - rate * gradient


NETWORKS = ((8, 3, 2), (32, 6, 2))

ROWS = (
    Row("distinct_masks unique_masks", ((100, 8), (5000, 16)), "examples x units", masks, occupancy, LAW),
    Row("distinct_examples", ((100, 50), (1000, 200)), "runs x examples", draws, occupancy, LAW),
    Row("weighted_bootstrap", ((100, 50), (1000, 200)), "runs x examples", resamples, occupancy, LAW),
    Row("ensemble_error", ENSEMBLES, "targets x members", predictions, of_the_mean),
    Row("member_error", ENSEMBLES, "targets x members", predictions, of_the_members),
    Row("disagreement", ENSEMBLES, "targets x members", predictions_only, of_disagreement),
    Row("masked_network deleted_network masked_weights", NETWORKS, "networks x units x outputs", network, outputs),
    Row("submodel_gradients", NETWORKS, "networks x units x outputs", step, gradients, "gradients"),
    Row("parameters_of_network", ((2, 2), (3, 4)), "inputs x hidden", sizes, functions, "parameters, and functions"),
    Row("masks_by_product", ((4,), (10,)), "units", units, every_mask, "all masks, in two orders"),
    Row("sgd_step", ((64, 64), (256, 1024)), "rows x columns", to_move, moved, "the parameter after a step"),
)
