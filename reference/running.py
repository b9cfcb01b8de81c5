"""Running errors: exact numbers together with how far computed ones may lie from them, through elementary operations.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, section 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double, to_float64
from reference.formats import Arithmetic
from reference.rounding import gamma, overflows, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Running:
    """Exact numbers, and how far computed ones may lie from them."""

    exact: DoubleDouble
    error: Float64

    @property
    def truth(self) -> Truth:
        """The numbers as a reference value."""
        value, rest = to_float64(self.exact)
        return Truth(value, self.error + rest)

    def members(self, indices: Indices) -> Running:
        """The numbers at `indices` of the last axis."""
        return Running(self.exact[..., indices], self.error[..., indices])

    def reshape(self, *shape: int) -> Running:
        """The same numbers in another shape."""
        exact = DoubleDouble(self.exact.hi.reshape(shape), self.exact.tail.reshape(shape))
        return Running(exact, self.error.reshape(shape))


def stored_exactly(x: Float64) -> Running:
    """Numbers of the format."""
    return Running(double_double(x), np.zeros_like(x))


@silent
def mean(x: Running, arithmetic: Arithmetic) -> Running:
    """Means over the last axis, of length n: mean(e) + gamma_n(ua) mean(|x| + e), one more rounding where mixed.

    n - 1 additions and a division (ASNA (4.4)); the division may underflow.
    """
    n = x.error.shape[-1]
    value = x.exact.sum() / float(n)
    size = np.abs(x.exact.hi) + x.error
    error = x.error.mean(-1) + gamma(n, arithmetic.accumulator.u) * size.mean(-1) + arithmetic.accumulator.eta
    if arithmetic.mixed:
        error = rounded(error, np.abs(value.hi), arithmetic.result)
    overflow = overflows(size.sum(-1) + error, arithmetic.accumulator) | overflows(size.mean(-1), arithmetic.result)
    return Running(value, np.where(overflow, np.inf, upward(error, n)))


@silent
def difference(x: Running, y: Running, arithmetic: Arithmetic) -> Running:
    """x - y: the errors add, and one rounding, which does not underflow (ASNA (2.4))."""
    value = x.exact - y.exact
    error = x.error + y.error
    return Running(value, upward(rounded(error, np.abs(value.hi), arithmetic.result, underflow=False)))


@silent
def product(x: Running, y: Running, arithmetic: Arithmetic) -> Running:
    """x y: |x| e_y + e_x |y| + e_x e_y, and one rounding."""
    value = x.exact * y.exact
    error = np.abs(x.exact.hi) * y.error + x.error * (np.abs(y.exact.hi) + y.error)
    error = upward(rounded(error, np.abs(value.hi), arithmetic.result)) + arithmetic.result.eta
    return Running(value, np.where(overflows(np.abs(value.hi) + error, arithmetic.result), np.inf, error))


def pairs(x: Running, arithmetic: Arithmetic) -> Running:
    """All products x_i x_j of the last axis, (..., R) -> (..., R^2), in row-major order."""
    size = x.error.shape[-1]
    every = np.arange(size)
    return product(x.members(np.repeat(every, size)), x.members(np.tile(every, size)), arithmetic)
