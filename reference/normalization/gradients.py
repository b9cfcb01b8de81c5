"""Derivatives of standardised sets: the gradient, and higher derivatives along a direction.

Sets are the rows of x (batch, m). ASNA = N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.normalization.batch_norm import OWN, Standardised
from reference.rounding import U64, gamma, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]

STEP = 2.0**-10
"""A step of the deviations, larger than their errors."""


@silent
def gradient(sets: Standardised, g: Float64, arithmetic: Arithmetic, *, centred: bool = True) -> Truth:
    """(g - mean(g) - xhat P) / root, P = mean(g xhat), for g = w times the cotangent, (batch, m); else without mean(g).

    With s = (|y| + |mean| + d)(1 + stretch) / root, which is what x and mean cost where they are multiplied before they
    are subtracted: P errs by e = mean(|g| core) + gamma_{m+6} mean(|g| s), xhat P by (core + gamma_4 s)(|P| + e) +
    |xhat| e, mean(g) by gamma_{m+2} mean|g|, and all by gamma_6 and the stretch of 1 / root. Half types may store
    sum(g (x - mean)), P / root, xhat P, g, mean(g), g - mean(g), g - mean(g) - xhat P, and that times 1 / root and w.
    """
    m, u = g.shape[-1], arithmetic.accumulator.u
    y, standard, core = np.abs(sets.y), sets.standard, sets.core
    mean = g.mean(-1, keepdims=True) if centred else np.zeros(())
    p = (g * standard).mean(-1, keepdims=True)
    size, total = np.abs(g), np.abs(g).mean(-1, keepdims=True) * centred
    s = (y + np.abs(sets.mean) + sets.mean_error) * (1 + sets.stretch) / sets.root
    e = (size * core).mean(-1, keepdims=True) + gamma(m + 6, u) * (size * s).mean(-1, keepdims=True)
    terms = size + np.abs(mean) + np.abs(standard * p)
    error = (core + gamma(4, u) * s) * (np.abs(p) + e) + np.abs(standard) * e + gamma(m + 2, u) * total
    error = (error + gamma(6, u) * terms + OWN * (m + 8) * U64 * terms) * (1 + sets.stretch) + sets.stretch * terms
    if arithmetic.mixed:
        steps = terms + 2 * np.abs(standard * p) + np.abs(g - mean) + 3 * np.abs(g - mean - standard * p)
        error = error + arithmetic.result.u * (steps + 9 * error)
    scale = np.ldexp(1.0, -sets.exponent) / sets.root
    value = (g - mean - standard * p) * scale
    return Truth(value, upward(error * scale + 4 * arithmetic.result.eta * (1 + scale + np.abs(standard)), m))


def sum_truth(found: Float64, bound: Float64) -> Truth:
    """0, the sum of a gradient whose components (batch, m) err by `bound`; those found are added up in float64."""
    m = found.shape[-1]
    return Truth(np.zeros(len(found)), upward(bound.sum(-1) + gamma(m, U64) * np.abs(found).sum(-1), m))


def leftover(sets: Standardised, g: Float64) -> Truth:
    """sum(g xhat) eps / (v + eps) (batch,), what is left along xhat, and how far float64 may be from it.

    Every xhat errs by `OWN` roundoffs, sum and products by gamma_{m+1}; eps is root^2 - v, within three roundings.
    """
    m, share = g.shape[-1], ((sets.root**2 - sets.variance) / sets.root**2)[:, 0]
    terms = np.abs(g * sets.standard).sum(-1)
    own = (OWN + 4 * m) * U64 * terms * (1 + sets.variance / sets.root**2)[:, 0]
    return Truth((g * sets.standard).sum(-1) * share, own)


def component(sets: Standardised, g: Float64, found: Float64, bound: Float64) -> Truth:
    """<gradient, xhat> = leftover / root (batch,), for components found (batch, m) that err by `bound`."""
    m, left, scale = found.shape[-1], leftover(sets, g), np.ldexp(1 / sets.root, -sets.exponent)[:, 0]
    size = np.abs(sets.standard)
    own = (gamma(m + 1, U64) + OWN * U64) * (np.abs(found) * size).sum(-1)
    own = own + (left.bound + 4 * U64 * np.abs(left.value)) * scale
    return Truth(left.value * scale, upward((size * bound).sum(-1) + own, m))


@silent
def along(
    x: Float64, d: Float64, c: Float64, eps: float, order: int, arithmetic: Arithmetic, *, centred: bool = True
) -> Truth:
    """The second or third derivative of phi(t) = sum c xhat(x + t d) at 0 for every row, (batch,).

    With a and b the deviations of x and d, A = mean(a^2) + eps, B = mean(a b), C = mean(b^2), alpha = sum(c a) and
    beta = sum(c b): phi(t) = (alpha + beta t) h(t), h = (A + 2 B t + C t^2)^(-1/2), so that h' = -B A^(-3/2),
    h'' = (3 B^2 - A C) A^(-5/2) and h''' = (9 A B C - 15 B^3) A^(-7/2). Any way to it is a sum of products of these
    numbers: gamma_K of T, the same with all numbers in magnitude, K = 4 (m + 10) roundings on the longest path, times
    the condition of A, 1 + 2 mean(|a| (|x| + mean|x|)) / A. For |b| stands |d| + mean|d|: reverse mode multiplies a
    gradient by d and not by b. The a err by gamma_{m+4} (|x| + mean|x|), and T is convex in them: a share of the step
    moves it by at most that share of what the step does.
    """
    m, u = x.shape[-1], arithmetic.accumulator.u
    a, b = (z - z.mean(-1, keepdims=True) * centred for z in (x, d))
    exact, A = _terms(a, b, c, eps, order), _spread(a, eps)
    sizes = [np.abs(z) + np.abs(z).mean(-1, keepdims=True) * centred for z in (x, d)]
    largest = _terms(np.abs(a), sizes[1], np.abs(c), eps, order, least=A)
    moved = _terms(np.abs(a) + STEP * sizes[0], sizes[1], np.abs(c), eps, order, least=A) - largest
    condition = 1 + 2 * (np.abs(a) * sizes[0]).mean(-1) / A
    error = gamma(4 * (m + 10), u) * condition * largest + gamma(m + 4, u) / STEP * moved
    error = error + gamma(4 * (m + 10), U64) * condition * largest
    if arithmetic.mixed:
        error = error + arithmetic.result.u * (np.abs(exact) + error) + arithmetic.result.eta
    return Truth(exact, upward(error, m))


def _spread(a: Float64, eps: float) -> Float64:
    return np.asarray((a**2).mean(-1) + eps)


def _terms(a: Float64, b: Float64, c: Float64, eps: float, order: int, *, least: Float64 | None = None) -> Float64:
    """The derivative by its terms; with `least` for A the terms are added up in magnitude."""
    A = _spread(a, eps) if least is None else least
    B, C, alpha, beta = (a * b).mean(-1), (b**2).mean(-1), (c * a).sum(-1), (c * b).sum(-1)
    sign = -1.0 if least is None else 1.0
    first, second = sign * B * A**-1.5, (3 * B**2 / A + sign * C) * A**-1.5
    if order == 2:
        return np.asarray(alpha * second + 2 * beta * first)
    third = (9 * B * C / A + sign * 15 * B**3 / A**2) * A**-1.5
    return np.asarray(alpha * third + 3 * beta * second)
