"""The laws of torch's initializers, and what a layer of such weights does to the moments of a fixed signal."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binom, truncnorm

from reference.formats import Format, float32
from reference.initialization.laws import GAINS, fans, leaky_gain, weight_bound, weight_deviation
from reference.probability.continuous import ContinuousLaw, NormalLaw
from reference.probability.sampling import ALPHA, DiscreteLaw, Fit, Law, UniformLaw, numbers, p_value_fit, uniform_laws
from reference.rounding import upward
from reference.statistics import bernstein_radius, binomial_p_value

Float64 = NDArray[np.float64]

UNIFORM = (-0.25, 0.75)
"""The interval of `uniform_`, not centred."""

NORMAL = (0.25, 0.5)
"""Mean and deviation of `normal_`, not centred."""

LAYERS = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
"""Nonlinearities of gain 1 by the names of layers."""

SLOPES = (0.0, 0.2, -0.5, 1.0, 3.0)
"""Slopes of leaky units; a slope of 1 is no nonlinearity."""


def gain_of(nonlinearity: str, slope: float) -> float:
    """The gain that torch recommends."""
    return leaky_gain(slope) if nonlinearity == "leaky_relu" else GAINS[nonlinearity]


def kaiming_deviation(shape: tuple[int, ...], mode: str, nonlinearity: str, slope: float) -> float:
    """gain / sqrt(fan) (He et al. 2015, eqs. 10 and 14)."""
    fan_in, fan_out = fans(shape)
    return gain_of(nonlinearity, slope) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


@functools.lru_cache(maxsize=256)
def laws_of(
    name: str, shape: tuple[int, ...], mode: str, nonlinearity: str, slope: float, format: Format
) -> tuple[Law, ...]:
    """The laws that the entries of a weight may have after the initializer `name`."""
    if name == "uniform_":
        return uniform_laws(*UNIFORM, format)
    if name == "normal_":
        return (NormalLaw.of(*NORMAL, format),)
    gain = gain_of(nonlinearity, slope)
    if name.startswith("xavier"):
        bound, deviation = (of(*fans(shape), gain) for of in (weight_bound, weight_deviation))
    else:
        deviation = kaiming_deviation(shape, mode, nonlinearity, slope)
        bound = math.sqrt(3) * deviation
    if name.endswith("normal_"):
        return (NormalLaw.of(0.0, deviation, format),)
    return uniform_laws(-bound, bound, format)


def second_moment_fit(x: Float64, y: Float64, error: Float64, law: UniformLaw | NormalLaw, alpha: float = ALPHA) -> Fit:
    """mean(y^2) against s^2 ||x||_2^2 for y = W x (n,), computed to within `error`, rows of W independent, centred.

    Of weights uniform on [-a, a]: Bernstein's inequality with E y^4 = s^4 (3 ||x||_2^4 - 6/5 ||x||_4^4), the excess of
    the uniform law being -6/5, and y^2 at most (a ||x||_1)^2. Entries within `law.slack` of the law, as a fraction of
    the width 2a, move y by 2a slack ||x||_1.
    """
    upper = law.ends[1]
    variance = law.variance
    second = variance * float((x**2).sum())
    fourth = variance**2 * (3 * float((x**2).sum()) ** 2 - 1.2 * float((x**4).sum()))
    largest = (upper * float(np.abs(x).sum())) ** 2
    radius = bernstein_radius(y.size, max(fourth - second**2, 0.0), largest, alpha)
    moved = error + 2 * upper * law.slack * float(np.abs(x).sum())
    shift = upward(moved * (2 * np.abs(y) + moved), y.size)
    return Fit(abs(float((y**2).mean()) - second), radius + float(shift.mean()))


def fourth_moment_of_signs(x: Float64) -> Float64:
    """E (w . x)^4 = 3 ||x||_2^4 - 2 ||x||_4^4 for independent signs w (excess -2) and whole x (..., m); exact."""
    return np.asarray(3 * (x**2).sum(-1) ** 2 - 2 * (x**4).sum(-1))


# The truncated normal law.


def acceptance(mean: float, deviation: float, lower: float, upper: float) -> float:
    """P(lower <= X <= upper) of the normal law, accurate in both tails."""
    ends = np.array([lower - mean, upper - mean]) / deviation
    if ends[0] > 0:
        ends = -ends[::-1]
    return float(ndtr(ends[1]) - ndtr(ends[0]))


@functools.lru_cache(maxsize=64)
def truncated_laws(mean: float, deviation: float, lower: float, upper: float, format: Format) -> tuple[Law, ...]:
    """N(mean, deviation^2) given [lower, upper], as samples in a format may have it; the ends are its numbers.

    What is stored within r |x| + q of X (see `NormalLaw.of`) has the distribution function of X but for that distance
    times the largest density. The grid of the normal or uniform numbers moves it by 3 steps of the normal law, and the
    exponent by which uniform draws are accepted costs 8u (1 + (x - mean)^2 / deviation^2), u of the accumulator. In
    half types rounding shows: the law is the conditional one rounded, or the rounded one given the interval.
    """
    p = acceptance(mean, deviation, lower, upper)
    wide = max(format, float32, key=lambda f: f.precision)
    normal = NormalLaw.of(mean, deviation, wide)
    mode = min(max(mean, lower), upper)
    density = math.exp(-(((mode - mean) / deviation) ** 2) / 2) / (math.sqrt(2 * math.pi) * deviation * p)
    farthest = max(abs(lower - mean), abs(upper - mean)) / deviation
    moved = normal.rounding * (max(abs(lower), abs(upper)) + abs(mean)) + normal.quantum
    slack = density * moved + 3 * wide.u / p + 8 * wide.u * (1 + farthest**2)
    law = truncnorm((lower - mean) / deviation, (upper - mean) / deviation, mean, deviation)
    if format.precision >= float32.precision:
        return (ContinuousLaw(law, slack),)
    positive = numbers(format, 2 * max(abs(lower), abs(upper)))
    every = np.concatenate((-positive[:0:-1], positive))
    first, last = np.searchsorted(every, [lower, upper])
    middles = (every[first - 1 : last + 1] + every[first : last + 2]) / 2
    of_normal = np.diff(ndtr(-np.abs(middles - mean) / deviation) * np.where(middles < mean, 1, -1) + (middles >= mean))
    conditional = np.diff(np.concatenate(([0.0], law.cdf(middles[1:-1]), [1.0])))
    return tuple(DiscreteLaw(every[first : last + 1], mass / mass.sum(), slack) for mass in (conditional, of_normal))


def truncated_deviation(t: float) -> float:
    """The deviation of N(0, 1) given [-t, t]: sqrt(1 - 2 t phi(t) / (2 Phi(t) - 1)); 0.8796 for t = 2."""
    density = math.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(1 - 2 * t * density / (2 * float(ndtr(t)) - 1))


# Sparse weights.


def zeros_of_column(rows: int, sparsity: float) -> int:
    """ceil(fl(sparsity rows)): how many zeros `sparse_` writes into a column, the product in double."""
    return math.ceil(sparsity * rows)


def other_zeros_fit(extra: int, entries: int, deviation: float, format: Format, alpha: float = ALPHA) -> Fit:
    """How many of `entries` normal draws were 0 besides: each is with probability 0.8 (eta + 2^-24 deviation) at most.

    The density is at most 0.4 / deviation, numbers up to eta/2 round to 0, and 3 steps of the grid of the uniform
    numbers behind the transform may be 0 too.
    """
    p = min(0.4 * format.eta / deviation + 4 * float32.u, 1.0)
    return p_value_fit(float(binom.sf(extra - 1, entries, p)) if entries else 1.0, alpha)


def rows_fit(counts: Sequence[int], columns: int, share: float, alpha: float = ALPHA) -> Fit:
    """Zeros of each row against Bin(columns, share), columns being independent: the least likely row, times rows."""
    least = min((binomial_p_value(count, columns, share) for count in counts), default=1.0)
    return p_value_fit(min(1.0, least * len(counts)), alpha)
