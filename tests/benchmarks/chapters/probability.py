"""Random draws, which the reference holds against their law, and covariances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Chain
from reference.formats import Arithmetic
from reference.probability import dependence
from reference.probability import independence as reference
from reference.probability.consistency import consistent
from reference.probability.sampling import Fit, Law, distance_fit, doubled_rand_laws, moment_fit, uniform_laws
from reference.probability.streams import laws
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size, seeded

Float64 = NDArray[np.float64]

SAMPLES = ((2, 1000), (2, 100_000))
AXES = "variables x draws"
GRIDS = ((64, 8), (64, 256))
DISTANCE = "distance and mean of a sample (NumPy's) against the law in this format"
COVARIANCE = "covariance of two samples (NumPy's) against its radius"


def whole_pairs(rng: np.random.Generator, size: Size) -> Inputs:
    """Whole numbers."""
    x, y = rng.integers(-9, 10, (2, *size)).astype(np.float64)
    x[:, 0] = 10.0
    return Inputs((x, y))


def uniform(rng: np.random.Generator, size: Size) -> Inputs:
    """A canvas, which is filled with uniform numbers."""
    return Inputs((rng.uniform(-1, 1, size), -1.0, 1.0), {"generator": seeded})


def uniform_of_shape(rng: np.random.Generator, size: Size) -> Inputs:
    """As many numbers from [0, 1)."""
    kwargs = {"dtype": lambda s: s.torch_dtype, "device": lambda s: s.device, "generator": seeded}
    return Inputs(size, kwargs, given=(rng.uniform(0, 1, size), 0.0, 1.0))


def uniform_like(rng: np.random.Generator, size: Size) -> Inputs:
    """A tensor of the shape wanted."""
    return Inputs((rng.uniform(-1, 1, size),))


def normal(rng: np.random.Generator, size: Size) -> Inputs:
    """A canvas, which is filled with normal numbers."""
    return Inputs((rng.standard_normal(size),), {"generator": seeded})


def coins(rng: np.random.Generator, size: Size) -> Inputs:
    """A canvas, which is filled with fair coins."""
    x = rng.integers(0, 2, size).astype(np.float64)
    return Inputs((x, 0.5), {"generator": seeded}, given=(x,))


def signs(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers whose signs are thrown anew; NumPy's signs for the reference."""
    x = rng.uniform(-1, 1, size)
    return Inputs((x, 0.5), {"generator": seeded}, given=(x, x * rng.choice([-1.0, 1.0], size)))


def integer_signs(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, by integers."""
    (x, _), kwargs, given = signs(rng, size)
    return Inputs((x,), kwargs, given)


def grids(rng: np.random.Generator, size: Size) -> tuple[Float64, Float64]:
    """Symmetric grids with both signs, (batch, 2, 2n), and their points (batch, n)."""
    half = rng.uniform(0, 1, (size[0], size[1] // 2))
    x = np.concatenate((-half, half), -1)
    return np.stack((np.concatenate((x, x), -1), np.concatenate((x, -x), -1)), -2), x


def fair(rng: np.random.Generator, size: Size) -> Inputs:
    """Both signs equally often."""
    data, x = grids(rng, size)
    return Inputs((data,), {"correction": 0}, given=(x, np.ones((len(x), 2))))


def weighted(rng: np.random.Generator, size: Size) -> Inputs:
    """Each sign as often as its odds say."""
    data, x = grids(rng, size)
    odds = rng.integers(1, 9, (len(x), 2))
    return Inputs((data, np.repeat(odds, size[-1], -1)), given=(x, odds.astype(np.float64)))


def vectors(rng: np.random.Generator, size: Size) -> Inputs:
    """Two probability vectors an instance."""
    return Inputs(tuple(rng.dirichlet(np.ones(size[-1]), size[0]) for _ in range(2)))


def fits(x: Float64, laws: tuple[Law, ...]) -> list[Fit]:
    """The tests of a sample from a known law."""
    return [distance_fit(np.sort(x, axis=None), laws), moment_fit(x, 1, laws)]


def samplers(rng: np.random.Generator, size: Size) -> Inputs:
    """As many throws of a die."""
    kwargs = {"dtype": lambda s: s.torch_dtype, "device": lambda s: s.device, "generator": seeded}
    return Inputs(("randint", *size), kwargs, given=(1.0 * rng.integers(0, 6, size),))


def covariance_of_uniform(x: Float64, how: Arithmetic) -> Fit:
    """Two independent uniform samples, drawn as 2 rand - 1."""
    laws = doubled_rand_laws(how.result)
    variance, deviation = max(v.variance + 4 * v.slack for v in laws), max(1 + abs(v.mean) + 2 * v.slack for v in laws)
    return reference.bounded_covariance_fit(*x, variance, deviation)


def covariance_with_sign(x: Float64, odds: Float64, how: Arithmetic) -> Truth:
    """The covariance matrix, of which only the entry off the diagonal is known."""
    value, bound = (v[:, None, None] for v in reference.covariance_with_random_sign(x, odds, how))
    return Truth(value, np.where(np.eye(2, dtype=bool), np.inf, bound))


def sign_fits(x: Float64, y: Float64, _how: Arithmetic) -> list[Fit]:
    """The tests of y = s x with fair signs."""
    agree = int((x == y).sum())
    return [reference.sign_fit(agree, x.size), reference.random_sign_fit(x.ravel(), y.ravel())]


def outer(p: Float64, q: Float64, how: Arithmetic) -> Truth:
    """p q^T."""
    return Chain.of(p[..., None], how).matmul(q[..., None, :]).truth()


ROWS = (
    Row("uniform_", SAMPLES, AXES, uniform, lambda x, a, b, how: fits(x, uniform_laws(a, b, how.result)), DISTANCE),
    Row(
        "rand", SAMPLES, AXES, uniform_of_shape, lambda x, a, b, how: fits(x, uniform_laws(a, b, how.result)), DISTANCE
    ),
    Row(
        "draw",
        SAMPLES,
        AXES,
        samplers,
        lambda x, how: [fit for _, fit in consistent(x.ravel(), laws("randint", how.result))],
        "law, range and independence of a sample (NumPy's)",
    ),
    Row("uniform_distribution", SAMPLES, AXES, uniform_like, covariance_of_uniform, COVARIANCE),
    Row("normal_", SAMPLES, AXES, normal, lambda x, how: reference.normal_covariance_fit(*x, how.result), COVARIANCE),
    Row(
        "bernoulli_",
        SAMPLES,
        AXES,
        coins,
        lambda x, _how: reference.bounded_covariance_fit(*x, 0.25, 0.5),
        COVARIANCE,
    ),
    Row("flip_signs", SAMPLES, AXES, signs, sign_fits, "number and covariance of signs (NumPy's) against their laws"),
    Row(
        "flip_signs_by_integers",
        SAMPLES,
        AXES,
        integer_signs,
        sign_fits,
        "number and covariance of signs (NumPy's) against their laws",
    ),
    Row("cov", GRIDS, "grids x points", fair, covariance_with_sign),
    Row("weighted_covariance", GRIDS, "grids x points", weighted, covariance_with_sign),
    Row("regression_line", GRIDS, "samples x pairs", whole_pairs, dependence.regression),
    Row("outer", ((64, 8), (64, 64)), "pairs x outcomes", vectors, outer),
)
