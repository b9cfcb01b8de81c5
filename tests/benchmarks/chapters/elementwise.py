"""Arithmetic of single numbers, sums and means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import sum_truth
from reference.formats import Arithmetic
from reference.losses.softmax import EXP_CPU, Rows
from reference.rounding import U64, rounded, upward
from reference.running import difference, mean, product, stored_exactly
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES = ((256, 64), (256, 1024))
AXES = "instances x numbers"


def pair(rng: np.random.Generator, size: Size) -> Inputs:
    """Two normal numbers for each result."""
    return Inputs((rng.standard_normal(size), rng.standard_normal(size)))


def fraction(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal numbers over divisors of at least 1, as the sum of a softmax is."""
    return Inputs((rng.standard_normal(size), 1 + np.abs(rng.standard_normal(size))))


def normal(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal numbers."""
    return Inputs((rng.standard_normal(size),))


def reduced(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal numbers, reduced along the last axis."""
    return Inputs((rng.standard_normal(size),), {"dim": -1})


def shifted(rng: np.random.Generator, size: Size) -> Inputs:
    """Rows whose largest number is 0."""
    x = rng.standard_normal(size)
    return Inputs((x - x.max(-1, keepdims=True),))


def quotient(x: Float64, y: Float64, how: Arithmetic) -> Truth:
    """One rounding in the accumulator, one more where that is wider, and that of the reference."""
    value = x / y
    size = np.abs(value)
    error = rounded(U64 * size, size, how.accumulator)
    return Truth(value, upward(rounded(error, size, how.result) if how.mixed else error))


def exponential(x: Float64, how: Arithmetic) -> Truth:
    """The exponentials that a softmax of rows with maximum 0 adds up."""
    rows = Rows.of(x, how)
    relative, absolute = rows.exponential_error(EXP_CPU, stored=True)
    return Truth(rows.e, upward(rows.e * (relative + 16 * U64) + absolute))


ROWS = (
    Row("add", SIZES, AXES, pair, lambda x, y, how: difference(stored_exactly(x), stored_exactly(-y), how).truth),
    Row("subtract", SIZES, AXES, pair, lambda x, y, how: difference(stored_exactly(x), stored_exactly(y), how).truth),
    Row("multiply", SIZES, AXES, pair, lambda x, y, how: product(stored_exactly(x), stored_exactly(y), how).truth),
    Row("divide", SIZES, AXES, fraction, quotient),
    Row("abs", SIZES, AXES, normal, lambda x, _how: Truth(np.abs(x), np.zeros_like(x))),
    Row("exp", SIZES, AXES, shifted, exponential),
    Row("sum", SIZES, AXES, reduced, sum_truth),
    Row("mean", SIZES, AXES, reduced, lambda x, how: mean(stored_exactly(x), how).truth),
)
