r"""Entropy: of single terms, of sums, and of laws that are normalised on the way.

u and lambda are those of the accumulator, u_h and eta those of the stored type; k_l u is the error of a logarithm. Half
types may store every step, so a step errs by u + u_h, written v.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.losses.logsumexp import logsumexp_truth
from reference.losses.softmax import Kernel, Rows, compounded, inverse, softmax_error
from reference.memory import remembered
from reference.rounding import U64, gamma, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Terms(NamedTuple):
    """x log y, elementwise: the value, a low part (0 unless double-double was needed), and an error bound."""

    value: Float64
    low: Float64
    bound: Float64

    @property
    def truth(self) -> Truth:
        """Entry by entry."""
        return Truth(self.value, self.bound + np.abs(self.low))


def step(arithmetic: Arithmetic) -> float:
    """v = u + u_h + u u_h: one operation, rounded to the accumulator and, for half types, to what is stored."""
    u = arithmetic.accumulator.u
    return float(compounded(u, arithmetic.result.u if arithmetic.mixed else 0.0))


@remembered
@silent
def x_log_y(x: Float64, y: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Terms:
    """x log y with 0 log y = 0, for x >= 0 and y >= 0: a logarithm and a product, |x log y| [(1 + k_l u)(1 + v)^2 - 1].

    Underflow of the product adds eta; a logarithm has none. -inf, exactly, for y = 0 < x.
    """
    nothing, infinite = x == 0, (x > 0) & (y == 0)
    a, b = np.where(infinite, 0.0, x), np.where(nothing | infinite, 1.0, y)
    if wide(arithmetic):
        log = dd.log(b)
        product = DoubleDouble(*dd.two_product(log.hi, a))
        value, low = dd.fast_two_sum(product.hi, product.lo + log.lo * a)
    else:
        value = a * np.log(b)
        low = np.zeros(value.shape)
    size, v = np.abs(value), step(arithmetic)
    error = size * compounded(kernel.log_units * arithmetic.accumulator.u, v, v) + arithmetic.result.eta
    error = error + (U64 * 8 * size if not wide(arithmetic) else 0.0)
    exact = nothing | infinite
    return Terms(np.where(infinite, -np.inf, value), low, np.where(exact, 0.0, upward(error)))


@silent
def summed(terms: Terms, arithmetic: Arithmetic) -> Truth:
    """The sum of computed terms (..., n): their errors, gamma_{n-1}(u) of their sizes, and what storing it costs."""
    n = terms.value.shape[-1]
    if wide(arithmetic):
        total = DoubleDouble(terms.value, terms.low).sum()
        value, own = total.hi, np.abs(total.lo)
    else:
        value = terms.value.sum(-1)
        own = gamma(n, U64) * np.abs(terms.value).sum(-1)
    infinite = np.isinf(terms.value).any(-1)
    sizes = np.abs(terms.value) + terms.bound
    error = terms.bound.sum(-1) + gamma(n, arithmetic.accumulator.u) * sizes.sum(-1)
    if arithmetic.mixed:
        error = rounded(error, np.abs(value), arithmetic.result)
    return Truth(np.where(infinite, terms.value.sum(-1), value), np.where(infinite, 0.0, upward(error + own, n)))


@silent
def entropy_of_weights(w: Float64, arithmetic: Arithmetic, kernel: Kernel, *, least: float) -> Truth:
    r"""H = -sum pi log pi of pi = w / W, W = sum w > 0, for weights (..., n), normalised in the arithmetic.

    With rho = (1 + gamma_{n-1})(1 + v)^2 - 1 for the probabilities (and eta, where they underflow), r = -log(1 - rho),
    lambda = (1 + k_l u)(1 + v) - 1 for logarithms and c_i = |log clip(pi_i) - log pi_i|, clipped to [least, 1 - least]
    (clipping is nonexpansive in the logarithm), the terms err by

        pi_i (1 + rho) [(r + c_i)(1 + lambda) + lambda |log pi_i|] + rho pi_i |log pi_i| + eta (2 + |log least|),

    their products by v more, and their sum by gamma_{n-1}(u) and one v.
    """
    n, u, v = w.shape[-1], arithmetic.accumulator.u, step(arithmetic)
    total = w.sum(-1, keepdims=True)
    pi = w / total
    log = np.log(np.where(pi > 0, pi, 1.0))
    rho = compounded(gamma(n, u), v, v)
    lam = compounded(kernel.log_units * u, v)
    clipped = np.abs(np.log(np.clip(np.where(pi > 0, pi, 0.5), least, 1 - least)) - np.where(pi > 0, log, np.log(0.5)))
    moved = (-np.log1p(-rho) + clipped) * (1 + lam) + lam * np.abs(log)
    terms = pi * (1 + rho) * moved + rho * pi * np.abs(log) + arithmetic.result.eta * (2 - np.log(least))
    sizes = pi * np.abs(log)
    error = (terms + (v + gamma(n, u)) * (1 + v) * (sizes + terms)).sum(-1)
    value, own = _entropy(w, arithmetic)
    error = error + v * (np.abs(value) + error) + arithmetic.result.eta
    return Truth(value, upward(error, 4 * n + 100) + own)


@silent
def entropy_of_logits(rows: Rows, kernel: Kernel) -> Truth:
    r"""H of pi = softmax x from L = x - logsumexp x, which errs by d, and the softmax of the computed L.

    With a the bound of logsumexp, d_i = a + v (|L_i| + a). All L share the first error, so the softmax sees only the
    second one, b_i: its entries change by the factor e^{b_i} / (1 - sum pi_j b_j), and err by their own bound. Then
    products, by v, and their sum: gamma_{n-1}(u) and v.
    """
    arithmetic, n = rows.arithmetic, rows.x.shape[-1]
    of_logsumexp = logsumexp_truth(rows, kernel).bound
    u, v = arithmetic.accumulator.u, step(arithmetic)
    pi = rows.e / rows.total
    size = np.where(rows.masked, 0.0, np.abs(rows.s) + np.log(rows.total))  # |L_i|
    error_of_l = of_logsumexp[..., None] + v * (size + of_logsumexp[..., None])
    moved = v * (size + of_logsumexp[..., None])
    theta = compounded(np.expm1(np.minimum(moved, 1.0)), inverse((pi * moved).sum(-1, keepdims=True)))
    of_pi = pi * theta + softmax_error(rows, kernel) * (1 + theta) * (1 + 16 * v)
    terms = (pi + of_pi) * error_of_l + of_pi * size
    terms = np.where(rows.masked, 0.0, terms + arithmetic.result.eta)
    error = (terms + (v + gamma(n, u)) * (1 + v) * (pi * size + terms)).sum(-1)
    value, own = _entropy_of_rows(rows)
    error = error + v * (value + error) + arithmetic.result.eta
    return Truth(value, upward(error, 4 * n + 1000) + own)


def _entropy(w: Float64, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """log W - sum w log w / W and how far it is from that."""
    n = w.shape[-1]
    safe = np.where(w > 0, w, 1.0)
    if not wide(arithmetic):
        total = w.sum(-1)
        terms = w * np.log(safe)
        size = np.abs(np.log(total)) + np.abs(terms).sum(-1) / total
        return np.log(total) - terms.sum(-1) / total, upward(U64 * (2 * n + 16) * (size + 1.0))
    exact_total = double_double(w).sum()
    product = dd.log(safe) * double_double(np.where(w > 2.0**-900, w, 0.0))
    exact = dd.log(exact_total) - product.sum() / exact_total
    return exact.hi, np.abs(exact.lo) + 2.0**-80 + n * 2.0**-890


def _entropy_of_rows(rows: Rows) -> tuple[Float64, Float64]:
    """log S - sum e s / S, of terms that are not negative, and how far it is from that."""
    n = rows.x.shape[-1]
    if rows.fine is None:
        parts = rows.e * np.where(rows.masked, 0.0, -rows.s)
        value = np.log(rows.total[..., 0]) + parts.sum(-1) / rows.total[..., 0]
        return value, upward(U64 * (2 * n + 800) * value)
    s, e, total = rows.fine
    product = e * DoubleDouble(np.where(rows.masked, 0.0, s.hi), np.where(rows.masked, 0.0, s.lo))
    exact = dd.log(total)[..., 0] - product.sum() / total[..., 0]
    return exact.hi, np.abs(exact.lo) + 2.0**-80
