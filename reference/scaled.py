"""Double-double numbers with exponents of their own: products of any float64 matrices without overflow or underflow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference import double_double
from reference.double_double import DoubleDouble, fast_two_sum, two_product, two_sum

Float64 = NDArray[np.float64]
Exponents = NDArray[np.int64]

_SAFE = 2.0**480
_NONE = np.zeros((), np.int64)
_LOWEST = -(2**40)  # the exponent of zero: below that of any product


@dataclass(frozen=True, eq=False, slots=True)
class Scaled:
    """An array of numbers `mantissa` 2^`exponent`, the exponents elementwise or, for plain numbers, a scalar 0."""

    mantissa: DoubleDouble
    exponent: Exponents

    @classmethod
    def of(cls, x: Float64) -> Scaled:
        """Float64 numbers, exactly."""
        return cls(DoubleDouble(x, np.zeros(x.shape)), _NONE)

    def swapaxes(self, i: int, j: int) -> Scaled:
        """Two axes exchanged."""
        pair = DoubleDouble(self.mantissa.hi.swapaxes(i, j), self.mantissa.lo.swapaxes(i, j))
        return Scaled(pair, self.exponent if self.exponent.ndim == 0 else self.exponent.swapaxes(i, j))

    def diagonal(self) -> Scaled:
        """The diagonals of the last two axes, shape (..., n)."""
        pair = DoubleDouble(*(np.diagonal(part, axis1=-2, axis2=-1) for part in (self.mantissa.hi, self.mantissa.lo)))
        k = self.exponent
        return Scaled(pair, k if k.ndim == 0 else np.diagonal(k, axis1=-2, axis2=-1))

    def reshape(self, *shape: int) -> Scaled:
        """The same numbers in another shape."""
        pair = DoubleDouble(self.mantissa.hi.reshape(shape), self.mantissa.lo.reshape(shape))
        return Scaled(pair, self.exponent if self.exponent.ndim == 0 else self.exponent.reshape(shape))

    def sum(self) -> Scaled:
        """Sum over the last axis (pairwise): error at most n 2^-103 times the sum of magnitudes."""
        mantissas, exponents = self._normalised()
        top = exponents.max(-1, keepdims=True, initial=_LOWEST)
        total = mantissas.ldexp(np.maximum(exponents - top, -1100)).sum()
        return Scaled(total, _proper(top[..., 0]))

    def __mul__(self, other: Scaled) -> Scaled:
        """Elementwise product: relative error 2^-103."""
        (x, i), (y, j) = self._normalised(), other._normalised()
        return Scaled(x * y, _proper(i + j))

    def __matmul__(self, other: Scaled) -> Scaled:
        """(..., m, k) times (..., k, n): error at most 2 (k + 3)^2 2^-106 |x||y|, as `double_double.matmul`."""
        if self._plain() and other._plain():
            return Scaled(double_double.matmul(self.mantissa, other.mantissa), _NONE)
        return self._aligned_matmul(other)

    def _plain(self) -> bool:
        """Whether products of such numbers keep clear of overflow and underflow."""
        size = np.abs(self.mantissa.hi)
        return self.exponent.ndim == 0 and bool(np.all((size == 0) | ((size > 1 / _SAFE) & (size < _SAFE))))

    def _normalised(self) -> tuple[DoubleDouble, Exponents]:
        """Mantissas of magnitude 1/2 to 1 and their exponents, elementwise."""
        hi, k = np.frexp(self.mantissa.hi)
        return DoubleDouble(hi, np.ldexp(self.mantissa.lo, -k)), np.where(hi == 0, _LOWEST, self.exponent + k)

    def _aligned_matmul(self, other: Scaled) -> Scaled:
        """Each product relative to the largest of its inner product: what underflows is below 2^-1070 of that."""
        (x, i), (y, j) = self._normalised(), other._normalised()
        inner = x.hi.shape[-1]
        shape = (*np.broadcast_shapes(x.hi.shape[:-2], y.hi.shape[:-2]), x.hi.shape[-2], y.hi.shape[-1])
        top = np.full(shape, _LOWEST)
        for k in range(inner):
            top = np.maximum(top, i[..., :, k, None] + j[..., k, None, :])
        s, c = np.zeros(shape), np.zeros(shape)
        for k in range(inner):
            column, row = (..., slice(None), k, None), (..., k, None, slice(None))
            shift = np.maximum(i[column] + j[row] - top, -1100)
            p, e = two_product(x.hi[column], y.hi[row])
            e = e + (x.hi[column] * y.lo[row] + x.lo[column] * y.hi[row])
            s, f = two_sum(s, np.ldexp(p, shift))
            c = c + (np.ldexp(e, shift) + f)
        return Scaled(DoubleDouble(*fast_two_sum(s, c)), _proper(top))

    def to_float64(self) -> tuple[Float64, Float64]:
        """(value, rest), see `double_double.to_float64`; infinite where it overflows."""
        return double_double.to_float64(self.mantissa, self.exponent)


def _proper(exponent: Exponents) -> Exponents:
    """The exponents with those of zeros replaced by 0."""
    return np.where(exponent < _LOWEST // 2, 0, exponent)


def dot(x: Float64, y: Float64) -> Scaled:
    """Inner products of float64 arrays (..., n) along the last axis: error at most n 2^-100 |x|.|y|, 0 for n = 1."""
    return (Scaled.of(x) * Scaled.of(y)).sum()
