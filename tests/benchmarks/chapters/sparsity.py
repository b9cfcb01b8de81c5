"""Soft thresholding and the steps towards a sparse minimiser."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.regularization import sparsity as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((64, 16), (64, 1024)), "vectors x numbers"
PENALTY, RATE = 0.5, 0.25


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers and a threshold."""
    return Inputs((rng.standard_normal(size), PENALTY))


def directions(rng: np.random.Generator, size: Size) -> Inputs:
    """Numbers, directions and a threshold."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size), PENALTY))


def along(x: Float64, d: Float64, t: float, how: Arithmetic) -> Truth:
    """The derivative along a direction."""
    slope = reference.slope(x, t, how)
    return Truth(slope.value * d, slope.bound * np.abs(d))


def quadratic(rng: np.random.Generator, size: Size) -> Inputs:
    """Minima, curvatures and a penalty."""
    return Inputs((rng.standard_normal(size), 2.0 ** rng.uniform(-2, 2, size), PENALTY))


def one_step(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with a rate and one step."""
    args = *quadratic(rng, size).args, RATE, 1
    return Inputs(args, given=args[:3])


def proximal(w: Float64, h: Float64, penalty: float, how: Arithmetic) -> Truth:
    """Start and first step of iterative soft thresholding."""
    return _started(w, reference.proximal_step(w[:, None], w[:, None], h[:, None], penalty, RATE, how))


def subgradient(w: Float64, h: Float64, penalty: float, how: Arithmetic) -> Truth:
    """Start and first step of SGD."""
    return _started(w, reference.subgradient_step(w[:, None], w[:, None], h[:, None], penalty, RATE, how))


def _started(w: Float64, step: Truth) -> Truth:
    return Truth(
        np.concatenate((w[:, None], step.value), 1), np.concatenate((np.zeros_like(w)[:, None], step.bound), 1)
    )


ROWS = (
    Row("softshrink softshrink_module softshrink_", SIZES, AXES, numbers, reference.shrunk),
    Row("softshrink_along", SIZES, AXES, directions, along),
    Row("soft_threshold", SIZES, AXES, quadratic, reference.diagonal_minimiser),
    Row("proximal_path", SIZES, AXES, one_step, proximal),
    Row("subgradient_path", SIZES, AXES, one_step, subgradient),
)
