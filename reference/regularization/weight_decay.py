"""Minimisers of quadratics with an L2 penalty: exact values by rationals, and what three ways to them may miss.

Notation: M = H + lambda I for a symmetric positive definite H (batch, n, n), w~ = M^-1 H w. ASNA is Higham's book, see
`rounding`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference import exact
from reference.bounds import eigh_orthogonality_error, eigh_residual_error
from reference.formats import Arithmetic
from reference.linear_algebra.linear_systems import product_error
from reference.linear_algebra.pseudoinverse import FIRST_ORDER, OWN, spectral_norm
from reference.linear_algebra.residuals import frobenius
from reference.memory import remembered
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Shrunk(NamedTuple):
    """w~ (batch, n) rounded once to float64; w; norms (batch,): ||H||_F, tr H, ||M^-1||_2, all rounded up; lambda."""

    value: Float64
    minimum: Float64
    frobenius: Float64
    trace: Float64
    inverse: Float64
    decay: float

    @property
    def norm(self) -> Float64:
        """||w~||."""
        return np.asarray(np.linalg.norm(self.value, axis=-1))


@remembered
def shrunk(h: Float64, w: Float64, decay: float) -> Shrunk:
    """w~ for H (batch, n, n) and w (batch, n), by exact rationals; without decay H^+ H w."""
    (batch, n), value, inverse = w.shape, [], []
    ridge = exact.rational_matrix(decay * np.eye(n))
    for of_h, of_w in zip(h, w, strict=True):
        q = exact.rational_matrix(of_h)
        m = (q + ridge).inv() if n and decay else exact.pseudoinverse(q)
        inverse.append(exact.nearest_array(m))
        value.append(exact.nearest_array(m * (q * exact.rational_matrix(of_w))))
    inverses = np.array(inverse).reshape(batch, n, n)
    found = np.array(value).reshape(batch, n)
    trace = np.trace(h, axis1=-2, axis2=-1)
    return Shrunk(found, w, frobenius(h), trace, spectral_norm(inverses) * (1 + OWN), decay)


def _finished(s: Shrunk, bound: Float64, sound: NDArray[np.bool_], arithmetic: Arithmetic) -> Truth:
    """w~ with a bound (batch,) on the norm of an error, infinite unless `sound`, and what underflow and w~ add."""
    n = s.value.shape[-1]
    own = 2 * U64 * s.norm + n * (n + 4) * arithmetic.result.eta
    return Truth(s.value, np.where(sound, upward(bound + own, n * n), np.inf))


@silent
def by_solving(s: Shrunk, arithmetic: Arithmetic) -> Truth:
    """solve(H + lambda I, H w) by LU factorisation, with a bound (batch,) on the norm of the error.

    (M + E) x^ = b + d with |E| <= gamma_{3n} |L||U| (ASNA theorem 9.4), a rounding of M, |d| <= gamma_n |H||w|: the
    error is ||M^-1|| (||E|| ||w~|| + ||d||) / (1 - c), c = ||M^-1|| ||E||. |L||U| is taken to be at most tr M in norm
    (calibrated, as in `pseudoinverse_limit`).
    """
    n, u = s.value.shape[-1], arithmetic.result.u
    e = (gamma(3 * n, u) + u) * (s.trace + n * s.decay)
    d = gamma(n, arithmetic.accumulator.u) * s.frobenius * np.linalg.norm(s.minimum, axis=-1)
    c = s.inverse * e
    bound = s.inverse * (e * s.norm + d) / (1 - np.minimum(c, FIRST_ORDER))
    return _finished(s, bound, c <= FIRST_ORDER, arithmetic)


@silent
def by_eigenvectors(s: Shrunk, arithmetic: Arithmetic) -> Truth:
    """V diag(s / (s + lambda)) V^T w with computed eigenvectors, and a bound (batch,) on the norm of the error.

    Near the computed V, within the departure o from orthogonality, there is an orthogonal one, with which V diag(s) V^T
    is H + E, ||E|| <= BND-EIGH + 2 o ||H||. H M^-1 = I - lambda M^-1 moves by lambda ||M^-1||^2 ||E|| / (1 - c) with
    c = ||M^-1|| ||E||, and by 2 o (1 + o) for the two factors V; two products and the quotient round, in norm
    sqrt(n) gamma_n each and 3 u.
    """
    n, u = s.value.shape[-1], arithmetic.result.u
    o = eigh_orthogonality_error(n, arithmetic)
    e = eigh_residual_error(s.frobenius, n, arithmetic) + 2 * o * s.frobenius
    c = s.inverse * e
    moved = s.decay * s.inverse * c / (1 - np.minimum(c, FIRST_ORDER))
    rounding = 2 * n**0.5 * product_error(n, arithmetic) + 4 * u
    bound = (moved + (2 * o + rounding) * (1 + o) ** 2 * (1 + rounding)) * np.linalg.norm(s.minimum, axis=-1)
    return _finished(s, bound, c <= FIRST_ORDER, arithmetic)


def step_size(s: Shrunk) -> float:
    """The largest power of two that is at most 1 / ||M||_2 for a whole batch, by the trace."""
    largest = float((s.trace + s.decay).max(initial=1.0))
    return float(2.0 ** -np.ceil(np.log2(max(largest, 1.0))))


@silent
def by_descent(s: Shrunk, lr: float, steps: int, arithmetic: Arithmetic) -> Truth:
    """Gradient descent from 0 with lr ||M|| <= 1, and a bound (batch,) on the norm of its distance from w~.

    A step contracts the distance by r = 1 - lr / ||M^-1||, so after k of them it is r^k ||w~|| + d / (1 - r), where d
    bounds the rounding of a step: lr gamma_{n+6} (||H||_F (||v|| + ||w||) + lambda ||v||) + u ||v||, v any iterate. As
    long as d / (1 - r) is at most ||w~|| / 2, no iterate is longer than 2.5 ||w~||.
    """
    n, u = s.value.shape[-1], arithmetic.result.u
    rate = lr / np.where(s.inverse > 0, s.inverse, 1.0)
    v = 2.5 * s.norm
    gradient = s.frobenius * (v + np.linalg.norm(s.minimum, axis=-1)) + s.decay * v
    reached = (lr * (product_error(n, arithmetic) + gamma(6, u)) * 2 * gradient + u * v) / rate
    left = np.maximum(1 - rate * (1 - OWN), 0.0) ** steps
    lost = 4 * n * (n + 2) * arithmetic.result.eta / rate
    return _finished(s, left * s.norm + reached + lost, reached <= s.norm / 2, arithmetic)


class Complexity(NamedTuple):
    """B/n E||sum e_i x_i|| with its error bound, and B/n sqrt(sum ||x_i||^2), which it does not exceed; (batch,)."""

    truth: Truth
    largest: Float64


def linear_complexity(x: Float64, radius: Float64, arithmetic: Arithmetic) -> Complexity:
    """The empirical Rademacher complexity of linear functions of norm at most `radius` (batch,) on x (batch, n, d).

    Enumerates the 2^n signs. A sum misses gamma_n(ua) sum |x_i|, its norm gamma_{d+3}(ua), the mean of 2^n norms
    gamma_{2^n}(ua), whatever the order; what is stored rounds by uo, five times in all.
    """
    n, d = x.shape[-2:]
    signs = 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    lengths = np.linalg.norm(signs @ x, axis=-1).mean(-1)
    accumulator, result = arithmetic.accumulator.u, arithmetic.result.u
    relative = (1 + gamma(d + 3, accumulator)) * (1 + gamma(2**n, accumulator)) * (1 + gamma(5, result)) - 1
    size = np.linalg.norm(np.abs(x).sum(-2), axis=-1)
    missed = gamma(n, accumulator) * size + n * d * arithmetic.underflow + d * arithmetic.result.eta
    own = gamma(2**n + n + d + 8, U64) * (lengths + size)
    error = radius / n * (relative * (lengths + missed) + missed + own) + 4 * arithmetic.result.eta
    squares = np.sqrt((x**2).sum((-2, -1)))
    return Complexity(Truth(radius / n * lengths, upward(error, n)), radius / n * squares * (1 + n * d * 4 * U64))


def degrees_of_freedom(d: Float64, decay: float, arithmetic: Arithmetic) -> Truth:
    """sum d^2 / (d^2 + decay) for d (batch, k): terms with four stored roundings, all positive, and their sum."""
    terms = d**2 / (d**2 + decay)
    k, value = d.shape[-1], terms.sum(-1)
    relative = (1 + gamma(5, arithmetic.result.u)) * (1 + gamma(k, arithmetic.accumulator.u)) - 1
    return Truth(value, upward((relative + gamma(k + 4, U64)) * value, k))
