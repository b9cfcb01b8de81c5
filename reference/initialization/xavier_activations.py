"""Activation functions near 0: values and slopes at 0, Taylor remainders, and moments of activated variables."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import running
from reference.bounds import UNITS_CPU
from reference.double_double import double_double
from reference.formats import Arithmetic, Format
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, silent, upward
from reference.running import Running
from reference.statistics import hoeffding_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]

OWN = 4
"""Units roundoff of float64 by which NumPy's may be."""

SELU = 1.0507009873554804934193349852946
ALPHA_SELU = 1.6732632423543772848170429916717


class Kernel(NamedTuple):
    """The format of the results, and how many units roundoff elementary functions may be wrong."""

    format: Format
    units: float = UNITS_CPU

    @property
    def error(self) -> float:
        """The relative error of an elementary function."""
        return self.units * self.format.u


class AtZero(NamedTuple):
    """act(0), and the one-sided derivatives there."""

    value: float
    left: float
    right: float


def _smooth(value: float, slope: float) -> AtZero:
    return AtZero(value, slope, slope)


AT_ZERO = {
    **{
        name: _smooth(0.0, 1.0)
        for name in ("identity", "tanh", "softsign", "arctan", "asinh", "sin", "hardtanh", "elu", "celu")
    },
    "erf": _smooth(0.0, 2 / math.sqrt(math.pi)),
    "sigmoid": _smooth(0.5, 0.25),
    "softplus": _smooth(math.log(2), 0.5),
    "logsigmoid": _smooth(-math.log(2), 0.5),
    **{name: _smooth(0.0, 0.5) for name in ("gelu", "gelu tanh", "silu", "hardswish")},
    "mish": _smooth(0.0, 0.6),
    "hardsigmoid": _smooth(0.5, 1 / 6),
    **{name: _smooth(0.0, 0.0) for name in ("tanhshrink", "softshrink", "hardshrink")},
    "relu": AtZero(0.0, 0.0, 1.0),
    "relu6": AtZero(0.0, 0.0, 1.0),
    "leaky relu": AtZero(0.0, 0.01, 1.0),
    "prelu": AtZero(0.0, 0.25, 1.0),
    "selu": AtZero(0.0, SELU * ALPHA_SELU, SELU),
}
"""Closed forms; 0.6 of mish is tanh(ln 2)."""


def meets_the_assumption(name: str) -> bool:
    """Whether act(0) = 0 and act'(0) = 1."""
    return AT_ZERO[name] == AtZero(0.0, 1.0, 1.0)


def value_at_zero(name: str, how: Kernel) -> Truth:
    """act(0): exact if it is 0 or 1/2, else within the error of the kernel."""
    value = AT_ZERO[name].value
    exact = value in (0.0, 0.5)
    return Truth(np.array(value), np.array(0.0 if exact else (how.error + U64) * abs(value)))


def slope_at_zero(name: str, how: Kernel) -> Truth:
    """What autograd may return: any number between the one-sided derivatives, with an error unless they are 0 or 1."""
    _, left, right = AT_ZERO[name]
    middle, half = (left + right) / 2, abs(right - left) / 2
    exact = {left, right} <= {0.0, 1.0}
    return Truth(np.array(middle), np.array(half + (0.0 if exact else how.error * max(abs(left), abs(right)))))


def near_zero(name: str, h: Float64, how: Kernel) -> Truth:
    """act(h) for |h| <= 1/4: act(0) + slope h.

    The kernel's error of |act(0)| + |slope h| + |h|, the last for differences from h; two underflows; and 2 h^2, which
    is more than |act''| h^2/2, for on either side of 0 no |act''| exceeds 2 (softsign).
    """
    value, left, right = AT_ZERO[name]
    linear = np.where(h < 0, left, right) * h
    bound = how.error * (abs(value) + np.abs(linear) + np.abs(h)) + 2 * how.format.eta + 2 * h**2
    return Truth(value + linear, upward(bound))


class Curve(NamedTuple):
    """An activation with act(0) = 0 and act'(0) = 1: values, slopes, and how near it is to its tangents.

    |act(z) - z| <= constant |z|^order; `bracket` gives two numbers around act(z) from Taylor's polynomials;
    |act''| <= curvature (the least Lipschitz constant of act' where act'' jumps).
    """

    value: Callable[[Float64], Float64]
    slope: Callable[[Float64], Float64]
    constant: float
    order: int
    curvature: float
    bracket: Callable[[Float64], tuple[Float64, Float64]]


def _odd_series(cubic: float, quintic: float) -> Callable[[Float64], tuple[Float64, Float64]]:
    """z - c z^3 and z - c z^3 + q z^5: an alternating series with falling terms, or one that it bounds."""

    def bracket(z: Float64) -> tuple[Float64, Float64]:
        lower = z - cubic * z**3
        return lower, lower + quintic * z**5

    return bracket


def _softsign_bracket(z: Float64) -> tuple[Float64, Float64]:
    return z - z * np.abs(z), z - z * np.abs(z) + z**3


def _elu_bracket(z: Float64) -> tuple[Float64, Float64]:
    negative = np.minimum(z, 0)
    return z + negative**2 / 2, z + negative**2 / 2 + negative**3 / 6


CURVES = {
    "tanh": Curve(np.tanh, lambda z: 1 / np.cosh(z) ** 2, 1 / 3, 3, 4 / (3 * math.sqrt(3)), _odd_series(1 / 3, 2 / 15)),
    "arctan": Curve(np.arctan, lambda z: 1 / (1 + z**2), 1 / 3, 3, 3 * math.sqrt(3) / 8, _odd_series(1 / 3, 1 / 5)),
    "sin": Curve(np.sin, np.cos, 1 / 6, 3, 1.0, _odd_series(1 / 6, 1 / 120)),
    "asinh": Curve(
        np.arcsinh, lambda z: 1 / np.sqrt(1 + z**2), 1 / 6, 3, 2 / (3 * math.sqrt(3)), _odd_series(1 / 6, 3 / 40)
    ),
    "softsign": Curve(
        lambda z: z / (1 + np.abs(z)), lambda z: 1 / (1 + np.abs(z)) ** 2, 1.0, 2, 2.0, _softsign_bracket
    ),
    "elu": Curve(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.exp(np.minimum(z, 0)),
        0.5,
        2,
        1.0,
        _elu_bracket,
    ),
}


def error(value: Float64, how: Kernel) -> Float64:
    """How far a computed activation may be from its value (NumPy's, in float64): its error and an underflow."""
    return upward((how.error + OWN * U64) * np.abs(value) + how.format.eta)


def activated(name: str, z: Float64, how: Kernel) -> Truth:
    """act(z)."""
    value = CURVES[name].value(z)
    return Truth(value, error(value, how))


def bracketed(name: str, z: Float64, how: Kernel) -> Truth:
    """act(z) from the two Taylor polynomials around it, without any implementation of it; the kernel's error of |z|."""
    one, other = CURVES[name].bracket(z)
    return Truth((one + other) / 2, upward(np.abs(other - one) / 2 + error(z, how) + 8 * U64 * np.abs(z)))


def remainder(name: str, z: Float64, how: Kernel) -> tuple[Float64, Float64]:
    """C |z|^k, and how far a computed |act(z) - z| may exceed it."""
    curve = CURVES[name]
    return curve.constant * np.abs(z) ** curve.order * (1 + 8 * U64), error(z, how)


def directional_slope(name: str, m: Float64, d: Float64, how: Kernel) -> Truth:
    """act'(m) d within twice the kernel's error, and 2u, of |d|.

    For 1 - t^2, t = tanh(m) with an error of k u: 2 k u t^2 and u t^2 for the square, u (1 - t^2) for the difference
    and as much for the product. The other slopes take fewer roundings (measured: 2u).
    """
    slope = CURVES[name].slope(m)
    return Truth(slope * d, upward((2 * how.error + 2 * how.format.u + 8 * U64) * np.abs(d) + 2 * how.format.eta))


def tangent_error(name: str, m: Float64, p: Float64, how: Kernel) -> tuple[Float64, Float64]:
    """curvature (p - m)^2 / 2 (Taylor-Lagrange), and how far |act(p) - (act(m) + act'(m)(p - m))| may exceed it."""
    curve = CURVES[name]
    d = p - m
    of_slope = directional_slope(name, m, d, how).bound
    errors = sum(error(curve.value(v), how) for v in (p, m))
    size = np.abs(curve.value(m)) + np.abs(d) + of_slope + errors
    return curve.curvature * d**2 / 2, upward(of_slope + errors + how.format.u * size)


# Moments over equally likely values z (..., n)


@silent
def moments_of_activated(
    name: str, z: Float64, how: Kernel, elementwise: Arithmetic, reduction: Arithmetic
) -> tuple[Truth, Truth]:
    """E act(Z) and E act(Z)^2: the error of the activation, and running bounds."""
    value = CURVES[name].value(z)
    y = Running(double_double(value), error(value, how))
    return running.mean(y, reduction).truth, running.mean(running.product(y, y, elementwise), reduction).truth


def tanh_bracket(z: Float64) -> tuple[Float64, Float64]:
    """E Z^2 - (2/3) E Z^4 and E Z^2, around E tanh(Z)^2: z^2 - (2/3) z^4 <= tanh(z)^2 <= z^2 for all z."""
    second, fourth = (z**2).mean(-1), (z**4).mean(-1)
    return second - 2 / 3 * fourth, second


def elu_shift(z: Float64) -> tuple[Float64, Float64]:
    """E Z^2/4 - E |Z|^3/12 and E Z^2/4, around E elu(Z) for symmetric Z.

    E elu(Z) = E (|Z| + expm1(-|Z|))/2, and t^2/2 - t^3/6 <= t + expm1(-t) <= t^2/2 for t >= 0.
    """
    second, third = (z**2).mean(-1), (np.abs(z) ** 3).mean(-1)
    return second / 4 - third / 12, second / 4


@lru_cache(maxsize=64)
def mean_tanh_square(sigma: float) -> float:
    """E tanh(sigma Z)^2 for standard normal Z, sigma <= 2, to 1e-13.

    The trapezoidal rule with step 1/64 on [-12, 12]: the integrand has its poles at distance pi / (2 sigma) or more
    from the line, and the error is of order exp(-2 pi 64 pi / (2 sigma)) (Trefethen and Weideman, SIAM Review 56
    (2014), theorem 5.1) before rounding.
    """
    t = np.arange(-12 * 64, 12 * 64 + 1) / 64
    return float(np.sum(np.tanh(sigma * t) ** 2 * np.exp(-(t**2) / 2)) / (64 * math.sqrt(2 * math.pi)))


def sampled_tanh_fits(y: Float64, sigma: float, how: Kernel, alpha: float = ALPHA) -> tuple[Fit, Fit]:
    """The means of y and y^2 for samples y = tanh(sigma Z) (n,) by Hoeffding: they lie in [-1, 1] and [0, 1].

    Rounding of Z (5u |Z|, under a slope of at most 1), of sigma Z and of tanh: 16u max(sigma |Z|, 1) on average, hence
    16u (1 + sigma).
    """
    slack = 16 * how.format.u * (1 + sigma)
    first = Fit(abs(float(y.mean())), hoeffding_radius(y.size, 2.0, alpha) + slack)
    away = abs(float((y**2).mean()) - mean_tanh_square(sigma))
    return first, Fit(away, hoeffding_radius(y.size, 1.0, alpha) + 2 * slack)
