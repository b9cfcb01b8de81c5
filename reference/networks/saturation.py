"""What a saturated unit leaves of a gradient: slopes of tanh and of log sigma, and where floating point has none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble
from reference.formats import Arithmetic, Format
from reference.memory import remembered
from reference.networks.activations import Sigmoid, decay
from reference.rounding import U64, gamma, rounded, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

ENDS = {
    "relu": (0.0, math.inf),
    "relu6": (0.0, 6.0),
    "hardtanh": (-1.0, 1.0),
    "hardsigmoid": (-3.0, 3.0),
}
"""Units that are constant outside an interval, and not inside."""


@remembered
def hyperbolic(z: Float64, *, fine: bool) -> tuple[Float64, Float64]:
    """|tanh z|, within 2^-50, and sech^2 z = 4 e^2 / (1 + e^2)^2, e = exp(-|z|), within 8 roundoffs."""
    high, low = decay(z, fine=fine)
    if fine:
        e = DoubleDouble(high, low)
        square = e * e
        total = square + 1.0
        return (1 - square.hi) / total.hi, 4 * (square / total / total).hi
    return (1 - high**2) / (1 + high**2), (2 * high / (1 + high**2)) ** 2


def tanh_slope(z: Float64, units: float, arithmetic: Arithmetic) -> Truth:
    """tanh' = 1 - tanh^2 = sech^2, computed as 1 - y^2 from y = tanh z with its error, or as 4 e / (1 + e)^2.

    |y^2 - t^2| <= 2 |t| |y - t| + |y - t|^2; the square and the difference round, or five operations on e. Half types
    store each of them (float16 on the CPU).
    """
    size, slope = hyperbolic(z, fine=wide(arithmetic))
    error = (units * arithmetic.accumulator.u + 8 * U64) * size
    if arithmetic.mixed:
        error = rounded(error, size, arithmetic.result)
    fmt = arithmetic.result
    bound = 2 * size * error + error**2 + fmt.u * size**2 + (gamma(5.0, fmt.u) + 16 * U64) * slope + 4 * fmt.eta
    return Truth(slope, upward(bound))


def log_sigmoid_slope(z: Float64, units: float, arithmetic: Arithmetic) -> Truth:
    """(log sigma)' = sigma(-z), by e / (1 + e) or 1 - e / (1 + e) with e = exp(-|z|): relative accuracy everywhere.

    Four roundings besides that of e. Half types store e (torch on the CPU) and the result. What is subnormal in the
    accumulator may be flushed with e.
    """
    value = Sigmoid.of(z, units, arithmetic).mirrored
    accumulator, fmt = arithmetic.accumulator, arithmetic.result
    error = (gamma(units + 4, accumulator.u) + 16 * U64) * value + np.minimum(value, accumulator.lam)
    if arithmetic.mixed:
        error += gamma(3.0, fmt.u) * value + 2 * fmt.eta
    return Truth(value, upward(error))


def gone(z: Float64, rate: float, factor: float, fmt: Format) -> NDArray[np.bool_]:
    """Where factor exp(-rate |z|) is less than a quarter of the smallest number: 0 in any arithmetic."""
    return np.asarray(rate * np.abs(z) > math.log(factor) - (math.log2(fmt.eta) - 2) * math.log(2))


def lost(name: str, z: Float64) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where a piecewise linear unit has the slope 0, and where it has a slope at all: away from its ends and NaN."""
    low, high = ENDS[name]
    return (z < low) | (z > high), (z != low) & (z != high) & ~np.isnan(z)
