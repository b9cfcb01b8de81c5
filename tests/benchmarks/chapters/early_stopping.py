"""Gradient descent with early stopping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import early_stopping as reference
from reference.running import stored_exactly
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((4, 2), (64, 16))
STEPS = 16
AXES = "problems x weights"


def targets(rng: np.random.Generator, size: Size) -> Inputs:
    """Whole training minima."""
    return Inputs((rng.integers(1, 5, size).astype(np.float64), 0.25, STEPS))


def trajectory(rng: np.random.Generator, size: Size) -> Inputs:
    """Iterates and the validation minimum, half way."""
    c = rng.integers(1, 5, size).astype(np.float64)
    part = 1 - 0.75 ** np.arange(8)
    return Inputs((part[:, None] * c[:, None, :], c / 2))


def iterates(c: Float64, lr: float, steps: int, how: Arithmetic) -> Truth:
    """The closed form."""
    return reference.iterates(c, lr, steps, how).truth


def best(w: Float64, v: Float64, how: Arithmetic) -> Float64:
    """The step of the least validation error."""
    return np.asarray(reference.validation_errors(stored_exactly(w), v, how).truth.value.argmin(-1))


ROWS = (
    Row("descent_iterates", SIZES, AXES, targets, iterates),
    Row("stopping_step", SIZES, AXES, trajectory, best, "the best step"),
)
