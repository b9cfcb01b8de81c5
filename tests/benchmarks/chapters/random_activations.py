"""Rectifiers with random slopes, as they are in evaluation; in training with one slope."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import random_activations as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((16, 16), (64, 1024)), "rows x numbers"
LOWER, UPPER, SLOPE = 0.125, 0.375, 0.25


def evaluation(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers and the ends."""
    args = rng.standard_normal(size), LOWER, UPPER
    return Inputs(args, {"training": False})


def directions(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, directions, and one slope for both ends."""
    x, d = rng.standard_normal(size), np.ones(size)
    return Inputs((x, d, SLOPE, SLOPE), given=(x, d))


def along(x: Float64, d: Float64, how: Arithmetic) -> Truth:
    """Values and derivatives."""
    slopes = np.where(x > 0, 1.0, SLOPE)
    y = reference.scaled(x, slopes, how)
    return Truth(np.concatenate((y.value, slopes * d), -1), np.concatenate((y.bound, np.zeros_like(d)), -1))


ROWS = (
    Row("rrelu rrelu_module rrelu_in_place", SIZES, AXES, evaluation, reference.evaluated),
    Row("rrelu_along", SIZES, AXES, directions, along),
)
