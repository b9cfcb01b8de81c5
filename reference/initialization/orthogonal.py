"""Orthogonal initialization: how far computed factors are from orthogonal, and the law of their entries."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from reference.bounds import Chain
from reference.formats import Arithmetic, Format
from reference.probability.continuous import ContinuousLaw
from reference.rounding import gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

CALIBRATED = 16.0
"""Calibrated: ||Q^T Q - I||_F stays below a third of 16 max(m, n) u sqrt(k) for float32 and float64 up to 200 x 100."""


def gram_truth(w: Float64, gain: float, format: Format) -> Truth:
    """W^T W or W W^T, the smaller one (k, k), of W (m, n) against g^2 I, in the Frobenius norm.

    Householder's method: || Q^T Q - I ||_F <= 2 sqrt(k) gamma_{mn} (ASNA theorem 19.4 and (19.13), with the constant of
    gamma taken as 1), or the calibrated 16 max(m, n) u sqrt(k), whichever is smaller; the gain, a double rounded into
    the format, costs two roundings of every entry: 4u sqrt(k).
    """
    m, n = w.shape
    k = min(m, n)
    theorem = 2 * gamma(m * n, format.u) if m * n * format.u < 1 else math.inf
    deviation = math.sqrt(k) * (min(theorem, CALIBRATED * max(m, n) * format.u) + 4 * format.u)
    return Truth(gain**2 * np.eye(k), np.asarray(upward(np.asarray(gain**2 * deviation))))


def gram(w: Float64, arithmetic: Arithmetic) -> Float64:
    """W^T W or W W^T, the smaller one, in float64 or, where that is the format, in double-double."""
    thin = w if w.shape[0] <= w.shape[1] else np.ascontiguousarray(w.T)
    return Chain.of(thin, arithmetic).matmul(np.ascontiguousarray(thin.T)).value


def entry_law(larger: int, format: Format) -> ContinuousLaw:
    """The law of an entry of a Haar-distributed matrix with columns of length `larger` > 1.

    A column is uniform on the sphere, and an entry has the density (1 - x^2)^((n - 3)/2): 2B - 1 for B with the law
    Beta((n - 1)/2, (n - 1)/2); uniform on [-1, 1] for n = 3. Householder's method moves an entry by at most
    CALIBRATED n u, at which the distribution function moves by that times the density, below n / 2 for n > 2.
    """
    shape = (larger - 1) / 2
    return ContinuousLaw(beta(shape, shape, -1, 2), CALIBRATED * larger**2 * format.u)
