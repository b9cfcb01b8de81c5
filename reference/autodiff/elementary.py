"""Elementary functions of hyper-dual numbers: four derivatives of each, and the magnitudes of their terms.

The derivatives are those that torch differentiates: of tanh and the sigmoid polynomials in their value, with
cancellation, so that the magnitude of their terms is not that of their value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray
from scipy import special

from reference.autodiff.dual import Derivatives, Dual

Float64 = NDArray[np.float64]

ROOT_TWO, ROOT_PI = np.sqrt(2.0), np.sqrt(np.pi)


def _in_magnitude(p: Polynomial, x: Float64) -> Float64:
    return np.asarray(Polynomial(np.abs(p.coef))(np.abs(x)))


def _by_polynomials(value: Float64, slope: Polynomial) -> Derivatives:
    """Of a function y whose slope is a polynomial in y: each further derivative is p'(y) times the slope."""
    p, values, sizes = Polynomial([0.0, 1.0]), [value], [np.abs(value)]
    for _ in range(4):
        p = p.deriv() * slope
        values.append(np.asarray(p(value)))
        sizes.append(_in_magnitude(p, value))
    return Derivatives(values, sizes)


def exp(c: Dual) -> Dual:
    """The exponential."""
    e = np.exp(c.value)
    return c.apply(Derivatives([e] * 5, [e] * 5))


def log(c: Dual) -> Dual:
    """The natural logarithm of positive numbers."""
    x = c.value
    values = [np.log(x), 1 / x, -(x**-2.0), 2 * x**-3.0, -6 * x**-4.0]
    return c.apply(Derivatives(values, [np.abs(v) for v in values]))


def sqrt(c: Dual) -> Dual:
    """The square root of positive numbers."""
    return c.power(0.5)


def _circular(values: Sequence[Float64]) -> Derivatives:
    return Derivatives([*values, values[0]], [np.abs(v) for v in (*values, values[0])])


def sin(c: Dual) -> Dual:
    """The sine."""
    s, k = np.sin(c.value), np.cos(c.value)
    return c.apply(_circular([s, k, -s, -k]))


def cos(c: Dual) -> Dual:
    """The cosine."""
    s, k = np.sin(c.value), np.cos(c.value)
    return c.apply(_circular([k, -s, -k, s]))


def tanh(c: Dual) -> Dual:
    """The hyperbolic tangent, y' = 1 - y^2."""
    return c.apply(_by_polynomials(np.tanh(c.value), Polynomial([1.0, 0.0, -1.0])))


def sigmoid(c: Dual) -> Dual:
    """The logistic function, y' = y - y^2."""
    return c.apply(_by_polynomials(special.expit(c.value), Polynomial([0.0, 1.0, -1.0])))


def softplus(c: Dual) -> Dual:
    """log(1 + exp c), whose derivative is the logistic function."""
    x = c.value
    of_slope = _by_polynomials(special.expit(x), Polynomial([0.0, 1.0, -1.0]))
    value = np.logaddexp(0.0, x)
    return c.apply(Derivatives([value, *of_slope.values[:4]], [value, *of_slope.sizes[:4]]))


def erf(c: Dual) -> Dual:
    """The error function: derivatives 2 pi^(-1/2) exp(-x^2) times Hermite polynomials (DLMF 7.10.1)."""
    x = c.value
    bell, p = 2 / ROOT_PI * np.exp(-(x**2)), Polynomial([1.0])
    values, sizes = [special.erf(x)], [np.abs(special.erf(x))]
    for _ in range(4):
        values.append(p(x) * bell)
        sizes.append(_in_magnitude(p, x) * bell * (1 + x**2))
        p = p.deriv() - Polynomial([0.0, 2.0]) * p
    return c.apply(Derivatives(values, sizes))


def atan(c: Dual) -> Dual:
    """The arctangent: derivatives p_k(x) / (1 + x^2)^k, p_(k+1) = p_k' (1 + x^2) - 2 k x p_k."""
    x, q = c.value, Polynomial([1.0, 0.0, 1.0])
    values, sizes, p = [np.arctan(x)], [np.abs(np.arctan(x))], Polynomial([1.0])
    for k in range(1, 5):
        values.append(p(x) / q(x) ** k)
        sizes.append(_in_magnitude(p, x) / q(x) ** k)
        p = p.deriv() * q - Polynomial([0.0, 2.0 * k]) * p
    return c.apply(Derivatives(values, sizes))


def lgamma(c: Dual) -> Dual:
    """The logarithm of the gamma function, of numbers beyond 2.

    Its derivatives are the polygamma functions, which torch computes by their asymptotic series after a recurrence of
    at most six steps: of a magnitude of about the value's, and 8 roundings more.
    """
    x = c.value
    values = [special.gammaln(x), *(special.polygamma(k, x) for k in range(4))]
    return c.apply(Derivatives(values, [3 * np.abs(v) + 1 for v in values]))


def absolute(c: Dual) -> Dual:
    """|c|, away from 0."""
    return c.chosen(c.value > 0, -c)


def larger(a: Dual, b: Dual | float) -> Dual:
    """max(a, b), where they differ."""
    other = b if isinstance(b, Dual) else a.of(np.full(a.shape, b))
    return a.chosen(a.value > other.value, other)


def smaller(a: Dual, b: Dual | float) -> Dual:
    """min(a, b), where they differ."""
    return -larger(-a, -b)


def greatest(c: Dual) -> Float64:
    """The largest entry along the last axis: what softmax subtracts, without a derivative."""
    return np.asarray(c.value.max(-1, keepdims=True))


def log_sum_exp(c: Dual) -> Dual:
    """log sum exp along the last axis, which it keeps."""
    m = greatest(c)
    return (log(exp(c - m).sum(keepdims=True)) + m).through_its_exponential()


def softmax(c: Dual) -> Dual:
    """exp(c - m) / sum exp(c - m) along the last axis."""
    e = exp(c - greatest(c))
    return e / e.sum(keepdims=True)
