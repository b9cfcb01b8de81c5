"""BND-VAR and BND-COV: sample variance and covariance."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reference.bounds.weaker import one_pass_error, one_pass_overflows
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic, Method
from reference.rounding import gamma, overflows, rounds_operands, silent, stored, upward, wide

Float64 = NDArray[np.float64]


def _deviations(x: Float64, arithmetic: Arithmetic) -> Float64:
    """x - mean(x) over the last axis to float64 accuracy, in double-double where the accumulator is float64."""
    if wide(arithmetic):
        exact = double_double(x)
        mean = exact.sum() / float(x.shape[-1])
        deviations: DoubleDouble = exact - DoubleDouble(mean.hi[..., None], mean.lo[..., None])
        return deviations.hi
    return np.asarray(x - x.mean(-1, keepdims=True))


@silent
def variance_error(
    x: Float64,
    arithmetic: Arithmetic,
    *,
    correction: float = 1.0,
    path: Literal["two-pass", "welford", "either"] = "either",
) -> Float64:
    """|V^ - V| for the variance of x (..., n) with divisor n - correction; shape (...).

    BND-VAR. Two-pass: sum (x - m^)^2 = S + n (m - m^)^2 exactly, |m^ - m| <= d = gamma_n(ua) mean|x|, n + 3 roundings
    (subtraction twice, square, n - 1 additions, division): E + gamma_{n+3}(ua)(V + E), E = n d^2 / (n - c).
    Welford: (2 n k ua + (n k ua)^2 + 4 ua) V, k^2 = sum x^2 / S (Chan, Golub and LeVeque 1983; ASNA section 1.9,
    problem 1.10). Underflow of the squares adds (n / (n - c) + 1) eta_a; a mixed arithmetic stores the result. Where
    the path is not known, the larger; in one pass `weaker.one_pass_error` if that is larger. Infinite where the sum of
    the numbers or of the squared deviations may overflow. Raises ValueError unless n > correction.
    """
    n = x.shape[-1]
    if not n > correction:
        raise ValueError(f"the variance of {n} numbers needs a correction below {n}, got {correction}")
    ua, eta = arithmetic.accumulator.u, arithmetic.accumulator.eta
    divisor = n - correction
    spread = (_deviations(x, arithmetic) ** 2).sum(-1)
    variance, size = spread / divisor, np.abs(x).sum(-1)
    shift = gamma(n, ua) * size / n + eta
    extra = n * shift**2 / divisor
    two_pass = extra + gamma(n + 3, ua) * (variance + extra)
    squares = (x**2).sum(-1)
    welford = (2 * n * ua * np.sqrt(squares) * np.sqrt(spread) + (n * ua) ** 2 * squares) / divisor + 4 * ua * variance
    chosen = {"two-pass": two_pass, "welford": welford, "either": np.maximum(two_pass, welford)}[path]
    if arithmetic.method is Method.ONE_PASS:
        chosen = np.maximum(chosen, one_pass_error(x, x, arithmetic) / divisor)
        chosen = np.where(one_pass_overflows(x, arithmetic), np.inf, chosen)
    error = upward(chosen + (n / divisor + 1) * eta, n)
    reached = upward(np.maximum(spread + divisor * error, size * (1 + gamma(n, ua))), n)
    return upward(stored(error, variance, arithmetic, reached=reached), n)


@silent
def covariance_error(x: Float64, arithmetic: Arithmetic, *, correction: float = 1.0) -> Float64:
    """|C^_ij - C_ij| for the covariance matrix of x (..., d, n), a row a variable; shape (..., d, d).

    BND-COV: [n d_i d_j + g sqrt((S_i + n d_i^2)(S_j + n d_j^2))] / (n - c) + 8 n eta with d_i the error of the mean,
    S_i the sum of squared deviations: from sum (x - m_x^)(y - m_y^) = S_xy + n (m_x - m_x^)(m_y - m_y^) and
    Cauchy-Schwarz. d_i = gamma_n(ua) mean|x_i| and g = gamma_{n+4}(ua); a mixed arithmetic stores sum, mean,
    deviations, product and quotient: d_i = ((1 + gamma_n(ua))(1 + uo)^2 - 1) mean|x_i|,
    g = (1 + gamma_{n+4}(ua))(1 + uo)^4 - 1. Operands of reduced precision (TF32) enter g twice. In one pass
    `weaker.one_pass_error` if that is larger. Infinite where a sum, stored before it is divided, may overflow. Raises
    ValueError unless n > correction.
    """
    n = x.shape[-1]
    if not n > correction:
        raise ValueError(f"the covariance of {n} observations needs a correction below {n}, got {correction}")
    ua, uo = arithmetic.accumulator.u, arithmetic.result.u if arithmetic.mixed else 0.0
    eta = max(arithmetic.accumulator.eta, arithmetic.result.eta)
    to_mean, g = (1 + gamma(n, ua)) * (1 + uo) ** 2 - 1, (1 + gamma(n + 4, ua)) * (1 + uo) ** 4 - 1
    if not arithmetic.mixed:  # without the cancellation against 1
        to_mean, g = gamma(n, ua), gamma(n + 4, ua)
    if rounds_operands(arithmetic):
        g = (1 + g) * (1 + arithmetic.operand.u) ** 2 - 1
    spread, size = (_deviations(x, arithmetic) ** 2).sum(-1), np.abs(x).sum(-1)
    shift = to_mean * size / n
    moved = np.sqrt(spread + n * shift**2)
    pair = shift[..., :, None] * shift[..., None, :]
    products = moved[..., :, None] * moved[..., None, :]
    numerator = n * pair + g * products
    if arithmetic.method is Method.ONE_PASS:
        numerator = np.maximum(numerator, one_pass_error(x[..., :, None, :], x[..., None, :, :], arithmetic))
        far = one_pass_overflows(x, arithmetic)
        numerator = np.where(far[..., :, None] | far[..., None, :], np.inf, numerator)
    error = upward(numerator / (n - correction) + 8 * n * eta, n)
    sums = np.maximum(size[..., :, None], size[..., None, :])
    reached = upward(np.maximum(products, sums) * (1 + g) * (1 + to_mean) + n * eta, n)
    overflow = overflows(reached, arithmetic.result) | overflows(reached / (n - correction), arithmetic.result)
    return np.where(overflow, np.inf, error)
