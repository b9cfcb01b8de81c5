"""Variance of a sum of independent products: what a layer does to the spread of its signal."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import covariance_error, variance_error
from reference.formats import Arithmetic, Format
from reference.probability.sampling import ALPHA, Fit
from reference.rounding import U64, gamma, upward
from reference.statistics import bernstein_radius
from reference.truth import Truth

Float64 = NDArray[np.float64]


def enumerated(table: Float64, width: int) -> Float64:
    """All outcomes of `width` draws from tables (..., d) of equally likely values: (..., d^width, width)."""
    d = table.shape[-1]
    index = np.array(list(itertools.product(range(d), repeat=width)), np.intp).reshape(-1, width)
    return np.asarray(table[..., index])


class Moments(NamedTuple):
    """Mean and variance of a law."""

    mean: Float64
    variance: Float64


def moments(table: Float64) -> Moments:
    """Of equally likely whole numbers (..., d); both correctly rounded, from exact integers."""
    d = table.shape[-1]
    return Moments(table.sum(-1) / d, _scaled_variance(table) / d**2)


def _scaled_variance(table: Float64) -> Float64:
    """d^2 times the variance of d equally likely whole numbers (..., d), exact if their differences are small."""
    shifted = table - table[..., :1]
    return np.asarray(table.shape[-1] * (shifted**2).sum(-1) - shifted.sum(-1) ** 2)


def propagated_variance(w: Float64, x: Float64, width: int) -> Float64:
    """M (Var w Var x + Var w E[x]^2 + E[w]^2 Var x) for tables of whole numbers (..., d), correctly rounded.

    Times d^4 it is a whole number below 2^53, for numbers far from 0 only if the other table is constant.
    """
    d = w.shape[-1]
    sw, sx, vw, vx = w.sum(-1), x.sum(-1), _scaled_variance(w), _scaled_variance(x)
    return np.asarray(width * (vw * vx + vw * sx**2 + sw**2 * vx) / float(d) ** 4)


def variance_of_enumeration(w: Float64, x: Float64, width: int, arithmetic: Arithmetic) -> Truth:
    """Var(z) over all outcomes of z = sum w_j x_j (divisor: their number) by BND-VAR; the sums z are exact.

    Tables (..., d) of whole numbers, small enough for the format to hold every z.
    """
    value = propagated_variance(w, x, width)
    return Truth(value, upward(variance_error(all_sums(w, x, width), arithmetic, correction=0) + U64 * value))


def covariance_of_enumeration(w: Float64, x: Float64, width: int, arithmetic: Arithmetic) -> Truth:
    """The covariance matrix (..., 2, 2) of z and -z over all outcomes, by BND-COV: Var(z) but for the sign."""
    value = propagated_variance(w, x, width)[..., None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    z = all_sums(w, x, width)
    error = covariance_error(np.stack((z, -z), -2), arithmetic, correction=0)
    return Truth(value, upward(error + U64 * np.abs(value)))


def all_sums(w: Float64, x: Float64, width: int) -> Float64:
    """z = sum w_j x_j for all outcomes of both tables (..., d); (..., outcomes)."""
    states = [enumerated(t, width) for t in (w, x)]
    return np.asarray((states[1] @ states[0].swapaxes(-1, -2)).reshape(*w.shape[:-1], -1))


def variance_formula(w: Float64, x: Float64, width: int, format: Format) -> Truth:
    """The formula evaluated from moments rounded into the format: gamma_8, every term being non-negative.

    The longest path: two roundings of a mean and one of a variance on the way in, a square, a product, two sums and
    the factor M.
    """
    value = propagated_variance(w, x, width)
    return Truth(value, upward((gamma(8, format.u) + gamma(4, U64)) * value + 8 * width * format.eta))


def second_moment_gain(w: Float64, width: int) -> Float64:
    """M E[w^2], by which the variance of a zero-mean signal grows; correctly rounded."""
    return np.asarray(width * (w**2).sum(-1) / w.shape[-1])


def sampled_variance_fit(
    z: Float64, w: tuple[int, int, int], x: tuple[int, int, int], width: int, alpha: float = ALPHA
) -> Fit:
    """Variance (divisor n) of sampled z (n,), sums of `width` products w x of two-valued laws, against its value.

    A law is (first, second, quarters of probability of the second). With V = M Var t and fourth central moment
    mu_4 = M E(t - E t)^4 + 3 M (M - 1)(Var t)^2 of z, t = w x: mean((z - E z)^2) is within Bernstein's radius for
    variance mu_4 - V^2 at alpha/2, and the square of the mean's own deviation, subtracted, is below that of Bernstein's
    radius for variance V at alpha/2.
    """
    outcomes = [(wv * xv, wp * xp) for (wv, wp), (xv, xp) in itertools.product(_two_values(w), _two_values(x))]
    mean = math.fsum(t * p for t, p in outcomes)
    second, fourth = (math.fsum((t - mean) ** k * p for t, p in outcomes) for k in (2, 4))
    largest = width * max(abs(t - mean) for t, p in outcomes if p > 0)
    variance = width * second
    spread = width * fourth + 3 * width * (width - 1) * second**2 - variance**2
    n = z.size
    radius = bernstein_radius(n, max(spread, 0.0), max(largest**2, variance), alpha / 2)
    shift = bernstein_radius(n, variance, largest, alpha / 2)
    return Fit(abs(float(z.var()) - variance), radius + shift**2)


def _two_values(law: tuple[int, int, int]) -> list[tuple[int, float]]:
    first, second, quarters = law
    return [(first, 1 - quarters / 4), (second, quarters / 4)]
