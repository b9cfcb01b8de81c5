"""More initializers, activations behind a layer, and formulas on moments through one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import truncnorm

from reference.formats import Arithmetic
from reference.initialization import depth as reference
from reference.initialization import fans
from reference.initialization import initializers as laws
from reference.initialization import starting_point as start
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


def shares(rng: np.random.Generator, size: Size) -> Inputs:
    """Frequencies from 1/16 to 1/2."""
    return Inputs((rng.uniform(0.0625, 0.5, size),))


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


def uniform_weight(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled from an interval that is not centred."""
    return Inputs((rng.uniform(*laws.UNIFORM, size), *laws.UNIFORM), {"generator": seeded})


def normal_weight(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled by a law that is not centred."""
    return Inputs((rng.normal(*laws.NORMAL, size), *laws.NORMAL), {"generator": seeded})


def interval_fits(w: Float64, lower: float, upper: float, how: Arithmetic) -> list[Fit]:
    """The tests of weights uniform between two ends."""
    return [fit for _, fit in consistent(w.ravel(), uniform_laws(lower, upper, how.result))]


def shifted_fits(w: Float64, mean: float, deviation: float, how: Arithmetic) -> list[Fit]:
    """The tests of normal weights with a mean."""
    return [fit for _, fit in consistent(w.ravel(), NormalLaw.of(mean, deviation, how.result))]


def truncated(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled within two deviations."""
    w = truncnorm(-2, 2).rvs(size, random_state=rng)
    return Inputs((w, 0.0, 1.0, -2.0, 2.0), {"generator": seeded})


def truncated_fits(w: Float64, mean: float, std: float, a: float, b: float, how: Arithmetic) -> list[Fit]:
    """The tests of the conditional law."""
    return [fit for _, fit in consistent(w.ravel(), laws.truncated_laws(mean, std, a, b, how.result))]


def sparse(rng: np.random.Generator, size: Size) -> Inputs:
    """A weight, which is filled with a quarter of zeros in each column."""
    w = rng.standard_normal(size)
    w[: size[0] // 4] = 0
    return Inputs((rng.permuted(w, axis=0), 0.25), {"std": 1.0, "generator": seeded})


def sparse_fits(w: Float64, sparsity: float, _how: Arithmetic) -> Fit:
    """The number of zeros of each row."""
    return laws.rows_fit((w == 0).sum(1).tolist(), w.shape[1], sparsity)


def layer_parameters(_rng: np.random.Generator, size: Size) -> Inputs:
    """A linear layer, which is constructed."""
    return Inputs(
        ("Linear", size[::-1]), {"dtype": lambda s: s.torch_dtype, "device": lambda s: s.device}, given=(size[::-1],)
    )


def default_moments(sizes: Size, how: Arithmetic) -> Float64:
    """E w^k of the parameters of a linear layer."""
    return np.array(fans.default_laws("Linear", sizes, how.result)[0].moments)


def images(_rng: np.random.Generator, size: Size) -> Inputs:
    """Images of ones, and a weight of ones, so that connections are counted."""
    channels, extent = size
    return Inputs((np.ones((1, channels, extent, extent)), np.ones((channels, channels, 3, 3)), 1), given=(size,))


def connections(size: Size, _how: Arithmetic) -> Truth:
    """Counts by one-dimensional counts of the kernel positions inside."""
    channels, extent = size
    return Truth(np.full((1, channels, extent - 2, extent - 2), 9.0 * channels), np.zeros(()))


def connections_of_the_adjoint(size: Size, _how: Arithmetic) -> Truth:
    """The same with borders: along an axis 1, 2, 3, ..., 3, 2, 1 positions."""
    channels, extent = size
    along = np.convolve(np.ones(extent), np.ones(3))
    count = channels * np.outer(along, along)
    return Truth(np.broadcast_to(count, (1, channels, *count.shape)), np.zeros(()))


def fixed(name: str, *options: float) -> Row:
    """An initializer that draws nothing, on a matrix, or on the weight of a convolution for dirac_."""

    def weight(rng: np.random.Generator, size: Size) -> Inputs:
        shape = (*size, 3) if name == "dirac" else size
        return Inputs((rng.standard_normal(shape), *options), given=(name, shape))

    def filled(name: str, shape: Size, how: Arithmetic) -> Truth:
        return Truth(start.fixed_weight(name, shape, how.result), np.zeros(()))

    return Row(f"{name}_", WEIGHTS, "outputs x inputs", weight, filled)


ROWS = (
    fixed("constant", start.CONSTANT),
    fixed("zeros"),
    fixed("ones"),
    fixed("eye"),
    fixed("dirac"),
    Row("default_parameters", WEIGHTS, "outputs x inputs", layer_parameters, default_moments, "the moments of its law"),
    Row("conv", ((8, 16), (16, 32)), "channels x extent", images, connections),
    Row("conv_transpose", ((8, 16), (16, 32)), "channels x extent", images, connections_of_the_adjoint),
    Row("init_uniform_", WEIGHTS, "outputs x inputs", uniform_weight, interval_fits, SAMPLE),
    Row("init_normal_", WEIGHTS, "outputs x inputs", normal_weight, shifted_fits, SAMPLE),
    Row("trunc_normal_", WEIGHTS, "outputs x inputs", truncated, truncated_fits, SAMPLE),
    Row("sparse_", WEIGHTS, "outputs x inputs", sparse, sparse_fits, SAMPLE),
    Row("kaiming_uniform_", WEIGHTS, "outputs x inputs", kaiming_uniform, uniform_fits, SAMPLE),
    Row("kaiming_normal_", WEIGHTS, "outputs x inputs", kaiming_normal, normal_fits, SAMPLE),
    Row("log", LAYERS, "frequencies", shares, lambda c, how: within_ulps(np.log(c), how)),
    Row("tanh", LAYERS, "signals", signals, lambda x, how: within_ulps(np.tanh(x), how)),
    Row("selu", LAYERS, "signals", signals, scaled_exponential),
    Row("propagated_mean", LAYERS, "layers", means, formula),
    Row("propagated_second_moment", LAYERS, "layers", moments, formula),
)
