"""Randomised leaky ReLU: the law of its slopes, and its values in evaluation.

y = x for x > 0, else a x with a uniform on [lower, upper] for every number, or their middle in evaluation (Xu, Wang,
Chen and Li, Empirical evaluation of rectified activations in convolutional network, 2015, section 2.4, who divide by
a).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format
from reference.probability.sampling import UniformLaw
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def slope_law(lower: float, upper: float, format: Format) -> UniformLaw:
    """The law of slopes stored in the format, lower < upper: the uniform one to within `slack`.

    A rounding moves a slope by half the distance d of numbers at the larger end at most, and so its distribution
    function by d / 2 over the width; as much again for a grid of that distance from which it may be drawn, and 4u of
    float64 for its ends.
    """
    distance = float(format.ulp(max(abs(lower), abs(upper))))
    return UniformLaw((lower, upper), distance / (upper - lower) + 4 * U64)


def ends(lower: float, upper: float, format: Format) -> tuple[float, float]:
    """The smallest and the largest slope that may be stored."""
    least, most = format.round(np.array([lower, upper])).tolist()
    return least, most


def scaled(x: Float64, slopes: Float64, arithmetic: Arithmetic) -> Truth:
    """y for slopes as they are stored: one rounding of the product, none of positive numbers.

    In mixed arithmetic another one, of the slope: the product may be that of the slope in the accumulator.
    """
    stored, value = arithmetic.result, np.where(x > 0, x, slopes * x)
    relative = gamma(2 if arithmetic.mixed else 1, stored.u) + U64
    return Truth(value, np.where(x > 0, 0.0, upward(relative * np.abs(value) + stored.eta)))


def evaluated(x: Float64, lower: float, upper: float, arithmetic: Arithmetic) -> Truth:
    """y with the middle slope: roundings of the sum, of the slope, and of the product."""
    stored, middle = arithmetic.result, (lower + upper) / 2
    value = np.where(x > 0, x, middle * x)
    relative = gamma(2, arithmetic.accumulator.u) + stored.u + 2 * U64
    return Truth(value, np.where(x > 0, 0.0, upward(relative * np.abs(value) + stored.eta)))


def middle_slope(x: Float64, lower: float, upper: float, arithmetic: Arithmetic) -> Truth:
    """Its derivative; at 0 anything between the middle slope and 1."""
    middle = (lower + upper) / 2
    relative = gamma(2, arithmetic.accumulator.u) + arithmetic.result.u + 2 * U64
    kink = x == 0
    value = np.where(x > 0, 1.0, np.where(kink, (1 + middle) / 2, middle))
    return Truth(value, np.where(x > 0, 0.0, upward(relative * abs(middle) + kink * abs(1 - middle) / 2)))
