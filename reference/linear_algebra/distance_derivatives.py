"""Gradients of distances of every order, and the Jacobian of the unit vector, with bounds for both modes.

ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from reference.bounds import norm_truth
from reference.formats import Arithmetic
from reference.linear_algebra.norm_family import gradient_of_maximum
from reference.rounding import U64, gamma, overflows, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

POWERS = 12
"""Roundings of the quotient: two powers, good to two units each, three products, and the stored norm."""


@silent
def gradient_of_distance(x: Float64, y: Float64, p: float, arithmetic: Arithmetic) -> Truth:
    """sgn(d_i) (|d_i| / ||d||_p)^(p-1) for d = x - y (..., n), by x; 0 where d = 0; p = 1, 2, 3 or infinity.

    Exact for p = 1; one rounding for p = inf (see `gradient_of_maximum`). Else each |d_i| errs by a relative u, its
    norm by u and the relative e of BND-L2 or BND-LP, both to the power p - 1, and `POWERS` roundings are added;
    infinite where that power of the norm is subnormal or overflows.
    """
    d, f = arithmetic.result.round(x - y), arithmetic.result
    zero = ~d.any(-1, keepdims=True)
    if p == 1:
        return Truth(np.sign(d), np.zeros(d.shape))
    if p == math.inf:
        truth = gradient_of_maximum(np.where(zero, 1.0, d), arithmetic)
        return Truth(np.where(zero, 0.0, truth.value), np.where(zero, 0.0, truth.bound))
    norm, error = (part[..., None] for part in norm_truth(d, p, arithmetic))
    size = np.where(zero, 1.0, norm)
    value = np.sign(d) * (np.abs(d) / size) ** (p - 1)
    e = error / size + 3 * f.u
    relative = (1 + e) ** (p - 1) / (1 - np.minimum(e, 0.5)) ** (p - 1) * (1 + gamma(POWERS, f.u)) - 1
    vanished = f.eta * (1 + size ** (1 - p))
    bound = upward(relative * np.abs(value) + vanished + 16 * U64 * np.abs(value), 8)
    power = size ** (p - 1)
    lost = (power < f.lam) | overflows(power, f)
    return Truth(value, np.where(zero, 0.0, np.where(lost, np.inf, bound)))


@silent
def along(gradient: Truth, d: Float64, t: Float64, p: float, arithmetic: Arithmetic) -> Truth:
    """<gradient, t> (...) for d and t (..., n): the errors of the gradient, gamma_n and gamma_4 of an inner product.

    Powers |d_i|^(p-1) t_i are added before they are divided by ||d||^(p-1): each may vanish by eta, and where their sum
    may overflow the bound is infinite.
    """
    n, f = t.shape[-1], arithmetic.result
    size, power = np.abs(gradient.value * t).sum(-1), 0.0 if math.isinf(p) else p - 1
    rounding = gamma(n, arithmetic.accumulator.u) + gamma(4, f.u)
    moved = ((gradient.bound * np.abs(t)).sum(-1) + rounding * size) * (1 + rounding)
    divisor = np.where(d.any(-1), np.abs(d).max(-1), 1.0) ** power
    bound = upward(moved + n * f.eta * (1 + 1 / divisor) + gamma(n, U64) * size, n)
    overflow = overflows((np.abs(d) ** power * np.abs(t)).sum(-1), f)
    return Truth((gradient.value * t).sum(-1), np.where(overflow, np.inf, bound))


@silent
def direction_derivative(x: Float64, g: Float64, eps: float, arithmetic: Arithmetic) -> Truth:
    """(g - v <v, g>) / ||x||, v = x / ||x||, of (..., n), and g / eps where ||x|| < eps.

    The Jacobian is symmetric, so this is what either mode gives. gamma_{3n} and gamma_16
    of (|g| + |v| <|v|, |g|>) / ||x||: one inner product and the norm up to three times, gamma_{n/2+2} each (ASNA
    (3.5)), in the accumulator, with a dozen further roundings. Infinite where sums of g_i / ||x|| or of
    x_i g_i may overflow.
    """
    n, f = x.shape[-1], arithmetic.result
    norm = np.sqrt((x**2).sum(-1))[..., None]
    inside = norm < eps
    size = np.where(inside, 1.0, norm)
    v = x / size
    value = (g - v * (v * g).sum(-1, keepdims=True)) / size
    reach = (np.abs(g) + np.abs(v) * np.abs(v * g).sum(-1, keepdims=True)) / size
    relative = gamma(3 * n, arithmetic.accumulator.u) + gamma(16, f.u) + gamma(3 * n + 16, U64)
    largest = np.maximum(np.abs(g) / size, np.abs(x * g)).sum(-1, keepdims=True)
    bound = np.where(overflows(largest, f), np.inf, relative * reach + n * f.eta * (1 + 1 / size) ** 3)
    linear = g / eps
    return Truth(np.where(inside, linear, value), upward(np.where(inside, gamma(3, f.u) * np.abs(linear), bound), n))
