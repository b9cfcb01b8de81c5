"""Activation functions and their derivatives along a direction."""

from __future__ import annotations

import numpy as np

from reference.initialization import xavier_activations as reference
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


ROWS = (
    Row("activate", SIZES, AXES, numbers, lambda z, how: reference.activated("tanh", z, reference.Kernel(how.result))),
    Row(
        "activate_along",
        SIZES,
        AXES,
        directions,
        lambda m, d, how: reference.directional_slope("tanh", m, d, reference.Kernel(how.result)),
    ),
)
