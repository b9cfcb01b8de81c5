"""Gradients of programs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import any_program as reference
from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

PROGRAM = (("sin", 0), ("mul", 1, 2), ("exp", 3), ("add", 4, 2), ("tanh", 5))


def points(rng: np.random.Generator, size: Size) -> Inputs:
    """Points, each of two numbers."""
    x = rng.uniform(-2, 2, (size[0], 2))
    return Inputs((x,), {"program": PROGRAM, "way": "backward"}, given=(x,))


def truth(x: NDArray[np.float64], how: Arithmetic) -> Truth:
    """The gradient of a program without branches."""
    return reference.gradient(PROGRAM, x, how.result, UNITS_CPU).truth


ROWS = (Row("program_gradient", ((4,), (16,)), "points", points, truth),)
