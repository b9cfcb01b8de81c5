"""Covariances and correlations, and how far computed ones may lie from them.

All bounds are taken for rows scaled into the middle of the range, as in `reference.probability.variance`: only an entry
that may itself overflow is undetermined.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.bounds import covariance_error
from reference.bounds.weaker import one_pass_overflows
from reference.double_double import DoubleDouble, double_double, normalise
from reference.formats import Arithmetic, Method
from reference.probability.expectation import added, unbounded
from reference.rounding import gamma, overflows, rounds_operands, silent, upward
from reference.running import Running, difference, mean, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


def _column(x: DoubleDouble) -> DoubleDouble:
    return DoubleDouble(x.hi[..., None], x.tail[..., None])


def _outer_sum(x: DoubleDouble) -> DoubleDouble:
    """sum_k x_ik x_jk for (..., d, n); shape (..., d, d)."""
    left = DoubleDouble(x.hi[..., :, None, :], x.tail[..., :, None, :])
    right = DoubleDouble(x.hi[..., None, :, :], x.tail[..., None, :, :])
    return (left * right).sum()


def lost_by_underflow(n: int, arithmetic: Arithmetic) -> float:
    """8 n eta, or twice the smallest normal number for each product where subnormal ones are taken for 0."""
    eta = max(arithmetic.accumulator.eta, arithmetic.result.eta)
    return 8 * n * (eta if arithmetic.gradual else 2 * arithmetic.result.lam)


@silent
def stored_sums_overflow(x: Float64, w: Float64, arithmetic: Arithmetic) -> NDArray[np.bool_]:
    """Where sum w|x| or sum w|x_i - m_i||x_j - m_j|, stored before it is divided, may overflow; (..., d, d).

    With the deviations 4u max|x| larger, for the error of the mean, and an eighth for that of the sums.
    """
    w = np.broadcast_to(w, (*x.shape[:-2], x.shape[-1]))[..., None, :]
    size, u = np.abs(x), arithmetic.result.u
    centre = (w * (x / w.sum(-1, keepdims=True))).sum(-1, keepdims=True)
    deviations = np.abs(x - centre) + 4 * u * size.max(-1, keepdims=True)
    spread = np.sqrt((w * deviations**2).sum(-1))
    sums = (w * size).sum(-1)
    products = spread[..., :, None] * spread[..., None, :]
    reached = 1.125 * np.maximum(products, np.maximum(sums[..., :, None], sums[..., None, :]))
    return overflows(reached, arithmetic.result)


@dataclass(frozen=True, eq=False)
class Observed:
    """Variables (..., d, n) as rows y_i 2^(k_i), |y_i| about 1."""

    y: Float64
    exponent: NDArray[np.int64]
    arithmetic: Arithmetic

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic) -> Observed:
        """Variables (..., d, n), n >= 1."""
        y, k = normalise(x)
        return cls(y, k[..., 0], arithmetic)

    @cached_property
    def products(self) -> DoubleDouble:
        """sum (y_i - m_i)(y_j - m_j); shape (..., d, d)."""
        exact = double_double(self.y)
        return _outer_sum(exact - _column(exact.sum() / float(self.y.shape[-1])))

    @cached_property
    def error(self) -> Float64:
        """BND-COV for divisor n, to which all of its terms are inverse."""
        return covariance_error(self.y, unbounded(self.arithmetic), correction=0)

    @property
    def together(self) -> NDArray[np.int64]:
        """k_i + k_j."""
        return self.exponent[..., :, None] + self.exponent[..., None, :]

    @silent
    def covariance(self, correction: float = 1.0) -> Truth:
        """sum (x_i - m_i)(x_j - m_j) / (n - correction) with BND-COV; shape (..., d, d).

        Infinite where the entry itself may overflow.
        """
        n, result = self.y.shape[-1], self.arithmetic.result
        value, rest = dd.to_float64((self.products / (n - correction)).ldexp(self.together))
        lost = lost_by_underflow(n, self.arithmetic) * max(1.0, 1 / (n - correction))
        bound = upward(np.ldexp(self.error * (n / (n - correction)), self.together) + rest + lost)
        if self.arithmetic.method is Method.ONE_PASS:
            far = one_pass_overflows(np.ldexp(self.y, self.exponent[..., None]), self.arithmetic)
            bound = np.where(far[..., :, None] | far[..., None, :], np.inf, bound)
        return Truth(value, np.where(overflows(np.abs(value) + bound, result), np.inf, bound))


@silent
def weighted_covariance(
    x: Float64, repeats: Float64, weights: Float64 | None, arithmetic: Arithmetic, correction: float
) -> Truth:
    """Covariance of (..., d, n) with whole-number repetitions r (..., n) and, if any, real weights a; (..., d, d).

    With w = r a and W = sum w the divisor is N = W - c, or W - c sum(w a) / W with real weights. The mean is within
    to_mean sum w|x| / W of the exact one: gamma_{n+2} for the products, the sum, the total and the quotient; a mixed
    arithmetic stores w (once, if it is a product), the products, both sums and the quotient. With d_i that error, the
    covariance is within [W d_i d_j + g sqrt((S_i + W d_i^2)(S_j + W d_j^2))] / N, S_i = sum w (x_i - m_i)^2, where
    g counts two subtractions, a product by w, an inner product and a division (`weighted_covariance_error`), the error
    of w itself and that of N, for which 8u and gamma_n count W / N times.
    """
    n = x.shape[-1]
    w = repeats if weights is None else repeats * weights
    total = w.sum(-1, keepdims=True)
    lessening = correction * ((w * weights).sum(-1, keepdims=True) / total if weights is not None else 1.0)
    divisor = total - lessening
    ua, uo = arithmetic.accumulator.u, arithmetic.result.u
    stored = 1 + uo if arithmetic.mixed else 1 + ua
    to_mean = (1 + gamma(2 * n + 2, ua)) * stored**5 - 1
    of_divisor = ((1 + gamma(2 * n + 2, ua)) * stored**8 - 1) * (total + lessening) / divisor
    g = ((1 + gamma(n + 6, ua)) * stored**6) * (1 + of_divisor) / np.maximum(1 - of_divisor, 0.5) - 1
    if rounds_operands(arithmetic):
        g = (1 + g) * (1 + arithmetic.operand.u) ** 2 - 1
    y, k = normalise(x)
    exact, count = double_double(y), double_double(w)[..., None, :]
    centre = (exact * count).sum() / double_double(total)
    deviations = exact - _column(centre)
    roots = DoubleDouble(np.sqrt(w)[..., None, :], np.zeros_like(w)[..., None, :])
    left = DoubleDouble(deviations.hi[..., :, None, :], deviations.tail[..., :, None, :])
    right = deviations * count
    right = DoubleDouble(right.hi[..., None, :, :], right.tail[..., None, :, :])
    products = (left * right).sum()
    spread = ((deviations.hi * roots.hi) ** 2).sum(-1)
    shift = to_mean * (w[..., None, :] * np.abs(y)).sum(-1) / total
    moved = np.sqrt(spread + total * shift**2)
    error = total[..., None] * shift[..., :, None] * shift[..., None, :]
    error = (error + g[..., None] * moved[..., :, None] * moved[..., None, :]) / divisor[..., None]
    together = k[..., :, 0][..., :, None] + k[..., :, 0][..., None, :]
    value, rest = dd.to_float64((products / double_double(divisor[..., None])).ldexp(together))
    bound = upward(np.ldexp(error, together) + rest + 8 * lost_by_underflow(n, arithmetic), 4 * n)
    bound = np.where(of_divisor[..., None] < 0.25, bound, np.inf)
    return Truth(value, np.where(overflows(np.abs(value) + bound, arithmetic.result), np.inf, bound))


def _centred(x: Float64, arithmetic: Arithmetic) -> Running:
    data = stored_exactly(x)
    centre = mean(data, arithmetic)
    return difference(data, Running(_column(centre.exact), centre.error[..., None]), arithmetic)


def mean_product_of_deviations(f: Float64, g: Float64, arithmetic: Arithmetic, *, magnitudes: bool = False) -> Truth:
    """mean((f - mean f)(g - mean g)), or of |f - mean f||g - mean g|, every intermediate stored: running errors."""
    left, right = (_centred(x, arithmetic) for x in (f, g))
    if magnitudes:
        left, right = (Running(abs(p.exact), p.error) for p in (left, right))
    return mean(product(left, right, arithmetic), arithmetic).truth


def covariance_by_moments(f: Float64, g: Float64, arithmetic: Arithmetic) -> Truth:
    """mean(f g) - mean(f) mean(g): the errors of both terms, however much they cancel."""
    first, second = stored_exactly(f), stored_exactly(g)
    both = mean(product(first, second, arithmetic), arithmetic)
    square = product(mean(first, arithmetic), mean(second, arithmetic), arithmetic)
    return added(both, Running(-square.exact, square.error), arithmetic).truth


def hoeffding(x: Float64) -> Float64:
    """Covariance of samples (..., 2, n) by Hoeffding's formula, the double integral of F_fg - F_f F_g; shape (...).

    Both distribution functions are constant between neighbouring values, so that it is a sum over the cells of a grid,
    here of n^2 times that in whole numbers, if those of the samples are; the quotient is rounded once.
    """
    n = x.shape[-1]
    f, g = (np.sort(x[..., i, :], -1) for i in (0, 1))
    below_f = x[..., 0, :, None] <= f[..., None, :-1]
    below_g = x[..., 1, :, None] <= g[..., None, :-1]
    jointly = (below_f[..., :, None] & below_g[..., None, :]).sum(-3)
    excess = n * jointly - below_f.sum(-2)[..., :, None] * below_g.sum(-2)[..., None, :]
    area = np.diff(f, axis=-1)[..., :, None] * np.diff(g, axis=-1)[..., None, :]
    return np.asarray((excess * area).sum((-2, -1)) / n**2)


def quadrant_dependent(x: Float64) -> NDArray[np.bool_]:
    """Whether F_fg >= F_f F_g everywhere, for samples (..., 2, n); shape (...)."""
    f, g = x[..., 0, :], x[..., 1, :]
    below_f, below_g = f[..., :, None] <= f[..., None, :], g[..., :, None] <= g[..., None, :]
    jointly = (below_f[..., :, None] & below_g[..., None, :]).sum(-3)
    apart = below_f.sum(-2)[..., :, None] * below_g.sum(-2)[..., None, :]
    dependent: NDArray[np.bool_] = (jointly * x.shape[-1] >= apart).all((-2, -1))
    return dependent
