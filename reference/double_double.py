"""Vectorised double-double numbers: unevaluated sums hi + lo of two float64, about 106 significant bits.

Error bounds (u = 2^-53), relative to the exact result of the given pairs:

    addition, subtraction   3 u^2 + 13 u^3      Joldes, Muller and Popescu, ACM TOMS 44 (2017), algorithm 6
    multiplication          5 u^2               ibid., algorithm 10 (Dekker's product, no FMA)
    division                15 u^2 + 56 u^3     ibid., algorithm 17
    a float64 added         2 u^2               ibid., algorithm 4
    multiplied by one       3/2 u^2 + 4 u^3     ibid., algorithm 7
    divided by one          3 u^2               ibid., algorithm 15
    square root             25/8 u^2            Lefevre, Louvet, Muller, Picot and Rideau, ACM TOMS 49 (2023)
    exp, expm1, log, log1p  2^-98               table reduction and Taylor series, below
    power                   (|p ln x| + 4) 2^-98

They hold while nothing overflows or underflows: products need |hi| < 2^995 (Veltkamp's splitting multiplies by
2^27 + 1) and lose relative accuracy where the product is below 2^-968 (its low part is then subnormal, with an absolute
error of at most 4 * 2^-1074). `normalise` scales by powers of two, exactly, to stay clear of both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from types import EllipsisType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.exact import ball, double_double_of_ball, precision

Float64 = NDArray[np.float64]
_Part: TypeAlias = int | slice | EllipsisType | NDArray[np.int64] | None
Index: TypeAlias = _Part | tuple[_Part, ...]
_SPLITTER = 2.0**27 + 1
_COUNT = 64  # table points per unit


def two_sum(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """s = fl(a + b) and e with a + b = s + e exactly (Knuth; barring overflow)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def fast_two_sum(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """As `two_sum`, for |a| >= |b| or a = 0 (Dekker)."""
    s = a + b
    return s, b - (s - a)


def split(a: Float64) -> tuple[Float64, Float64]:
    """a = high + low with at most 26 significant bits each (Veltkamp); needs |a| < 2^995."""
    c = _SPLITTER * a
    high = c - (c - a)
    return high, a - high


def two_product(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """p = fl(a b) and e with a b = p + e exactly (Dekker).

    Needs |a|, |b| < 2^995, |a b| < 2^1021 and a b = 0 or |a b| > 2^-968.
    """
    p = a * b
    (ah, al), (bh, bl) = split(a), split(b)
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


@dataclass(frozen=True, eq=False, slots=True)
class DoubleDouble:
    """An array of numbers hi + lo with |lo| <= ulp(hi)/2; the operators broadcast as NumPy does and accept float64."""

    hi: Float64
    lo: Float64

    __array_ufunc__ = None  # ndarray + DoubleDouble must come to __radd__ here

    @property
    def shape(self) -> tuple[int, ...]:
        """The common shape of both parts."""
        return np.broadcast_shapes(self.hi.shape, self.lo.shape)

    @property
    def tail(self) -> Float64:
        """The low part in the shape of the high one."""
        return self.lo if self.lo.shape == self.hi.shape else np.broadcast_to(self.lo, self.hi.shape)

    def __getitem__(self, index: Index) -> DoubleDouble:
        return DoubleDouble(np.asarray(self.hi[index]), np.asarray(self.tail[index]))

    def __neg__(self) -> DoubleDouble:
        return DoubleDouble(-self.hi, -self.lo)

    def __abs__(self) -> DoubleDouble:
        return DoubleDouble(np.abs(self.hi), np.where(self.hi < 0, -self.lo, self.lo))

    def __add__(self, other: DoubleDouble | ArrayLike) -> DoubleDouble:
        if not isinstance(other, DoubleDouble):
            s, e = two_sum(self.hi, np.asarray(other, np.float64))
            return DoubleDouble(*fast_two_sum(s, e + self.lo))
        s, e = two_sum(self.hi, other.hi)
        t, f = two_sum(self.lo, other.lo)
        s, e = fast_two_sum(s, e + t)
        return DoubleDouble(*fast_two_sum(s, e + f))

    def __sub__(self, other: DoubleDouble | ArrayLike) -> DoubleDouble:
        return self + (-other if isinstance(other, DoubleDouble) else -np.asarray(other, np.float64))

    def __mul__(self, other: DoubleDouble | ArrayLike) -> DoubleDouble:
        if not isinstance(other, DoubleDouble):
            y = np.asarray(other, np.float64)
            p, e = two_product(self.hi, y)
            p, f = fast_two_sum(p, self.lo * y)
            return DoubleDouble(*fast_two_sum(p, f + e))
        p, e = two_product(self.hi, other.hi)
        return DoubleDouble(*fast_two_sum(p, e + (self.hi * other.lo + self.lo * other.hi)))

    def __truediv__(self, other: DoubleDouble | ArrayLike) -> DoubleDouble:
        y = other.hi if isinstance(other, DoubleDouble) else np.asarray(other, np.float64)
        q = self.hi / y
        if isinstance(other, DoubleDouble):
            r = other * q
            rest = (self.hi - r.hi) + (self.lo - r.lo)
        else:
            p, e = two_product(q, y)
            rest = ((self.hi - p) - e) + self.lo
        return DoubleDouble(*fast_two_sum(q, rest / y))

    def __radd__(self, other: ArrayLike) -> DoubleDouble:
        return self + other

    def __rsub__(self, other: ArrayLike) -> DoubleDouble:
        return double_double(other) - self

    def __rmul__(self, other: ArrayLike) -> DoubleDouble:
        return self * other

    def __rtruediv__(self, other: ArrayLike) -> DoubleDouble:
        return double_double(other) / self

    def __matmul__(self, other: DoubleDouble | ArrayLike) -> DoubleDouble:
        return matmul(self, other)

    def __rmatmul__(self, other: ArrayLike) -> DoubleDouble:
        return matmul(other, self)

    def sqrt(self) -> DoubleDouble:
        """Square root; NaN for negative numbers."""
        s = np.sqrt(self.hi)
        p, e = two_product(s, s)
        rest = ((self.hi - p) - e) + self.lo
        with np.errstate(divide="ignore", invalid="ignore"):
            correction = np.where(s > 0, rest / (2 * s), 0.0)
        return DoubleDouble(*fast_two_sum(s, correction))

    def sum(self, axis: int = -1) -> DoubleDouble:
        """Pairwise sum along `axis`: error at most ceil(log2 n) 3.1 u^2 times the sum of magnitudes."""
        total = DoubleDouble(np.moveaxis(self.hi, axis, -1), np.moveaxis(self.tail, axis, -1))
        if total.hi.shape[-1] == 0:
            return double_double(np.zeros(total.hi.shape[:-1]))
        while (n := total.hi.shape[-1]) > 1:
            half = n // 2
            folded = total[..., :half] + total[..., half : 2 * half]
            if n % 2:
                last = total[..., -1:]
                folded = DoubleDouble(
                    np.concatenate((folded.hi, last.hi), -1), np.concatenate((folded.lo, last.lo), -1)
                )
            total = folded
        return total[..., 0]

    def max(self, axis: int = -1) -> DoubleDouble:
        """Maximum along `axis`, the low parts deciding among equal high parts."""
        top = self.hi.max(axis, keepdims=True)
        lo = np.where(self.hi == top, self.tail, -np.inf).max(axis)
        return DoubleDouble(top.squeeze(axis), lo)

    def ldexp(self, exponent: ArrayLike) -> DoubleDouble:
        """Times 2^exponent; exact unless it overflows or a part becomes subnormal."""
        k = np.asarray(exponent)
        return DoubleDouble(np.ldexp(self.hi, k), np.ldexp(self.lo, k))


def double_double(x: DoubleDouble | ArrayLike) -> DoubleDouble:
    """`x` as double-double, exactly: float64 arrays and numbers get a low part of zero."""
    if isinstance(x, DoubleDouble):
        return x
    hi = np.asarray(x, np.float64)
    return DoubleDouble(hi, np.zeros_like(hi))


def normalise(x: Float64, axis: int | tuple[int, ...] | None = -1) -> tuple[Float64, NDArray[np.int64]]:
    """(y, k) with x = y 2^k and max |y| in [1/2, 1) along `axis` (kept with length 1); k = 0 for zero or empty slices.

    Exact except for entries that become subnormal in y: they lose at most 2^-1075 against a maximum of at least 1/2.
    """
    top = np.max(np.abs(x), axis=axis, keepdims=True, initial=0.0)
    exponent = np.frexp(np.where(np.isfinite(top), top, 1.0))[1].astype(np.int64)
    return np.ldexp(x, -exponent), exponent


def dot(x: Float64, y: Float64) -> DoubleDouble:
    """Inner products of float64 arrays (..., n) along the last axis: products exact, sum pairwise."""
    return DoubleDouble(*two_product(x, y)).sum()


def matmul(x: DoubleDouble | ArrayLike, y: DoubleDouble | ArrayLike) -> DoubleDouble:
    """(..., m, k) times (..., k, n), batched: error at most 2 (k + 3)^2 u^2 |x||y|, componentwise.

    Compensated inner products (Ogita, Rump and Oishi, SISC 26 (2005), algorithm Dot2) whose correction is kept as the
    low part; Veltkamp's splitting is done once per entry, and the loop runs over the inner dimension only.
    """
    a, b = double_double(x), double_double(y)
    inner = a.hi.shape[-1]
    shape = (*np.broadcast_shapes(a.hi.shape[:-2], b.hi.shape[:-2]), a.hi.shape[-2], b.hi.shape[-1])
    if b.hi.shape[-2] != inner:
        raise ValueError(f"inner dimensions differ: {a.hi.shape} and {b.hi.shape}")
    (ah, al), (bh, bl) = split(a.hi), split(b.hi)
    plain = not (np.any(a.lo) or np.any(b.lo))
    a_lo, b_lo = a.tail, b.tail
    s, c = np.zeros(shape), np.zeros(shape)
    for i in range(inner):
        column, row = (..., slice(None), i, None), (..., i, None, slice(None))
        p = a.hi[column] * b.hi[row]
        e = ((ah[column] * bh[row] - p) + ah[column] * bl[row] + al[column] * bh[row]) + al[column] * bl[row]
        if not plain:
            e = e + (a.hi[column] * b_lo[row] + a_lo[column] * b.hi[row])
        s, f = two_sum(s, p)
        c = c + (e + f)
    return DoubleDouble(*fast_two_sum(s, c))


@lru_cache(maxsize=1)
def _constants() -> dict[str, DoubleDouble]:
    """ln 2 beyond its first 84 bits, expm1(j/64) and log(j/64), each rounded from 300-bit balls of python-flint."""
    with precision(300):
        ln2 = ball(2).log()
        pairs = {
            "ln2 tail": [double_double_of_ball(ln2 - ball(_LN2_HIGH) - ball(_LN2_MIDDLE))],
            "expm1": [double_double_of_ball((ball(j) / _COUNT).expm1()) for j in range(-_COUNT // 2, _COUNT // 2 + 1)],
            "log": [double_double_of_ball((ball(j) / _COUNT).log()) for j in range(1, 2 * _COUNT)],
        }
    return {name: DoubleDouble(*np.array(rows).T.copy()) for name, rows in pairs.items()}


# ln 2 = high + middle + tail, the first two with 42 significant bits: their products with |k| < 2^11 are exact.
_LN2_HIGH = float.fromhex("0x1.62e42fefa38p-1")
_LN2_MIDDLE = float.fromhex("0x1.ef35793c76p-45")


def _times_ln2(k: Float64) -> DoubleDouble:
    """k ln 2 for integers |k| < 2^11."""
    return DoubleDouble(*two_sum(k * _LN2_HIGH, k * _LN2_MIDDLE)) + _constants()["ln2 tail"][0] * k


def _expm1_series(r: DoubleDouble) -> DoubleDouble:
    """expm1 for |r| <= 2^-7 by Taylor's series: terms 8 to 12 in float64, the others in double-double."""
    tail = np.zeros_like(r.hi)
    for i in range(12, 7, -1):
        tail = (1.0 + tail) * r.hi / i
    total = double_double(tail)
    for i in range(7, 1, -1):
        total = (total + 1.0) * r / float(i)
    return r + r * total


def _reduced_expm1(x: DoubleDouble) -> tuple[NDArray[np.int64], DoubleDouble]:
    """(k, e) with exp(x) = 2^k (1 + e), |e| < 0.42, for |x| < 800."""
    k = np.rint(x.hi / np.log(2.0))
    # Term by term, largest first: k ln 2 as one double-double would err by 2^-106 k ln 2, absolutely.
    r = x - k * _LN2_HIGH - k * _LN2_MIDDLE - _constants()["ln2 tail"][0] * k
    j = np.rint(r.hi * _COUNT)
    q = _expm1_series(r - j / _COUNT)
    point = _constants()["expm1"][(j + _COUNT // 2).astype(np.int64)]
    return k.astype(np.int64), point + (point * q + q)


def exp(x: DoubleDouble | ArrayLike) -> DoubleDouble:
    """Exponential: relative error 2^-98 where the result is above 2^-960, so that its low part is normal.

    Results down to the smallest subnormal number have an absolute error of 2^-1074; 0 and inf beyond the range.
    """
    y = double_double(x)
    with np.errstate(over="ignore"):
        limit = np.exp(y.hi)  # 0, inf or NaN where there is nothing to refine
        regular = (np.abs(y.hi) < 800.0) & (limit > 0)
        k, e = _reduced_expm1(_where(regular, y, 0.0))
        result = (e + 1.0).ldexp(k)
    regular &= np.isfinite(result.hi)
    return _where(regular, result, limit)


def _where(condition: NDArray[np.bool_], x: DoubleDouble, other: DoubleDouble | ArrayLike) -> DoubleDouble:
    """x where the condition holds, else the other number."""
    y = double_double(other)
    return DoubleDouble(np.where(condition, x.hi, y.hi), np.where(condition, x.lo, y.lo))


def expm1(x: DoubleDouble | ArrayLike) -> DoubleDouble:
    """exp(x) - 1, relative error 2^-98 also for small x (down to 2^-960)."""
    y = double_double(x)
    inside = np.abs(y.hi) < 0.34  # there k = 0
    _, e = _reduced_expm1(_where(inside, y, 0.0))
    power_of_e = exp(y)
    finite = np.isfinite(power_of_e.hi)
    large = _where(finite, power_of_e, 0.0) - 1.0
    return _where(inside, e, _where(finite, large, power_of_e.hi))


def _twice_atanh(z: DoubleDouble) -> DoubleDouble:
    """2 atanh z for |z| <= 2^-7: z^9 and beyond in float64."""
    w = z * z
    tail = np.zeros_like(z.hi)
    for i in range(15, 7, -2):
        tail = (1.0 / i + tail) * w.hi
    total = double_double(tail)
    for i in (7, 5, 3):
        total = (total + double_double(1.0) / float(i)) * w
    return (z + z * total) * 2.0


def log(x: DoubleDouble | ArrayLike) -> DoubleDouble:
    """Natural logarithm: relative error 2^-98, also near 1; -inf at 0, NaN below."""
    y = double_double(x)
    regular = (y.hi > 0) & np.isfinite(y.hi)
    safe = _where(regular, y, 1.0)
    k = np.frexp(safe.hi)[1].astype(np.int64)
    k = np.where(np.ldexp(safe.hi, -k) < np.sqrt(0.5), k - 1, k)
    m = safe.ldexp(-k)
    j = np.rint(m.hi * _COUNT)
    c = j / _COUNT
    point = _constants()["log"][j.astype(np.int64) - 1]
    result = _times_ln2(k.astype(np.float64)) + (point + _twice_atanh((m - c) / (m + c)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _where(regular, result, np.log(y.hi))


def log1p(x: DoubleDouble | ArrayLike) -> DoubleDouble:
    """log(1 + x), relative error 2^-98 also for small x."""
    y = double_double(x)
    near = np.abs(y.hi) < 2.0**-6
    small = _where(near, y, 0.0)
    return _where(near, _twice_atanh(small / (small + 2.0)), log(y + 1.0))


def power(x: DoubleDouble | ArrayLike, p: DoubleDouble | ArrayLike | float) -> DoubleDouble:
    """x^p for x >= 0 and real p: relative error (|p ln x| + 4) 2^-98; 0^p = 0 for p > 0, x^0 = 1.

    As exp(p log x); a plain number p = +-m 2^-j with m <= 64 and j <= 3 by square roots and products (`_dyadic_power`).
    """
    y = double_double(x)
    if isinstance(p, int | float) and p and math.isfinite(p):
        m, denominator = abs(p).as_integer_ratio()
        if m <= 64 and denominator <= 8:
            return _dyadic_power(y, m, denominator.bit_length() - 1, negative=p < 0)
    q = double_double(p)
    zero = y.hi == 0
    result = exp(log(_where(~zero, y, 1.0)) * q)
    at_zero = np.where(q.hi > 0, 0.0, np.where(q.hi == 0, 1.0, np.inf))
    return _where(~zero, result, at_zero)


def _dyadic_power(x: DoubleDouble, m: int, j: int, *, negative: bool) -> DoubleDouble:
    """x^(+-m 2^-j) for 1 <= m <= 64, 0 <= j <= 3: relative error 2^-96, ten times as fast as by logarithms.

    m times the error of j square roots (5.5 u^2 together), and m - 1 times that of a product; where powers are far from
    1, all of it on 2^-k x in [2^-8, 1), k a multiple of 2^j.
    """
    regular = (x.hi > 0) & np.isfinite(x.hi)
    if not regular.all():
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = np.abs(np.sqrt(x.hi))  # 0, inf or NaN where there is nothing to compute
            limit = 1 / limit if negative else limit
        return _where(regular, _dyadic_power(_where(regular, x, 0.5), m, j, negative=negative), limit)
    ends = np.frexp([x.hi.min(initial=1.0), x.hi.max(initial=1.0)])[1]
    if m * np.abs(ends).max() > 512:
        k = -(-np.frexp(x.hi)[1].astype(np.int64) >> j)  # rounded up
        result = _dyadic_power(x.ldexp(-(k << j)), m, j, negative=negative).ldexp((-k if negative else k) * m)
        return _where(np.isfinite(result.hi), result, np.inf)
    for _ in range(j):
        x = x.sqrt()
    result = x
    for bit in f"{m:b}"[1:]:
        result = result * result * x if bit == "1" else result * result
    return double_double(1.0) / result if negative else result


def to_float64(x: DoubleDouble, exponent: ArrayLike = 0) -> tuple[Float64, Float64]:
    """(value, rest): x 2^exponent as float64, and an upper bound on its distance from it.

    `rest` is 0 where the number is representable, also in the subnormal range.
    """
    k = np.asarray(exponent)
    value = np.ldexp(x.hi, k)
    with np.errstate(over="ignore", invalid="ignore"):
        lost = np.abs(x.hi - np.ldexp(value, -k)) + np.abs(x.lo)
        rest = np.ldexp(lost, k)
    return value, np.where(lost > 0, np.nextafter(rest, np.inf), 0.0)
