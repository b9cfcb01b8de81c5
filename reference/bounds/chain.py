"""BND-CHAIN: a running error bound for products of several matrices."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds.sums import evaluated
from reference.bounds.weaker import FAST, fast_product_error
from reference.formats import Arithmetic
from reference.rounding import (
    OWN,
    U64,
    flushed,
    gamma,
    operand_error,
    overflows,
    silent,
    stored,
    underflowed,
    upward,
    wide,
)
from reference.scaled import Scaled
from reference.truth import Truth

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chain:
    """A product of matrices (..., m, n): exact value, product of magnitudes, and how far the computed one may be.

    `Chain.of(a, arithmetic).matmul(b).matmul(c).trace()` gives Tr(A B C) as a `Truth`. With X the exact product,
    M the product of absolute values and E >= |fl(X) - X|, for Z = X Y of inner dimension n

        T = (M_X + E_X)(M_Y + E_Y),   E_Z = T - M_Z + gamma_n(ua) T + n eta_a,

    since |fl(X) fl(Y) - X Y| <= M_X E_Y + E_X M_Y + E_X E_Y and ASNA (3.5) holds for the computed factors; a mixed
    arithmetic then stores Z: E_Z <- E_Z + uo (|Z| + E_Z) + eta_o/2. Any order of summation inside each product. By a
    fast method gamma_n(ua) T + n eta_a becomes its normwise bound for factors of magnitudes M + E (`weaker`).
    Infinite errors mark entries that may overflow. The exact value is kept in float64 for accumulators up to float32
    and in double-double otherwise; its own error obeys the same recurrence with a far smaller unit roundoff.
    """

    exact: Scaled
    magnitude: Float64
    error: Float64
    arithmetic: Arithmetic
    exactly: bool = True

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic, *, exactly: bool = True) -> Chain:
        """An input matrix (..., m, n), stored without error.

        Where the value is known and only the bound is wanted, `exactly=False` spares the double-double products of
        float64; the bound then has no part for the error of the value.
        """
        return cls(Scaled.of(x), np.abs(x), np.zeros_like(x), arithmetic, exactly)

    @property
    def _double(self) -> bool:
        return self.exactly and wide(self.arithmetic)

    @property
    def value(self) -> Float64:
        """The exact product, rounded to float64 or evaluated in it."""
        return self.exact.to_float64()[0] if self._double else self.exact.mantissa.hi

    def transpose(self) -> Chain:
        """The last two axes exchanged."""
        exact, magnitude, error = self.exact, self.magnitude, self.error
        turned = exact.swapaxes(-1, -2), magnitude.swapaxes(-1, -2), error.swapaxes(-1, -2)
        return Chain(*turned, self.arithmetic, self.exactly)

    @functools.cached_property
    def seen_error(self) -> Float64:
        """How far a product may see an entry from its exact value: see `operand_error`."""
        return operand_error(self.value, self.error, self.arithmetic)

    @silent
    def matmul(self, other: Chain | Float64, *ways: tuple[Chain, Chain]) -> Chain:
        """The product with a matrix, or with another chain, on the right.

        `ways` are further pairs with the same product: the error is the largest, entry by entry, of all these ways.
        """
        y = other if isinstance(other, Chain) else Chain.of(other, self.arithmetic, exactly=self.exactly)
        exact, magnitude = self._times(y), self.magnitude @ y.magnitude
        value = exact.to_float64()[0] if self._double else exact.mantissa.hi
        error = _product_error(_operand(self), _operand(y), value, magnitude, self.arithmetic)
        for alike in _of_one_shape(ways):
            left, right = (Operand(*map(np.stack, zip(*map(_operand, side), strict=True))) for side in alike)
            error = np.maximum(error, _product_error(left, right, value, magnitude, self.arithmetic).max(0))
        if wide(self.arithmetic):
            magnitude = magnitude + y.magnitude.shape[-2] * 2.0**-1074  # evaluated in float64, it may underflow there
        return Chain(exact, magnitude, error, self.arithmetic, self.exactly)

    def _times(self, y: Chain) -> Scaled:
        if self._double:
            return self.exact @ y.exact
        return Scaled.of(self.exact.mantissa.hi @ y.exact.mantissa.hi)

    def truth(self) -> Truth:
        """The product as a reference value, elementwise."""
        if self._double:
            return evaluated(self.exact, self.error * OWN)
        return Truth(self.value, self.error * OWN)

    @silent
    def trace(self, arithmetic: Arithmetic | None = None) -> Truth:
        """The trace (...) of a square product: BND-SUM over the stored diagonal, in `arithmetic` if given.

        sum E_ii + gamma_{d-1}(ua) sum (|X_ii| + E_ii), and one more rounding to store it in a mixed arithmetic.
        Raises ValueError for a product that is not square.
        """
        d = self.magnitude.shape[-1]
        if self.magnitude.shape[-2] != d:
            raise ValueError(f"the trace needs a square product, got shape {self.magnitude.shape}")
        e = np.diagonal(self.error, axis1=-2, axis2=-1)
        size = upward(np.abs(np.diagonal(self.value, axis1=-2, axis2=-1)))
        how = arithmetic or self.arithmetic
        double = self.exactly and (wide(how) or wide(self.arithmetic))
        return _sum(self.exact.diagonal(), size, e, how, double=double, underflow=False, own=self.exactly)

    @silent
    def inner(self, other: Chain | Float64, *, rounded_products: bool = False) -> Truth:
        """sum_ij X_ij Y_ij over the last two axes: one inner product of all entries (BND-DOT with operands in error).

        sum (T - M) + gamma_N(ua) sum T + N eta_a with N entries, T = (M_X + E_X)(M_Y + E_Y) elementwise; with
        `rounded_products` each product is stored in the result format before the sum, as in `dot_error`.
        """
        y = other if isinstance(other, Chain) else Chain.of(other, self.arithmetic, exactly=self.exactly)
        shape = np.broadcast_shapes(self.magnitude.shape, y.magnitude.shape)
        n = shape[-1] * shape[-2]
        e_x, e_y = self.seen_error, y.seen_error
        size = self.magnitude * y.magnitude
        touched = (self.magnitude + e_x) * (y.magnitude + e_y)
        moved = e_x * (y.magnitude + e_y) + self.magnitude * e_y
        eta = self.arithmetic.underflow
        if rounded_products:
            result = self.arithmetic.result
            moved, eta = moved + result.u * touched, max(eta, result.eta)
            moved = np.where(overflows(touched, result), np.inf, moved)
        lost = underflowed(1, eta, touched, self.arithmetic)
        error = moved + gamma(1, self.arithmetic.accumulator.u) * touched + lost
        double, flat = self._double, (*shape[:-2], n)
        exact = self.exact * y.exact if double else Scaled.of(self.exact.mantissa.hi * y.exact.mantissa.hi)
        parts = exact.reshape(*flat), size.reshape(flat), error.reshape(flat)
        return _sum(*parts, self.arithmetic, double=double, underflow=not rounded_products, own=self.exactly)


class Operand(NamedTuple):
    """What the error of a product depends on: M of a factor, and how far the product sees it from its exact value."""

    magnitude: Float64
    error: Float64


def _operand(x: Chain) -> Operand:
    return Operand(x.magnitude, x.seen_error)


def _of_one_shape(ways: Sequence[tuple[Chain, Chain]]) -> Iterator[tuple[list[Chain], list[Chain]]]:
    """The left and the right factors of pairs that have the same shapes, which can be evaluated together."""
    groups: dict[tuple[int, ...], tuple[list[Chain], list[Chain]]] = {}
    for left, right in ways:
        lefts, rights = groups.setdefault((*left.magnitude.shape, *right.magnitude.shape), ([], []))
        lefts.append(left)
        rights.append(right)
    yield from groups.values()


def _product_error(x: Operand, y: Operand, value: Float64, magnitude: Float64, arithmetic: Arithmetic) -> Float64:
    """The error of a stored product of two chains, whose value and product of magnitudes are known."""
    n, e_x, e_y = x.magnitude.shape[-1], x.error, y.error
    moved = np.zeros(())
    if e_x.any():
        moved = moved + e_x @ (y.magnitude + e_y)
    if e_y.any():
        moved = moved + x.magnitude @ e_y
    touched = magnitude + moved if moved.ndim else magnitude
    if arithmetic.method in FAST:
        error = upward(moved + fast_product_error(x.magnitude + e_x, y.magnitude + e_y, arithmetic), n)
    else:
        lost = underflowed(n, arithmetic.underflow, touched, arithmetic)
        error = upward(moved + gamma(n, arithmetic.accumulator.u) * touched + lost, n)
    error = stored(error, value, arithmetic, reached=upward(touched + error, n))
    return error if arithmetic.gradual else error + flushed(value, error, arithmetic)


def _sum(
    exact: Scaled, size: Float64, error: Float64, arithmetic: Arithmetic, *, double: bool, underflow: bool, own: bool
) -> Truth:
    """Sum over the last axis of numbers of magnitude `size`, each computed within `error` (BND-SUM).

    `own` adds the error of the value itself.
    """
    n = size.shape[-1]
    reached = (size + error).sum(-1)
    bound = upward(error.sum(-1) + gamma(max(n - 1, 0), arithmetic.accumulator.u) * reached, n)
    if double:
        value, rest = exact.sum().to_float64()
    else:
        value = exact.mantissa.hi.sum(-1)
        rest = own * upward(gamma(max(n - 1, 0), U64) * np.abs(exact.mantissa.hi).sum(-1), n)
    final = stored(bound, value, arithmetic, reached=upward(reached + bound, n), underflow=underflow)
    return Truth(value, np.where(np.isfinite(final), final * OWN + rest, np.inf))
