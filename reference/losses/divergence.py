r"""The Kullback-Leibler divergence: term by term from log-probabilities, in sums, and of laws normalised on the way.

v = u + u_h + u u_h is the error of one operation, see `reference.losses.entropy`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble, double_double
from reference.formats import Arithmetic
from reference.losses.entropy import Terms, step, summed, x_log_y
from reference.losses.softmax import Kernel, compounded
from reference.memory import remembered
from reference.rounding import U64, gamma, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

LEAST_EXPONENT = -740.0
"""Exponents of targets in double-double end there: below, e^t vanishes in every format."""


@remembered
@silent
def terms(p: Float64, log_q: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Terms:
    """p log p - p l for l = log q as stored, 0 for p = 0 whatever l is, +inf for l = -inf otherwise.

    The first product errs as x log y does, the second by v, both by eta where they underflow, their difference by v.
    """
    first, v = x_log_y(p, p, arithmetic, kernel), step(arithmetic)
    nothing, infinite = p == 0, (p > 0) & np.isneginf(log_q)
    log = np.where(nothing | infinite, 0.0, log_q)
    second = DoubleDouble(*dd.two_product(log, p)) if wide(arithmetic) else double_double(log * p)
    exact = DoubleDouble(first.value, first.low) - second
    sizes = np.abs(first.value) + np.abs(second.hi)
    error = first.bound + v * np.abs(second.hi) + arithmetic.result.eta
    error = error + v * (sizes + error) + arithmetic.result.eta + (0.0 if wide(arithmetic) else 4 * U64 * sizes)
    value = np.where(infinite, np.inf, exact.hi)
    return Terms(value, exact.lo, np.where(nothing | infinite, 0.0, upward(error)))


@remembered
@silent
def log_terms(t: Float64, log_q: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Terms:
    """e^t (t - l) for finite t = log p, or e^t = 0 at t = -inf; +inf for l = -inf and finite t.

    Either as written, or as two products e^t t and e^t l: e^t (|t| + |l|) [(1 + k_e u)(1 + v)^3 - 1], and lambda times
    that size where the exponential underflows, eta where a product does.
    """
    nothing, infinite = np.isneginf(t), np.isfinite(t) & np.isneginf(log_q)
    a, b = np.where(nothing, LEAST_EXPONENT, t), np.where(nothing | infinite, 0.0, log_q)
    v, size = step(arithmetic), np.abs(a) + np.abs(b)
    if wide(arithmetic):
        e = dd.exp(np.maximum(a, LEAST_EXPONENT))
        exact = e * DoubleDouble(*dd.two_sum(a, -b))
    else:
        e = double_double(np.exp(a))
        exact = double_double(e.hi * (a - b))
    relative = compounded(kernel.exp_units * arithmetic.accumulator.u, v, v, v) + (0 if wide(arithmetic) else 800 * U64)
    lost = max(arithmetic.accumulator.lam, arithmetic.result.eta)
    error = e.hi * size * relative + lost * size + 2 * arithmetic.result.eta
    value = np.where(nothing, 0.0, np.where(infinite, np.inf, exact.hi))
    return Terms(value, np.where(nothing | infinite, 0.0, exact.lo), np.where(nothing | infinite, 0.0, upward(error)))


@silent
def reduced(each: Terms, arithmetic: Arithmetic, divisor: int) -> Truth:
    """The sum of all terms of a batch over a number: one more operation."""
    total = summed(Terms(*(part.reshape(1, -1) for part in each)), arithmetic)
    value, error = total.value[0] / divisor, total.bound[0] / divisor
    error = error + step(arithmetic) * (np.abs(value) + error) + arithmetic.result.eta
    return Truth(value, np.where(np.isfinite(value), upward(error), 0.0))


@silent
def least(p: Float64, log_q: Float64) -> Float64:
    """P log(P / Q) for P = sum p and Q = sum e^l: the least value of sum p (log p - l) for given sums (Gibbs)."""
    total, other = p.sum(-1), np.maximum(np.exp(log_q).sum(-1), np.finfo(np.float64).tiny)
    size = 1 + np.abs(np.log(total)) + np.abs(np.log(other))
    return np.asarray(total * (np.log(total / other) - 8 * p.shape[-1] * U64 * size))


@remembered
@silent
def divergence_of_weights(p: Float64, q: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    r"""D(pi || rho) of pi = p / P, rho = q / Q, weights (..., n) normalised in the arithmetic; +inf where q = 0 < p.

    For laws whose probabilities are 0 or at least 2u, which clipping to [2u, 1 - 2u] moves by no more than c = 2u / (1
    - 2u) relatively. As for the entropy, a logarithm errs by m = (r + c)(1 + lambda) + lambda |log|, the difference of
    two by v more; the product by pi, within rho, by v; the sum by gamma_{n-1}(u) and v.
    """
    n, u, v = p.shape[-1], arithmetic.accumulator.u, step(arithmetic)
    clip = 2 * arithmetic.result.u
    nothing, infinite = p == 0, (p > 0) & (q == 0)
    pi, other = p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)
    logs = [np.where(nothing | infinite, 0.0, np.log(np.where(w > 0, w, 1.0))) for w in (pi, other)]
    rho, lam = compounded(gamma(n, u), v, v), compounded(kernel.log_units * u, v)
    sizes = np.abs(logs[0]) + np.abs(logs[1])
    of_logs = 2 * (-np.log1p(-rho) + clip / (1 - clip)) * (1 + lam) + lam * sizes
    of_logs = of_logs + v * (sizes + of_logs)
    parts = pi * (1 + rho) * of_logs + rho * pi * sizes + 4 * arithmetic.result.eta * (2 + sizes)
    parts = np.where(nothing, 0.0, parts)
    error = (parts + (v + gamma(n, u)) * (1 + v) * (pi * sizes + parts)).sum(-1)
    exact, own = _divergence(p, q, arithmetic)
    error = error + v * (np.abs(exact) + error)
    some = infinite.any(-1)
    return Truth(np.where(some, np.inf, exact), np.where(some, 0.0, upward(error, 4 * n + 100) + own))


def _divergence(p: Float64, q: Float64, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """(sum p log p - sum p log q) / P - log P + log Q, and how far it is from that."""
    n = p.shape[-1]
    totals, safe = (p.sum(-1), q.sum(-1)), [np.where((p > 0) & (w > 0), w, 1.0) for w in (p, q)]
    if not wide(arithmetic):
        parts = [p * np.log(w) for w in safe]
        value = (parts[0].sum(-1) - parts[1].sum(-1)) / totals[0] - np.log(totals[0]) + np.log(totals[1])
        size = sum(np.abs(t).sum(-1) for t in parts) / totals[0] + sum(np.abs(np.log(t)) for t in totals)
        return value, upward(U64 * (2 * n + 20) * (size + 1.0))
    first, second = double_double(p).sum(), double_double(q).sum()
    weight = double_double(np.where(p > 2.0**-900, p, 0.0))
    difference = (weight * dd.log(safe[0]) - weight * dd.log(safe[1])).sum()
    exact = difference / first - dd.log(first) + dd.log(second)
    return exact.hi, np.abs(exact.lo) + 2.0**-80 + n * 2.0**-890
