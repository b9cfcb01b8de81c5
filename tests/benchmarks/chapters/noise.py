"""Linear regression with noise on its inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.probability.consistency import consistent
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import Fit
from reference.regularization import noise as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size, seeded

Float64 = NDArray[np.float64]

SIZES = ((16, 4, 3), (64, 8, 5))
AXES = "models x inputs x examples"
SIGMA = 0.5


def data(rng: np.random.Generator, size: Size) -> tuple[Float64, Float64, Float64]:
    """X, w and y in small integers."""
    batch, n, m = size
    x, w, y = (rng.integers(-4, 5, shape).astype(np.float64) for shape in ((batch, m, n), (batch, n), (batch, m)))
    return x, w, y


def under_signs(rng: np.random.Generator, size: Size) -> Inputs:
    """All signs of noise that the examples share."""
    return Inputs((*data(rng, size), reference.shared_noise(size[1], SIGMA)))


def with_penalty(rng: np.random.Generator, size: Size) -> Inputs:
    """The penalty of that noise."""
    return Inputs((*data(rng, size), size[2] * SIGMA**2))


def clean(rng: np.random.Generator, size: Size) -> Inputs:
    """Zeros to which noise is added; the reference tests NumPy's."""
    return Inputs((np.zeros(size), SIGMA), {"generator": seeded}, given=(SIGMA * rng.standard_normal(size),))


def losses(x: Float64, w: Float64, y: Float64, noise: Float64, how: Arithmetic) -> Truth:
    """The loss under every noise."""
    return reference.losses(x, w, y, noise, how).truth


def penalised(x: Float64, w: Float64, y: Float64, penalty: float, how: Arithmetic) -> Truth:
    """The penalised loss."""
    return reference.penalised(x, w, y, penalty, how).truth


def fits(noise: Float64, how: Arithmetic) -> list[Fit]:
    """The tests of normal noise."""
    return [fit for _, fit in consistent(noise.ravel(), NormalLaw.of(0.0, SIGMA, how.result))]


ROWS = (
    Row("noisy_loss", SIZES, AXES, under_signs, losses),
    Row("l2_penalised_loss", SIZES, AXES, with_penalty, penalised),
    Row("with_normal_noise", ((64, 16), (1024, 64)), "examples x inputs", clean, fits, "normal noise against its law"),
)
