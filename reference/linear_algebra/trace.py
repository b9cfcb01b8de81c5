"""Traces of products: values exact to the tested format, bounds by running error analysis."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from reference.bounds import Chain, sum_truth
from reference.formats import Arithmetic
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]


def trace(a: Float64, arithmetic: Arithmetic, *, terms: int | None = None) -> Truth:
    """sum_i a_ii for a (..., m, n); BND-SUM over the diagonal, or over `terms` summands of which the rest are zero."""
    return trace_of_diagonal(np.diagonal(a, axis1=-2, axis2=-1), arithmetic, terms=terms)


def trace_of_diagonal(d: Float64, arithmetic: Arithmetic, *, terms: int | None = None) -> Truth:
    """The trace of a matrix given by its diagonal d (..., n)."""
    return sum_truth(d, arithmetic, terms=terms)


def trace_of_product(factors: Sequence[Float64], arithmetic: Arithmetic, *, value: Float64 | None = None) -> Truth:
    """Tr(F1 F2 ... Fk), multiplied from the left; Fi is (..., d_i, d_{i+1}) and d_{k+1} = d_1.

    BND-CHAIN for the products (ASNA (3.5) for each, in any order of summation, with the rounding and the underflow of
    what is stored), then BND-SUM over the diagonal. With the exact `value` at hand only the bound is computed,
    here and below.
    """
    return _around(value, _product(factors, arithmetic, exactly=value is None).trace())


def trace_in_any_order(factors: Sequence[Float64], arithmetic: Arithmetic, *, value: Float64 | None = None) -> Truth:
    """As `trace_of_product`, for every way to bracket the product: the largest of their bounds.

    The error of F_i ... F_j is at most the largest, entry by entry, over its last multiplication
    (F_i ... F_k)(F_{k+1} ... F_j), since BND-CHAIN is monotone in the errors of the two parts.
    """
    n = len(factors)
    best = {(i, i): Chain.of(f, arithmetic, exactly=value is None) for i, f in enumerate(factors)}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            first, *others = (best[i, k].matmul(best[k + 1, j]) for k in range(i, j))
            best[i, j] = first.bounded_by(*others)
    return _around(value, best[0, n - 1].trace())


def trace_by_one_sum(
    factors: Sequence[Float64], arithmetic: Arithmetic, *, rounded_products: bool = False, value: Float64 | None = None
) -> Truth:
    """Tr((F1 ... F_{k-1}) Fk) as one sum of all entries of (F1 ... F_{k-1}) * Fk^T.

    BND-CHAIN for the first factors, then BND-DOT over the d_1 d_k products; `rounded_products` when each product is
    stored in the result's format before they are summed.
    """
    last = np.swapaxes(factors[-1], -1, -2)
    first = _product(factors[:-1], arithmetic, exactly=value is None)
    return _around(value, first.inner(last, rounded_products=rounded_products))


def _around(value: Float64 | None, truth: Truth) -> Truth:
    """The bound around a value that was rounded to float64 once."""
    return truth if value is None else Truth(value, truth.bound + U64 * np.abs(value))


def characteristic_polynomials(a: Float64) -> list[tuple[int, ...]]:
    """det(x I - A) of each integer matrix of a stack (batch, n, n): the coefficients of 1, x, ..., x^n, exactly."""
    return [tuple(int(c) for c in fmpz_mat(m.astype(int).tolist()).charpoly().coeffs()) for m in a]


def _product(factors: Sequence[Float64], arithmetic: Arithmetic, *, exactly: bool) -> Chain:
    return functools.reduce(Chain.matmul, factors[1:], Chain.of(factors[0], arithmetic, exactly=exactly))
