"""BND-SUM and BND-DOT: sums and inner products in any order of summation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import scaled
from reference.bounds.weaker import fast_dot_error
from reference.formats import Arithmetic, Method
from reference.rounding import (
    OWN,
    U64,
    gamma,
    operand_error,
    overflows,
    rounded,
    rounds_operands,
    silent,
    stored,
    underflowed,
    upward,
    wide,
)
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]


@silent
def sum_error(
    x: Float64, arithmetic: Arithmetic, *, terms: int | None = None, stored_partials: bool = False
) -> Float64:
    """|fl(sum x) - sum x| for x (..., n), any order of summation; shape (...).

    BND-SUM: gamma_{n-1}(ua) sum|x| (ASNA (4.4), (4.6)); a mixed arithmetic adds uo (|sum x| + that). Neither
    underflows: sums of numbers of a format are multiples of its smallest subnormal number. `terms` counts the
    summands where there are more than n (the rest zeros, as in a masked sum). `stored_partials` is for kernels that
    store the partial sum of each thread in the result format: every partial is rounded once more, uo sum|x|.
    Infinite where a partial sum may overflow. Raises NoBound where gamma does.
    """
    n = x.shape[-1]
    count = max((n if terms is None else terms) - 1, 0)
    size = np.abs(x).sum(-1)
    error = upward(gamma(count, arithmetic.accumulator.u) * size, n)
    if stored_partials and arithmetic.mixed:
        error = rounded(error, size, arithmetic.result, underflow=False)
    value = np.minimum(np.abs(x.sum(-1)) + 2 * U64 * n * size, size)
    return upward(stored(error, value, arithmetic, reached=upward(size + error, n), underflow=False))


def sum_truth(x: Float64, arithmetic: Arithmetic, *, terms: int | None = None, stored_partials: bool = False) -> Truth:
    """Sum over the last axis of (..., n) with BND-SUM; evaluated in double-double where the accumulator is float64."""
    bound = sum_error(x, arithmetic, terms=terms, stored_partials=stored_partials)
    n = x.shape[-1]
    if not wide(arithmetic):  # the reference sums in float64
        return Truth(x.sum(-1), bound + upward(gamma(max(n - 1, 0), U64) * np.abs(x).sum(-1), n))
    # In double-double: its own error is n 2^-103 sum|x|, against a bound of at least (n - 1) 2^-53 sum|x|.
    return evaluated(Scaled.of(x).sum(), bound * OWN)


@silent
def evaluated(exact: Scaled, bound: Float64) -> Truth:
    """A truth whose value is `exact` rounded to float64; the rounding joins the bound."""
    value, rest = exact.to_float64()
    return Truth(value, bound + rest)


@silent
def dot_error(
    x: Float64,
    y: Float64,
    arithmetic: Arithmetic,
    *,
    terms: int | None = None,
    rounded_products: bool = False,
) -> Float64:
    """|fl(x . y) - x . y| for x, y broadcasting to (..., n), any order of summation, with or without FMA; shape (...).

    BND-DOT: gamma_n(ua) |x|.|y| + n eta_a (ASNA (3.5); underflow by (2.8), see `underflowed`); a mixed arithmetic
    stores the result, one more rounding. `rounded_products` is for kernels that store each product in the result format
    before the sum: gamma_n(ua) becomes (1 + gamma_n(ua))(1 + uo) - 1 and n eta_a becomes n eta_o. Operands rounded on
    the way in (TF32) first move x and y by u|x| + eta/2. Without gradual underflow subnormal operands may be taken for
    zero, and subnormal products and sums too: n eta_a becomes 2 n lam_a. `terms` counts the products where there are
    more than n. By Fourier transforms gamma_n(ua) |x|.|y| becomes K |x|_2 |y|_2 (`weaker.fourier_factor`). Infinite
    where a partial sum or a stored product may overflow. Raises NoBound where gamma does.
    """
    a, b = np.abs(x), np.abs(y)
    products = a * b
    size, n = products.sum(-1), products.shape[-1]
    count = n if terms is None else terms
    moved, da, db = np.zeros(()), np.zeros(()), np.zeros(())
    if rounds_operands(arithmetic) or not arithmetic.gradual:
        da, db = (operand_error(v, np.zeros(()), arithmetic) for v in (x, y))
        moved = (da * b + a * db + da * db).sum(-1)
    g, eta = gamma(count, arithmetic.accumulator.u), arithmetic.underflow
    if rounded_products:
        g, eta = g + arithmetic.result.u * (1 + g), max(arithmetic.result.eta, eta)
        moved = np.where(overflows(products, arithmetic.result).any(-1), np.inf, moved)
    touched = size + moved
    if arithmetic.method is Method.FOURIER and not rounded_products:
        error = upward(moved + fast_dot_error(a + da, b + db, arithmetic), n)
    else:
        error = upward(moved + g * touched + underflowed(count, eta, touched, arithmetic), n)
    value = np.minimum(np.abs((x * y).sum(-1)) + 2 * U64 * n * size, size)
    return upward(stored(error, value, arithmetic, reached=upward(size + error, n)), n)


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
    exact = scaled.dot(x, y)
    # Its own error, n 2^-100 |x|.|y|, against a bound of at least n 2^-53 |x|.|y| + n eta.
    return evaluated(exact, bound * OWN)
