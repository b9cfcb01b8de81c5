r"""The logarithm of a sum of exponentials, of whole rows at once and by additions of two at a time.

Notation, errors of exponentials and of their sum, and the references: `reference.losses.softmax`. Here y = m + log S.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic, Format
from reference.losses.softmax import Kernel, Rows, compounded, log_error
from reference.rounding import U64, gamma, overflows, rounded, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

LARGEST_STEP = 0.3
"""Above max d / (1 + e^d) = 0.2785: what a relative error u of the difference d makes of log(1 + e^{-d}), in u."""


def logsumexp_truth(rows: Rows, kernel: Kernel) -> Truth:
    """y = m + log S of rows (..., n) that have a finite entry, with `logsumexp_error`; shape (...). -inf for n = 0."""
    value, own = _value(rows)
    return Truth(value, np.where(np.isneginf(value), 0.0, logsumexp_error(rows, value, kernel) + own))


@silent
def logsumexp_error(rows: Rows, value: Float64, kernel: Kernel) -> Float64:
    r"""|computed y - y| of shape (...), for fl(m + log S) with log S within b of itself.

        b + u (|y| + b),   b = -log(1 - r) + k_l u (log S - log(1 - r)).

    Kernels of half types may round every step, s, exp s, S and its logarithm, to the half type, so |s| u_h joins the
    relative error of an exponential, one rounding r, and b becomes b + u_h (log S + b) + eta_h / 2. Infinite where the
    result, or a stored S, may overflow.
    """
    u, half = rows.arithmetic.accumulator.u, rows.half
    alpha, beta = rows.exponential_error(kernel.exp_units, stored=half is not None)
    if half is not None:  # the difference is rounded to the accumulator, and again to the half type
        alpha = compounded(alpha, np.expm1(np.minimum(half.u * (1 + u) * np.abs(rows.s), 1.0)))
    r = rows.sum_error(alpha, beta)
    log_sum = rows.log_sum
    if half is not None:
        r = compounded(r, half.u)
    error = log_error(r, log_sum, kernel.log_units * u)[..., 0]
    if half is not None:
        error = rounded(error, log_sum[..., 0], half)
    size = np.abs(np.where(np.isneginf(value), 0.0, value))
    error = rounded(error, size, rows.arithmetic.accumulator, underflow=False)
    if half is not None:
        error = rounded(error, size, half, underflow=False)
    error = upward(error, 2 * rows.x.shape[-1] + 1000)
    return np.where(overflows(size + error, rows.arithmetic.result), np.inf, error)


def absorbs(x: Float64, format: Format) -> bool:
    """Whether the maximum of every row (..., n), n > 0, is infinite, NaN or the largest number, so that y is it.

    log n is less than half the last place of the largest number, except in float16 for n of 7 digits.
    """
    return bool((~(np.abs(x.max(-1)) < format.largest)).all())


def prefixes(x: Float64, lengths: NDArray[np.int64]) -> Float64:
    """Rows (..., m, n) or (..., 1, n) of which the entries from `lengths` (m,) on are -inf: they count no more."""
    return np.where(np.arange(x.shape[-1]) < lengths[:, None], x, -np.inf)


def folded_truth(rows: Rows, folds: NDArray[np.int64], kernel: Kernel) -> Truth:
    """y of rows (..., m, n) with a finite entry by `folds` (m,) additions log(e^a + e^b), in any order or tree."""
    value, own = _value(rows)
    largest = np.max(np.abs(np.where(rows.masked, 0.0, rows.x)), axis=-1, initial=0.0)
    return Truth(value, fold_error(value, largest + np.log(folds + 1.0), folds, rows.arithmetic, kernel) + own)


def pair_truth(a: Float64, b: Float64, arithmetic: Arithmetic, kernel: Kernel) -> Truth:
    """log(e^a + e^b), elementwise; -inf and exact where both are -inf."""
    largest, empty = np.maximum(a, b), np.isneginf(a) & np.isneginf(b)
    m = np.where(empty, 0.0, largest)
    least = np.minimum(a, b)
    if not wide(arithmetic):
        value = m + np.log1p(np.exp(least - m))
        own = U64 * (4 + 2 * np.abs(value))
    else:
        masked = np.isneginf(least)
        difference = DoubleDouble(*dd.two_sum(np.where(masked, -800.0, least), np.where(masked, 0.0, -m)))
        exact = dd.log1p(dd.exp(difference)) + m
        value, own = exact.hi, np.abs(exact.lo) + np.abs(exact.hi) * 2.0**-90 + 2.0**-90
    error = fold_error(value, np.abs(value), np.ones(value.shape, np.int64), arithmetic, kernel)
    return Truth(np.where(empty, -np.inf, value), np.where(empty, 0.0, error + own))


@silent
def fold_error(
    value: Float64, largest: Float64, folds: NDArray[np.int64], arithmetic: Arithmetic, kernel: Kernel
) -> Float64:
    r"""Error of `folds` additions log(e^a + e^b) = max(a, b) + log(1 + e^{-|a - b|}), partial results up to `largest`.

    An addition changes by no more than its operands, so errors add, whatever the tree. Each makes

        0.3 u (the difference d) + k_e u / 2 + k_l u log 2 + lambda + u (largest + error so far),

    and half types round the last one to the half type. Infinite where the result may overflow.
    """
    u, lam = arithmetic.accumulator.u, arithmetic.accumulator.lam
    step = (LARGEST_STEP + kernel.exp_units / 2 + kernel.log_units * np.log(2)) * u * (1 + 100 * u) + lam
    error = folds * (step + u * largest) * (1 + gamma(folds + 1.0, u))
    if arithmetic.mixed:
        error = rounded(error, np.abs(value), arithmetic.result)
    error = upward(error, 1000)
    return np.where(overflows(np.abs(value) + error, arithmetic.result), np.inf, error)


def _value(rows: Rows) -> tuple[Float64, Float64]:
    """m + log S, and how far that is from the exact one."""
    n = rows.x.shape[-1]
    m = np.max(rows.x, axis=-1, initial=-np.inf)
    if rows.fine is None or n == 0:
        log_total = np.log(rows.total[..., 0])
        value = m + log_total
        return value, np.where(np.isneginf(m), 0.0, U64 * (np.abs(value) + 4 * log_total + 2 * n + 16))
    exact = dd.log(rows.fine[2])[..., 0] + m
    return exact.hi, np.abs(exact.lo) + np.abs(exact.hi) * 2.0**-90 + 2.0**-90
