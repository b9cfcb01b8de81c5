"""Gradient descent from a given start: iterates on the double well and on a quadratic, and what rounding may add.

With step size e the double well sum (x_i^2 - 1)^2 / 4 has g(x) = x + e x (1 - x^2), and a quadratic with Hessian H and
minimum c has x - c -> (I - e H)(x - c). ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
SIAM 2002.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double, matmul
from reference.formats import Arithmetic, Format
from reference.linear_algebra.linear_systems import product_error
from reference.memory import remembered
from reference.rounding import U64, gamma, overflows, rounded, silent, upward
from reference.running import Running
from reference.truth import Truth

Float64 = NDArray[np.float64]


def representable(x: DoubleDouble, fmt: Format) -> NDArray[np.bool_]:
    """Where a number of the format has that value."""
    return np.asarray((x.tail == 0) & (fmt.round(x.hi) == x.hi))


def largest_slope(x: Float64, error: Float64, lr: float) -> Float64:
    """max |g'| = max |1 + lr - 3 lr y^2| over |y - x| <= error: where y^2 is largest or smallest."""
    far = np.abs(x) + error
    near = np.maximum(np.abs(x) - error, 0.0)
    return np.asarray(np.maximum(np.abs(1 + lr - 3 * lr * far**2), np.abs(1 + lr - 3 * lr * near**2)))


@silent
@remembered
def double_well(start: Float64, lr: float, steps: int, arithmetic: Arithmetic) -> Truth:
    """Iterates of x -> x - lr (x^3 - x) from starts (..., n), for lr a power of two: (..., steps + 1, n).

    The computed gradient errs by gamma_3 |x|^3 + gamma_4 |x^3 - x| + 3 eta, in whatever way its two products are made,
    and the update by one rounding; an earlier error is multiplied by |g'|, taken at its largest as far as that error
    reaches: near the minima it shrinks. Nothing is rounded as long as the format holds every intermediate result.
    """
    fmt = arithmetic.result
    x, error, exactly = double_double(start), np.zeros_like(start), np.ones(start.shape, bool)
    his, tails, errors = [x.hi], [x.tail], [error]
    for _ in range(steps):
        square = x * x
        gradient = x * (square - 1.0)
        reached = x - gradient * lr
        parts = (square, square - 1.0, square * x, gradient, gradient * lr, reached)
        exactly = exactly & np.logical_and.reduce([representable(part, fmt) for part in parts])
        size = np.abs(x.hi) + error
        steep = np.abs(gradient.hi) + error * (3 * size**2 + 1)
        rounding = lr * (gamma(3, fmt.u) * size**3 + gamma(4, fmt.u) * steep + 3 * fmt.eta)
        own = 64 * U64**2 * (size + size**3)
        moved = largest_slope(x.hi, error, lr) * error + rounding + own
        error = upward(rounded(moved, np.abs(reached.hi), fmt)) + fmt.eta
        error = np.where(exactly, 0.0, np.where(overflows(size**3 + error, fmt), np.inf, error))
        x = reached
        his.append(x.hi)
        tails.append(x.tail)
        errors.append(error)
    return Running(DoubleDouble(np.stack(his, -2), np.stack(tails, -2)), np.stack(errors, -2)).truth


def distance_left(start: Float64, lr: float, steps: int) -> Float64:
    """(1 - lr |x_0|(1 + |x_0|))^k (1 - |x_0|) for k = 0..steps, starts (..., n) in [-1, 1], lr <= 1/2.

    For x in (0, 1], 1 - g(x) = (1 - x)(1 - lr x (1 + x)) and the last factor is not negative, so iterates grow towards
    1 and the factor is at most that of x_0; g is odd.
    """
    size = np.abs(start)[..., None, :]
    left = (1 - lr * size * (1 + size)) ** np.arange(steps + 1)[:, None] * (1 - size)
    return upward(np.asarray(left), steps)


@silent
@remembered
def quadratic(
    h: Float64, minimum: Float64, start: Float64, lr: float, steps: int, least: float, arithmetic: Arithmetic
) -> Truth:
    """Iterates for H (..., n, n) with eigenvalues in [least, 1 / lr], c and starts (..., n): (..., steps + 1, n).

    The bound is on the norm of the error, (..., steps + 1). ||I - lr H|| <= 1 - lr least contracts an earlier one. A
    step adds lr (product_error_n + gamma_5) ||H||_F ||x - c||, for the difference from c, the two products H d / 2
    and H^T d / 2 and their sum, underflow, and the rounding of the update. Nothing is rounded at the minimum.
    """
    fmt, n = arithmetic.result, start.shape[-1]
    frobenius = np.sqrt((h**2).sum((-2, -1)))
    each = lr * (product_error(n, arithmetic) + gamma(5, fmt.u)) * frobenius
    still = (start == minimum).all(-1)
    missed, error = double_double(start) - minimum, np.zeros(start.shape[:-1])
    values, bounds = [start], [error]
    for _ in range(steps):
        size = norm(missed.hi) + error
        product = matmul(h, missed[..., None])[..., 0]
        missed = missed - product * lr
        x = missed + minimum
        moved = (1 - lr * least) * error + each * size + 4 * n * fmt.eta
        error = upward(moved + fmt.u * (norm(x.hi) + moved), n * n) + 4 * (n + 3) ** 2 * U64**2 * size
        overflow = overflows(frobenius * size + norm(x.hi), fmt)
        error = np.where(still, 0.0, np.where(overflow, np.inf, error))
        values.append(x.hi)
        bounds.append(error + np.where(still, 0.0, 2 * U64 * norm(x.hi)))
    return Truth(np.stack(values, -2), np.stack(bounds, -1))


def norm(x: Float64) -> Float64:
    """Euclidean norms along the last axis."""
    return np.asarray(np.linalg.norm(x, axis=-1))
