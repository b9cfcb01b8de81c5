"""BND-SUM and BND-DOT: sums and inner products in any order of summation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, rounded, rounds_operands, stored, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]


def sum_error(
    x: Float64, arithmetic: Arithmetic, *, terms: int | None = None, stored_partials: bool = False
) -> Float64:
    """|fl(sum x) - sum x| for x (..., n), any order of summation; shape (...).

    BND-SUM: gamma_{n-1}(ua) sum|x| (ASNA (4.4), (4.6)); sums do not underflow, since they are multiples of the smallest
    subnormal number. A mixed arithmetic adds uo (|sum x| + that): half numbers sum to multiples of their smallest
    subnormal number, so that storing does not underflow either. `terms` counts the summands where there are more
    than n (the rest zeros, as in a masked sum). `stored_partials` is for kernels that store the partial sum of each
    thread in the result format: every partial is rounded once more, uo sum|x|. Infinite where a partial sum may
    overflow.
    """
    n = x.shape[-1]
    count = max((n if terms is None else terms) - 1, 0)
    size = np.abs(x).sum(-1)
    error = gamma(count, arithmetic.accumulator.u) * size
    if stored_partials and arithmetic.mixed:
        error = error + arithmetic.result.u * (size + error)
    reached = upward(size + error, n)
    value = np.minimum(np.abs(x.sum(-1)) + 2 * U64 * n * size, size) if arithmetic.mixed else np.zeros_like(size)
    return upward(_stored_sum(error, value, arithmetic, reached), n)


def _stored_sum(error: Float64, value: Float64, arithmetic: Arithmetic, reached: Float64) -> Float64:
    """`stored` without the underflow term."""
    bound = stored(error, value, arithmetic, reached=reached)
    return bound - arithmetic.result.eta / 2 if arithmetic.mixed else bound


def sum_truth(x: Float64, arithmetic: Arithmetic, *, terms: int | None = None, stored_partials: bool = False) -> Truth:
    """Sum over the last axis of (..., n) with BND-SUM; evaluated in double-double where the accumulator is float64."""
    bound = sum_error(x, arithmetic, terms=terms, stored_partials=stored_partials)
    if not wide(arithmetic):
        # The reference sums in float64: gamma_{n-1}(2^-53) sum|x|.
        return Truth(x.sum(-1), bound + upward(gamma(max(x.shape[-1] - 1, 0), U64) * np.abs(x).sum(-1), x.shape[-1]))
    exact = DoubleDouble(x, np.zeros_like(x)).sum()
    return _truth(exact, np.zeros((), np.int64), bound, np.abs(x).sum(-1) * x.shape[-1])


def _truth(exact: DoubleDouble, exponent: NDArray[np.int64], bound: Float64, size: Float64) -> Truth:
    """The float64 value of exact 2^exponent; its distance and 2^-100 `size` 2^exponent join the bound."""
    value, rest = double_double.to_float64(exact, exponent)
    return Truth(value, bound + rest + np.ldexp(size * 2.0**-100, exponent))


def dot_error(
    x: Float64,
    y: Float64,
    arithmetic: Arithmetic,
    *,
    terms: int | None = None,
    rounded_products: bool = False,
) -> Float64:
    """|fl(x . y) - x . y| for x, y broadcasting to (..., n), any order of summation, with or without FMA; shape (...).

    BND-DOT: gamma_n(ua) |x|.|y| + n eta_a (ASNA (3.5), with the underflow of (2.8)); a mixed arithmetic stores the
    result, one more rounding. `rounded_products` is for kernels that store each product in the result format before
    the sum: gamma_n(ua) becomes (1 + gamma_n(ua))(1 + uo) - 1 and n eta_a becomes n eta_o. Operands rounded on the way
    in (TF32) first move x and y by u|x| + eta/2. Infinite where a partial sum may overflow.
    """
    size, error, n = _dot_in_accumulator(x, y, arithmetic, terms=terms, rounded_products=rounded_products)
    reached = upward(size + error, n)
    value = np.minimum(np.abs((x * y).sum(-1)) + 2 * U64 * n * size, size)
    return upward(stored(error, value, arithmetic, reached=reached), n)


def _dot_in_accumulator(
    x: Float64, y: Float64, arithmetic: Arithmetic, *, terms: int | None, rounded_products: bool
) -> tuple[Float64, Float64, int]:
    """(|x|.|y|, error before the result is stored, n)."""
    a, b = np.abs(x), np.abs(y)
    size = (a * b).sum(-1)
    n = np.broadcast_shapes(x.shape, y.shape)[-1]
    count = n if terms is None else terms
    if rounds_operands(arithmetic):
        zero = np.zeros(())
        a, b = (v + rounded(zero, v, arithmetic.operand) for v in (a, b))
    touched = (a * b).sum(-1)
    g, eta = gamma(count, arithmetic.accumulator.u), arithmetic.accumulator.eta
    if rounded_products:
        g, eta = (1 + g) * (1 + arithmetic.result.u) - 1, max(arithmetic.result.eta, eta)
    return size, (touched - size) + g * touched + count * eta, n


def dot_truth(
    x: Float64,
    y: Float64,
    arithmetic: Arithmetic,
    *,
    terms: int | None = None,
    rounded_products: bool = False,
) -> Truth:
    """x . y over the last axis of arrays broadcasting to (..., n) with BND-DOT.

    The value is computed in double-double where the accumulator is float64.
    """
    bound = dot_error(x, y, arithmetic, terms=terms, rounded_products=rounded_products)
    n = np.broadcast_shapes(x.shape, y.shape)[-1]
    if not wide(arithmetic):
        return Truth((x * y).sum(-1), bound + upward(gamma(n, U64) * np.abs(x * y).sum(-1), n))
    a, i = double_double.normalise(x)
    b, j = double_double.normalise(y)
    # Products between 2^-60 and 2^980 of the scaled vectors are exact; smaller ones lose at most 4 2^-1074.
    exact = double_double.dot(np.ldexp(a, 490), np.ldexp(b, 490))
    exponent = (i + j)[..., 0] - 980
    size = np.ldexp(np.abs(a * b).sum(-1), 980) * n
    truth = _truth(exact, exponent, bound, size)
    return truth._replace(bound=truth.bound + np.ldexp(4.0 * n, exponent - 1074))
