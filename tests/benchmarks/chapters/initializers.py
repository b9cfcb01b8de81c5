"""More initializers, activations behind a layer, and formulas on moments through one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.initialization import depth as reference
from reference.probability.consistency import consistent
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import Fit, uniform_laws
from reference.truth import Truth
from tests.benchmarks.chapters.initialization import LAYERS, SAMPLE, WEIGHTS, tables
from tests.benchmarks.row import Inputs, Row, Size, seeded

Float64 = NDArray[np.float64]
SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


def kaiming_uniform(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled with variance 1/fan_in."""
    bound = math.sqrt(3 / size[1])
    w = rng.uniform(-bound, bound, size)
    return Inputs((w,), {"nonlinearity": "linear", "generator": seeded}, given=(w, bound))


def kaiming_normal(rng: np.random.Generator, size: Size) -> Inputs:
    """The same by the normal law."""
    deviation = 1 / math.sqrt(size[1])
    w = deviation * rng.standard_normal(size)
    return Inputs((w,), {"nonlinearity": "linear", "generator": seeded}, given=(w, deviation))


def uniform_fits(w: Float64, bound: float, how: Arithmetic) -> list[Fit]:
    """The tests of uniform weights."""
    return [fit for _, fit in consistent(w.ravel(), uniform_laws(-bound, bound, how.result))]


def normal_fits(w: Float64, deviation: float, how: Arithmetic) -> list[Fit]:
    """The tests of normal weights."""
    return [fit for _, fit in consistent(w.ravel(), NormalLaw.of(0.0, deviation, how.result))]


def signals(rng: np.random.Generator, size: Size) -> Inputs:
    """Standard normal signals."""
    return Inputs((rng.standard_normal(size),))


def within_ulps(value: Float64, how: Arithmetic) -> Truth:
    """A value of an elementary function, to 8 units roundoff."""
    return Truth(value, 8 * how.result.u * np.abs(value) + how.result.eta)


def scaled_exponential(x: Float64, how: Arithmetic) -> Truth:
    """SELU; expm1 for the negative part."""
    return within_ulps(SELU[1] * np.where(x > 0, x, SELU[0] * np.expm1(x)), how)


def means(rng: np.random.Generator, size: Size, width: int = 8) -> Inputs:
    """E[w] and E[x] of a layer."""
    w, x = tables(rng, size)
    return Inputs((width, w.mean(-1), x.mean(-1)), given=(reference.mean_of_sum(w, x, width),))


def moments(rng: np.random.Generator, size: Size, width: int = 8) -> Inputs:
    """E[w^2], E[w], E[x^2] and E[x] of a layer."""
    w, x = tables(rng, size)
    args = (width, (w**2).mean(-1), w.mean(-1), (x**2).mean(-1), x.mean(-1))
    return Inputs(args, given=(reference.second_moment_of_sum(w, x, width),))


def formula(value: Float64, how: Arithmetic) -> Truth:
    """A formula of moments of a layer."""
    return reference.formula_truth(value, how.result)


ROWS = (
    Row("kaiming_uniform_", WEIGHTS, "outputs x inputs", kaiming_uniform, uniform_fits, SAMPLE),
    Row("kaiming_normal_", WEIGHTS, "outputs x inputs", kaiming_normal, normal_fits, SAMPLE),
    Row("relu", LAYERS, "signals", signals, lambda x, _how: Truth(np.maximum(x, 0), np.zeros_like(x))),
    Row("tanh", LAYERS, "signals", signals, lambda x, how: within_ulps(np.tanh(x), how)),
    Row("selu", LAYERS, "signals", signals, scaled_exponential),
    Row("propagated_mean", LAYERS, "layers", means, formula),
    Row("propagated_second_moment", LAYERS, "layers", moments, formula),
)
