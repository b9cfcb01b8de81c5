"""Functions of one number in float64, relatively accurate to 2^-42, and what the formulas of composite ones lose.

Errors are absolute, at numbers x, in the format that computes, with unit roundoff u and smallest number eta.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reference.formats import Format

Float64 = NDArray[np.float64]

ALPHA, SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
"""The constants of SELU (Klambauer et al., Self-Normalizing Neural Networks, NeurIPS 2017, eq. 14)."""
CUBIC = 0.044715
"""The coefficient of the cube in GELU by tanh (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016)."""
GILES = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503),
    *(-0.00417768164, 0.246640727, 1.50140941),
)
"""A polynomial for erfinv(x) / x in -log(1 - x^2) - 5/2, accurate to float32 (M. Giles, GPU Computing Gems, 2011)."""


def sigmoid(x: Float64) -> Float64:
    """1 / (1 + exp(-x)) by exp(-|x|)."""
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x < 0, e, 1.0) / (1 + e))


def softplus(x: Float64) -> Float64:
    """log(1 + exp(x)) by exp(-|x|)."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _times(x: Float64, factor: Float64) -> Float64:
    """x times a factor that vanishes faster than x grows: 0 where it is 0."""
    return np.where((factor == 0) & ~np.isnan(x), 0.0, x * factor)


def silu(x: Float64) -> Float64:
    """x sigma(x)."""
    return _times(x, sigmoid(x))


def normal_cdf(x: Float64) -> Float64:
    """Phi(x) = erfc(-x / sqrt(2)) / 2."""
    half: Float64 = special.erfc(-x / math.sqrt(2)) / 2
    return half


def gelu(x: Float64) -> Float64:
    """x Phi(x)."""
    return _times(x, normal_cdf(x))


def gelu_tanh(x: Float64) -> Float64:
    """x (1 + tanh(y)) / 2 = x sigma(2 y), y = sqrt(2 / pi) (x + 0.044715 x^3)."""
    return _times(x, sigmoid(math.sqrt(8 / math.pi) * (x + CUBIC * x * x * x)))


def mish(x: Float64) -> Float64:
    """x tanh(log(1 + exp(x))) = x w / (w + 2), w = e (e + 2), e = exp(x)."""
    e = np.exp(np.minimum(x, 40.0))
    w = e * (e + 2)
    return _times(x, w / (w + 2))


def elu(x: Float64) -> Float64:
    """exp(x) - 1 below 0."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))


def selu(x: Float64) -> Float64:
    """ELU with a slope."""
    return SCALE * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0.0)))


def erfinv(x: Float64) -> Float64:
    """The inverse of erf: near 0 two steps of Newton's method, near 1 by the quantile of the normal law."""
    inner = np.where(np.abs(x) < 0.5, x, 0.0)
    y = inner * np.polyval(GILES, -np.log1p(-inner * inner) - 2.5)
    for _ in range(2):
        y = y - (special.erf(y) - inner) * (math.sqrt(math.pi) / 2) * np.exp(y * y)
    outer = -special.ndtri((1 - np.abs(x)) / 2) / math.sqrt(2)
    return np.where(np.abs(x) < 0.5, y, np.copysign(outer, x))


def sinc(x: Float64) -> Float64:
    """sin(pi x) / (pi x) by the distance to the nearest integer; 1 at 0, and 0 at infinities."""
    n = np.rint(x)
    sine = np.where(n % 2 == 0, 1.0, -1.0) * np.sin(np.pi * (x - n))
    return np.where(x == 0, 1.0, np.where(np.isinf(x), 0.0, sine / (np.pi * x)))


def logit(x: Float64) -> Float64:
    """log(x / (1 - x)): near 1/2 by log1p of (2 x - 1) / (1 - x)."""
    return np.where(np.abs(x - 0.5) < 0.25, np.log1p((2 * x - 1) / (1 - x)), np.log(x) - np.log1p(-x))


def lgamma(x: Float64) -> Float64:
    """log |Gamma(x)|; infinite at both infinities (C17, F.9.5.3)."""
    return np.where(x == -np.inf, np.inf, special.gammaln(x))


def digamma(x: Float64) -> Float64:
    """psi(x); for negative x by reflection (DLMF 5.5.4) about the nearest integer, NaN at negative integers."""
    n = np.rint(x)
    mirrored = special.psi(1 - np.minimum(x, 0.0)) - np.pi / np.tan(np.pi * (x - n))
    reflected = np.where(x == n, np.nan, np.where(np.abs(x) < 2.0**-60, -1 / x, mirrored))
    return np.where(x < 0, reflected, np.where(x == 0, -1 / x, special.psi(np.maximum(x, 0.0))))


def i0(x: Float64) -> Float64:
    """The modified Bessel function of order 0."""
    return np.where(np.isinf(x), np.inf, special.i0(x))


def i1(x: Float64) -> Float64:
    """The modified Bessel function of order 1."""
    return np.where(np.isinf(x), x, special.i1(x))


def entropy(x: Float64) -> Float64:
    """-x log(x); minus infinity for negative x."""
    return np.where(x < 0, -np.inf, np.where(x == 0, 0.0, -x * np.log(x)))


def hardswish(x: Float64) -> Float64:
    """x min(max(x + 3, 0), 6) / 6."""
    return np.where(x <= -3, 0.0, np.where(x >= 3, x, x * (np.clip(x, -3.0, 3.0) + 3) / 6))


def tanhshrink(x: Float64) -> Float64:
    """x - tanh(x); near 0 (x cosh(x) - sinh(x)) / cosh(x), by the series of the numerator, of positive terms."""
    small = np.where(np.abs(x) < 1, x, 0.0)
    terms = [2 * k / math.factorial(2 * k + 1) for k in range(12, 0, -1)]
    near = small * small * small * np.polyval(terms, small * small) / np.cosh(small)
    return np.where(np.abs(x) < 1, near, x - np.tanh(x))


def softsign(x: Float64) -> Float64:
    """x / (1 + |x|)."""
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


# Where functions reach the ends of a format, about


def gaussian_end(x: Float64) -> Float64:
    """Where exp(-t^2) is x."""
    return np.sqrt(np.maximum(-np.log(x), 0.0))


def wider_gaussian_end(x: Float64) -> Float64:
    """Where exp(-t^2 / 2) is x."""
    return math.sqrt(2) * gaussian_end(x)


# Errors of formulas


def _one_plus_erf(x: Float64, u: float) -> Float64:
    """Of 1 + erf(z), z = x / sqrt(2): 2.5 ulps, or 5 u, of erf, a rounding of at most 2 u, and 2 u of the argument."""
    z = np.abs(x) / math.sqrt(2)
    slope = 2 / math.sqrt(math.pi) * np.exp(-z * z)
    return np.asarray(u * (5 * special.erf(z) + 2 + 2 * (z * slope)))


def _complement(x: Float64, u: float) -> Float64:
    """Relative, of erfc(z), z = -x / sqrt(2) >= 0: 5.5 ulps, or 11 u, and 2 u of z times the condition 2 z^2 + 2."""
    return u * (11 + 2 * (np.minimum(np.abs(x), 60.0) ** 2 + 2))


def normal_cdf_error(x: Float64, fmt: Format) -> Float64:
    """Of (1 + erf(x / sqrt(2))) / 2; below -1, where that cancels, of erfc(-x / sqrt(2)) / 2."""
    return np.where(x < -1, normal_cdf(x) * _complement(x, fmt.u), _one_plus_erf(x, fmt.u) / 2) + fmt.eta


def gelu_error(x: Float64, fmt: Format) -> Float64:
    """Of x times that, with its underflow; calibrated: in float32 erf may be 16 u off, whatever its size (8 u seen).

    oneDNN evaluates it with an absolute error (as Abramowitz and Stegun, 7.1.26) in some layouts.
    """
    near = _one_plus_erf(x, fmt.u) / 2 + (8 * fmt.u if fmt.precision <= 24 else 0.0)
    return np.abs(x) * np.where(x < -1, normal_cdf(x) * _complement(x, fmt.u), near) + 2 * fmt.eta


def gelu_tanh_error(x: Float64, fmt: Format) -> Float64:
    """Of x (1 + tanh(y)) / 2; below -1, where that cancels, of x / (1 + exp(-2 y)).

    2.5 ulps, or 5 u, of tanh, a rounding of at most 2 u, and 6 u of y; 4 u of exp, and two roundings.
    """
    size = np.minimum(np.abs(x), 40.0)
    y = math.sqrt(2 / math.pi) * (size + CUBIC * size**3)
    near = np.abs(x) / 2 * fmt.u * (5 * np.tanh(y) + 2 + 6 * y / np.cosh(np.minimum(y, 300.0)) ** 2)
    return np.where(x < -1, np.abs(gelu_tanh(x)) * fmt.u * (12 * y + 6), near) + 2 * fmt.eta


def mish_error(x: Float64, fmt: Format) -> Float64:
    """Of x tanh(log(1 + exp(x))): underflows of the three functions, x times."""
    return np.where(x < 0, 2 * np.minimum(np.abs(x), -math.log(fmt.eta)) * fmt.eta, 0.0) + fmt.eta


def tanhshrink_error(x: Float64, fmt: Format) -> Float64:
    """Of x - tanh(x): 2.5 ulps, or 5 u, of tanh."""
    return np.asarray(5 * fmt.u * np.tanh(np.abs(x)) + fmt.eta)


def sinc_error(x: Float64, fmt: Format) -> Float64:
    """Of sin(a) / a, a = pi x within 2 u |a|, which moves the sine by as much."""
    return np.full_like(x, 2 * fmt.u)


def logit_error(x: Float64, fmt: Format) -> Float64:
    """Of log(x / (1 - x)): two roundings of its argument."""
    return np.full_like(x, 2 * fmt.u)


def underflow(x: Float64, fmt: Format) -> Float64:
    """Of two products that may underflow."""
    return np.full_like(x, 2 * fmt.eta)


def lgamma_error(x: Float64, fmt: Format) -> Float64:
    """Of negative numbers, near the roots between negative integers: what SLEEF documents."""
    return np.where(x < 0, 1e-15 if fmt.precision > 24 else 1e-8, 0.0)


def lgamma_cuda_error(x: Float64, fmt: Format) -> Float64:
    """Calibrated: 8 u of what is subtracted near the roots between negative integers."""
    size = np.abs(x)
    return np.where((x < 0) & (size > 1), 8 * fmt.u * (np.minimum(size, 1e300) + 1) * np.log(size + 3), 0.0)


def digamma_error(x: Float64, fmt: Format) -> Float64:
    """Calibrated: 12 u of the logarithm in Stirling's series, and for x < 0 of pi / tan(pi r), r the fraction of x.

    Its slope, (pi / sin(pi r))^2, makes of 4 u |r| what is lost next to a pole.
    """
    angle = np.pi * (x - np.rint(x))
    reflected = np.where((x < 0) & (angle != 0), np.pi / np.where(angle == 0, 1.0, np.abs(np.sin(angle))), 0.0)
    sloped = np.abs(x - np.trunc(x)) * reflected * reflected
    return np.asarray(fmt.u * (12 * np.log(np.abs(x) + 3) + 12 * reflected + 4 * sloped))
