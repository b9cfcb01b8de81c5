"""Rounding to nearest, ties to even, into other formats; which numbers a rounded exponential may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference import double_double as dd
from reference.double_double import double_double
from reference.formats import Arithmetic, Format, float32
from reference.rounding import U64, silent, wide

Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


def same(a: Float64, b: Float64) -> Bools:
    """Where two arrays hold the same number with the same sign, zeros included, or both NaN."""
    return np.asarray(((a == b) & (np.signbit(a) == np.signbit(b))) | (np.isnan(a) & np.isnan(b)))


def nearest(found: Float64, x: Float64, source: Format, target: Format) -> Bools:
    """Where `found` is x, of a source format, rounded to nearest into the target.

    Of float64 into half types also what two roundings give, the first into float32: they differ next to ties only.
    """
    once = same(found, target.round(x))
    if source.precision < 53 or target.precision >= 24:
        return once
    return once | same(found, target.round(float32.round(x)))


def limits(format: Format) -> Float64:
    """The largest number, the least, the spacing at 1, and the smallest positive normal number."""
    return np.array([format.largest, -format.largest, 2 * format.u, format.lam])


def scaled(x: Float64, power: int, format: Format) -> Float64:
    """x 2^power, rounded into the format, which has gradual underflow."""
    return format.round(np.ldexp(x, power))


def flushable(x: Float64, power: int, arithmetic: Arithmetic) -> Bools:
    """Where x or x 2^power is subnormal in the accumulator, so that a processor that flushes makes it 0."""
    least = np.minimum(np.abs(x), np.abs(np.ldexp(x, power)))
    return np.asarray((least < arithmetic.accumulator.lam) & (x != 0))


@silent
def exponentials(x: Float64, units: float, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """The least and the largest number that a computed exp(x) may be.

    A kernel computes a number within `units` roundoffs u of exp(x) and rounds it: rounding is monotone, so that the
    result lies between the ends of that interval, rounded into the accumulator and then into what is stored. Results
    below the normal range of the accumulator may be flushed to 0. The ends are e^x (1 -+ (units u + 4 u_64)): one
    roundoff of float64 for e^x (two by NumPy's exponential, within 1 ulp), one of the factor, one of the product.
    """
    format, relative = arithmetic.accumulator, units * arithmetic.accumulator.u + 4 * U64
    if wide(arithmetic):
        root = dd.exp(double_double(np.clip(x, -800.0, 800.0) / 2))
        exponent = np.frexp(root.hi)[1].astype(np.int64)
        root = root.ldexp(-exponent)
        size, exponent = (root * root).hi, 2 * exponent
    else:  # float64 holds the exponential of 200, which overflows in all of these formats
        size, exponent = np.exp(np.clip(x, -200.0, 200.0)), np.zeros(x.shape, np.int64)
    ends = [np.ldexp(size * (1 + side * relative), exponent) for side in (-1, 1)]
    least, largest = (arithmetic.result.round(format.round(end)) for end in ends)
    return np.where(ends[0] < format.lam, 0.0, least), largest
