r"""Cross entropy of logits in all its forms, its gradient and its higher derivatives along a direction.

Problems have logits x (batch, rows, classes). With coefficients A_c >= 0 of the classes, a = sum A and a divisor D

    L_n = sum_c A_c (-y_c),  y = log softmax(x_n);   L = sum_n L_n / D;   dL / dx_k = (p_k a - A_k) / D.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.losses.cross_entropy import terms
from reference.losses.entropy import Terms, step
from reference.losses.logsumexp import logsumexp_truth
from reference.losses.softmax import LOWEST, Kernel, Rows, compounded, inverse, log_softmax_truth
from reference.rounding import U64, gamma, overflows, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

LARGEST_EXPONENT = 700.0
"""Where an error of log p exceeds it, p is 0 in float64, and so is what the error makes of it."""


@dataclass(frozen=True)
class Coefficients:
    """A (batch, rows, classes), and D (batch,), the divisor of the mean.

    A computed A errs by `roundings` at most, and what float64 makes of it by `own` units; 0 for one class without
    weights. The divisor is a sum of `addends` weights (0 where it is a count).
    """

    a: Float64
    divisor: Float64
    roundings: int
    own: int
    addends: int

    @property
    def sizes(self) -> tuple[Float64, NDArray[np.int64]]:
        """a = sum A (batch, rows, 1), and the number of its terms."""
        return self.a.sum(-1, keepdims=True), (self.a != 0).sum(-1, keepdims=True)

    @property
    def quotient_by(self) -> Float64:
        """D, and NaN for 0: the mean of nothing."""
        return np.where(self.divisor == 0, np.nan, self.divisor)


def of_classes(
    target: NDArray[np.int64], kept: NDArray[np.bool_], classes: int, weight: Float64 | None, smoothing: float
) -> Coefficients:
    """Of one class a row, (batch, rows), those that are `kept`: (1 - eps) w_t, and eps w_c / C of every class.

    The mean is weighted: D = sum w_t over the rows that are kept.
    """
    w = np.ones((len(target), classes)) if weight is None else weight
    chosen = (np.arange(classes) == target[..., None]) & kept[..., None]
    a = (1 - smoothing) * np.where(chosen, w[:, None], 0.0) + smoothing / classes * w[:, None] * kept[..., None]
    divisor = np.where(chosen, w[:, None], 0.0).sum((-1, -2))
    counted = int(weight is not None)
    return Coefficients(a, divisor, counted + 6 * (smoothing > 0), 4 * (smoothing > 0), target.shape[1] * counted)


def of_laws(law: Float64, weight: Float64 | None, smoothing: float) -> Coefficients:
    """Of a law q (batch, rows, classes): w_c ((1 - eps) q_c + eps / C). The mean is that over the rows."""
    q = law * (1 - smoothing) + smoothing / law.shape[-1]
    a = q if weight is None else q * weight[:, None]
    counted = int(weight is not None)
    return Coefficients(a, np.full(len(law), float(law.shape[1])), counted + 4 * (smoothing > 0), 4, 0)


def _coefficient_error(c: Coefficients, arithmetic: Arithmetic) -> float:
    """The relative error of a computed coefficient."""
    return gamma(c.roundings, step(arithmetic)) + c.own * U64


def _divisor_error(c: Coefficients, arithmetic: Arithmetic) -> float:
    """That of a quotient by D, which half types add up and store step by step."""
    v = step(arithmetic)
    return float(compounded(inverse(gamma(c.addends, v)), gamma(2, v)))


@silent
def losses(rows: Rows, c: Coefficients, kernel: Kernel) -> Terms:
    """L_n (batch, rows): the terms A (-y) with their bounds, and gamma_k of their sum, k the number of the terms.

    Half types store each product and the sum. 0 exactly, where A is 0 throughout; infinite where a class has the
    probability 0.
    """
    each = terms(c.a, rows, kernel)
    _, count = c.sizes
    found = DoubleDouble(each.value, each.low).sum() if wide(rows.arithmetic) else double_double(each.value.sum(-1))
    infinite = np.isinf(each.value).any(-1)
    size = np.abs(each.value) + each.bound
    relative = compounded(_coefficient_error(c, rows.arithmetic), gamma(count[..., 0], rows.arithmetic.accumulator.u))
    own = 0.0 if wide(rows.arithmetic) else gamma(rows.x.shape[-1], U64)
    error = each.bound.sum(-1) + compounded(relative, own) * size.sum(-1)
    if rows.arithmetic.mixed:
        error = np.where(count[..., 0] > 0, rounded(error, size.sum(-1), rows.arithmetic.result), 0.0)
    return Terms(
        np.where(infinite, np.inf, found.hi), np.where(infinite, 0.0, found.lo), np.where(infinite, 0.0, upward(error))
    )


@silent
def reduced(each: Terms, c: Coefficients, arithmetic: Arithmetic, *, mean: bool) -> Truth:
    """The sum of losses (batch, rows), divided by D for the mean: gamma_rows, in half types of stored partial sums.

    0 / 0 is NaN: the mean of nothing. Infinite where the sum may overflow.
    """
    n, v = each.value.shape[-1], step(arithmetic)
    infinite = np.isinf(each.value).any(-1)
    total = DoubleDouble(np.where(np.isinf(each.value), 0.0, each.value), each.low).sum()
    size = (np.abs(each.value) + each.bound).sum(-1)
    error = each.bound.sum(-1) + gamma(n, v) * size
    if mean:
        total = total / double_double(c.quotient_by)
        error = error / c.quotient_by
        error = error + compounded(_divisor_error(c, arithmetic)) * (np.abs(total.hi) + error)
    else:
        error = np.where(overflows(size + error, arithmetic.result), np.inf, error)
    value = np.where(infinite, np.inf, total.hi)
    return Truth(
        value, np.where(infinite, 0.0, upward(error + np.abs(total.lo) + arithmetic.result.eta * (error > 0), n))
    )


@silent
def gradient(rows: Rows, c: Coefficients, kernel: Kernel, cotangent: Float64, *, mean: bool) -> Truth:
    """(p_k a - A_k) g / D of the shape of the rows, for a cotangent g, a power of two that broadcasts to it.

    p is the exponential of a stored y: P = p (e^E (1 + k_e u) - 1) + lambda for the bound E of y. With alpha for the
    coefficients (and D), the product errs by P a + (p + P) a ((1 + alpha)(1 + gamma_k)(1 + u) - 1), A by alpha A, and
    their difference by u, in half types by u_h more. 0 exactly, where A is 0 throughout.
    """
    y = log_softmax_truth(rows, kernel)
    return _gradient(rows, c, np.where(rows.masked, 0.0, y.bound), kernel, cotangent, mean=mean)


@silent
def gradient_by_logsumexp(rows: Rows, c: Coefficients, kernel: Kernel, cotangent: Float64) -> Truth:
    """The same for logsumexp(x) - x_t, whose p is exp(x - logsumexp x): every step is stored."""
    lse, v = logsumexp_truth(rows, kernel).bound[..., None], step(rows.arithmetic)
    size = np.where(rows.masked, 0.0, np.abs(rows.s) + np.log(rows.total))
    error = np.where(rows.masked, 0.0, lse + v * (size + lse))
    return _gradient(rows, c, error, kernel, cotangent, mean=False, stored=True)


def _gradient(
    rows: Rows,
    c: Coefficients,
    error_of_y: Float64,
    kernel: Kernel,
    cotangent: Float64,
    *,
    mean: bool,
    stored: bool = False,
) -> Truth:
    how, (a, count) = rows.arithmetic, c.sizes
    u, n, v = how.accumulator.u, rows.x.shape[-1], step(how)
    p, value, own = _exact(rows, c.a)
    alpha = _coefficient_error(c, how)
    if mean:
        alpha = float(compounded(alpha, _divisor_error(c, how)))
    of_p = compounded(np.expm1(np.minimum(error_of_y, LARGEST_EXPONENT)), kernel.exp_units * u, 2 * v * stored)
    big = p * of_p + how.accumulator.lam + how.result.eta * stored
    error = big * a + (p + big) * a * compounded(alpha, gamma(count, u), u) + alpha * c.a
    error = error + u * (np.abs(value) + error)
    if how.mixed:
        error = error + (1 + stored) * how.result.u * (np.abs(value) + error)
    divisor = c.quotient_by[:, None, None] if mean else np.ones(())
    scale = np.abs(cotangent) / divisor
    bound = upward((error + own) * scale + (2 + stored) * how.result.eta, 2 * n + 1000)
    if mean:
        value = value / divisor
        bound = bound + 2 * U64 * np.abs(value * cotangent)
    nothing = (count == 0) | (n == 1)
    return Truth(np.where(nothing, 0.0, value * cotangent), np.where(nothing, 0.0, bound))


def _exact(rows: Rows, coefficients: Float64) -> tuple[Float64, Float64, Float64]:
    """p, p a - A (batch, rows, classes), and how far float64 may be from the latter."""
    if rows.fine is None:
        p, a = rows.e / rows.total, coefficients.sum(-1, keepdims=True)
        own = U64 * (np.minimum(np.abs(rows.s), -LOWEST) + 3 * rows.x.shape[-1] + 16) * (p * a + coefficients)
        return p, p * a - coefficients, own
    _, e, total = rows.fine
    exact = e * (1.0 / total)
    found = exact * double_double(coefficients).sum()[..., None] - double_double(coefficients)
    return exact.hi, found.hi, np.abs(found.lo) + (exact.hi * coefficients.sum(-1, keepdims=True)) * 2.0**-90


@silent
def by_logsumexp(rows: Rows, target: NDArray[np.int64], kernel: Kernel) -> Truth:
    """logsumexp(x) - x_t (batch, rows) of the classes t: the first number errs by its bound, and the difference."""
    y = log_softmax_truth(rows, kernel)
    chosen = -np.take_along_axis(y.value, target[..., None], -1)[..., 0]
    lse, v = logsumexp_truth(rows, kernel).bound, step(rows.arithmetic)
    own = np.take_along_axis(np.where(np.isfinite(y.value), np.abs(y.value), 0.0), target[..., None], -1)[..., 0]
    error = lse + v * (np.where(np.isfinite(chosen), np.abs(chosen), 0.0) + lse) + _own(rows, own)
    return Truth(chosen, np.where(np.isfinite(chosen), upward(error), 0.0))


@silent
def negative_log_density(rows: Rows, target: NDArray[np.int64], kernel: Kernel) -> Truth:
    """-log p_t (batch, rows) of the classes t, by log-sum-exp or by log-softmax: within the larger of both bounds."""
    value, bound = by_logsumexp(rows, target, kernel)
    shifted = np.take_along_axis(log_softmax_truth(rows, kernel).bound, target[..., None], -1)[..., 0]
    return Truth(value, np.maximum(bound, np.where(np.isfinite(value), shifted, 0.0)))


def _own(rows: Rows, size: Float64) -> Float64:
    """How far the rounded log p may be from it."""
    return U64 * ((2 * rows.x.shape[-1] + 16) * (1 + size) if rows.fine is None else size)


@silent
def along(rows: Rows, c: Coefficients, d: Float64, order: int, kernel: Kernel) -> Truth:
    """The second or third derivative of L_n along d (batch, rows, classes), a times that cumulant of d under p.

    With s_k = sum p |d|^k the terms are at most T = s_2 + s_1^2, or s_3 + 3 s_2 s_1 + 2 s_1^3, on every way to them: a
    differentiation takes p into p (d - s_1). They have `order` factors p, each within e^E (1 + k_e u) of itself. Each
    differentiation multiplies by a p, a d and a coefficient, adds up n terms, subtracts and stores, n + 6 roundings,
    and the coefficients are added up and divided: n + 8.
    """
    n, v = d.shape[-1], step(rows.arithmetic)
    p = rows.e / rows.total
    mean = (p * d).sum(-1, keepdims=True)
    a, (s1, s2, s3) = c.a.sum(-1), ((p * np.abs(d) ** k).sum(-1) for k in (1, 2, 3))
    value = a * (p * (d - mean) ** order).sum(-1)
    size = a * (s2 + s1**2 if order == 2 else s3 + 3 * s2 * s1 + 2 * s1**3)
    of_p = compounded(np.expm1(log_softmax_truth(rows, kernel).bound), kernel.exp_units * rows.arithmetic.accumulator.u)
    worst = of_p.max(-1)
    relative = compounded(*[worst] * order, gamma(order * (n + 6) + n + 8, v), _coefficient_error(c, rows.arithmetic))
    own = gamma(order * (n + 6) + n + 8 + 800, U64)  # exponents down to -746 cost as many roundoffs
    lost = rows.arithmetic.result.eta * (order + 1) * (n + 6) * (1 + np.abs(d).max(-1)) ** order * (1 + a)
    return Truth(value, upward(size * (relative + own) + lost + (order * rows.arithmetic.accumulator.lam) * size, n))
