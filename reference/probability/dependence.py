"""How far a joint law is from the product of its marginals, the covariances that this gives, and regression lines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format
from reference.probability.covariance import weighted_covariance
from reference.rounding import U64, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


def difference_from_product(counts: Float64) -> Float64:
    """P - p q^T for P = counts / total; shape (..., m, n).

    (N C - c d^T) / N^2 for counts C, whole numbers with total N < 2^26 and marginals c and d: one rounding.
    """
    total = counts.sum((-2, -1), keepdims=True)
    apart = total * counts - counts.sum(-1, keepdims=True) * counts.sum(-2, keepdims=True)
    return np.asarray(apart / total**2)


def held(x: Float64, format: Format) -> Bools:
    """Whether the format holds every entry of (..., m, n); shape (...)."""
    exact: Bools = (format.round(x) == x).all((-2, -1))
    return exact


def power_of_two(counts: Float64) -> Bools:
    """Whether the total of counts (..., m, n) is one, so that float64 holds their probabilities; shape (...)."""
    return np.asarray(np.frexp(counts.sum((-2, -1)))[0] == 0.5)


def difference_is_exact(counts: Float64, format: Format) -> Bools:
    """Whether P, its marginals, their products and the differences are all numbers of the format; shape (...)."""
    total = counts.sum((-2, -1), keepdims=True)
    P = counts / total
    p, q = P.sum(-1, keepdims=True), P.sum(-2, keepdims=True)
    exact = power_of_two(counts)
    for x in (P, p, q, p * q, difference_from_product(counts)):
        exact = exact & held(x, format)
    return exact


def indicators(m: int, n: int) -> Float64:
    """The indicators of the m values of X, then of the n values of Y, on all pairs; shape (m + n, m n)."""
    return np.concatenate((np.repeat(np.eye(m), n, -1), np.tile(np.eye(n), m)))


def covariance_of_indicators(counts: Float64, arithmetic: Arithmetic) -> Truth:
    """Cov(1[X = i], 1[Y = j]) = P_ij - p_i q_j; shape (..., m, n). BND-COV with weights, 0 where nothing is rounded.

    With total N = 2^k the mean c / N, the deviations, their products by a weight, which must be numbers of the formats,
    and the sum of products, multiples of 1 / N^2 up to N, which needs 3k bits of the accumulator, are exact.
    """
    m, n = counts.shape[-2:]
    flat = counts.reshape(*counts.shape[:-2], m * n)
    data = np.broadcast_to(indicators(m, n), (*counts.shape[:-2], m + n, m * n))
    bound = weighted_covariance(data, flat, None, arithmetic, 0).bound[..., :m, m:]
    value = difference_from_product(counts)
    total = counts.sum((-2, -1))
    mean = (data * flat[..., None, :]).sum(-1, keepdims=True) / total[..., None, None]
    exact = power_of_two(counts) & (total**3 <= 2.0**arithmetic.accumulator.precision)
    for x in (mean, data - mean, (data - mean) * flat[..., None, :]):
        exact = exact & held(x, arithmetic.operand)
    exact = exact & held(value, arithmetic.result) & held(value * total[..., None, None], arithmetic.result)
    return Truth(value, np.where(exact[..., None, None], 0.0, bound + 2.0**-53 * np.abs(value)))


def magnitude_of_dependence(x: Float64, y: Float64, difference: Float64) -> Float64:
    """sum |x_i||y_j||P_ij - p_i q_j| for x (..., m), y (..., n), which |Cov(X, Y)| does not exceed; shape (...)."""
    return np.asarray((np.abs(x)[..., :, None] * np.abs(y)[..., None, :] * np.abs(difference)).sum((-2, -1)))


class Regression(NamedTuple):
    """Slope and intercept (..., 2) of a regression line, and the variance of x (...), for divisor n."""

    line: Truth
    variance: Float64


@silent
def regression(x: Float64, y: Float64, arithmetic: Arithmetic) -> Regression:
    """The affine function of x (..., n) that is nearest to y in the mean square, by Householder's QR factorisation.

    n^2 times covariances and moments of whole numbers, or of multiples of a power of two, are exact below 2^53. With
    the columns x and 1 scaled to length 1, whose inner product is r = sum x / (sqrt(n) ||x||), the backward error of
    each column and of y is c = 10 sqrt(n) u of its length (ASNA theorem 20.3, calibrated), kappa = (1 + |r|) (E x^2 /
    Var x)^(1/2), and Wedin's theorem (ASNA 20.1) bounds the scaled solution's error by c kappa (2 ||solution|| +
    (kappa + 1) ||residual|| / (1 + |r|)^(1/2)) / (1 - c kappa). A mixed arithmetic stores the result. Infinite where
    c kappa is above 0.1; x must not be constant.
    """
    n = x.shape[-1]
    sx, sy, xx, xy, yy = (v.sum(-1) for v in (x, y, x * x, x * y, y * y))
    spread, joint, own = n * xx - sx**2, n * xy - sx * sy, n * yy - sy**2
    slope, intercept = joint / spread, (sy * xx - sx * xy) / spread
    r = np.abs(sx) / np.sqrt(n * xx)
    kappa = (1 + r) * np.sqrt(n * xx / spread)
    residual = np.sqrt(np.maximum(own - joint**2 / spread, 0) / n + 2.0**-40 * yy)
    c = 10 * n**0.5 * arithmetic.accumulator.u
    size = np.hypot(slope * np.sqrt(xx), intercept * n**0.5)
    moved = c * kappa * (2 * size + (kappa + 1) * residual / np.sqrt(1 + r)) / (1 - np.minimum(c * kappa, 0.1))
    value = np.stack((slope, intercept), -1)
    error = np.stack((moved / np.sqrt(xx), moved / n**0.5), -1)
    error = upward(error + 2 * U64 * np.abs(value) + n * arithmetic.accumulator.eta, n)
    if arithmetic.mixed:
        error = rounded(error, np.abs(value), arithmetic.result)
    return Regression(Truth(value, np.where((c * kappa <= 0.1)[..., None], error, np.inf)), spread / n**2)
