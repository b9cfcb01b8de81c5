r"""Softmax and its logarithm: exact values, and componentwise bounds that hold for every order of summation.

For a row x with maximum m write s = x - m, e = exp s, S = sum e >= 1, p = e / S and y = log p = s - log S. In the
arithmetic of the accumulator (unit roundoff u, smallest normal number lambda) a computed exponential is

    ê_j = exp(s_j (1 + d)) (1 + d'),  |d| <= u (the subtraction),  |d'| <= k_e u (the exponential),

up to lambda where it underflows, so |ê_j - e_j| <= e_j eps_j + lambda with eps_j = exp(u |s_j|) (1 + k_e u) - 1. All
else counts roundings (ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1): an
expression that is a power series in the errors with non-negative coefficients is farthest from its value without errors
when each is as large as it may be. To first order these are the bounds of Blanchard, Higham and Higham, Accurately
computing the log-sum-exp and softmax functions, IMA J. Numer. Anal. 41 (2021), which take |s_j| at its largest.

Exponentials of the logits themselves (`Method.UNSHIFTED`) have no difference to round, but they may leave the range: in
terms of e and S underflow takes lambda e^-m, and where the sum may overflow, or may vanish, nothing is known. The
logarithm of their sum is m + log S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic, Format, Method
from reference.rounding import U64, gamma, overflows, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

EXP_CPU, EXP_CUDA = 4.0, 5.0
"""Error of exp in unit roundoffs: calibrated on the CPU (1.13 measured), 2 (ulp + 1/2) for CUDA's documented 2 ulp."""
LOG_CPU, LOG_CUDA = 4.0, 3.0
"""Error of log in unit roundoffs: calibrated on the CPU (1.80 measured), documented within 1 ulp for CUDA."""

LOWEST = -746.0
"""exp of anything below underflows to 0 in float64, and so in every format."""
CHUNK = 1 << 12
"""Exponentials in double-double are taken so many at a time: their temporaries stay in the cache."""


@dataclass(frozen=True)
class Kernel:
    """What an implementation does between reading the logits and storing the result.

    `exp_units` and `log_units` are k_e and k_l, the errors of exp and log in units of u. For half types, a softmax that
    `stores_exponentials` rounds them to the half type before it divides (torch on the CPU where the reduced axis is not
    the last), and a log-softmax that `stores_sum` rounds the sum of exponentials and its logarithm to the half type
    (torch on the CPU along the last axis).
    """

    exp_units: float = EXP_CPU
    log_units: float = LOG_CPU
    stores_exponentials: bool = False
    stores_sum: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of logits x (..., n) in an arithmetic, with s, e and S rounded to float64.

    `fine` holds s, e and S in double-double where float64 is too coarse a reference. Entries of -inf are masked: their
    exponential is exactly 0. A row that has entries needs a finite one.
    """

    x: Float64
    s: Float64
    e: Float64
    total: Float64
    fine: tuple[DoubleDouble, DoubleDouble, DoubleDouble] | None
    arithmetic: Arithmetic

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic) -> Rows:
        """The rows `x` of an arithmetic."""
        largest = np.max(x, axis=-1, keepdims=True, initial=-np.inf)
        if not wide(arithmetic):
            s = x - largest
            e = np.exp(s)
            return cls(x, s, e, _at_least_one(e.sum(-1, keepdims=True)), None, arithmetic)
        with np.errstate(over="ignore", invalid="ignore"):
            s, rest = dd.two_sum(x, np.broadcast_to(-largest, x.shape))
        shifted = DoubleDouble(s, np.where(np.isfinite(rest), rest, 0.0))
        exponentials = _exp(shifted)
        total = exponentials.sum()[..., None]
        fine = shifted, exponentials, DoubleDouble(_at_least_one(total.hi), total.lo)
        return cls(x, s, exponentials.hi, fine[2].hi, fine, arithmetic)

    @property
    def masked(self) -> NDArray[np.bool_]:
        """Where an entry is -inf."""
        return np.isneginf(self.x)

    @property
    def shifted(self) -> bool:
        """Whether the largest logit is taken out."""
        return self.arithmetic.method is not Method.UNSHIFTED

    @property
    def largest(self) -> Float64:
        """m, shape (..., 1); 0 for rows without entries."""
        lowest = -np.inf if self.x.shape[-1] else 0.0
        return np.asarray(np.max(self.x, axis=-1, keepdims=True, initial=lowest))

    @property
    def log_sum(self) -> Float64:
        """The size of the logarithm that is computed: log S, or at most |m + log S| of logits that are not shifted."""
        log_total = np.log(self.total)
        return log_total if self.shifted else np.maximum(log_total, np.abs(self.largest + log_total))

    @property
    def half(self) -> Format | None:
        """The half type that results are rounded to once more, if there is one."""
        return self.arithmetic.result if self.arithmetic.mixed else None

    def exponential_error(self, exp_units: float, *, stored: bool) -> tuple[Float64, float | Float64]:
        """(alpha, beta) with |ê_j - e_j| <= alpha_j e_j + beta; `stored` if they are rounded to the half type."""
        u, lam = self.arithmetic.accumulator.u, self.arithmetic.accumulator.lam
        # where u |s| > 1 the exponential is far below lambda: beta covers it
        alpha = compounded(np.expm1(np.minimum(u * np.abs(self.s), 1.0)), exp_units * u)
        beta: float | Float64 = lam
        if self.half is not None and stored:
            alpha, beta = compounded(alpha, self.half.u), (1 + self.half.u) * lam + self.half.eta / 2
        return (alpha, beta) if self.shifted else (alpha, beta * self._out_of_range(stored=stored))

    def _out_of_range(self, *, stored: bool) -> Float64:
        """e^-m, but at least 1, by which underflow counts more without a shift; infinite where the sum may overflow."""
        held = self.half if self.half is not None and stored else self.arithmetic.accumulator
        m = self.largest
        # a relative room of 2^-6, and 1 for the roundings of exponentials and sum
        fits = m + np.log(self.total) + 1 < np.log(held.largest) * (1 - 2.0**-6)
        with np.errstate(over="ignore"):
            return np.where(fits, np.maximum(np.exp(-m), 1.0), np.inf)

    def sum_error(self, alpha: Float64, beta: float | Float64) -> Float64:
        """r with |computed S - S| <= r S: (1 + gamma_n) (1 + sum_j p_j alpha_j + n beta / S) - 1, shape (..., 1).

        Infinite where the sum of logits that are not shifted may vanish.
        """
        n = self.x.shape[-1]
        inner = ((self.e * alpha).sum(-1, keepdims=True) + n * beta) / self.total
        r = compounded(inner, gamma(float(n), self.arithmetic.accumulator.u))
        return r if self.shifted else np.where(r < 0.5, r, np.inf)


def compounded(*errors: Float64 | float) -> Float64:
    """(1 + a)(1 + b)... - 1 for relative errors a, b, ..., without cancellation."""
    total = np.zeros(())
    for error in errors:
        total = total + error + total * error
    return total


def inverse(error: Float64 | float) -> Float64:
    """1 / (1 - a) - 1, the relative error of a quotient whose divisor errs by a: infinite for a >= 1."""
    smaller = np.minimum(error, 1.0)
    with np.errstate(divide="ignore"):
        return np.asarray(smaller / (1 - smaller))


def log_error(r: Float64, log_total: Float64, unit: float) -> Float64:
    """|computed log S - log S| for a sum within r S and a logarithm within `unit` of itself."""
    with np.errstate(divide="ignore"):  # infinite where r is 1 or more
        from_sum = -np.log1p(-np.minimum(r, 1.0))
    return from_sum + unit * (log_total + from_sum)


@silent
def softmax_truth(rows: Rows, kernel: Kernel) -> Truth:
    """p = e / S of the shape of the rows, with `softmax_error`; masked entries are exactly 0."""
    if rows.fine is None:
        p = rows.e / rows.total
        own = p * U64 * (np.minimum(np.abs(rows.s), -LOWEST) + 2 * rows.x.shape[-1] + 16)
    else:
        _, e, total = rows.fine
        quotient = e * (1.0 / total)  # one division a row
        p, own = quotient.hi, np.abs(quotient.lo) + quotient.hi * 2.0**-90
    return Truth(p, _unless_masked(softmax_error(rows, kernel) + own, rows))


@silent
def softmax_error(rows: Rows, kernel: Kernel) -> Float64:
    r"""|computed p - p|, of the shape of the rows.

    The quotient takes one rounding, or two through the reciprocal of the sum, and may underflow; half types round it
    once more (u_h, eta_h). With alpha, beta of `Rows.exponential_error` and r of `Rows.sum_error`

        p_i [(1 + alpha_i)(1 + u)^2 (1 + u_h) / (1 - r) - 1]
        + [beta (1 + u)^2 / ((1 - r) S) + lambda] (1 + u_h) + eta_h / 2.
    """
    u, lam = rows.arithmetic.accumulator.u, rows.arithmetic.accumulator.lam
    alpha, beta = rows.exponential_error(kernel.exp_units, stored=kernel.stores_exponentials)
    quotient = compounded(u, u, inverse(rows.sum_error(alpha, beta)))
    relative = compounded(alpha, quotient)
    absolute = beta * (1 + quotient) / rows.total + lam
    if half := rows.half:
        relative = compounded(relative, half.u)
        absolute = absolute * (1 + half.u) + half.eta / 2
    return upward(rows.e / rows.total * relative + absolute, 2 * rows.x.shape[-1] + 1000)


def _unless_masked(error: Float64, rows: Rows) -> Float64:
    """`error`, 0 where masked; infinite for whole rows that are not shifted and leave the range."""
    masked = np.where(rows.masked, 0.0, error)
    if rows.shifted:
        return masked if np.isfinite(masked.sum()) else np.where(np.isnan(masked), np.inf, masked)
    lost = ~np.isfinite(error).all(-1, keepdims=True)
    return np.where(lost, np.inf, masked)


@silent
def ratio_truth(rows: Rows, kernel: Kernel, p: Float64) -> Truth:
    r"""p_max e_i for a computed softmax p, within a bound free of n, which keeps its power in wide rows.

    Every entry of a row is divided by the same sum, so p_i / p_max is exp(x_i - m) up to two exponentials (that of the
    maximum errs by alpha_m), two quotients and two final roundings:

        |p_i - p_max e_i| <= p_max e_i [(1 + alpha_i) F - 1] + p_max beta F + lambda (1 + u_h) + eta_h / 2,
        F = (1 + u)(1 + u_h)(1 + eta_h / (2 p_max)) / ((1 - alpha_m)(1 - u)(1 - u_h)).
    """
    u, tiny = rows.arithmetic.accumulator.u, rows.arithmetic.accumulator.lam
    largest = np.max(np.where(rows.s == 0, p, -np.inf), axis=-1, keepdims=True, initial=-np.inf)
    alpha, beta = rows.exponential_error(kernel.exp_units, stored=kernel.stores_exponentials)
    at_largest = compounded(kernel.exp_units * u)
    factor = compounded(u, inverse(u))
    if half := rows.half:
        at_largest = compounded(at_largest, half.u if kernel.stores_exponentials else 0.0)
        factor = compounded(factor, half.u, inverse(half.u), half.eta / 2 / np.maximum(largest, half.eta))
        tiny = tiny * (1 + half.u) + half.eta / 2
    factor = compounded(factor, inverse(at_largest))
    if rows.fine is None:
        value = largest * rows.e
        own = value * U64 * (np.minimum(np.abs(rows.s), -LOWEST) + 8)
    else:
        with np.errstate(invalid="ignore"):
            product = rows.fine[1] * largest
        value, own = product.hi, np.abs(product.lo) + product.hi * 2.0**-90
    error = upward(value * compounded(alpha, factor) + largest * beta * (1 + factor) + tiny, 1000)
    return Truth(value, _unless_masked(error + own, rows))


@silent
def log_softmax_truth(rows: Rows, kernel: Kernel) -> Truth:
    """y = s - log S of the shape of the rows, with `log_softmax_error`; masked entries are exactly -inf."""
    if rows.fine is None:
        log_total = np.log(rows.total)
        y = rows.s - log_total
        own = U64 * (2 * np.abs(rows.s) + 4 * log_total + 2 * rows.x.shape[-1] + 16)
    else:
        s, _, total = rows.fine
        with np.errstate(invalid="ignore"):
            exact = s - dd.log(total)
        y = np.where(np.isfinite(s.hi), exact.hi, s.hi)
        own = np.where(np.isfinite(s.hi), np.abs(exact.lo) + np.abs(exact.hi) * 2.0**-90, 0.0)
    return Truth(y, _unless_masked(log_softmax_error(rows, kernel) + own, rows))


@silent
def log_softmax_error(rows: Rows, kernel: Kernel) -> Float64:
    r"""|computed y - y|, of the shape of the rows, for the evaluation fl(fl(x_i - m) - log S).

    The computed sum lies within r S of S, so its logarithm errs by at most -log(1 - r), and by k_l u relatively for the
    logarithm itself. A kernel that stores the sum in a half type has r' = (1 + r)(1 + u_h) - 1 for r, and rounds the
    logarithm too. The differences then add u |s_i| and one rounding of the result, half types one more:

        b = -log(1 - r) + k_l u (log S - log(1 - r)),   stored: b + u_h (log S + b) + eta_h / 2
        a = u |s_i| + b,   |computed y - y| <= a + u (|y| + a);   half types: one more rounding.

    Infinite where the result may overflow.
    """
    u = rows.arithmetic.accumulator.u
    half = rows.half
    r = rows.sum_error(*rows.exponential_error(kernel.exp_units, stored=False))
    log_total, log_sum = np.log(rows.total), rows.log_sum
    b = log_error(r, log_sum, kernel.log_units * u)
    if half is not None and kernel.stores_sum:
        b = log_error(compounded(r, half.u), log_sum, kernel.log_units * u)
        b = b + half.u * (log_sum + b) + half.eta / 2
    magnitude = np.where(rows.masked, 0.0, np.abs(rows.s)) + log_total
    with np.errstate(over="ignore"):
        error = u * np.abs(rows.s) + b
        error = error + u * (magnitude + error)
    if half is not None:
        error = error + half.u * (magnitude + error) + half.eta / 2
    error = upward(error, 2 * rows.x.shape[-1] + 1000)
    return np.where(overflows(magnitude + error, rows.arithmetic.result), np.inf, error)


@silent
def exponential_truth(rows: Rows, kernel: Kernel, y: Truth) -> Truth:
    """p as the exponential of a computed log p, itself within the bound of y: p [e^{bound} (1 + k_e u)(1 + u_h) - 1].

    Underflow adds what it adds to a softmax. Where the bound on log p is infinite because |log p| is huge, p vanishes.
    """
    u, tiny = rows.arithmetic.accumulator.u, rows.arithmetic.accumulator.lam
    p = softmax_truth(rows, kernel)
    relative = compounded(np.expm1(np.where(np.isfinite(y.bound), y.bound, 0.0)), kernel.exp_units * u)
    if half := rows.half:
        relative, tiny = compounded(relative, half.u), tiny * (1 + half.u) + half.eta / 2
    own = p.value * U64 * (np.minimum(np.abs(rows.s), -LOWEST) + 2 * rows.x.shape[-1] + 16)
    bound = np.where(rows.masked, 0.0, upward(p.value * relative + tiny, 1000) + own)
    if not np.isfinite(y.bound).all():
        huge = ~(np.abs(y.value) < rows.arithmetic.result.largest / 2)
        bound = np.where(np.isfinite(y.bound) | huge, bound, np.inf)
    return Truth(p.value, bound)


def shift_is_exact(x: Float64, c: Float64, format: Format) -> NDArray[np.bool_]:
    """Whether x_i + c is a number of the format for every entry of the row; x is (..., n), c (..., 1)."""
    total, rest = dd.two_sum(x, np.broadcast_to(c, x.shape))
    exact: NDArray[np.bool_] = np.all((rest == 0) & (format.round(total) == total), axis=-1)
    return exact


def shift_error(x: Float64, c: Float64, arithmetic: Arithmetic) -> Float64:
    """2 u max_i |x_i + c|, shape (..., 1): how far rounding x + c may move log softmax; half types round twice.

    Each rounded entry moves by at most u |x_i + c|, and log softmax_i(x) by its own move minus a mean of all moves.
    """
    u = arithmetic.result.u + (arithmetic.accumulator.u * 2 if arithmetic.mixed else 0.0)
    return upward(2 * u * np.max(np.abs(x + c), axis=-1, keepdims=True, initial=0.0))


def spread_classes(rows: int, width: int) -> NDArray[np.int64]:
    """One class in 0..width-1 for each row: the last, those next to a byte's range (256, 255), then ones far apart.

    1000003 is a prime above every width, so that each class comes before any of the later ones repeats.
    """
    classes = np.arange(rows, dtype=np.int64) * 1000003 % width
    special = [c for c in dict.fromkeys((width - 1, 256, 255)) if c < width][:rows]
    classes[: len(special)] = special
    return classes


def naive_is_finite(x: Float64, format: Format) -> NDArray[np.bool_]:
    """Whether n e^{max x} is at most the largest number, and e^{max x} at least the smallest: (..., n) -> (...)."""
    largest = np.max(x, axis=-1, initial=-np.inf)
    below = largest + np.log(max(x.shape[-1], 1)) <= np.log(format.largest)
    finite: NDArray[np.bool_] = below & (largest >= np.log(format.eta))
    return finite


def naive_softmax(x: Float64, format: Format) -> Float64:
    """e^{x_i} / sum_j e^{x_j} of numbers rounded to the format: NaN from inf / inf or 0 / 0 where it fails.

    Exact where the exponentials of a row overflow or all vanish, which is what it is for.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        exponentials = format.round(np.exp(x))
        quotient: Float64 = exponentials / format.round(exponentials.sum(-1, keepdims=True))
    return quotient


def _exp(s: DoubleDouble) -> DoubleDouble:
    """exp of s <= 0: the series only where it is neither 1 nor 0."""
    needed = np.flatnonzero((s.hi < 0) & (s.hi > LOWEST))
    hi, lo = (s.hi.ravel() >= 0).astype(np.float64), np.zeros(s.hi.size)
    high, low = s.hi.ravel(), s.lo.ravel()
    for start in range(0, len(needed), CHUNK):
        part = needed[start : start + CHUNK]
        e = dd.exp(DoubleDouble(high[part], low[part]))
        hi[part], lo[part] = e.hi, e.lo
    return DoubleDouble(hi.reshape(s.hi.shape), lo.reshape(s.hi.shape))


def _at_least_one(total: Float64) -> Float64:
    """S >= 1 in a row with entries, where the maximum contributes 1; an empty row has no entry to divide by S."""
    return np.maximum(total, 1.0)
