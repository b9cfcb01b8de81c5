"""Priors on weights: log densities, the penalties that they are, and the steps and choices that follow.

Normal laws N(0, s^2) and Laplace's laws with scale s, centred; numbers w (batch, n), scales s (batch,).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

PRIORS = ("normal", "laplace")
HALF_LOG_TWO_PI = math.log(2 * math.pi) / 2
OWN = 4
"""Units roundoff of float64 by which NumPy's logarithms, and quotients of them, may be."""


def coefficient(s: Float64, prior: str) -> Float64:
    """lambda: 1 / (2 s^2) for the penalty lambda w^2, 1 / s for lambda |w|."""
    return np.asarray(1 / (2 * s**2) if prior == "normal" else 1 / s)


def penalty(w: Float64, s: Float64, prior: str) -> Float64:
    """lambda w^2 or lambda |w|, as squares or magnitudes of w / s, which stay in range."""
    z = np.abs(w) / s[:, None]
    return np.asarray(z**2 / 2 if prior == "normal" else z)


def constant(s: Float64, prior: str) -> Float64:
    """-log p(0): log s + log(2 pi) / 2 or log 2s."""
    return np.asarray(np.log(s) + HALF_LOG_TWO_PI if prior == "normal" else np.log(2 * s))


def log_density(w: Float64, s: Float64, prior: str, format: Format) -> Truth:
    """log p(w), where the square of the deviation of a normal law is a normal number of the format.

    With q the penalty: gamma_8 q for differences, squares and quotients of the normal law and gamma_2 q for Laplace's,
    4u for its logarithm and a rounding for the other constant, and 2u of everything for sums in any order; squares of w
    may underflow.
    """
    q, c, u = penalty(w, s, prior), constant(s, prior)[:, None], format.u
    if prior == "normal":
        log = np.abs(np.log(s))[:, None]
        size, error = q + log + HALF_LOG_TWO_PI, gamma(8, u) * q + 5 * u * log + u * HALF_LOG_TWO_PI
        error = error + format.eta / s[:, None] ** 2
    else:
        size, error = q + np.abs(c), gamma(2, u) * q + 4 * u * np.abs(c)
    return Truth(-q - c, upward(error + 2 * u * (1 + 10 * u) * size + 2 * format.eta + OWN * U64 * size))


def pull(w: Float64, s: Float64, prior: str, format: Format) -> Truth:
    """-d log p / d w: w / s^2, or sign(w) / s and at 0 any number between, the subdifferential.

    Eight roundings at most: of the square, the product with 2 or 1/2, quotients and products in any order.
    """
    scale = s[:, None]
    if prior == "normal":
        value = w / scale / scale
        return Truth(value, upward((gamma(8, format.u) + OWN * U64) * np.abs(value) + 4 * format.eta))
    value = np.sign(w) / scale
    kink = np.where(w == 0, 1 / scale, 0.0)
    return Truth(value, upward((gamma(2, format.u) + U64) * (np.abs(value) + kink) + format.eta + kink))


def step(w: Float64, g: Float64, s: Float64, lr: float, prior: str, arithmetic: Arithmetic) -> Truth:
    """w - lr (g - d log p / d w), lr a power of two: the error of the pull, that of the sum, and that of the result."""
    stored, of_prior = arithmetic.result, pull(w, s, prior, arithmetic.result)
    gradient = g + of_prior.value
    value, size = w - lr * gradient, np.abs(gradient) + of_prior.bound
    error = lr * (of_prior.bound + gamma(2, stored.u) * size) + 2 * stored.eta
    own = 4 * U64 * (np.abs(w) + lr * (np.abs(g) + np.abs(of_prior.value)))
    return Truth(value, upward(error + stored.u * (np.abs(value) + error) + own))


def choice_slack(losses: Float64, density: Truth, format: Format) -> Float64:
    """By how much (batch,) the candidate with the largest computed log p - loss may miss the best one (k candidates).

    Twice the largest error of one of them: of its log density, and of the difference.
    """
    size = np.abs(density.value) + density.bound + np.abs(losses)
    error = density.bound + (format.u + OWN * U64) * size + format.eta
    return np.asarray(upward(2 * error.max(-1, initial=0.0)))
