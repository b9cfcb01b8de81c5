"""The logistic sigmoid and its derivatives of three orders, and the derivative of a rectifier."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.memory import remembered
from reference.rounding import U64, gamma, rounded, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]


@remembered
def decay(z: Float64, *, fine: bool) -> tuple[Float64, Float64]:
    """exp(-|z|) as a sum of two numbers, the second 0 unless it is wanted `fine`: in double-double."""
    if not fine:
        return np.exp(-np.abs(z)), np.zeros(z.shape)
    e = dd.exp(double_double(-np.abs(z)))
    return e.hi, e.lo


@remembered
def logistic(z: Float64, *, fine: bool) -> tuple[Float64, Float64]:
    """sigma(z) and sigma(-z), by e = exp(-|z|); `fine`: nearest, else within 8 roundoffs."""
    high, low = decay(z, fine=fine)
    if fine:
        e = DoubleDouble(high, low)
        less, more = (e / (e + 1.0)).hi, (double_double(np.ones(z.shape)) / (e + 1.0)).hi
    else:
        less, more = high / (1 + high), 1 / (1 + high)
    return np.where(z < 0, less, more), np.where(z < 0, more, less)


class Sigmoid(NamedTuple):
    """sigma(z), sigma(-z), and how far a computed sigma(z) may be off."""

    value: Float64
    mirrored: Float64
    error: Float64
    arithmetic: Arithmetic

    @classmethod
    def of(cls, z: Float64, units: float, arithmetic: Arithmetic) -> Sigmoid:
        """At numbers z, by a function with a relative error of `units` roundoffs in the accumulator.

        One more rounding of half types. Where exp(-z) overflows, 1 / (1 + exp(-z)) is 0: the error is the value.
        """
        value, mirrored = logistic(z, fine=wide(arithmetic))
        accumulator = arithmetic.accumulator
        error = (units * accumulator.u + 8 * U64) * value + accumulator.eta
        lost = value * accumulator.largest <= 1 + 8 * accumulator.u
        error = np.where(lost, np.maximum(error, value), error)
        if arithmetic.mixed:
            error = rounded(error, value, arithmetic.result)
        return cls(value, mirrored, upward(error), arithmetic)

    @property
    def slope(self) -> Float64:
        """sigma'(z) = sigma(z) sigma(-z), within 4 units roundoff of what its factors are within."""
        return self.value * self.mirrored

    @property
    def truth(self) -> Truth:
        """sigma(z)."""
        return Truth(self.value, self.error)

    @property
    def derivative(self) -> Truth:
        """sigma'(z), computed as y (1 - y) from y = sigma(z) with its error, or as e / (1 + e)^2.

        |y (1 - y) - s (1 - s)| <= |y - s| |1 - 2 s| + |y - s|^2; then two roundings, or four. In half types those of
        1 - y and of both products may be stored ones (torch's kernel for float16 on the CPU).
        """
        slope, tilt = self.slope, np.abs(self.mirrored - self.value)
        error = self.error * tilt + self.error**2
        return Truth(slope, self._stored(error, slope, 3 if self.arithmetic.mixed else 4))

    @property
    def second(self) -> Truth:
        """sigma'' = s' (1 - 2 s), as the polynomial in y that reverse mode makes of it: y (1 - y) (1 - 2 y).

        The polynomial has the slope 1 - 6 s', and half of its second derivative is at most 3; every factor has a
        relative error of u, and eight operations are stored.
        """
        slope = self.slope
        value = slope * (self.mirrored - self.value)
        error = self.error * np.abs(1 - 6 * slope) + 3 * self.error**2
        return Truth(value, self._stored(error, np.abs(value), 8))

    @property
    def third(self) -> Truth:
        """sigma''' = s' (1 - 6 s') as s' ((1 - 2 s)^2 - 2 s'), two terms that reverse mode adds.

        The polynomial in y has the slope (1 - 2 s)(1 - 12 s'), and half of its second derivative is at most 8; twelve
        operations are stored.
        """
        slope, tilt = self.slope, self.mirrored - self.value
        error = self.error * np.abs(tilt * (1 - 12 * slope)) + 8 * self.error**2
        return Truth(slope * (1 - 6 * slope), self._stored(error, slope * (tilt**2 + 2 * slope), 12))

    def _stored(self, error: Float64, terms: Float64, operations: int) -> Float64:
        """What so many stored operations add: their relative errors of `terms`, and underflows."""
        fmt = self.arithmetic.result
        return upward(error + (gamma(float(operations), fmt.u) + 32 * U64) * (terms + error) + operations * fmt.eta)


def envelope(z: Float64) -> Float64:
    """exp(-|z|), rounded up."""
    return upward(np.exp(-np.abs(z)))


def unit_step(z: Float64, kink: NDArray[np.bool_]) -> Truth:
    """1 for z > 0 and 0 for z < 0, exactly; at a kink, as at 0, anything from 0 to 1."""
    return Truth(np.where(kink, 0.5, np.heaviside(z, 0.5)), np.where(kink, 0.5, 0.0))
