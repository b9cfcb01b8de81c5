"""Traces of products: values exact to the tested format, bounds by running error analysis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from reference.bounds import Chain, dot_truth, sum_truth
from reference.formats import Arithmetic
from reference.rounding import U64, overflows, rounded, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


def trace(a: Float64, arithmetic: Arithmetic, *, terms: int | None = None) -> Truth:
    """sum_i a_ii for a (..., m, n); BND-SUM over the diagonal, or over `terms` summands of which the rest are zero."""
    return trace_of_diagonal(np.diagonal(a, axis1=-2, axis2=-1), arithmetic, terms=terms)


def trace_of_diagonal(d: Float64, arithmetic: Arithmetic, *, terms: int | None = None) -> Truth:
    """The trace of a matrix given by its diagonal d (..., n)."""
    return sum_truth(d, arithmetic, terms=terms)


class Ring:
    """The factors F1, ..., Fk of a trace, Fi (..., d_i, d_{i+1}) with d_{k+1} = d_1, and the traces of their rotations.

    Turned by t the product is F_{t+1} ... F_k F_1 ... F_t. A product of neighbours is evaluated once, whichever traces
    it belongs to. With the exact `value` of the trace at hand only bounds are computed.
    """

    def __init__(self, factors: Sequence[Float64], value: Float64 | None = None) -> None:
        self._factors, self._value = factors, value
        self._period = 1 if all(f is factors[0] for f in factors) else len(factors)
        self._products: dict[tuple[str, Arithmetic, int, int], Chain] = {}

    def from_the_left(self, arithmetic: Arithmetic, turn: int = 0) -> Truth:
        """The trace of the product multiplied from the left: BND-CHAIN, then BND-SUM over the diagonal.

        That is ASNA (3.5) for each product, in any order of summation, with the rounding and the underflow of what is
        stored.
        """
        return self._around(self._leftmost(arithmetic, turn, len(self._factors)).trace())

    def in_any_order(self, arithmetic: Arithmetic, turn: int = 0) -> Truth:
        """As `from_the_left`, for every way to bracket the product: the largest of their bounds.

        The error of F_i ... F_j is at most the largest, entry by entry, over its last multiplication
        (F_i ... F_m)(F_{m+1} ... F_j), since BND-CHAIN is monotone in the errors of the two parts.
        """
        return self._around(self._bracketed(arithmetic, turn, len(self._factors)).trace())

    def by_one_sum(self, arithmetic: Arithmetic, turn: int = 0, *, rounded_products: bool = False) -> Truth:
        """The trace as one sum of all entries of (F1 ... F_{k-1}) * Fk^T.

        BND-CHAIN for the first factors, then BND-DOT over the d_1 d_k products; `rounded_products` when each product is
        stored in the result's format before they are summed.
        """
        last = self._factors[turn - 1]
        first = self._leftmost(arithmetic, turn, len(self._factors) - 1)
        return self._around(first.inner(np.swapaxes(last, -1, -2), rounded_products=rounded_products))

    def _leftmost(self, arithmetic: Arithmetic, start: int, count: int) -> Chain:
        """`count` factors beginning with the one at `start`, multiplied from the left."""
        start %= self._period
        key = "from the left", arithmetic, start, count
        if key not in self._products:
            last = Chain.of(self._factor(start + count - 1), arithmetic, exactly=self._value is None)
            before = self._leftmost(arithmetic, start, count - 1) if count > 1 else None
            self._products[key] = last if before is None else before.matmul(last)
        return self._products[key]

    def _bracketed(self, arithmetic: Arithmetic, start: int, count: int) -> Chain:
        """`count` factors beginning with the one at `start`, multiplied in any order."""
        if count <= 2:
            return self._leftmost(arithmetic, start, count)
        start %= self._period
        key = "in any order", arithmetic, start, count
        if key not in self._products:
            first = (self._bracketed(arithmetic, start, k) for k in range(1, count))
            rest = (self._bracketed(arithmetic, start + k, count - k) for k in range(1, count))
            (x, y), *others = zip(first, rest, strict=True)
            self._products[key] = x.matmul(y, *others)
        return self._products[key]

    def _factor(self, i: int) -> Float64:
        return self._factors[i % len(self._factors)]

    def _around(self, truth: Truth) -> Truth:
        """The bound around a value that was rounded to float64 once."""
        value = self._value
        return truth if value is None else Truth(value, truth.bound + U64 * np.abs(value))


def characteristic_polynomials(a: Float64) -> list[tuple[int, ...]]:
    """det(x I - A) of each integer matrix of a stack (batch, n, n): the coefficients of 1, x, ..., x^n, exactly."""
    return [tuple(int(c) for c in fmpz_mat(m.astype(int).tolist()).charpoly().coeffs()) for m in a]


ROOT = 2.0
"""Relative error of a square root in unit roundoffs: torch's is not correctly rounded."""


@silent
def root(square: Truth, arithmetic: Arithmetic) -> Truth:
    """The root of a computed sum of squares that is within its bound of the exact one.

    From sqrt(max(0, S - E)) to sqrt(S + E), and the root rounds: 2u, and eta/2 among the subnormal numbers of a mixed
    arithmetic. Infinite where the sum may overflow.
    """
    value = np.sqrt(square.value)
    off = value - np.sqrt(np.maximum(square.value - square.bound, 0.0))  # the other side is nearer
    error = rounded(upward(off), value, arithmetic.result) + ROOT * arithmetic.result.u * (value + off)
    return Truth(value, np.where(overflows(square.value + square.bound, arithmetic.result), np.inf, upward(error)))


def root_of_trace(a: Float64, arithmetic: Arithmetic) -> Truth:
    """sqrt(Tr(A A^T)) for A (..., m, n): BND-CHAIN for the diagonal of A A^T, BND-SUM over it, and the root."""
    return root(Ring([a, a.swapaxes(-1, -2)]).from_the_left(arithmetic), arithmetic)


def root_of_squares(a: Float64, arithmetic: Arithmetic) -> Truth:
    """sqrt(sum_ij A_ij^2) for A (..., m, n): one inner product of m n terms (BND-DOT), and the root."""
    flat = a.reshape(*a.shape[:-2], -1)
    return root(dot_truth(flat, flat, arithmetic), arithmetic)
