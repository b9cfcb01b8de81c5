"""Programs with kinks that cancel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import differentiable_points as reference
from reference.formats import Arithmetic
from tests.benchmarks.row import Inputs, Row, Size

NAME = "relu(x) - relu(-x)"


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, for rectifiers of both signs."""
    x = rng.standard_normal(size)
    return Inputs((x, None, NAME), given=(x,))


def slopes(x: NDArray[np.float64], how: Arithmetic) -> NDArray[np.float64]:  # noqa: ARG001  every reference gets it
    """The least slope at each number."""
    return reference.slopes(NAME, x)[0]


ROWS = (Row("cancelling", ((64, 16), (64, 1024)), "vectors x numbers", numbers, slopes, "slope"),)
