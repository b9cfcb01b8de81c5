"""Gradients of the weights before a normalising layer, and their component along the weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization.batch_norm import OWN, Standardised
from reference.rounding import U64, gamma, rounded, upward
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
    share = ((sets.root**2 - sets.variance) / sets.root**2)[:, 0]
    terms = np.abs(g * sets.standard).sum(-1)
    own = (OWN + 4 * g.shape[-1]) * U64 * terms * (1 + sets.variance / sets.root**2)[:, 0]
    return Truth((g * sets.standard).sum(-1) * share, upward((error * np.abs(weights)).sum(-1) + own, g.shape[-1]))
