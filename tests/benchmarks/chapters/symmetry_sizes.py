"""A step of linear units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.initialization import symmetry_sizes as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]


def networks(rng: np.random.Generator, size: Size) -> Inputs:
    """One output, four examples, weights in sixteenths."""
    batch, h, m = size
    w = rng.integers(-32, 33, size) / reference.PARTS
    v, x = (rng.integers(-1, 2, shape).astype(np.float64) for shape in ((batch, 1, h), (batch, 4, m)))
    return Inputs((w, v, x, rng.integers(-4, 5, (batch, 4, 1)).astype(np.float64), 0.125))


def step(w: Float64, v: Float64, x: Float64, t: Float64, lr: float, how: Arithmetic) -> Truth:
    """The weights after a step."""
    return reference.step(w, v, x, t, lr, np.ones(len(w)), how)


ROWS = (Row("linear_network_step", ((4, 3, 3), (16, 64, 64)), "networks x units x inputs", networks, step),)
