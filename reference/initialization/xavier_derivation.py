"""What independent weights do to W W^T and to the norm of a signal: exact moments, and laws of sampled chains."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from reference import running
from reference.bounds import Chain, dot_truth, variance_error
from reference.formats import Arithmetic, Format, float32
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, gamma, overflows, rounded, silent, upward
from reference.running import Running, stored_exactly
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Moments(NamedTuple):
    """E t^2 and E t^4 of a symmetric law (...)."""

    second: Float64
    fourth: Float64


def moments(table: Float64) -> Moments:
    """Of equally likely values (..., d), multiples of 1/2: one rounding each, for the division."""
    return Moments((table**2).sum(-1) / table.shape[-1], (table**4).sum(-1) / table.shape[-1])


def weights(table: Float64, n: int, m: int) -> Float64:
    """All weights (..., d^(nm), n, m) with entries from tables (..., d)."""
    d = table.shape[-1]
    index = np.array(list(itertools.product(range(d), repeat=n * m)), np.intp).reshape(-1, n, m)
    return np.asarray(table[..., index])


# W W^T of independent weights. Values are exact but for U64 each; G (..., n, n, K) are its K outcomes, without error.


def gram_mean(table: Float64, g: Float64, m: int, arithmetic: Arithmetic) -> Truth:
    """E[W W^T] = M Var(w) I."""
    value = m * moments(table).second[..., None, None] * np.eye(g.shape[-2])
    error = running.mean(stored_exactly(g), arithmetic).error
    return Truth(value, upward(error + 4 * U64 * value))


def gram_variances(table: Float64, g: Float64, m: int, arithmetic: Arithmetic) -> Truth:
    """Var (W W^T)_ij = M Var(w)^2, and M (E w^4 - Var(w)^2) on the diagonal."""
    second, fourth = (v[..., None, None] for v in moments(table))
    diagonal = np.eye(g.shape[-2])
    value = m * (second**2 * (1 - diagonal) + (fourth - second**2) * diagonal)
    return Truth(value, upward(variance_error(g, arithmetic, correction=0) + 8 * U64 * m * fourth))


@silent
def fluctuation(table: Float64, g: Float64, m: int, arithmetic: Arithmetic) -> Truth:
    """E ||W W^T - M Var(w) I||_F^2 = N (N - 1) M Var(w)^2 + N M (E w^4 - Var(w)^2), the sum of the N^2 variances."""
    n = g.shape[-2]
    second, fourth = moments(table)
    value = n * (n - 1) * m * second**2 + n * m * (fourth - second**2)
    entries = gram_variances(table, g, m, arithmetic)
    total = entries.bound.sum((-2, -1))
    error = total + gamma(n * n, arithmetic.accumulator.u) * (value + total)
    if arithmetic.mixed:
        error = rounded(error, value, arithmetic.result)
    return Truth(value, upward(error + 16 * U64 * n * n * m * fourth, n * n))


class GramParts(NamedTuple):
    """The first column and the diagonal of W W^T."""

    column: Truth
    diagonal: Truth


def gram_parts(w: Float64, arithmetic: Arithmetic) -> GramParts:
    """For w (n, m), by BND-DOT."""
    value, bound = Chain.of(w, arithmetic).matmul(np.ascontiguousarray(w[:1].T)).truth()
    return GramParts(Truth(value[:, 0], bound[:, 0]), dot_truth(w, w, arithmetic))


# The norm of z = W x for a fixed signal x (..., m)


def mean_square(table: Float64, x: Float64, n: int) -> Float64:
    """E ||W x||^2 = N Var(w) ||x||^2."""
    return np.asarray(n * moments(table).second * (x**2).sum(-1))


def mean_fourth_power(table: Float64, x: Float64, n: int) -> Float64:
    """E ||W x||^4 = N b + N (N - 1) a^2, a = Var(w) ||x||^2, b = 3 a^2 + (E w^4 - 3 Var(w)^2) sum x^4.

    a and b are the second and fourth moments of one output. For the kurtosis 3 of the normal law it is
    (1 + 2/N) (E ||W x||^2)^2, whatever x: hence (1 + 2/N)^L after L layers.
    """
    second, fourth = moments(table)
    a = second * (x**2).sum(-1)
    b = 3 * a**2 + (fourth - 3 * second**2) * (x**4).sum(-1)
    return np.asarray(n * b + n * (n - 1) * a**2)


@silent
def total(x: Running, arithmetic: Arithmetic) -> Running:
    """Sums over the last axis (BND-SUM)."""
    value = x.exact.sum()
    n, size = x.error.shape[-1], np.abs(x.exact.hi) + x.error
    error = x.error.sum(-1) + gamma(max(n - 1, 0), arithmetic.accumulator.u) * size.sum(-1)
    if arithmetic.mixed:
        error = rounded(error, np.abs(value.hi), arithmetic.result, underflow=False)
    return Running(value, np.where(overflows(size.sum(-1), arithmetic.result), np.inf, upward(error, n)))


class NormMoments(NamedTuple):
    """E ||z||^2 and E ||z||^4 as a mean over outcomes."""

    square: Truth
    fourth_power: Truth


def norm_moments(table: Float64, x: Float64, z: Float64, elementwise: Arithmetic, reduction: Arithmetic) -> NormMoments:
    """Over all outcomes z (..., K, n), which have no error: squares, sums and means with their roundings."""
    n = z.shape[-1]
    outputs = stored_exactly(z)
    squares = total(running.product(outputs, outputs, elementwise), reduction)
    fourth = running.mean(running.product(squares, squares, elementwise), reduction).error
    second = running.mean(squares, reduction).error
    values = mean_square(table, x, n), mean_fourth_power(table, x, n)
    return NormMoments(*(Truth(v, e + 32 * U64 * v) for v, e in zip(values, (second, fourth), strict=True)))


# Chains of square layers with normal weights of variance 1/M: ||z_l||^2 / ||z_(l-1)||^2 is chi^2_M / M, independently.


def drift(m: int) -> float:
    """E log(chi^2_M / M) = psi(M/2) - log(M/2)."""
    return float(digamma(m / 2)) - math.log(m / 2)


@lru_cache(maxsize=256)
def drift_radii(m: int, count: int, alpha: float = ALPHA) -> tuple[float, float]:
    """How far above and below its mean the mean of `count` independent log(chi^2_M / M) may be, alpha/2 each.

    Chernoff: (K(s) + ln(2/alpha)/n) / s for every s > 0, and the same with K(-s) for s < M/2, where
    K(s) = ln Gamma(M/2 + s) - ln Gamma(M/2) - s psi(M/2) is the cumulant function. The least over a grid.
    """
    half, term = m / 2, math.log(2 / alpha) / count
    grid = np.geomspace(1e-4, 1, 400)
    radii = []
    for s in (grid * 64 * half, -grid * half * (1 - 1e-9)):
        cumulant = gammaln(half + s) - gammaln(half) - s * digamma(half)
        radii.append(float(np.min((cumulant + term) / np.abs(s))))
    above, below = radii
    return above + 1e-9, below + 1e-9


class Step(NamedTuple):
    """log(||W z||^2 / ||z||^2) (chains,), and how far the rounding of the weights may have moved it."""

    growth: Float64
    slack: Float64


@silent
def step(w: Float64, z: Float64, format: Format) -> Step:
    """For stored weights (chains, m, m) and signals (chains, m, 1).

    Stored weights are within r |w| + eta of normal ones, r = 4u of the kernel's float32 or float64 arithmetic and about
    u for a half type: W z is within e = || (r |W| + eta) |z| || of an exact one, half the growth within
    -log(1 - e / ||W z||).
    """
    size, before = (np.sqrt((v**2).sum((-2, -1))) for v in (w @ z, z))
    r = 4 * max(format, float32, key=lambda f: f.precision).u + (2 * format.u if format.precision < 24 else 0.0)
    moved = (r * np.abs(w) + format.eta) @ np.abs(z)
    share = np.sqrt((moved**2).sum((-2, -1))) / size
    return Step(2 * np.log(size / before), np.where(share < 1, -2 * np.log1p(-share), np.inf))


def rescaling(z: Float64) -> Float64:
    """Powers of two (chains, 1, 1) that make the largest entry of each signal (chains, m, 1) about 1; 1 for others."""
    largest = np.abs(z).max((-2, -1), keepdims=True)
    usable = (largest > 0) & np.isfinite(largest)
    return np.asarray(np.ldexp(1.0, np.where(usable, -np.frexp(np.where(usable, largest, 1.0))[1], 0)))


def drift_fit(steps: list[Step], m: int, alpha: float = ALPHA) -> Fit:
    """The mean growth of the layers against psi(M/2) - log(M/2)."""
    growth, slack = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    above, below = drift_radii(m, growth.size, alpha)
    away = float(growth.mean()) - drift(m)
    return Fit(abs(away), (above if away > 0 else below) + float(slack.mean()) + 8 * m * U64)


def image(w: Float64, z: Float64, arithmetic: Arithmetic) -> Truth:
    """W z by BND-DOT."""
    return Chain.of(w, arithmetic).matmul(z).truth()
