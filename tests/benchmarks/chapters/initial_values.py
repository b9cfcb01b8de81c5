"""Gradient descent from given starts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.initialization import initial_values as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

STEPS = 8
LARGEST = 4


def starts(rng: np.random.Generator, size: Size) -> Inputs:
    """Starts in both wells."""
    return Inputs((rng.integers(-8, 9, size) / 8, 0.25, STEPS))


def quadratics(rng: np.random.Generator, size: Size) -> Inputs:
    """Diagonal Hessians with whole eigenvalues, whole minima and starts."""
    batch, n = size
    h = rng.integers(1, LARGEST + 1, (batch, 1, n)) * np.eye(n)
    c, start = (rng.integers(-4, 5, size).astype(np.float64) for _ in range(2))
    return Inputs((h, c, start, 1 / LARGEST, STEPS))


def on_quadratics(h: Float64, c: Float64, start: Float64, lr: float, steps: int, how: Arithmetic) -> Truth:
    """Iterates from the recursion."""
    return reference.quadratic(h, c, start, lr, steps, 1.0, how)


ROWS = (
    Row("double_well_descent", ((4, 2), (64, 256)), "starts x coordinates", starts, reference.double_well),
    Row("quadratic_descent", ((4, 2), (64, 16)), "problems x variables", quadratics, on_quadratics),
)
