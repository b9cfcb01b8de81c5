"""Soft thresholding: the minimiser with an L1 penalty, and the steps of two methods that look for it.

S_t(z) = sign(z) max(|z| - t, 0) is the proximal operator of t |.| (Parikh and Boyd, Proximal algorithms, 2014, 6.5.2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format
from reference.rounding import U64, gamma, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def thresholded(z: Float64, t: Float64 | float, error: Float64 | float, format: Format, *, exact: bool) -> Truth:
    """S_t(z), stored in `format`, where |z| and t >= 0 are known to within `error` together.

    S is 1-Lipschitz in z and in t. It is 0, with nothing to round, where |z| + error <= t; else a difference is rounded
    once, without underflow if it is `exact`: a multiple of the format's smallest number.
    """
    value = np.sign(z) * np.maximum(np.abs(z) - t, 0.0)
    reach = np.abs(z) - t + error
    missed = np.minimum(error, np.maximum(reach, 0.0))
    bound = rounded(missed, np.abs(value), format, underflow=not exact) + U64 * np.abs(value)
    return Truth(value, np.where((reach <= 0) | np.isinf(z), 0.0, upward(bound)))


def threshold_error(t: float, arithmetic: Arithmetic) -> float:
    """What a threshold t, a double, loses in the accumulator."""
    return abs(float(arithmetic.accumulator.round(t)) - t)


def shrunk(x: Float64, t: float, arithmetic: Arithmetic) -> Truth:
    """S_t(x) for numbers x of the format and a double t: the rounding of t, if it has one, and that of the result."""
    error = threshold_error(t, arithmetic)
    return thresholded(x, t, error, arithmetic.result, exact=error == 0 and not arithmetic.mixed)


def slope(x: Float64, t: float, arithmetic: Arithmetic) -> Truth:
    """S_t'(x): 1 beyond the threshold, 0 before it, anything between at a kink, or where t may be rounded past x."""
    error, size = threshold_error(t, arithmetic), np.abs(x)
    open_to_choice = (t > 0) & (size >= t - error) & (size <= t + error)
    value = np.where(open_to_choice, 0.5, np.where((size > t) | (t == 0), 1.0, 0.0))
    return Truth(value, np.where(open_to_choice, 0.5, 0.0))


def diagonal_minimiser(w: Float64, h: Float64, penalty: float, arithmetic: Arithmetic) -> Truth:
    """argmin_v sum h (v - w)^2 / 2 + penalty |v| = S_{penalty / h}(w).

    Up to three roundings of the threshold: of penalty, 1 / h and the product, the first and last with an underflow.
    """
    t, stored = penalty / h, arithmetic.result
    error = (gamma(3, stored.u) + U64) * t + (1 + 1 / h) * stored.eta
    return thresholded(w, t, upward(error), stored, exact=False)


def _descended(
    v: Float64, w: Float64, h: Float64, pull: Float64 | float, lr: float, u: float
) -> tuple[Float64, Float64]:
    """v - lr (h (v - w) + pull) for v (batch, steps, n), before the last rounding, and its error.

    Four roundings of the gradient and of each of its terms, lr a power of two.
    """
    apart = h * (v - w)
    size = np.abs(apart) + np.abs(pull)
    return v - lr * (apart + pull), lr * gamma(4, u) * size + gamma(6, U64) * (np.abs(v) + lr * size)


def proximal_step(v: Float64, w: Float64, h: Float64, penalty: float, lr: float, arithmetic: Arithmetic) -> Truth:
    """S_{lr penalty}(v - lr h (v - w)) for v (batch, steps, n), w and h (batch, 1, n)."""
    stored = arithmetic.result
    z, error = _descended(v, w, h, 0.0, lr, stored.u)
    error = rounded(error, np.abs(z), stored) + 2 * stored.eta + threshold_error(lr * penalty, arithmetic)
    return thresholded(z, lr * penalty, upward(error), stored, exact=False)


def subgradient_step(v: Float64, w: Float64, h: Float64, penalty: float, lr: float, arithmetic: Arithmetic) -> Truth:
    """v - lr (h (v - w) + penalty sign v), sign 0 = 0, for v (batch, steps, n), w and h (batch, 1, n)."""
    stored = arithmetic.result
    z, error = _descended(v, w, h, penalty * np.sign(v), lr, stored.u)
    return Truth(z, upward(rounded(error, np.abs(z), stored) + 2 * stored.eta))


def contracted(distance: Float64, h: Float64, penalty: float, lr: float, *, proximal: bool) -> Float64:
    """How far from the minimiser a step leads from `distance`, 0 < lr h <= 1.

    A proximal step contracts by 1 - lr h, for S is 1-Lipschitz and leaves the minimiser where it is. A subgradient step
    does so while the sign of v is that of the minimiser m; else h (v - w) + penalty sign v differs from h (v - m) by
    at most 2 penalty, towards m, so that the distance is at most max((1 - lr h) distance, 2 lr penalty).
    """
    shorter = (1 - lr * h) * distance
    return shorter if proximal else np.maximum(shorter, 2 * lr * penalty)


def removed(w: Float64, h: Float64, penalty: float, lr: float, steps: int, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Which weights (batch, n) proximal steps from w are certain to have set to 0: an upper bound of |v| becomes 0."""
    largest = np.abs(w)
    for _ in range(steps):
        z = (1 - lr * h) * largest + lr * h * np.abs(w)
        error = lr * gamma(4, arithmetic.result.u) * h * (largest + np.abs(w)) + gamma(8, U64) * z
        error = rounded(error, z, arithmetic.result) + 2 * arithmetic.result.eta
        least = lr * penalty - threshold_error(lr * penalty, arithmetic)
        reached = z + upward(error) - least
        largest = np.where(reached > 0, reached * (1 + 4 * arithmetic.result.u) + arithmetic.result.eta, 0.0)
    return np.asarray((largest == 0) & (penalty > 0))
