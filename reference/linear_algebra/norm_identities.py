"""Norms against each other: the spectral and the Frobenius norm, and norms of two orders.

Arrays are float64; inequalities hold between the exact values, and their slack is what the computed ones may err by.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, float64
from reference.linear_algebra.norms import matrix_norm_truths
from reference.rounding import upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Factor(NamedTuple):
    """A constant of an inequality between norms, and by how much the computed norms may break the inequality."""

    value: float
    slack: Float64


def spectral_norm(a: Float64) -> Truth:
    """The largest singular value of A (..., m, n), m, n >= 1, computed in float64; shapes (...). BND-SVD."""
    return matrix_norm_truths(a, Arithmetic.of(float64))[2]


def at_most_times(left: Truth, right: Truth, factor: float) -> Factor:
    """`left` <= factor * `right` between exact norms, so between computed ones up to both bounds, scaled.

    A factor computed in float64 errs by a relative 2^-50 at most: roots and powers of integers below 2^20.
    """
    slack = left.bound + factor * right.bound + 2.0**-50 * factor * (right.value + right.bound)
    return Factor(factor, upward(slack, 4))


def frobenius_by_spectral(frobenius: Truth, spectral: Truth, rank: int) -> Factor:
    """||A||_F <= sqrt(r) ||A||_2: ||A||_F^2 is the sum of r squared singular values."""
    return at_most_times(frobenius, spectral, math.sqrt(rank))


def lower_by_higher_order(lower: Truth, higher: Truth, n: int, p: float, q: float) -> Factor:
    """||x||_p <= n^(1/p - 1/q) ||x||_q for x of n >= 1 entries and 1 <= p <= q <= inf (Hoelder)."""
    return at_most_times(lower, higher, n ** (1 / p - 1 / q))
