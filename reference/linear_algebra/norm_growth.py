"""The squared norm near the origin, and which axioms of a norm a function violates on given points.

Arrays are float64 and hold numbers of the stored format; the last axis is reduced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reference.bounds import dot_truth
from reference.formats import Arithmetic
from reference.rounding import U64, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Axiom = Literal["definite", "subadditive", "homogeneous"]

SCALARS = (-2.0, -1.0, -0.5, 0.0, 0.5, 2.0)
"""Powers of two: no product rounds."""


@silent
def squared_norm(x: Float64, arithmetic: Arithmetic) -> Truth:
    """||x||_2^2 of x (..., n), squares rounded to the stored format before they are added: BND-DOT; shape (...)."""
    return dot_truth(x, x, arithmetic, rounded_products=True)


@silent
def squares_scale_exactly(x: Float64, t: Float64, arithmetic: Arithmetic) -> Bool:
    """Where fl(||t x||^2) = t^2 fl(||x||^2) bit by bit for powers of two 0 < t <= 1 (...), x (..., n).

    A power of two commutes with rounding as long as all numbers stay normal: here entries and squares of t x, in the
    stored format, and sums of the squares of x. Any order of summation, as long as it is the same.
    """
    f, size = arithmetic.result, np.abs(x)
    smallest = np.where(size > 0, size, np.inf).min(-1, initial=np.inf) * t
    root = f.lam**0.5 * (1 + 2.0**-50)
    exact: Bool = (smallest >= max(f.lam, root)) & np.isfinite(squared_norm(x, arithmetic).bound)
    return exact


@silent
def half_square(x: Float64, arithmetic: Arithmetic) -> Truth:
    """||x||^2 / 2 of x (..., n), |x_i| <= 1: the Huber loss with threshold 1; shape (...).

    As `squared_norm`; the halves round only where they underflow, by at most eta_o in each term and in the sum.
    """
    value, bound = squared_norm(x, arithmetic)
    return Truth(value / 2, upward(bound / 2 + (2 * x.shape[-1] + 1) * arithmetic.result.eta))


@silent
def small_times_sum(x: Float64, sum_bound: Float64, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """(max |x_i|, slack) for fl(||x||^2) <= max |x_i| fl(||x||_1): by it the square is o(||x||) at 0; shapes (...)."""
    largest = np.abs(x).max(-1, initial=0.0)
    square = squared_norm(x, arithmetic)
    # the product of the two computed numbers is evaluated in float64
    return largest, upward(square.bound + largest * sum_bound + 2.0**-50 * square.value + 2.0**-1074, 4)


def arguments(points: Float64, scalars: Sequence[float] = SCALARS) -> Float64:
    """Where the axioms ask for a function: the points (m, n), all sums of two, all products with the scalars."""
    n = points.shape[-1]
    sums = points[:, None] + points[None]
    products = np.asarray(scalars)[:, None, None] * points
    return np.concatenate([points, sums.reshape(-1, n), products.reshape(-1, n)])


def violated_axioms(
    points: Float64, f: Float64, error: Float64, scalars: Sequence[float] = SCALARS
) -> frozenset[Axiom]:
    """The axioms that f violates by more than its errors, given f(arguments(points, scalars)) within `error`.

    definite: f(x) = 0 only for x = 0; subadditive: f(x + y) <= f(x) + f(y); homogeneous: f(a x) = |a| f(x).
    Raises ValueError for values that do not fit.
    """
    m, k = len(points), len(scalars)
    if f.shape != (m + m * m + k * m,) or error.shape != f.shape:
        raise ValueError(f"{m} points and {k} scalars have {m + m * m + k * m} arguments, not {f.shape}")
    (of_x, of_sum, of_product), (e, e_sum, e_product) = (np.split(v, [m, m + m * m]) for v in (f, error))
    size = np.abs(np.asarray(scalars))[:, None]
    excess = of_sum.reshape(m, m) - (of_x[:, None] + of_x)
    difference = np.abs(of_product.reshape(k, m) - size * of_x)
    found: dict[Axiom, bool] = {
        "definite": bool(((of_x == 0) & points.any(-1)).any()),
        "subadditive": bool((excess > upward(e_sum.reshape(m, m) + e[:, None] + e)).any()),
        "homogeneous": bool((difference > upward(e_product.reshape(k, m) + size * e)).any()),
    }
    return frozenset(axiom for axiom, violated in found.items() if violated)


def logsumexp(x: Float64, arithmetic: Arithmetic) -> Truth:
    """log sum e^x_i of x (..., n), n >= 1, with (n + 4)(1 + 3 max |x_i| + ln n) u; shapes (...).

    The maximum is subtracted (u times at most 2 max |x_i|), each exponential errs by a relative u or two, their sum by
    gamma_{n-1}, the logarithm and the sum with the maximum by u each; u is that of the stored format. The value is
    evaluated in float64, in the same way.
    """
    n, top = x.shape[-1], x.max(-1)
    value = top + np.log(np.exp(x - top[..., None]).sum(-1))
    size = (n + 4) * (1 + 3 * np.abs(x).max(-1) + np.log(n))
    return Truth(value, upward(size * (arithmetic.result.u + U64)))
