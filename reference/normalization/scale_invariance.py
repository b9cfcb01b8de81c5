"""Gradients of the weights before a normalising layer, and their component along the weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization.batch_norm import Standardised
from reference.normalization.gradients import leftover
from reference.rounding import gamma, overflows, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def rescaled(dz: Truth, examples: Float64, arithmetic: Arithmetic) -> Float64:
    """The error (batch, d) of X^T dz for examples X (batch, m, d): those of dz (batch, m), gamma_m of the sums."""
    m = examples.shape[-2]
    size = np.abs(examples).swapaxes(-1, -2)
    error = (size @ dz.bound[..., None])[..., 0]
    total = (size @ (np.abs(dz.value) + dz.bound)[..., None])[..., 0]
    error = error + gamma(m, arithmetic.accumulator.u) * total + 2 * m * arithmetic.underflow
    if not arithmetic.gradual:  # subnormal gradients count for zero
        error = error + size.sum(-1) * arithmetic.result.lam
    return upward(rounded(error, total, arithmetic.result) if arithmetic.mixed else error, m)


def component(sets: Standardised, g: Float64, error: Float64, weights: Float64) -> Truth:
    """<dw, w> = sum g xhat eps / (v + eps) for weights (batch, d) whose gradient errs by `error`."""
    left = leftover(sets, g)
    return Truth(left.value, upward((error * np.abs(weights)).sum(-1) + left.bound, g.shape[-1]))


def scaled_error(
    sets: Standardised, g: Float64, dz: Truth, examples: Float64, scale: float, arithmetic: Arithmetic
) -> Float64:
    """How far `scale` times the gradient (batch, d) for scaled weights may be from that for the weights, half types.

    Both are stored with the error of `rescaled`, and the scaled one may be subnormal. Infinite where it may overflow,
    or sum(g (z - mean)) of the scaled numbers, which the backward pass may store (batch norm on the CPU).
    """
    reached = np.abs(examples).sum((-2, -1)) * (np.abs(dz.value) + dz.bound).max(-1) / scale
    dot = np.abs(g * sets.standard).sum(-1) * np.ldexp(sets.root, sets.exponent)[:, 0] * scale
    error = 2 * rescaled(dz, examples, arithmetic) + scale * arithmetic.result.eta
    return np.where(overflows(np.maximum(reached, dot), arithmetic.result)[:, None], np.inf, error)
