"""Covariance of what is independent, and of what is merely uncorrelated: on grids exactly, in samples by its radius."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from reference.bounds import Chain
from reference.double_double import DoubleDouble, dot, to_float64, two_product
from reference.formats import Arithmetic, Format
from reference.probability.sampling import ALPHA, Fit, p_value_fit
from reference.rounding import gamma, rounded, rounds_operands, upward
from reference.statistics import bernstein_radius, binomial_p_value
from reference.truth import Truth

Float64 = NDArray[np.float64]


def weighted_covariance_error(x: Float64, weights: Float64, arithmetic: Arithmetic) -> Float64:
    """|C^_ij - C_ij| for the covariance of x (..., d, n) with integer weights (..., n), divisor W = sum w; (..., d, d).

    BND-COV with weights, mean|x| and S_i weighted: d_i d_j + g sqrt((S_i/W + d_i^2)(S_j/W + d_j^2)) + 8 n eta, where
    d_i = gamma_{n+1}(ua) sum w|x_i|/W is the error of the mean (a product, n - 1 additions, a division) and
    g = gamma_{n+5}(ua) (two subtractions, a product by w, an inner product, a division). A mixed arithmetic stores
    what the mean and the covariance are made of, three and five times: d_i = ((1 + gamma_n(ua))(1 + uo)^3 - 1) ...,
    g = (1 + gamma_n(ua))(1 + uo)^5 - 1. Operands of reduced precision (TF32) enter g twice.
    """
    n = x.shape[-1]
    ua, uo = arithmetic.accumulator.u, arithmetic.result.u
    eta = max(arithmetic.accumulator.eta, arithmetic.result.eta)
    if arithmetic.mixed:
        to_mean, g = ((1 + gamma(n, ua)) * (1 + uo) ** k - 1 for k in (3, 5))
    else:
        to_mean, g = gamma(n + 1, ua), gamma(n + 5, ua)
    if rounds_operands(arithmetic):
        g = (1 + g) * (1 + arithmetic.operand.u) ** 2 - 1
    share = (weights / weights.sum(-1, keepdims=True))[..., None, :]
    shift = to_mean * (share * np.abs(x)).sum(-1)
    mean = (share * x).sum(-1, keepdims=True)
    moved = np.sqrt((share * (x - mean) ** 2).sum(-1) + shift**2)
    pairs = shift[..., :, None] * shift[..., None, :] + g * moved[..., :, None] * moved[..., None, :]
    return upward(pairs + 8 * n * eta, 4 * n)


def balanced_covariance_error(x: Float64, arithmetic: Arithmetic) -> Float64:
    """|C^ - 0| for the covariance of (x, x) and (x, -x), each of 2n entries, for x (..., n) symmetric about 0; (...).

    Both exact means are 0, and the computed ones at most d = gamma_{2n+2}(ua) mean|x|, times (1 + uo)^2 where sum and
    mean are stored in a half type. A deviation x_i - d, rounded to nearest, moves by e_i <= u(|x_i| + d) and, what
    BND-COV does not see, by e_i <= d, since x_i itself is representable and d away. The deviations before rounding have
    the mean product d^2, so theirs is at most d^2 + 2 mean(e_i (|x_i| + d)) + mean(e_i^2); summing costs gamma_{2n} of
    the magnitudes, and two roundings are left. Underflow moves the mean, the stored sum and the quotient by eta/2, a
    product by that of the accumulator; differences do not underflow. Operands of reduced precision (TF32): BND-COV.
    """
    n = 2 * x.shape[-1]
    if rounds_operands(arithmetic):
        data = np.stack((np.concatenate((x, x), -1), np.concatenate((x, -x), -1)), -2)
        return weighted_covariance_error(data, np.ones((*x.shape[:-1], n)), arithmetic)[..., 0, 1]
    ua, stored = arithmetic.accumulator.u, 1 + arithmetic.result.u if arithmetic.mixed else 1.0
    size, second = np.abs(x).mean(-1), (x**2).mean(-1)
    shift = gamma(n + 2, ua) * stored**2 * size + arithmetic.result.eta
    reached = second + 2 * shift * size + shift**2
    moved = np.minimum(shift * (size + shift), arithmetic.result.u * reached)
    products = 2 * shift**2 + 2 * moved
    total = (products + gamma(n, ua) * (reached + products)) * ((1 + ua) * stored) ** 2
    flushed = 0.0 if arithmetic.gradual else 2 * arithmetic.result.lam * (size + 1)
    return upward(total + arithmetic.accumulator.eta + 2 * arithmetic.result.eta + flushed, 4 * n)


def covariance_with_random_sign(x: Float64, odds: Float64, arithmetic: Arithmetic) -> Truth:
    """Cov(x, s x) for x uniform on a grid (..., n) symmetric about 0 and s = 1, -1 with odds (..., 2).

    (2q - 1) E[x^2], q the share of the first, by a weighted covariance over the grid with both signs. Where q is 1/2
    and nothing is rounded on the way to 0, the bound is 0.
    """
    n = x.shape[-1]
    second, rest = to_float64(DoubleDouble(*_halves(dot(x, x), n)))
    lean = (odds[..., 0] - odds[..., 1]) / odds.sum(-1)
    data = np.stack((np.concatenate((x, x), -1), np.concatenate((x, -x), -1)), -2)
    general = weighted_covariance_error(data, np.repeat(odds, n, -1), arithmetic)[..., 0, 1]
    exact = (lean == 0) & nothing_is_rounded(x, odds, arithmetic)
    bound = np.where(exact, 0.0, general + np.where(lean == 0, 0.0, rest + 4 * second * 2.0**-53))
    return Truth(lean * second, bound)


def covariance_with_fair_sign(x: Float64, arithmetic: Arithmetic) -> Truth:
    """The same for fair signs, 0, by a covariance without weights: `balanced_covariance_error`, or 0."""
    exact = nothing_is_rounded(x, np.ones((*x.shape[:-1], 2)), arithmetic)
    bound = np.where(exact, 0.0, balanced_covariance_error(x, arithmetic))
    return Truth(np.zeros(bound.shape), bound)


def nothing_is_rounded(x: Float64, odds: Float64, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Whether x (..., n), its squares and their sums, weighted by odds (..., 2), are exact in the formats.

    So if they are whole multiples of one number (and of its square) that the formats hold; shape (...).
    """
    quantum = np.where(x == 0, np.inf, np.abs(x)).min(-1, keepdims=True)
    multiples = np.rint(np.abs(x) / quantum)
    product, lost = two_product(multiples, np.broadcast_to(quantum, x.shape))
    total = odds.sum(-1) * (multiples**2).sum(-1)
    exact: NDArray[np.bool_] = ((product == np.abs(x)) & (lost == 0)).all(-1)
    exact &= total <= 2.0**arithmetic.accumulator.precision
    exact &= odds.max(-1) * multiples.max(-1) <= 2.0**arithmetic.operand.precision
    exact &= quantum[..., 0] ** 2 >= arithmetic.accumulator.eta
    return exact


def _halves(x: DoubleDouble, n: int) -> tuple[Float64, Float64]:
    quotient = x / float(n)
    return quotient.hi, quotient.lo


def product_pmf_covariance(p: Float64, x: Float64, q: Float64, y: Float64, arithmetic: Arithmetic) -> Truth:
    """x^T (p q^T) y - (p^T x)(q^T y) = 0 for vectors p, x (..., m) and q, y (..., n), whatever p and q sum to.

    BND-CHAIN for either term, then one rounding for the difference.
    """
    row = [Chain.of(v[..., None, :], arithmetic) for v in (p, x, q, y)]
    p_row, x_row, q_row, y_row = row
    joint = p_row.transpose().matmul(q_row)
    mean_of_product = x_row.matmul(joint).matmul(y_row.transpose())
    product_of_means = p_row.matmul(x_row.transpose()).matmul(q_row.matmul(y_row.transpose()))
    error = (mean_of_product.truth().bound + product_of_means.truth().bound)[..., 0, 0]
    return Truth(np.zeros(error.shape), upward(rounded(error, np.zeros(()), arithmetic.result)))


# Samples


def sign_fit(positive: int, n: int, alpha: float = ALPHA) -> Fit:
    """ln p against ln alpha for the number of positive among n fair signs (exact binomial test)."""
    return p_value_fit(binomial_p_value(positive, n, 0.5) if n else 1.0, alpha)


def sample_covariance(x: Float64, y: Float64) -> float:
    """mean(x y) - mean(x) mean(y)."""
    return float(np.mean(x * y) - np.mean(x) * np.mean(y))


def random_sign_fit(x: Float64, y: Float64, alpha: float = ALPHA) -> Fit:
    """Covariance of x (n,) and y = s x with fair signs s independent of x, against 0.

    Given x it is sum s_i c_i / n with c_i = x_i (x_i - mean(x)), a Rademacher sum, for which Hoeffding's inequality
    reads 2 exp(-t^2 / (2 sum c_i^2)).
    """
    c = x * (x - x.mean())
    return Fit(abs(sample_covariance(x, y)), math.sqrt(2 * math.log(2 / alpha) * float(c @ c)) / x.size)


def bounded_covariance_fit(x: Float64, y: Float64, variance: float, deviation: float, alpha: float = ALPHA) -> Fit:
    """Covariance of x (n,) and independent y, |y - E y| <= `deviation` and of at most the given variance, against 0.

    Given x it is the mean of the independent centred terms (x_i - mean(x))(y_i - E y): Bernstein's inequality.
    """
    centred = x - x.mean()
    spread = float(np.mean(centred**2)) * variance
    radius = bernstein_radius(x.size, spread, float(np.abs(centred).max()) * deviation, alpha)
    return Fit(abs(sample_covariance(x, y)), radius)


def normal_covariance_fit(x: Float64, y: Float64, format: Format, alpha: float = ALPHA) -> Fit:
    """Covariance of x (n,) and independent standard normal y rounded into the format, against 0.

    Given x the unrounded one is normal with mean 0 and variance sum (x_i - mean(x))^2 / n^2, exactly; rounding (of y
    and, in the kernel, of its three factors) moves it by at most 4u mean(|x - mean(x)||y|).
    """
    centred = x - x.mean()
    deviation = float(np.sqrt(centred @ centred)) / x.size
    slack = 4 * format.u * float(np.mean(np.abs(centred * y)))
    return Fit(abs(sample_covariance(x, y)), float(norm.isf(alpha / 2)) * deviation + slack)
