"""Condition numbers of every order, norms of windows, and vectors scaled into a ball.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reference.bounds import norm_truth, svdvals_error
from reference.formats import Arithmetic
from reference.linear_algebra.norms import norm
from reference.linear_algebra.pseudoinverse import Inverses, inverse_truth
from reference.linear_algebra.svd import certified_singular_values
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Order = float | Literal["fro", "nuc"]

SMALL = 1e-7
"""What torch.renorm adds to a norm before it divides by it."""


@silent
def condition_by_values(a: Float64, p: float, arithmetic: Arithmetic) -> Truth:
    """s_1 / s_k for p = 2 and s_k / s_1 for p = -2 (batch,), k = min(m, n) > 0: values without vectors, one quotient.

    Each misses e = BND-SVD, so the quotient moves to at most (s_1 + e) / (s_k - e); infinite where e exceeds s_k / 2.
    """
    s, (m, n) = certified_singular_values(a), a.shape[-2:]
    largest, smallest = s.value[..., 0], s.value[..., -1]
    e = svdvals_error(largest + s.bound[..., 0], m, n, arithmetic) + s.bound.max(-1)
    clear = e < smallest / 2
    least = np.where(clear, smallest - e, 1.0)
    value = largest / np.where(clear, smallest, 1.0)
    moved = (largest + e) / least - value
    if p < 0:
        moved, value = (smallest + e) / np.maximum(largest - e, e) - 1 / value, 1 / value
    return Truth(value, np.where(clear, upward(moved + 4 * arithmetic.result.u * (value + moved)), np.inf))


@silent
def condition(a: Float64, inverses: Inverses, p: Order, arithmetic: Arithmetic) -> Truth:
    """||A||_p ||A^-1||_p (batch,) of nonsingular matrices for p = "fro", "nuc", 1, -1, inf, -inf.

    -1 and -inf are least column and row sums, no norms. Each is at most sqrt(n) times the Frobenius norm, and changes
    by at most sqrt(n) times that of a change of the matrix; the computed inverse misses `inverse_truth`. Sums of n
    numbers, roots and the product round: gamma_{n+4}; singular values add BND-SVD each.
    """
    n = a.shape[-1]
    x, off = inverse_truth(inverses, arithmetic)
    of_a, of_x = (np.linalg.norm(m, p, (-2, -1)) for m in (a, x))
    rounding = gamma(n * n + 4 if p == "fro" else n + 4, arithmetic.result.u) + gamma(n * n + 8, U64)
    root = n**0.5
    size = np.linalg.norm(x, axis=(-2, -1)) + off
    added = [
        n * svdvals_error(t, n, n, arithmetic) if p == "nuc" else 0.0 for t in (np.linalg.norm(a, 2, (-2, -1)), size)
    ]
    of_computed = of_x + root * off + added[1]
    moved = of_a * (root * off + added[1]) + added[0] * of_computed + 3 * rounding * (of_a + added[0]) * of_computed
    return Truth(of_a * of_x, upward(moved, n))


def window_norms(x: Float64, p: float, size: int, arithmetic: Arithmetic, *, pow_error: float) -> Truth:
    """||.||_p of consecutive windows (batch, n // size); see `norms_by_means`."""
    count = x.shape[-1] // size
    windows = x[..., : count * size].reshape(*x.shape[:-1], count, size)
    return norms_by_means(windows, p, arithmetic, pow_error=pow_error)


@silent
def norms_by_means(windows: Float64, p: float, arithmetic: Arithmetic, *, pow_error: float) -> Truth:
    """||.||_p of windows (..., size): stored powers, their mean times the size, and its root.

    As a norm by its formula, and two roundings more under the root, of which mean and product may lose eta and size eta
    of the sum S of powers: a relative size eta / S. Exact for p = inf.
    """
    if p == math.inf:
        return norm_truth(windows, p, arithmetic)
    size = windows.shape[-1]
    value, bound = norm(windows, p, arithmetic, pow_error=pow_error, stored_steps=True)
    f, total = arithmetic.result, value**p
    relative = np.divide((size + 1) * f.eta, total, out=np.full(total.shape, np.inf), where=total > 0)
    lost = np.where(relative < 0.25, value * relative, (total + (size + 1) * f.eta) ** (1 / p))
    more = 4 * f.u * (value + bound) + np.where(total > 0, lost, 0.0)
    return Truth(value, upward(bound + more))


@silent
def renormed(x: Float64, p: float, largest: float, arithmetic: Arithmetic, *, pow_error: float) -> Truth:
    """x (..., n) where ||x||_p <= `largest`, else x times largest / (||x||_p + c) with c from 0 to `SMALL`.

    Bounds (..., n) around the middle of both, with the error of the norm and four roundings. 0 where the computed norm
    cannot exceed `largest`; where it may or may not, both are allowed.
    """
    value, error = norm(x, p, arithmetic, pow_error=pow_error)
    size = np.where(value > 0, value, 1.0)
    highest, lowest = largest / size, largest / (size + SMALL)
    relative = error / size + 4 * arithmetic.result.u + 4 * U64
    low, high = lowest * (1 - relative), highest * (1 + relative)
    inside, outside = value + error <= largest, value - error > largest
    low = np.where(inside, 1.0, np.where(outside, low, np.minimum(low, 1.0)))
    high = np.where(inside, 1.0, np.where(outside, high, np.maximum(high, 1.0)))
    middle, half = ((high + low) / 2)[..., None], ((high - low) / 2)[..., None]
    bound = np.where(inside[..., None], 0.0, upward(half * np.abs(x) + arithmetic.result.eta + 4 * U64 * np.abs(x)))
    return Truth(np.where(inside[..., None], x, middle * x), bound)
