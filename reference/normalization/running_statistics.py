"""The running mean and variance of batch norm, and its output in evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization.batch_norm import standardised
from reference.rounding import U64, gamma, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def buffers(x: Float64, momentum: float | None, arithmetic: Arithmetic) -> Truth:
    """Running mean and variance (batch, 2) after batches x (batch, batches, m), from mean 0 and variance 1.

    r becomes (1 - rho) r + rho s, with s the mean or m / (m - 1) v of the batch, rho = 1/k in the k-th batch without a
    momentum. An error of s counts rho times; gamma_6 ((1 - rho) |r| + rho |s|) for rho and 1 - rho as rounded, m/(m-1),
    products and sum, eta for products that underflow.
    """
    m, wide = x.shape[-1], arithmetic.accumulator
    value, error = np.zeros((len(x), 2)), np.zeros((len(x), 2))
    value[:, 1] = 1.0
    for k in range(x.shape[1]):
        rho = 1 / (k + 1) if momentum is None else momentum
        sets = standardised(x[:, k], 1.0, arithmetic)
        scale = np.ldexp(1.0, sets.exponent)
        found = np.concatenate([sets.mean * scale, sets.variance * scale**2 * m / (m - 1)], -1)
        missed = np.concatenate([sets.mean_error * scale, sets.variance_error * scale**2 * m / (m - 1)], -1)
        size = (1 - rho) * (np.abs(value) + error) + rho * (np.abs(found) + missed)
        error = (1 - rho) * error + rho * missed + (gamma(6, wide.u) + 8 * U64) * size + 4 * wide.eta
        value = (1 - rho) * value + rho * found
    return Truth(value, upward(rounded(error, np.abs(value), arithmetic.result) if arithmetic.mixed else error, m))


def evaluated(x: Float64, statistics: Truth, eps: float, arithmetic: Arithmetic) -> Truth:
    """(x - r) / sqrt(q + eps) for running mean and variance (batch, 2) that may err, and gamma_8 of terms.

    1/sqrt moves by at most 1/sqrt(1 - t) - 1 for an error of the share t of q + eps.
    """
    (r, q), (d, e) = (np.moveaxis(a, -1, 0)[..., None] for a in statistics)
    total, u = q + eps, arithmetic.accumulator.u
    root, share = np.sqrt(total), np.minimum(e / total + 2 * u, 0.5)
    grown = np.expm1(-0.5 * np.log1p(-share))
    value = (x - r) / root
    error = (d + (gamma(8, u) + 8 * U64) * (np.abs(x) + np.abs(r) + d)) * (1 + grown) / root + grown * np.abs(value)
    error = error + 4 * arithmetic.accumulator.eta
    return Truth(value, upward(rounded(error, np.abs(value), arithmetic.result) if arithmetic.mixed else error))


def evaluated_by_training(x: Float64, statistics: Truth, eps: float, arithmetic: Arithmetic) -> Truth:
    """What training makes of x (batch, m), times sqrt((v + eps) / (m/(m-1) v + eps)): evaluation for momentum 1."""
    m, sets = x.shape[-1], standardised(x, eps, arithmetic)
    v = np.ldexp(sets.variance, 2 * sets.exponent)
    ratio = np.sqrt((v + eps) / (m / (m - 1) * v + eps))
    return Truth(ratio * sets.standard, evaluated(x, statistics, eps, arithmetic).bound)
