r"""Losses of a logistic output: cross-entropy from logits and from probabilities, squared error, and their slopes.

Logits z and labels y in [0, 1], both (batch, n). With e = exp(-|z|) every quantity here is a sum of non-negative terms:

    sigma(|z|) = 1 / (1 + e),   sigma(-|z|) = e / (1 + e),   log(1 + exp z) = max(z, 0) + log(1 + e).

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic
from reference.memory import remembered
from reference.networks.activations import decay
from reference.networks.activations import logistic as sigmoid_pair
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

OWN = 4 * U64
"""The relative error of what float64 makes of the double-double functions below."""
LOG_CLAMP = -100.0
"""torch replaces smaller logarithms of a probability by this number; documented for `BCELoss`."""
FLOOR = float(np.float32(1e-12))
"""The least p (1 - p) by which torch's derivative divides: a constant in float32, whatever the format."""


class Logistic(NamedTuple):
    """sigma(z), sigma(-z), log(1 + e^z) and log(1 + e^-z), each (batch, n), within `OWN` relatively."""

    sigma: Float64
    other: Float64
    softplus: Float64
    softplus_of_negative: Float64


@remembered
def logistic(z: Float64) -> Logistic:
    """The logistic functions of logits (batch, n), infinite ones included."""
    sigma, other = sigmoid_pair(z, fine=True)
    log = dd.log1p(DoubleDouble(*decay(z, fine=True))).hi
    return Logistic(sigma, other, np.maximum(z, 0.0) + log, np.maximum(-z, 0.0) + log)


def cross_entropy(
    z: Float64, y: Float64, arithmetic: Arithmetic, units: float, *, weight: Float64 | float = 1.0
) -> Truth:
    """(1 - y) log(1 + e^z) + q y log(1 + e^-z) (batch, n) for the weight q of the positive label.

    As (1 - y) z - w log sigma(z), w = (q - 1) y + 1: two roundings of 1 - y and of the product; three of w; the
    logarithm and a rounding of the second product; the difference. As max(z, 0) - y z + log(1 + e) the product y z is
    rounded, which counts for labels between 0 and 1.
    """
    found, u = logistic(z), arithmetic.result.u
    with np.errstate(invalid="ignore"):
        wrong = [
            np.where(label > 0, label * part, 0.0)
            for label, part in ((1 - y, found.softplus), (y, found.softplus_of_negative))
        ]
        value = wrong[0] + weight * wrong[1]
        linear = np.where(y < 1, (1 - y) * np.abs(z), 0.0) + np.where((y > 0) & (y < 1), y * np.abs(z), 0.0)
        w = np.abs(weight - 1.0) * y + 1.0
        log = found.softplus_of_negative
        error = gamma(2, u) * linear + (gamma(3, u) * w + (units + 1) * u * w) * log + u * value
        error = np.where(np.isfinite(z), (1 + 8 * u) * error, 0.0)  # infinite logits have no rounding
    lost = (2 * arithmetic.accumulator.lam + 2 * arithmetic.result.eta) * np.maximum(1.0, weight)
    return Truth(value, upward(error + OWN * np.where(np.isfinite(value), value, 0.0) + lost))


def cross_entropy_slope(z: Float64, y: Float64, arithmetic: Arithmetic, units: float) -> Truth:
    """sigma(z) - y (batch, n): the sigmoid with a rounding, the difference, and what the chain of rules adds."""
    found, u = logistic(z), arithmetic.result.u
    value = (1 - y) * found.sigma - y * found.other
    error = (units + 2) * u * found.sigma + 4 * u * np.abs(value)
    return Truth(value, upward(error + OWN * (found.sigma + y) + _lost(arithmetic)))


def weighted_slope(z: Float64, y: Float64, weight: float, arithmetic: Arithmetic, units: float) -> Truth:
    """(q y + 1 - y) sigma(z) - q y: three roundings of the factor, the sigmoid, a product; q y; the difference."""
    found, u = logistic(z), arithmetic.result.u
    t = weight * y
    value = (1 - y) * found.sigma - t * found.other
    error = found.sigma * (gamma(3, u) * (1 + t + y) + (units + 1) * u * (t + 1 - y)) + 2 * u * t + u * np.abs(value)
    error = (1 + 8 * u) * error + OWN * ((1 + t + y) * found.sigma + t)
    return Truth(value, upward(error + _lost(arithmetic) * (1 + t)))


def squared_error_slope(z: Float64, y: Float64, arithmetic: Arithmetic, units: float) -> Truth:
    """(sigma - y) sigma (1 - sigma) (batch, n), the slope of (sigma(z) - y)^2 / 2.

    The derivative of the sigmoid is formed from its value: k u sigma + 3u sigma'. The error sigma - y errs by k u sigma
    and a rounding; three more roundings of products, which underflow by eta.
    """
    found, u = logistic(z), arithmetic.result.u
    e, slope = (1 - y) * found.sigma - y * found.other, found.sigma * found.other
    of_slope = units * u * found.sigma + 3 * u * slope + _lost(arithmetic)
    of_e = units * u * found.sigma + u * np.abs(e) + _lost(arithmetic)
    error = np.abs(e) * of_slope + of_e * (slope + of_slope) + 3 * u * np.abs(e * slope)
    return Truth(e * slope, upward(error + 2 * arithmetic.result.eta + OWN * (found.sigma + y) * slope))


def cross_entropy_of_probability(p: Float64, y: Float64, arithmetic: Arithmetic, units: float) -> Truth:
    """-y log p - (1 - y) log(1 - p) of stored probabilities (batch, n), each logarithm at least `LOG_CLAMP`.

    Logarithms within `units`, the second as log1p(-p); roundings of 1 - y, of two products and of a sum.
    """
    u = arithmetic.result.u
    with np.errstate(divide="ignore"):
        logs = [np.maximum(f, LOG_CLAMP) for f in (np.log(p), np.log1p(-p))]
    value = -(y * logs[0] + (1 - y) * logs[1])
    error = (gamma(units + 3, u) + OWN) * value + 2 * arithmetic.result.eta
    return Truth(value, upward(error))


def slope_of_probability(p: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """(p - y) d / max(d, 1e-12) (batch, n) with d = p (1 - p): the slope in z by reverse mode through p = sigma(z).

    Divided by d, multiplied by it: gamma_8 in all, 1e-12 is rounded into the format; where p (1 - p) is subnormal
    eta / d counts twice. Without a bound where the quotient overflows or d may round to 0.
    """
    fmt, u = arithmetic.result, arithmetic.result.u
    d = p * (1 - p)
    floor = float(fmt.round(np.array(FLOOR)))
    divisor = np.maximum(d, floor)
    value = np.where(divisor > 0, (p - y) / np.where(divisor > 0, divisor, 1.0) * d, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = gamma(8, u) + 2 * np.where(d > 0, 2 * fmt.eta / d, 0.0)
        uncertain = (d > 0) & ((relative > 0.25) | (np.abs(p - y) / divisor > fmt.largest / 2))
    error = relative * np.abs(value) + OWN * np.abs(value) + 4 * fmt.eta
    return Truth(value, np.where(uncertain, np.inf, upward(np.where(d > 0, error, 0.0))))


def _lost(arithmetic: Arithmetic) -> float:
    """What underflow takes from a sigmoid, whose exponential vector kernels take for 0 below the normal range."""
    return arithmetic.accumulator.lam + 2 * arithmetic.result.eta
