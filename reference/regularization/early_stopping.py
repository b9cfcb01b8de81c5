"""Gradient descent from 0 on ||w - c||^2 / 2, and the error of its iterates on a validation set, ||w - v||^2.

With step size e the iterates are w_t = (1 - (1 - e)^t) c. ASNA = N. J. Higham, Accuracy and Stability of Numerical
Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from reference.double_double import DoubleDouble, double_double
from reference.exact import nearest_array, rational_matrix
from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import product_error
from reference.regularization.dropout_training import total
from reference.regularization.weight_decay import Shrunk
from reference.rounding import U64, gamma, overflows, rounded, silent, upward
from reference.running import Running, difference, product, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


def remaining(lr: float, steps: int) -> list[Fraction]:
    """(1 - lr)^t for t = 0..steps: what is left of the first gradient."""
    return [(1 - Fraction(lr)) ** t for t in range(steps + 1)]


@silent
def iterates(c: Float64, lr: float, steps: int, arithmetic: Arithmetic) -> Running:
    """w_t for c (..., n) and 0 < lr <= 1: (..., steps + 1, n).

    The gradient w - c, its product with lr and the difference from w are rounded once each, so an error e_t grows to
    (1 - lr) e_t + lr gamma_3 (|w_t - c| + e_t), and one more rounding, of w_{t+1}. Nothing is rounded while whole c and
    a step size 2^-k leave multiples of 2^(-k t) with few enough digits.
    """
    left, fmt = remaining(lr, steps), arithmetic.result
    part = [1 - q for q in left]
    hi = np.array([float(p) for p in part])
    tail = np.array([float(p - Fraction(float(p))) for p in part])
    exact = DoubleDouble(hi, tail)[:, None] * double_double(c)[..., None, :]
    size, error, errors = np.abs(c), np.zeros_like(c), [np.zeros_like(c)]
    for t in range(steps):
        gradient = float(left[t]) * size + error
        moved = (1 - lr) * error + lr * gamma(3, fmt.u) * gradient + 2 * fmt.eta
        reached = hi[t + 1] * size
        error = rounded(moved, reached, fmt)
        error = np.where(overflows(size + error, fmt), np.inf, upward(error))
        errors.append(np.where(exactly_reached(c, lr, t + 1, fmt.precision), 0.0, error))
    return Running(exact, np.stack(errors, -2) + 4 * U64**2 * np.abs(exact.hi))


def exactly_reached(c: Float64, lr: float, step: int, precision: int) -> NDArray[np.bool_]:
    """Where the first iterates up to `step` are numbers of the format: |c| 2^(k step) <= 2^precision, lr = 2^-k."""
    k = -np.log2(lr)
    few = np.abs(c) * 2.0 ** (k * step) <= 2.0**precision
    return np.asarray((np.rint(c) == c) & (k == np.rint(k)) & few)


def validation_errors(w: Running, v: Float64, arithmetic: Arithmetic) -> Running:
    """||w - v||^2 for iterates (..., steps + 1, n) and v (..., n), the errors of the iterates carried on."""
    missed = difference(w, stored_exactly(v[..., None, :]), arithmetic)
    return total(product(missed, missed, arithmetic), arithmetic)


def least_remaining(lr: float, share: float) -> float:
    """The least share of the first gradient left at the best step, for v = share c: 2 (1 - share)(1 - lr)/(2 - lr).

    The best step t > 0 has q^t at least as near to 1 - share as q^(t-1), q = 1 - lr; so q^t + q^(t-1) >= 2 (1 - share).
    """
    q = 1 - lr
    return 2 * (1 - share) * q / (1 + q)


@silent
def filtered(h: Float64, s: Shrunk, lr: float, steps: int, arithmetic: Arithmetic) -> Truth:
    """(I - (I - lr H)^steps) w, the iterate of gradient descent from 0, and a bound (batch,) on the norm of its error.

    `s` is of H (batch, n, n) without decay, lr ||H|| <= 1: every step contracts errors, and exact iterates are no
    longer than w. As in `weight_decay.by_descent` a step adds lr gamma_{n+6} ||H||_F (||v|| + ||w||) + u ||v||, v any
    iterate, at most 1.5 ||w|| long as long as all steps together add no more than ||w|| / 2.
    """
    n, u = s.minimum.shape[-1], arithmetic.result.u
    identity, found = rational_matrix(np.eye(n)), []
    for of_h, of_w in zip(h, s.minimum, strict=True):
        q, w = rational_matrix(lr * of_h), rational_matrix(of_w)
        missed = w
        for _ in range(steps):
            missed = (identity - q) * missed
        found.append(nearest_array(w - missed))
    value, length = np.array(found).reshape(s.minimum.shape), np.linalg.norm(s.minimum, axis=-1)
    each = lr * (product_error(n, arithmetic) + gamma(6, u)) * 2 * s.frobenius * 2.5 * length + 1.5 * u * length
    bound = upward(steps * (each + 4 * n * (n + 2) * arithmetic.result.eta) + 2 * U64 * length, n * n)
    return Truth(value, np.where(steps * each <= length / 2, bound, np.inf))
