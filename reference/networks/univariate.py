"""Errors in units in the last place (ulps) of functions of one number, and how large they may be.

Muller = J.-M. Muller, On the definition of ulp(x), INRIA research report 5504, 2005.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from reference import exact
from reference.formats import Arithmetic, Format
from reference.networks.univariate_functions import FUNCTIONS
from reference.rounding import upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

OWN = 2.0**-42
"""Relative error of what is evaluated in float64; tests compare it with balls."""
BITS, MOST_BITS = 160, 1 << 13
ENOUGH = 80
"""Relative accuracy of a ball in bits; it leaves 2^-27 of an ulp of float64, and `near + rest` less than as much."""
NOTHING = -1140
"""A ball within 2^-1140 of 0 is 0, to 2^-66 of the smallest number of float64."""


class Value(NamedTuple):
    """f(x) = near + rest, near being the float64 nearest to it; NaN where f is not defined."""

    near: Float64
    rest: Float64


def evaluated(name: str, x: Float64, fmt: Format) -> Value:
    """f at numbers x of a format: relatively within 2^-42 of 24 bits or less, in balls for more."""
    f = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        near = np.asarray(f.real(x), np.float64)
    if fmt.precision <= 24:
        return Value(near, np.zeros(x.shape))
    both = [
        _enclosed(f.ball, point, about) if math.isfinite(point) and not math.isnan(about) else (about, 0.0)
        for point, about in zip(x.ravel().tolist(), near.ravel().tolist(), strict=True)
    ]
    return Value(*np.array(both, np.float64).reshape(*x.shape, 2).transpose(-1, *range(x.ndim)))


def _enclosed(ball: Callable[[arb], arb], x: float, about: float) -> tuple[float, float]:
    """f(x) from a ball, as a sum of two numbers; at poles, and where only a limit is defined, what `about` says.

    Raises ArithmeticError where the ball does not become small.
    """
    bits = BITS
    while bits <= MOST_BITS:
        with exact.precision(bits):
            y = ball(arb(x))
            if y.is_nan() and (about == 0 or math.isinf(about)):
                return about, 0.0
            if y.is_zero() or y.rel_accuracy_bits() >= ENOUGH:
                near = float(y.mid())
                return near, float((y - near).mid()) if math.isfinite(near) else 0.0
            if y.abs_upper() < arb(2) ** NOTHING:
                return 0.0, 0.0
            if not y.is_finite() and math.isinf(about) and bits > 4 * BITS:
                return about, 0.0
        bits *= 2
    raise ArithmeticError(f"f({x}) is not decided at {MOST_BITS} bits: {y}")


def _last_place(value: Value, fmt: Format) -> Float64:
    """ulp(f): the distance of the two numbers of the format around it (Muller, definition 6, for radix 2).

    For 2^e <= |f| < 2^(e + 1) it is 2^(max(e, emin) - p + 1); it does not grow beyond the largest number.
    """
    size = np.minimum(np.abs(value.near), fmt.largest)
    below = (value.rest * np.sign(value.near) < 0) & (np.frexp(size)[0] == 0.5) & (size > fmt.lam)
    return fmt.ulp(size) / np.where(below, 2.0, 1.0)


def ulps(y: Float64, value: Value, fmt: Format) -> Float64:
    """|y - f(x)| / ulp(f(x)) for computed numbers y.

    Infinity counts as 2^(emax + 1), the number that would follow the largest one, and so does whatever lies beyond it;
    but where f(x) is infinite itself, or NaN, y must be the same: else the error is infinite.
    """
    end = 2.0**fmt.emax
    with np.errstate(all="ignore"):
        half = np.where(np.abs(value.near) >= 1, 0.5, 1.0)  # 2^(emax + 1) may be more than float64 holds
        most = 2 * half * end
        seen, true = (np.clip(half * v, -most, most) for v in (y, value.near))
        error = np.abs((seen - true) - half * value.rest) / (half * _last_place(value, fmt))
    known = np.isfinite(value.near)
    same = (y == value.near) | (np.isnan(y) & np.isnan(value.near))
    beyond = np.isinf(value.near) & (np.sign(y) == np.sign(value.near)) & (error == 0)
    return np.where(known & ~np.isnan(y), error, np.where(same | beyond, 0.0, np.inf))


@np.errstate(all="ignore")
def bound(name: str, x: Float64, value: Value, arithmetic: Arithmetic, *, cuda: bool) -> Float64:
    """How many ulps a computed f(x) may be off.

    k ulps of the accumulator and an absolute error e are d = k ulp(f) + e; what is off by d and stored in a narrower
    format is off by ulp(f)/2 + 2 d at most: if the rounding ends in the binade above, that begins within d of f(x), and
    the second d covers it. Exact functions have no error at all; neither has a limit at infinity but that of k ulps.
    """
    f = FUNCTIONS[name]
    k = f.cuda if cuda else f.cpu
    if k == 0:
        return np.zeros(x.shape)
    outer = arithmetic.result
    inner = outer if f.stored else arithmetic.accumulator
    size = np.minimum(np.abs(value.near), outer.largest)
    own = OWN * size if outer.precision <= 24 else 2.0 ** (52 - ENOUGH) * outer.ulp(size)
    error = k * inner.ulp(size) + own
    beyond = f.cuda_error if cuda and f.cuda_error is not None else f.error
    if beyond is not None:
        error = error + np.where(np.isfinite(x), beyond(x, inner), 0.0)
    least = outer.ulp(size)
    allowed = (least / 2 + 2 * error if inner != outer else error) / least
    return upward(np.where(np.isfinite(value.near), allowed, 0.0))


def truth(name: str, x: Float64, arithmetic: Arithmetic, *, cuda: bool = False) -> Truth:
    """f(x) with `bound` as an absolute error."""
    value = evaluated(name, x, arithmetic.result)
    allowed = bound(name, x, value, arithmetic, cuda=cuda) * _last_place(value, arithmetic.result)
    return Truth(value.near, upward(allowed + np.abs(value.rest)))
