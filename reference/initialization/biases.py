"""Output biases that reproduce marginal frequencies, and how many units a bias keeps active."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from reference.formats import Arithmetic
from reference.losses.softmax import Kernel, Rows, log_softmax_truth, softmax_truth
from reference.probability.continuous import NormalLaw
from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.rounding import U64, upward
from reference.statistics import binomial_p_value
from reference.truth import Truth

Float64 = NDArray[np.float64]

LOG_UNITS = 4.0
"""The error of a logarithm in units of u, in float32 and float64; half types round it once more."""


def shares(c: Float64) -> Float64:
    """c / sum c of frequencies (..., n), within 2 U64 relatively: the sums are correctly rounded."""
    flat = c.reshape(-1, c.shape[-1])
    total = np.array([math.fsum(row) for row in flat.tolist()]).reshape(*c.shape[:-1], 1)
    return np.asarray(c / total)


def logarithm_error(c: Float64, arithmetic: Arithmetic) -> Float64:
    """max_i |fl(log c_i) - log c_i| for frequencies c (..., n); shape (..., 1)."""
    u = LOG_UNITS * arithmetic.accumulator.u + (arithmetic.result.u if arithmetic.mixed else 0.0)
    return upward(u * np.abs(np.log(c)).max(-1, keepdims=True) + arithmetic.result.eta)


def softmax_of_logarithms(c: Float64, b: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """softmax(b) for b = fl(log c) against c / sum c.

    If every entry of b is within d of log c, softmax moves by a factor of exp(2d) at most; its own error comes besides.
    """
    value = shares(c)
    moved = np.expm1(2 * logarithm_error(c, arithmetic)) * value
    own = softmax_truth(Rows.of(b, arithmetic), kernel)
    return Truth(value, upward(moved + own.bound * (1 + moved) + 4 * U64 * value, c.shape[-1]))


def losses_of_logarithms(c: Float64, b: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """-log softmax(b) for b = fl(log c) against -log(c / sum c): moved by 2d at most."""
    value = -np.log(shares(c))
    own = log_softmax_truth(Rows.of(b, arithmetic), kernel)
    return Truth(value, upward(2 * logarithm_error(c, arithmetic) + own.bound + 8 * U64 * (1 + np.abs(value))))


def entropy_truth(c: Float64, losses: Truth) -> Truth:
    """H(c) = sum c_i (-log c_i), the mean of the losses, in nats, computed in float64 from computed losses."""
    p = shares(c)
    value = (p * losses.value).sum(-1)
    return Truth(value, upward((p * losses.bound).sum(-1) + 2.0**-48 * (1 + np.abs(value)), c.shape[-1]))


def active_share_fit(
    active: int, units: int, bias: float, size: float, error: float, law: NormalLaw, alpha: float = ALPHA
) -> Fit:
    """How many of `units` units w . x + b are positive, for rows w of independent N(0, s^2) entries and ||x|| = `size`.

    w . x is N(0, s^2 size^2), so that each is active with probability Phi(b / (s size)), 1/2 for b = 0; a binomial
    number. A computed sum within `error` of the exact one shifts b by that; the probability nearest to the observed
    share counts. The grid of the uniform numbers behind the normal ones moves it by `law.slack`. A signal of 0
    says nothing.
    """
    scale = math.sqrt(law.variance) * size
    if scale == 0:
        return Fit(0.0, 1.0)
    least, most = (float(ndtr((bias + s) / scale)) for s in (-error, error))
    least, most = max(least - law.slack, 0.0), min(most + law.slack, 1.0)
    return p_value_fit(binomial_p_value(active, units, min(max(active / units, least), most)), alpha)
