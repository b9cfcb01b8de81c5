"""BND-CHAIN: a running error bound for products of several matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.double_double import DoubleDouble
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, rounded, rounds_operands, stored, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]

_ZERO = np.zeros(())
_UNSCALED = np.zeros((), np.int64)
_OWN = 1 + 2.0**-24
"""The reference's own error obeys the recurrence of the bound, with a unit roundoff at least 2^25 times smaller."""


@dataclass(frozen=True)
class Chain:
    """A product of matrices (..., m, n): exact value, product of magnitudes, and how far the computed one may be.

    `Chain.of(a, arithmetic).matmul(b).matmul(c).trace()` gives Tr(A B C) as a `Truth`. With X the exact product,
    M the product of absolute values and E >= |fl(X) - X|, for Z = X Y of inner dimension n

        T = (M_X + E_X)(M_Y + E_Y),   E_Z = T - M_Z + gamma_n(ua) T + n eta_a,

    since |fl(X) fl(Y) - X Y| <= M_X E_Y + E_X M_Y + E_X E_Y and ASNA (3.5) holds for the computed factors; a mixed
    arithmetic then stores Z: E_Z <- E_Z + uo (|Z| + E_Z) + eta_o/2. Any order of summation inside each product.
    The value is exact 2^exponent: in float64 for accumulators up to float32, else in double-double, scaled by a power
    of two for each matrix to keep clear of underflow. Infinite errors mark entries that may overflow.
    """

    exact: DoubleDouble
    exponent: NDArray[np.int64]
    magnitude: Float64
    error: Float64
    arithmetic: Arithmetic

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic) -> Chain:
        """An input matrix (..., m, n), stored without error."""
        if not wide(arithmetic):
            return cls(DoubleDouble(x, _ZERO), _UNSCALED, np.abs(x), np.zeros_like(x), arithmetic)
        scaled, exponent = double_double.normalise(x, (-2, -1))
        exact = DoubleDouble(np.ldexp(scaled, 490), _ZERO)
        return cls(exact, exponent - 490, np.abs(x), np.zeros_like(x), arithmetic)

    @property
    def value(self) -> Float64:
        """The exact product, rounded to float64 (float64 accumulators) or evaluated in it."""
        return np.ldexp(self.exact.hi, self.exponent) if wide(self.arithmetic) else self.exact.hi

    def transpose(self) -> Chain:
        """The last two axes exchanged."""
        lo = self.exact.lo if self.exact.lo.ndim == 0 else self.exact.lo.swapaxes(-1, -2)
        return Chain(
            DoubleDouble(self.exact.hi.swapaxes(-1, -2), lo),
            self.exponent,
            self.magnitude.swapaxes(-1, -2),
            self.error.swapaxes(-1, -2),
            self.arithmetic,
        )

    def matmul(self, other: Chain | Float64) -> Chain:
        """The product with a matrix, or with another chain, on the right."""
        y = other if isinstance(other, Chain) else Chain.of(other, self.arithmetic)
        accumulator = self.arithmetic.accumulator
        n = self.magnitude.shape[-1]
        with np.errstate(over="ignore", invalid="ignore"):
            e_x, e_y = _operand_error(self), _operand_error(y)
            magnitude = self.magnitude @ y.magnitude
            moved = np.zeros(())
            if np.any(e_x):
                moved = moved + e_x @ (y.magnitude + e_y)
            if np.any(e_y):
                moved = moved + self.magnitude @ e_y
            touched = magnitude + moved
            error = upward(moved + gamma(n, accumulator.u) * touched + n * accumulator.eta, n)
            exact, exponent, lost = self._product(y)
            error = error + lost
            value = np.ldexp(exact.hi, exponent) if wide(self.arithmetic) else exact.hi
            error = stored(error, value, self.arithmetic, reached=upward(touched + error, n))
        if wide(self.arithmetic):
            magnitude = magnitude + n * 2.0**-1074  # the float64 product of magnitudes may underflow
        return Chain(exact, exponent, magnitude, error, self.arithmetic)

    def _product(self, y: Chain) -> tuple[DoubleDouble, NDArray[np.int64], Float64]:
        """(exact, exponent, absolute error of the reference by underflow)."""
        if not wide(self.arithmetic):
            return DoubleDouble(self.exact.hi @ y.exact.hi, _ZERO), _UNSCALED, _ZERO
        product = double_double.matmul(self.exact, y.exact)
        exponent = self.exponent + y.exponent
        lost = np.ldexp(8.0 * self.magnitude.shape[-1], exponent - 1074)
        _, shift = double_double.normalise(product.hi, (-2, -1))
        return product.ldexp(490 - shift), exponent + shift - 490, lost

    def truth(self) -> Truth:
        """The product as a reference value, elementwise."""
        if not wide(self.arithmetic):
            return Truth(self.exact.hi, self.error * _OWN)
        value, rest = double_double.to_float64(self.exact, self.exponent)
        return Truth(value, self.error * _OWN + rest)

    def trace(self, arithmetic: Arithmetic | None = None) -> Truth:
        """The trace (...) of a square product: BND-SUM over the stored diagonal, in `arithmetic` if given.

        sum E_ii + gamma_{d-1}(ua) sum (|X_ii| + E_ii), and one more rounding to store it in a mixed arithmetic.
        """
        how = arithmetic or self.arithmetic
        d = self.magnitude.shape[-1]
        if self.magnitude.shape[-2] != d:
            raise ValueError(f"the trace needs a square product, got {self.magnitude.shape}")
        diagonal = _diagonal(self.error)
        with np.errstate(over="ignore", invalid="ignore"):
            size = np.abs(_diagonal(self.value)) + diagonal
            error = diagonal.sum(-1) + gamma(max(d - 1, 0), how.accumulator.u) * size.sum(-1)
            hi = _diagonal(self.exact.hi)
            if wide(self.arithmetic):
                exact = DoubleDouble(hi, np.broadcast_to(_diagonal_or_zero(self.exact.lo), hi.shape)).sum()
                value, rest = double_double.to_float64(exact, self.exponent[..., 0, 0])
            else:
                value = hi.sum(-1)
                rest = gamma(max(d - 1, 0), U64) * np.abs(hi).sum(-1)
            bound = stored(upward(error, d), value, how, reached=upward(size.sum(-1) + error, d))
        return Truth(value, np.where(np.isnan(bound), np.inf, bound * _OWN + rest))


def _operand_error(x: Chain) -> Float64:
    """The error of a matrix as an operand: TF32 rounds it once more."""
    return rounded(x.error, x.magnitude, x.arithmetic.operand) if rounds_operands(x.arithmetic) else x.error


def _diagonal(x: Float64) -> Float64:
    return np.diagonal(x, axis1=-2, axis2=-1)


def _diagonal_or_zero(x: Float64) -> Float64:
    return x if x.ndim == 0 else _diagonal(x)
