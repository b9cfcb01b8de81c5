"""Maxima of affine pieces: how near tangents come to a convex function, and maxima by rectifiers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, two_product
from reference.formats import Arithmetic
from reference.rounding import U64, gamma, overflows, silent, upward, wide
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Curve(NamedTuple):
    """A convex function, its slope, and the largest second derivative on [a, b]."""

    value: Callable[[Float64], Float64]
    slope: Callable[[Float64], Float64]
    curvature: Callable[[float, float], float]


CURVES = {
    "square": Curve(lambda x: x**2, lambda x: 2 * x, lambda _, __: 2.0),
    "exp": Curve(np.exp, np.exp, lambda _, high: math.exp(high) * (1 + 4 * U64)),
    "log cosh": Curve(lambda x: np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - math.log(2), np.tanh, lambda _, __: 1.0),
}


def value_error(name: str, x: Float64) -> Float64:
    """How far the value in float64 may be from f(x)."""
    size: Float64 = np.abs(CURVES[name].value(x)) + (np.abs(x) + 1) * (name == "log cosh")
    return 8 * U64 * size


def tangent_pieces(name: str, t: Float64, units: float, arithmetic: Arithmetic) -> tuple[Truth, Truth]:
    """Slopes f'(t) and intercepts f(t) - f'(t) t, by reverse mode; every operation of half types is stored.

    An elementary function has a relative error e. The slope takes one of them, or for log cosh the cosine, the sine, a
    quotient and a product; the logarithm of a cosine that is off by e is off by e, absolutely.
    """
    curve, fmt = CURVES[name], arithmetic.result
    e = units * arithmetic.accumulator.u + (fmt.u if arithmetic.mixed else 0.0)
    value, slope = curve.value(t), curve.slope(t)
    of_slope = (
        (4 if name == "log cosh" else 1) * e * (1 + 8 * e) * np.abs(slope) + 8 * U64 * np.abs(slope) + 2 * fmt.eta
    )
    of_value = e * (1 + 4 * e) * (np.abs(value) + (name == "log cosh")) + value_error(name, t)
    intercept = value - slope * t
    error = of_value + of_slope * np.abs(t)
    error += gamma(2.0, fmt.u) * (np.abs(slope * t) + np.abs(intercept) + error) + 4 * U64 * np.abs(slope * t)
    return Truth(slope, upward(of_slope)), Truth(intercept, upward(error + 2 * fmt.eta))


def maximum_of_pieces(x: Float64, w: Float64, c: Float64, arithmetic: Arithmetic) -> Truth:
    """max_j w_j x + c_j from stored numbers: x (batch, n), w and c (batch, k), for products and sums that are stored.

    A piece has an error of u |w x| (1 + u) + u |w x + c| and an underflow. Only pieces that may be the largest matter.
    """
    u, eta = arithmetic.result.u, arithmetic.result.eta
    slopes, numbers, shifts = np.broadcast_arrays(w[:, None, :], x[:, :, None], c[:, None, :])
    product = slopes * numbers
    piece = (DoubleDouble(*two_product(slopes, numbers)) + shifts).hi if wide(arithmetic) else product + shifts
    error = upward(u * (1 + u) * np.abs(product) + (u + 2 * U64) * np.abs(piece) + 2 * U64 * np.abs(product) + eta)
    top = piece.max(-1, keepdims=True)
    least = (piece - error).max(-1, keepdims=True)
    return Truth(top[..., 0], np.where(piece + error >= least, error, 0.0).max(-1))


def pieces_error(x: Float64, of_slope: Float64, of_intercept: Float64) -> Float64:
    """What errors of slopes and intercepts (batch, k) make of the maximum at x (batch, n)."""
    return upward((of_slope[:, None, :] * np.abs(x)[:, :, None] + of_intercept[:, None, :]).max(-1))


def nearest_tangent(name: str, interval: tuple[float, float], x: Float64, t: Float64) -> Float64:
    """L/2 min_j (x - t_j)^2, above f(x) less the largest tangent (Taylor-Lagrange)."""
    return upward(CURVES[name].curvature(*interval) / 2 * ((x[:, :, None] - t[:, None, :]) ** 2).min(-1))


def theorem(name: str, interval: tuple[float, float], t: Float64) -> Float64:
    """L (b - a)^2 / (8 k^2) for each row of t (batch, k); half a part longer by how far rounding moved a midpoint."""
    low, high = interval
    k = t.shape[-1]
    middles = low + (high - low) * (np.arange(k) + 0.5) / k
    reach = (high - low) / (2 * k) + np.abs(t - middles).max(-1)
    return upward(CURVES[name].curvature(low, high) / 2 * reach**2)


@silent
def maximum(a: Float64, b: Float64, arithmetic: Arithmetic, error: Float64 | None = None) -> Truth:
    """max(a, b) as relu(a - b) + b: where a > b the difference and the sum round, else nothing does.

    `error` is that of a and b already: the maximum of numbers that are off by as much is, too. The bound is infinite
    where the difference may overflow.
    """
    u, before = arithmetic.result.u, np.zeros(a.shape) if error is None else error
    largest = np.maximum(a, b)
    difference = np.where(a - b > -2 * before, np.abs(a - b) + 2 * before, 0.0)
    local = u * difference + u * (np.abs(largest) + before + u * difference) * (difference > 0)
    bound = upward(before + local + 4 * U64 * U64 * difference)
    return Truth(largest, np.where(overflows(np.abs(a - b) + 2 * before, arithmetic.result), np.inf, bound))


def maximum_by_tree(x: Float64, arithmetic: Arithmetic) -> Truth:
    """The maximum of each row by the binary tree that halves the row, depth ceil(log2 n)."""
    value, error = x, np.zeros(x.shape)
    while value.shape[-1] > 1:
        half = value.shape[-1] // 2
        both = np.maximum(error[:, :half], error[:, half : 2 * half])
        found = maximum(value[:, :half], value[:, half : 2 * half], arithmetic, both)
        value = np.concatenate((found.value, value[:, 2 * half :]), -1)
        error = np.concatenate((found.bound, error[:, 2 * half :]), -1)
    return Truth(value[:, 0], error[:, 0])
