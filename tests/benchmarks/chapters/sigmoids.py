"""Sigmoids, their derivatives, and rectifiers by other functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.networks import activations as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

SIZES = ((64, 16), (64, 1024))
AXES = "vectors x numbers"


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers around 0."""
    return Inputs((rng.standard_normal(size),))


def with_directions(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, and 1 as the direction of each."""
    z = rng.standard_normal(size)
    return Inputs((z, np.ones(size)), given=(z,))


def by_maximum(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers for torch.maximum."""
    z = rng.standard_normal(size)
    return Inputs((z, "maximum"), given=(z,))


def at(z: NDArray[np.float64], how: Arithmetic) -> reference.Sigmoid:
    """The sigmoid."""
    return reference.Sigmoid.of(z, UNITS_CPU, how)


def orders(z: NDArray[np.float64], how: Arithmetic) -> Truth:
    """Values and bounds of three derivatives."""
    s = at(z, how)
    return Truth(*(np.stack(parts) for parts in zip(s.derivative, s.second, s.third, strict=True)))


def positive_part(z: NDArray[np.float64], how: Arithmetic) -> Truth:  # noqa: ARG001  every reference gets it
    """max(z, 0), exactly."""
    return Truth(np.maximum(z, 0.0), np.zeros(z.shape))


ROWS = (
    Row("sigmoid sigmoid_ expit", SIZES, AXES, numbers, lambda z, how: at(z, how).truth),
    Row("sigmoid_along", SIZES, AXES, with_directions, lambda z, how: at(z, how).derivative),
    Row("sigmoid_derivatives", SIZES, AXES, numbers, orders),
    Row("rectify", SIZES, AXES, by_maximum, positive_part),
)
