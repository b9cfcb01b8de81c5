"""The building blocks of rounding-error bounds: gamma, one more rounding, overflow.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002. The named bounds (BND-SUM, ...)
are in `reference.bounds`. All of them are evaluated in float64 and then rounded up by `upward`, so that what is
returned is a bound and not an approximation to one.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic, Format

Float64 = NDArray[np.float64]

U64 = 2.0**-53
"""Unit roundoff of the float64 in which references and bounds are evaluated."""


class NoBound(ValueError):
    """So many roundings are possible that no bound on a relative error follows."""


@overload
def gamma(k: float, u: float) -> float: ...
@overload
def gamma(k: NDArray[Any], u: float) -> Float64: ...
def gamma(k: float | NDArray[Any], u: float) -> float | Float64:
    """gamma_k = k u / (1 - k u), which bounds |prod (1 + delta_i)^(+-1) - 1| for k factors, |delta_i| <= u.

    ASNA Lemma 3.1. `k` is a count or an array of counts. Raises NoBound unless 0 <= k and k u < 1 everywhere.
    """
    ku = k * u
    if not np.all((ku >= 0) & (ku < 1)) if isinstance(ku, np.ndarray) else not 0 <= ku < 1:
        raise NoBound(f"gamma_k needs 0 <= k u < 1, but k = {np.max(k)} and u = {u}")
    return ku / (1 - ku)


def upward(bound: Float64, operations: int = 0) -> Float64:
    """`bound`, a result of about `operations` (plus a dozen) float64 operations on non-negative numbers, rounded up.

    Each such operation has a relative error of at most 2^-53, so a relative 2^-52 (operations + 16) covers them.
    """
    return bound * (1 + 2 * U64 * (operations + 16))


def rounded(error: Float64, magnitude: Float64, format: Format, *, underflow: bool = True) -> Float64:
    """Error after one more rounding to `format` of a number within `error` of an exact one of size `magnitude`.

    fl(x) = x (1 + delta) + e with |delta| <= u, |e| <= eta/2 (ASNA (2.8)), and never |fl(x) - x| > |x|, so
    error + u (magnitude + error) + min(eta/2, magnitude + error). Without `underflow` e = 0: for numbers that are
    multiples of eta, as sums of numbers of the format are. Overflow is the caller's: see `overflows`.
    """
    size = magnitude + error
    return error + format.u * size + (np.minimum(max(format.eta / 2, 2.0**-1074), size) if underflow else 0.0)


def underflowed(count: int, eta: float, products: Float64, arithmetic: Arithmetic) -> Float64:
    """What underflow takes from a sum of `count` products: `eta` each.

    Where float64 holds the sum of their magnitudes, `products`, without underflow of its own, at most twice that:
    gradual underflow moves no product by more than itself (twice, for the roundings of the sum).
    """
    lost = np.asarray(count * eta)
    if not arithmetic.gradual or wide(arithmetic) or products.min(initial=np.inf) >= lost:
        return lost
    least: Float64 = np.minimum(lost, 2 * products)
    return least


def overflow_threshold(format: Format) -> float:
    """Numbers below it round to finite ones: (2 - u) 2^emax; for float64 its largest number, which is below that."""
    return format.largest if format.precision >= 53 else (2 - format.u) * 2.0**format.emax


def overflows(magnitude: Float64, format: Format) -> NDArray[np.bool_]:
    """Where a number of at most `magnitude` may overflow in `format`; True for infinite and NaN magnitudes."""
    return ~(magnitude < overflow_threshold(format))


def stored(
    error: Float64, value: Float64, arithmetic: Arithmetic, *, reached: Float64, underflow: bool = True
) -> Float64:
    """Error of a result after it is stored; infinite where it, or a partial result on the way to it, may overflow.

    `error` is the error in the accumulator, `value` the exact result (its size counts), `reached` a bound on every
    partial result in the accumulator, rounding included. A mixed arithmetic rounds once more; `underflow` as in
    `rounded`.
    """
    size = np.abs(value)
    final = rounded(error, size, arithmetic.result, underflow=underflow) if arithmetic.mixed else error
    largest = size.max(initial=0.0) + error.max(initial=0.0)
    if not (overflows(reached.max(initial=0.0), arithmetic.accumulator) or overflows(largest, arithmetic.result)):
        return final  # as almost always
    overflow = overflows(reached, arithmetic.accumulator) | overflows(size + error, arithmetic.result)
    return np.where(overflow, np.inf, final)


def rounds_operands(arithmetic: Arithmetic) -> bool:
    """Whether operands are rounded on the way in (TF32)."""
    return arithmetic.operand.precision < arithmetic.result.precision


def operand_error(value: Float64, error: Float64, arithmetic: Arithmetic) -> Float64:
    """Error of a stored number, within `error` of `value`, as a product sees it.

    TF32 rounds it once more; without gradual underflow a subnormal one is taken for zero.
    """
    if rounds_operands(arithmetic):
        error = rounded(error, np.abs(value), arithmetic.operand)
    return error if arithmetic.gradual else error + flushed(value, error, arithmetic)


def flushed(value: Float64, error: Float64, arithmetic: Arithmetic) -> Float64:
    """What is lost when a number within `error` of `value` is taken for zero because it is subnormal."""
    if arithmetic.gradual:
        return np.zeros(())
    lam, size = arithmetic.result.lam, np.abs(value)
    subnormal = size - error < lam
    return np.where(subnormal, np.minimum(size + error, lam), 0.0) if subnormal.any() else np.zeros(())


def wide(arithmetic: Arithmetic) -> bool:
    """Whether float64 is too coarse for the reference of this arithmetic, so that it needs double-double."""
    return arithmetic.accumulator.precision > 24


OWN = 1 + 2.0**-24
"""Makes room for the error of a reference evaluated with a unit roundoff at most 2^-24 of the bound's."""

silent = np.errstate(over="ignore", invalid="ignore")
"""Near overflow the evaluation of a bound may overflow too: it becomes infinite or NaN, and `overflows` tells."""
