r"""The loss of the leading class, log(1 + s) with s the sum of e^{x_j - x_top} over the others, and its slopes.

As -(s_top - log S) it has the absolute accuracy of a log-softmax; by log1p of s every step keeps relative accuracy.
ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic
from reference.losses.softmax import (
    Kernel,
    Rows,
    compounded,
    exponential_truth,
    log_softmax_truth,
)
from reference.rounding import U64, gamma, rounded, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Remainder(NamedTuple):
    """s, log(1 + s) and s / (1 + s) of every row (batch,), within two roundoffs of float64 and n of its smallest.

    `relative` says how far a computed s may be off; `lost` what underflow may take from it besides.
    """

    total: Float64
    loss: Float64
    share: Float64
    relative: Float64
    lost: float


def remainder(x: Float64, top: NDArray[np.int64], units: float, arithmetic: Arithmetic) -> Remainder:
    """Of rows x (batch, n) whose leading class is `top` (batch,), exponentials within `units` roundoffs.

    A difference d = x_j - x_top that the format does not hold is rounded, which moves its exponential by e^{u|d|} - 1.
    Half types store differences, exponentials and their sum; gamma_n (ASNA 3.1) for the sum.
    """
    n, u, format = x.shape[-1], arithmetic.accumulator.u, arithmetic.result
    place = top[:, None]
    leader = np.take_along_axis(x, place, -1)
    high, low = dd.two_sum(x, np.broadcast_to(-leader, x.shape))
    inexact = (low != 0) | (format.round(high) != high)
    e = dd.exp(DoubleDouble(high, low))
    others = np.arange(n) != place
    e = DoubleDouble(np.where(others, e.hi, 0.0), np.where(others, e.lo, 0.0))
    total = e.sum()
    stored = format.u if arithmetic.mixed else 0.0
    each = compounded(np.expm1(np.where(inexact, np.minimum(format.u * np.abs(high), 1.0), 0.0)), units * u, stored)
    share = np.divide((e.hi * each).sum(-1), total.hi, out=np.zeros(len(x)), where=total.hi > 0)
    relative = compounded(share, gamma(n, u), stored, n * U64)
    lost = n * (arithmetic.accumulator.lam + format.eta)
    quotient = total / (total + 1.0)
    return Remainder(total.hi, dd.log1p(total).hi, quotient.hi, relative, lost)


def relative_loss(found: Remainder, units: float, arithmetic: Arithmetic) -> Truth:
    """log(1 + s) by log1p (batch,): log1p is concave and 0 at 0, so that it errs relatively by no more than s does."""
    stored = arithmetic.result.u if arithmetic.mixed else 0.0
    relative = compounded(found.relative, units * arithmetic.accumulator.u, stored, 2 * U64)
    return Truth(found.loss, upward(found.loss * relative + found.lost * (1 + relative)))


def relative_slope(found: Remainder, arithmetic: Arithmetic) -> Truth:
    """-s / (1 + s) (batch,), the slope of that loss in the logit of its class, by reverse mode.

    The errors of s in 1 / (1 + s) and in the terms; 1 + s, the quotient, a product, the sum over the others and two
    more roundings, in half types stored ones.
    """
    relative = compounded(found.relative, found.relative, gamma(6, arithmetic.result.u), 2 * U64)
    return Truth(-found.share, upward(found.share * relative + 2 * found.lost * (1 + relative)))


def share_of_two(margin: Float64, units: float, arithmetic: Arithmetic) -> Truth:
    """-1 / (1 + e^t) of margins t >= 0 (..., n): the slope of log(1 + e^-t), from e^-t over 1 + e^-t.

    The exponential in numerator and denominator, three roundings; half types may store the exponential, and the slope.
    """
    e = dd.exp(DoubleDouble(-margin, np.zeros(margin.shape)))
    value = (e / (e + 1.0)).hi
    stored = gamma(3, arithmetic.result.u) if arithmetic.mixed else 0.0
    relative = compounded(2 * units * arithmetic.accumulator.u, gamma(3, arithmetic.accumulator.u), stored, 2 * U64)
    lost = arithmetic.accumulator.lam + 2 * arithmetic.result.eta
    return Truth(-value, upward(value * relative + lost))


def absolute_slopes(rows: Rows, kernel: Kernel, top: NDArray[np.int64], found: Remainder) -> Truth:
    """p - 1 in the logit of the leading class and p in the others (batch, n), from the exponential of log p.

    The difference from 1 is one rounding of the accumulator; what is stored one more.
    """
    p = exponential_truth(rows, kernel, log_softmax_truth(rows, kernel))
    leads = np.arange(rows.x.shape[-1]) == top[:, None]
    value = np.where(leads, -found.share[:, None], p.value)
    error = p.bound + np.where(leads, rows.arithmetic.accumulator.u * (np.abs(value) + p.bound), 0.0)
    error = error + 2 * U64 * np.abs(value)
    return Truth(value, upward(rounded(error, np.abs(value), rows.arithmetic.result) if rows.half else error))
