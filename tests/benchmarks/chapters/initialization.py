"""Initializers, and the formulas on variances through a layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain
from reference.formats import Arithmetic
from reference.initialization import laws as reference
from reference.initialization import signal_propagation as propagation
from reference.probability.sampling import Fit, distance_fit, moment_fit
from reference.rounding import U64
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size, seeded

Float64 = NDArray[np.float64]

WEIGHTS = ((64, 64), (512, 512))
LAYERS = ((256,), (16384,))
OUTCOMES = ((16, 2, 3), (64, 2, 5))
SAMPLE = "a sample (NumPy's) against the law of the weights in this format"


def uniform_weights(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled."""
    bound = reference.weight_bound(*reference.fans(size), 1.0)
    w = rng.uniform(-bound, bound, size)
    return Inputs((w, 1.0), {"generator": seeded}, given=(w, bound))


def normal_weights(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled."""
    deviation = reference.weight_deviation(*reference.fans(size), 1.0)
    w = deviation * rng.standard_normal(size)
    return Inputs((w, 1.0), {"generator": seeded}, given=(w, deviation))


def uniform_fits(w: Float64, bound: float, how: Arithmetic) -> list[Fit]:
    """Support apart, the tests of Xavier's uniform weights."""
    laws = reference.weight_laws(bound, how.result)
    return [distance_fit(np.sort(w, axis=None), laws), *(moment_fit(w, k, laws) for k in (1, 2))]


def normal_fits(w: Float64, deviation: float, how: Arithmetic) -> list[Fit]:
    """The tests of Xavier's normal weights."""
    fmt = how.result
    return [
        reference.normal_distance_fit(np.sort(w, axis=None), deviation, fmt),
        reference.normal_mean_fit(w, deviation, fmt),
        reference.square_sum_fit(w, deviation, fmt),
    ]


def widths(rng: np.random.Generator, size: Size) -> Inputs:
    """Fan-in and fan-out."""
    return Inputs(tuple(rng.integers(1, 257, size).astype(np.float64) for _ in range(2)))


def gains(rng: np.random.Generator, size: Size) -> Inputs:
    """Gains of layers, from 1/2 to 2."""
    return Inputs((2 ** rng.uniform(-1, 1, size),))


def chains(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, along chains of layers."""
    return Inputs(gains(rng, size).args, {"dim": -1})


def tables(rng: np.random.Generator, size: Size, values: int = 2) -> list[Float64]:
    """Laws on a few whole numbers, of the weights and of the inputs of a layer."""
    return [rng.integers(-2, 3, (size[0], values)).astype(np.float64) for _ in range(2)]


def outcomes(rng: np.random.Generator, size: Size) -> Inputs:
    """All outcomes of the output of a layer."""
    w, x = tables(rng, size, size[1])
    states = [propagation.enumerated(t, size[2]) for t in (x, w)]
    z = (states[0] @ states[1].swapaxes(-1, -2)).reshape(len(w), -1)
    return Inputs((z,), {"dim": -1, "correction": 0}, given=(w, x, size[2]))


def moments(rng: np.random.Generator, size: Size, width: int = 8) -> Inputs:
    """The moments of weights and inputs of a layer."""
    w, x = tables(rng, size)
    of_w, of_x = propagation.moments(w), propagation.moments(x)
    return Inputs((width, of_w.variance, of_w.mean, of_x.variance, of_x.mean), given=(w, x, width))


def layer(rng: np.random.Generator, size: Size) -> Inputs:
    """Inputs and weights of one linear layer an instance."""
    return Inputs(tuple(rng.standard_normal(size) for _ in range(2)))


def outputs(x: Float64, w: Float64, how: Arithmetic) -> Truth:
    """X W^T."""
    return Chain.of(x, how).matmul(np.ascontiguousarray(w.swapaxes(-1, -2))).truth()


ROWS = (
    Row("xavier_uniform_", WEIGHTS, "outputs x inputs", uniform_weights, uniform_fits, SAMPLE),
    Row("xavier_normal_", WEIGHTS, "outputs x inputs", normal_weights, normal_fits, SAMPLE),
    Row(
        "calculate_gain",
        ((1,),),
        "gains",
        lambda _rng, _size: Inputs(("relu",)),
        lambda name, _how: Truth(np.array(reference.GAINS[name]), np.array(4 * U64)),
    ),
    Row(
        "calculate_fans",
        WEIGHTS,
        "outputs x inputs",
        lambda rng, size: Inputs((rng.standard_normal(size),)),
        lambda w, _how: Truth(np.array(reference.fans(w.shape), float), np.zeros(2)),
    ),
    Row("xavier_variance", LAYERS, "layers", widths, lambda m, n, how: reference.compromise(m, n, how.result)),
    Row("divergence_from_standard", LAYERS, "layers", gains, lambda g, how: reference.divergence(g, 0, how.result)),
    Row(
        "prod", ((256, 4), (256, 64)), "chains x layers", chains, lambda g, how: reference.chain_gain(g, 0, how.result)
    ),
    Row("var", OUTCOMES, "laws x values x width", outcomes, propagation.variance_of_enumeration),
    Row(
        "propagated_variance",
        LAYERS,
        "layers",
        moments,
        lambda w, x, width, how: propagation.variance_formula(w, x, width, how.result),
    ),
    Row("linear", ((64, 8, 8), (16, 64, 64)), "layers x rows x columns", layer, outputs),
)
