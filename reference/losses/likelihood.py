"""Losses as negative log likelihoods: squared error and the normal law of variance 1, and weights of predictions.

Means and targets (batch, n). Half types may store every step, so a step errs by v = u + u_h.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.losses.entropy import Terms, step
from reference.losses.gaussian_nll import HALF_LOG_TWO_PI
from reference.losses.reduction import reduced
from reference.losses.softmax import compounded, inverse
from reference.rounding import U64, gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def _square(mean: Float64, target: Float64) -> DoubleDouble:
    """(mean - target)^2 within 2^-100 of itself."""
    difference = DoubleDouble(*dd.two_sum(mean, -target))
    return difference * difference


@silent
def squared(mean: Float64, target: Float64, arithmetic: Arithmetic) -> Truth:
    """(mean - target)^2: gamma_3, for a difference that counts twice and its square; infinite where that overflows."""
    found = _square(mean, target)
    size = np.abs(found.hi)
    error = (gamma(3, step(arithmetic)) + U64) * size + 2 * arithmetic.result.eta
    return Truth(found.hi, np.where(overflows(size + error, arithmetic.result), np.inf, upward(error)))


@silent
def unit_normal(mean: Float64, target: Float64, arithmetic: Arithmetic, *, full: bool) -> Truth:
    """(mean - target)^2 / 2, and log(2 pi) / 2 more in full: minus the logarithm of the density of N(mean, 1).

    gamma_5 of the first term, a quotient and a rounding more than of the square; v of the constant; 2 v of both for the
    sums. Infinite where the square, or that of 2 pi besides, may overflow.
    """
    constant, v = HALF_LOG_TWO_PI if full else 0.0, step(arithmetic)
    half = _square(mean, target) * 0.5
    value = (half + double_double(constant)).hi
    error = (gamma(5, v) + U64) * half.hi + v * constant + 2 * v * (1 + 8 * v) * value
    error = error + 2 * U64 * (constant + value) + 2 * arithmetic.result.eta
    return Truth(value, np.where(overflows(4 * value + error, arithmetic.result), np.inf, upward(error)))


@silent
def weighted(each: Truth, weight: Float64, arithmetic: Arithmetic) -> Truth:
    """Losses (batch, n) times their weights: a product more, which may underflow, here and in float64."""
    value = each.value * weight
    bound = each.bound * weight
    bound = bound + (step(arithmetic) + U64) * (np.abs(value) + bound) + 2 * arithmetic.result.eta
    lost = np.isinf(each.bound) | overflows(np.abs(value) + bound, arithmetic.result)
    return Truth(value, np.where(lost, np.inf, upward(bound)))


@silent
def weighted_mean(each: Truth, weight: Float64, arithmetic: Arithmetic) -> Truth:
    """sum w L / sum w of losses (batch, n): gamma_n of the sum of the weights, stored, and a quotient."""
    total, v = reduced(weighted(each, weight, arithmetic), arithmetic, mean=False), step(arithmetic)
    divisor, n = weight.sum(-1), weight.shape[-1]
    relative = compounded(inverse(gamma(n, arithmetic.accumulator.u) + v), v, 2 * U64)
    bound = (total.bound + relative * (np.abs(total.value) + total.bound)) / divisor
    return Truth(total.value / divisor, upward(bound + arithmetic.result.eta, n))


def opposite(loss: Truth | Terms, found: Float64, bound: Float64) -> Truth:
    """Minus a computed loss that errs by `bound`: what a computed log likelihood of bound `loss.bound` must be."""
    return Truth(-found, loss.bound + bound)
