"""The negative log likelihood of a normal law with a variance of its own, as a loss.

Residuals r (batch, n), variances v of the same shape, and the least variance eps that the loss admits.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

HALF_LOG_TWO_PI = math.log(2 * math.pi) / 2
OWN = 4
"""Units roundoff of float64 by which NumPy's logarithms, and quotients of them, may be."""


def loss(r: Float64, v: Float64, eps: float, format: Format, *, full: bool = False) -> Truth:
    """(log v' + r^2 / v') / 2, and log(2 pi) / 2 more in full, for v' = max(v, eps), eps a number of the format.

    With q = r^2 / (2 v'): gamma_5 q for difference, square and quotient (and eta / v' for a square that underflows),
    4u of the logarithm, half of which counts, a rounding of the constant, and 2u of everything for the sums.
    """
    clamped, u = np.maximum(v, eps), format.u
    q, log, constant = r**2 / (2 * clamped), np.log(clamped) / 2, HALF_LOG_TWO_PI if full else 0.0
    size = q + np.abs(log) + constant
    error = gamma(5, u) * q + 4 * u * np.abs(log) + u * constant + 2 * u * (1 + 10 * u) * size
    return Truth(log + q + constant, upward(error + format.eta * (3 + 1 / clamped) + OWN * U64 * size))


def least(r: Float64) -> Float64:
    """The infimum over all variances, (log r^2 + 1) / 2, attained at v = r^2; -inf for r = 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.abs(r)) + 0.5)


def slope_of_mean(r: Float64, v: Float64, eps: float, format: Format) -> Truth:
    """r / v', r = mean - target: five roundings in any order."""
    clamped = np.maximum(v, eps)
    value = r / clamped
    error = gamma(5, format.u) * np.abs(value) + (3 + 2 * np.abs(r)) * format.eta
    return Truth(value, upward(error + OWN * U64 * np.abs(value)))


def slope_of_variance(r: Float64, v: Float64, eps: float, format: Format) -> Truth:
    """(1 / v' - r^2 / v'^2) / 2, as if eps were no bound: two roundings of the first term, six of the second, the sum.

    torch leaves the clamp out of the derivative and says so.
    """
    clamped, u = np.maximum(v, eps), format.u
    first, second = 1 / (2 * clamped), r**2 / (2 * clamped) / clamped
    error = gamma(2, u) * first + gamma(6, u) * second + u * (1 + 6 * u) * (first + second)
    lost = format.eta * (3 + 1 / clamped + 1 / clamped**2)
    return Truth(first - second, upward(error + lost + OWN * U64 * (first + second)))
