"""Backward passes, and steps of optimisers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import learning as reference
from reference.formats import Arithmetic
from tests.benchmarks.row import Inputs, Row, Size

SIZES, AXES = ((16, 16, 2), (256, 256, 4)), "units x inputs x examples"
Float64 = NDArray[np.float64]


def whole(rng: np.random.Generator, size: Size) -> list[Float64]:
    """w, b, f, x, t and g of small whole numbers, two of every example not 0."""
    h, m, k = size
    x = np.zeros((k, m))
    np.put_along_axis(x, rng.integers(0, m, (k, 2)), 1.0, -1)
    shapes = ((h, m), (h,), (h,), (k, h), (h, m))
    w, b, f, t, g = (rng.integers(-1, 2, shape).astype(np.float64) for shape in shapes)
    return [w, b, f, x, t, g]


def passes(rng: np.random.Generator, size: Size) -> Inputs:
    """One backward pass."""
    given = whole(rng, size)
    kwargs = {"norm": False, "held": False, "way": "fresh", "times": 1}
    return Inputs(tuple(given), kwargs, tuple(a[None] for a in given[:5]))


def alone(rng: np.random.Generator, size: Size) -> Inputs:
    """Gradients that are returned."""
    given = whole(rng, size)
    return Inputs(tuple(given), {"way": "func.grad"}, tuple(a[None] for a in given[:5]))


def steps(rng: np.random.Generator, size: Size) -> Inputs:
    """Two steps of Adam with zero_grad between them."""
    w, b, f, _, _, g = whole(rng, size)
    return Inputs((w, b, f, g, b), {"rule": "Adam", "held": True, "set_to_none": True, "foreach": True}, (g, g))


def gradient(w: Float64, b: Float64, f: Float64, x: Float64, t: Float64, how: Arithmetic) -> Float64:  # noqa: ARG001
    """The gradient of the weights."""
    return reference.gradient(w, b, f, x, t)[0]


def sums(held: Float64, found: Float64, how: Arithmetic) -> Float64:
    """Two gradients added up."""
    return reference.accumulated(held, found, 1, how.result)


ROWS = (
    Row("after_backward", SIZES, AXES, passes, gradient, "the exact gradient"),
    Row("gradient_alone", SIZES, AXES, alone, gradient, "the exact gradient"),
    Row("after_steps", SIZES, AXES, steps, sums, "the sum of two gradients"),
)
