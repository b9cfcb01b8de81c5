"""The 0-1 loss, steps, and a descent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reference.bounds import UNITS_CPU
from reference.formats import Arithmetic
from reference.losses import surrogate as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((64, 10), (256, 1000)), "rows x classes"
POINTS, RATE, STEPS = np.array([1.0, -1.0, 2.0, -2.0]), 2.0, 1


def rows(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal logits."""
    return Inputs((rng.standard_normal(size),))


def reduced_rows(rng: np.random.Generator, size: Size) -> Inputs:
    """The same, of which the last axis is reduced."""
    return Inputs((rng.standard_normal(size),), {"dim": -1})


def scored(rng: np.random.Generator, size: Size) -> Inputs:
    """The same with classes."""
    return Inputs((rng.standard_normal(size), rng.integers(0, size[-1], size[:1])))


def two_classes(rng: np.random.Generator, size: Size) -> Inputs:
    """Classes of two kinds."""
    return Inputs((rng.integers(0, 3, size), rng.integers(0, 3, size)))


def starts(rng: np.random.Generator, size: Size) -> Inputs:
    """Starts of a descent of one step."""
    w = np.stack((rng.integers(8, 25, size[:1]), rng.integers(32, 49, size[:1])), -1) / 16
    return Inputs((w, POINTS), {"rate": RATE, "steps": STEPS}, given=(w,))


def exactly(value: Float64) -> Truth:
    """Without an error."""
    return Truth(np.asarray(value, np.float64), np.zeros(np.shape(value)))


def step(name: str) -> Callable[..., Truth]:
    """A function that is constant between its jumps."""
    return lambda x, _: exactly(reference.STEPS[name](x))


def at_zero(rng: np.random.Generator, size: Size) -> Inputs:
    """Logits, and the value at 0."""
    x = rng.standard_normal(size)
    return Inputs((x, np.array(1.0)), given=(x,))


def descent(w: Float64, how: Arithmetic) -> Truth:
    """The start and one step."""
    value, bound = reference.descended(w[:, 0], POINTS, RATE, how, UNITS_CPU)
    path, room = np.repeat(w[:, None], 2, 1), np.zeros((len(w), 2, 2))
    path[:, 1, 0], room[:, 1, 0] = value, bound
    return Truth(path, room)


ROWS = (
    Row("zero_one_loss", SIZES, AXES, scored, lambda x, t, _: exactly(reference.errors(x, t))),
    Row("argmax", SIZES, AXES, reduced_rows, lambda x, _: exactly(np.argmax(x, -1))),
    Row("not_equal", SIZES, AXES, two_classes, lambda a, b, _: exactly(a != b)),
    *(Row(name, SIZES, AXES, rows, step(name)) for name in ("floor", "ceil", "round", "trunc")),
    Row("heaviside", SIZES, AXES, at_zero, lambda x, _: exactly(np.heaviside(x, 1.0))),
    Row("separated_descent", ((8, 2), (64, 2)), "starts x weights", starts, descent),
)
