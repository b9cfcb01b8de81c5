"""Activation functions and their derivatives along a direction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from claims.initialization.rectification import SPELLINGS
from reference.formats import Arithmetic
from reference.initialization import xavier_activations as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((64, 16), (64, 1024))
AXES = "vectors x numbers"


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers for tanh."""
    z = rng.standard_normal(size)
    return Inputs((z, "tanh"), given=(z,))


def directions(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers and directions."""
    z, d = rng.standard_normal((2, *size))
    return Inputs((z, d, "tanh"), given=(z, d))


def rectified(*how: float) -> Callable[[np.random.Generator, Size], Inputs]:
    """Numbers for a rectifier, and its other arguments."""

    def made(rng: np.random.Generator, size: Size) -> Inputs:
        z = rng.standard_normal(size)
        return Inputs((z, *how), given=(z,))

    return made


def positive_part(z: NDArray[np.float64], how: Arithmetic) -> Truth:  # noqa: ARG001  every reference gets it
    """max(z, 0), exactly."""
    return Truth(np.maximum(z, 0.0), np.zeros(z.shape))


def leaky_part(z: NDArray[np.float64], how: Arithmetic) -> Truth:
    """z, or half of it where it is negative."""
    return Truth(np.where(z > 0, z, z / 2), np.full(z.shape, how.result.eta))


ROWS = (
    *(Row(name, SIZES, AXES, rectified(*how), positive_part) for name, how in SPELLINGS.items()),
    Row("leaky_relu", SIZES, AXES, rectified(0.5), leaky_part),
    Row("activate", SIZES, AXES, numbers, lambda z, how: reference.activated("tanh", z, reference.Kernel(how.result))),
    Row(
        "activate_along",
        SIZES,
        AXES,
        directions,
        lambda m, d, how: reference.directional_slope("tanh", m, d, reference.Kernel(how.result)),
    ),
)
