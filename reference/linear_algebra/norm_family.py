"""L1 and Euclidean norm beyond their values: sums that are exact, gradients and Hessians."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norms import norm
from reference.rounding import U64, gamma, overflow_threshold, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


def exact_sums(x: Float64, arithmetic: Arithmetic) -> tuple[Float64, Bool]:
    """(fl(sum |x_i|), where every order of summation gives it) for x (..., n); shapes (...).

    Multiples of one power of two q whose magnitudes add up to at most q/ua have partial sums that the accumulator
    holds, so only storing the sum rounds. Here q = 1, for integers.
    """
    size = np.abs(x)
    total = size.sum(-1)
    integral = (size == np.floor(size)).all(-1) & (total <= 1 / arithmetic.accumulator.u)
    return arithmetic.result.round(total), integral & (total < overflow_threshold(arithmetic.result))


def gradient_of_maximum(x: Float64, arithmetic: Arithmetic) -> Truth:
    """sign(x_i) / k at the k entries of largest magnitude and 0 elsewhere, for x (..., n), n > 0: one rounding.

    At a tie the maximum has no derivative: this is the element of least norm of its subdifferential.
    """
    size = np.abs(x)
    at = size == size.max(-1, keepdims=True)
    value = np.sign(x) * at / at.sum(-1, keepdims=True)
    return Truth(value, arithmetic.result.u * np.abs(value))


def gradient_of_square(x: Float64, arithmetic: Arithmetic) -> Float64:
    """2 x, which is exact unless it overflows."""
    return arithmetic.result.round(2 * x)


@silent
def derivative_of_square(x: Float64, t: Float64, arithmetic: Arithmetic) -> Truth:
    """2 x.t of (..., n) and (..., n): products rounded to the stored format, doubled without error, and added."""
    return dot_truth(2 * x, t, arithmetic, rounded_products=True)


@silent
def gradient_of_norm(x: Float64, arithmetic: Arithmetic) -> Truth:
    """x / ||x|| of (..., n) with ((1 + uo)^2 / (1 - e) - 1) |x_i| / ||x|| + eta, and 0 exactly for x = 0.

    The computed norm errs by a relative e (BND-L2), it is stored, and the quotient is rounded. Infinite where e is not
    below 1/2, as it is where squares vanish or overflow.
    """
    value, bound = norm(x, 2.0, arithmetic)
    f, size = arithmetic.result, np.where(value > 0, value, 1.0)[..., None]
    e = np.where(value > 0, bound / size[..., 0], 0.0)[..., None]
    quotient = x / size
    moved = np.where(e < 0.5, ((1 + f.u) ** 2 / (1 - np.minimum(e, 0.5)) - 1) * np.abs(quotient) + f.eta, np.inf)
    # two roundings of the reference itself
    return Truth(quotient, np.where(value[..., None] > 0, upward(moved + 2.0**-51 * np.abs(quotient), 4), 0.0))


@silent
def derivative_of_norm(x: Float64, t: Float64, arithmetic: Arithmetic) -> Truth:
    """<x, t> / ||x|| of (..., n) and (..., n): the errors of the gradient along t, and one inner product more.

    gamma_{n+1} sum |x_i t_i| / ||x||, where a product may vanish by eta each, divided by the norm as well.
    """
    gradient = gradient_of_norm(x, arithmetic)
    n, f = x.shape[-1], arithmetic.result
    size = np.sqrt((x**2).sum(-1))
    vanished = np.divide(n * f.eta, size, out=np.full(size.shape, n * f.eta), where=size > 0)
    products = np.abs(gradient.value * t).sum(-1)
    moved = (gradient.bound * np.abs(t)).sum(-1) + gamma(n + 1, f.u) * products + vanished + n * f.eta
    return Truth((gradient.value * t).sum(-1), upward(moved + gamma(n + 1, U64) * products, n))


@silent
def hessian_of_norm(x: Float64, arithmetic: Arithmetic) -> Truth:
    """(I - v v^T) / ||x||, v = x / ||x||, of (..., n), x != 0: error 8 gamma_{n+8} / ||x|| in every entry.

    Each of v_i v_j and the difference is at most 1 and passes through a few roundings, and norms and inner products
    of n terms; 8 is calibrated (torch 2.13, CPU). Infinite where the norm is not accurate to a half.
    """
    n = x.shape[-1]
    value, bound = norm(x, 2.0, arithmetic)
    size = np.where(value > 0, value, 1.0)[..., None]
    v = x / size
    hessian = (np.eye(n) - v[..., :, None] * v[..., None, :]) / size[..., None]
    f = arithmetic.result
    allowed = 8 * gamma(n + 8, f.u) / size + n * f.eta
    usable = (value > 0) & (bound < 0.5 * value) & (1 / size[..., 0] < f.largest / 4) & (value < f.largest**0.25)
    usable &= value > f.lam**0.25  # cubes of the norm stay in range
    return Truth(hessian, np.where(usable[..., None, None], allowed[..., None], np.inf))
