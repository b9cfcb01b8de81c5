"""The laws of torch's uniform samplers on the numbers of a format, and how far a finite sample may stray from them.

A sampler draws U on a fine grid of [0, 1), computes lower + (upper - lower) U in the accumulator and rounds to the
format. In float32 and float64 that is the uniform law up to a few units roundoff. In half types rounding is visible:
every number has the mass of its rounding interval, and torch relabels what rounds up to the open end `upper` as
`lower`, which puts an atom there and moves the mean. The CUDA kernel relabels as well, and rounds both ends into the
format first (both read off their sources; the CPU kernel was also compared draw by draw). A sampler that only rounds
is correct too, so a sample is judged by the nearest of these laws; that keeps the false-alarm probability, for the
true law is among them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.formats import Format, float32
from reference.rounding import U64
from reference.statistics import bernstein_radius, binomial_p_value, dkw_radius, hoeffding_radius

Float64 = NDArray[np.float64]

ALPHA = 1e-9
"""The probability of a false alarm of one check."""


class Fit(NamedTuple):
    """How far a statistic is from its law, and the radius that it exceeds with probability at most alpha."""

    distance: float
    radius: float


class Law(ABC):
    """A law on an interval; what is drawn has it to within `slack` in Kolmogorov's distance (grid, rounding)."""

    ends: tuple[float, float]
    slack: float
    moments: tuple[float, ...]  # E X^0, ..., E X^8

    @abstractmethod
    def distance(self, ascending: Float64) -> float:
        """Kolmogorov's distance sup_x |F_n(x) - F(x)| of a sample in ascending order (n,), n > 0."""

    @abstractmethod
    def through(self, increasing: Callable[[Float64], Float64]) -> Law:
        """The law of an increasing function of X that maps a uniform law to a uniform one."""

    @abstractmethod
    def above(self, t: float) -> float:
        """P(X > t)."""

    @property
    @abstractmethod
    def median(self) -> float:
        """A point that the law exceeds with probability 1/2, or as near to it as its atoms allow."""

    @property
    def highest_moment(self) -> int:
        """Up to which k `moment_radius` has a bound."""
        return 4

    @property
    def mean(self) -> float:
        """E X."""
        return self.moments[1]

    @property
    def variance(self) -> float:
        """Var X."""
        return self.moments[2] - self.mean**2

    def moment_radius(self, k: int, n: int, alpha: float) -> float:
        """t with P(|mean(x^k) - E X^k| >= t) <= alpha for n draws, 1 <= k <= 4.

        Bernstein with the known variance of X^k. A law within `slack` has E X^k within `slack` times the total
        variation of x^k over the interval, which is at most 2 max|x|^k.
        """
        mean = self.moments[k]
        variance = self.moments[2 * k] - mean**2
        deviation = max(abs(v**k - mean) for v in (*self.ends, 0.0))
        largest = max(abs(v) ** k for v in self.ends)
        return bernstein_radius(n, variance, deviation, alpha) + 2 * largest * self.slack


@dataclass(frozen=True, eq=False)
class UniformLaw(Law):
    """The uniform law between two ends."""

    ends: tuple[float, float]
    slack: float = 0.0

    @cached_property
    def moments(self) -> tuple[float, ...]:  # type: ignore[override]
        """E X^0, ..., E X^8."""
        lower, upper = self.ends
        return tuple((upper ** (k + 1) - lower ** (k + 1)) / ((k + 1) * (upper - lower)) for k in range(9))

    @property
    def median(self) -> float:
        """The middle of the interval."""
        return sum(self.ends) / 2

    def distance(self, ascending: Float64) -> float:
        """Kolmogorov's distance: attained at, or just before, a point of the sample."""
        lower, upper = self.ends
        law = np.clip((ascending - lower) / (upper - lower), 0.0, 1.0)
        rank, n = np.arange(len(law)), len(law)
        return float(max(np.max((rank + 1) / n - law), np.max(law - rank / n)))

    def through(self, increasing: Callable[[Float64], Float64]) -> Law:
        """The uniform law between the images of the ends."""
        lower, upper = increasing(np.array(self.ends)).tolist()
        return UniformLaw((lower, upper), self.slack)

    def above(self, t: float) -> float:
        """(upper - t) / (upper - lower), between 0 and 1."""
        lower, upper = self.ends
        return min(max((upper - t) / (upper - lower), 0.0), 1.0)


@dataclass(frozen=True, eq=False)
class DiscreteLaw(Law):
    """A law with the given `probabilities` on an ascending `support`."""

    support: Float64
    probabilities: Float64
    slack: float = 0.0

    @cached_property
    def ends(self) -> tuple[float, float]:  # type: ignore[override]
        """The least and the largest point of the support."""
        return float(self.support[0]), float(self.support[-1])

    @cached_property
    def moments(self) -> tuple[float, ...]:  # type: ignore[override]
        """E X^0, ..., E X^8."""
        terms, found = self.probabilities, [1.0]
        for _ in range(8):
            terms = terms * self.support
            found.append(float(terms.sum()))
        return tuple(found)

    @cached_property
    def cumulative(self) -> Float64:
        """0, then P(X <= v) at each point v of the support."""
        return np.concatenate(([0.0], np.cumsum(self.probabilities)))

    @property
    def median(self) -> float:
        """The point of the support above which the mass is nearest to 1/2."""
        return float(self.support[np.abs(1 - self.cumulative[1:] - 0.5).argmin()])

    def distance(self, ascending: Float64) -> float:
        """Kolmogorov's distance: attained at, or just before, a point of the support, between which F is constant."""
        return self.distance_of(*shares(ascending, self.support))

    def distance_of(self, before: Float64, at: Float64) -> float:
        """Kolmogorov's distance of a sample with these shares."""
        return float(max(np.abs(at - self.cumulative[1:]).max(), np.abs(before - self.cumulative[:-1]).max()))

    def through(self, increasing: Callable[[Float64], Float64]) -> Law:
        """Points with the same image share their probabilities."""
        points, place = np.unique(increasing(self.support), return_inverse=True)
        mass = np.bincount(place, self.probabilities).astype(np.float64)
        return DiscreteLaw(points, mass, self.slack)

    def above(self, t: float) -> float:
        """The mass of the points beyond t."""
        return float(self.probabilities[np.searchsorted(self.support, t, "right") :].sum())


def shares(ascending: Float64, points: Float64) -> tuple[Float64, Float64]:
    """Which share of an ascending sample lies below each point, and which at most there."""
    n = len(ascending)
    return np.searchsorted(ascending, points, "left") / n, np.searchsorted(ascending, points, "right") / n


def numbers(format: Format, top: float) -> Float64:
    """Every number of the format in [0, top], ascending."""
    hidden = 2 ** (format.precision - 1)
    exponents = max(math.frexp(top)[1] - 1, format.emin) - format.emin + 2
    encoding = np.arange(exponents * hidden)
    exponent, mantissa = encoding // hidden, encoding % hidden
    value: Float64 = np.ldexp((mantissa + hidden * (exponent > 0)) * format.eta, np.maximum(exponent, 1) - 1)
    return value[value <= top]


@lru_cache(maxsize=256)
def uniform_laws(lower: float, upper: float, format: Format) -> tuple[Law, ...]:
    """The laws that `uniform_(lower, upper)` may have in a format, -upper <= lower <= 0 < upper.

    In float32 and float64 one: uniform. The slack is 7u of the accumulator, relative to the width: 2u for ends with a
    relative error of 4u, u/2 for rounding them, u each for the grid, the difference of the ends, the product and the
    sum (and u/2 to spare). In half types four, of the slack of float32: ends as given or rounded into the format, and
    what rounds to the upper end kept there or relabelled.
    """
    return _laws(lower, upper, format, 7.0, (0, -1))


def _laws(lower: float, upper: float, format: Format, slack: float, places: tuple[int, ...]) -> tuple[Law, ...]:
    """The uniform law, its slack in u of the accumulator; in half types what rounds to the upper end is at `places`."""
    slack *= max(format, float32, key=lambda f: f.precision).u
    if format.precision >= float32.precision:
        return (UniformLaw((lower, upper), slack),)
    laws: list[Law] = []
    for support, mass in rounded_masses(lower, upper, format):
        for place in places:
            moved = mass.copy()
            moved[-1] = 0.0
            moved[place] += mass[-1]
            laws.append(DiscreteLaw(support, moved, slack))
    return tuple(laws)


def rounded_masses(lower: float, upper: float, format: Format) -> list[tuple[Float64, Float64]]:
    """The numbers of a format from `lower` to `upper` and the masses of their rounding intervals, which end there.

    For the ends as given and, if that is something else, rounded into the format, between which the numbers lie.
    """
    rounded = tuple(float(v) for v in format.round(np.array([lower, upper])))
    positive = numbers(format, max(map(abs, rounded)))
    support = np.concatenate((-positive[:0:-1], positive))
    support = support[(support >= rounded[0]) & (support <= rounded[1])]
    middles = (support[:-1] + support[1:]) / 2
    masses = []
    for low, high in dict.fromkeys(((lower, upper), rounded)):
        below = np.concatenate(([0.0], np.clip((middles - low) / (high - low), 0.0, 1.0), [1.0]))
        masses.append((support, np.diff(below)))
    return masses


@lru_cache(maxsize=64)
def half_open_laws(lower: float, upper: float, format: Format) -> tuple[Law, ...]:
    """The laws that a sampler on [lower, upper) may have in a format, for any ends of that order.

    Besides those of `uniform_laws`, for half types: what rounds to the upper end becomes the number below it. Errors
    relative to the ends count max(|lower|, |upper|) / (upper - lower) times.
    """
    return _laws(lower, upper, format, 7 * max(1.0, max(abs(lower), abs(upper)) / (upper - lower)), (0, -2, -1))


@lru_cache(maxsize=16)
def doubled_rand_laws(format: Format) -> tuple[Law, ...]:
    """The laws of 2 rand - 1 on [-1, 1], each operation rounded to the format."""

    def centred(x: Float64) -> Float64:
        return format.round(format.round(2 * x) - 1)

    return tuple(law.through(centred) for law in uniform_laws(0.0, 1.0, format))


def p_value_fit(p: float, alpha: float = ALPHA) -> Fit:
    """-ln p against -ln alpha, for the p-value of an exact test."""
    return Fit(abs(math.log(p)) if p > 0 else math.inf, -math.log(alpha))


def moment_fit(x: Float64, k: int, laws: Iterable[Law], alpha: float = ALPHA) -> Fit:
    """mean(x^k) against E X^k, for the law of which it is the least unlikely."""
    mean = float(np.mean(x**k)) if k > 1 else float(np.mean(x))
    return _nearest(Fit(abs(mean - law.moments[k]), law.moment_radius(k, x.size, alpha)) for law in laws)


def distance_fit(ascending: Float64, laws: Iterable[Law], alpha: float = ALPHA) -> Fit:
    """Kolmogorov's distance of an ascending sample from the nearest of the laws: inequality of `dkw_radius`."""
    radius = dkw_radius(len(ascending), alpha)
    counted: dict[int, tuple[Float64, Float64]] = {}  # laws that share their support share the counting
    fits = []
    for law in laws:
        if isinstance(law, DiscreteLaw):
            if id(law.support) not in counted:
                counted[id(law.support)] = shares(ascending, law.support)
            distance = law.distance_of(*counted[id(law.support)])
        else:
            distance = law.distance(ascending)
        fits.append(Fit(distance, radius + law.slack))
    return _nearest(fits)


def square_variance_fit(x: Float64, y: Float64, laws: Iterable[Law], alpha: float = ALPHA) -> Fit:
    """Cov(x^2, y^2) of a sample with |y| = |x| against V = Var(X^2).

    With D = X^2 - E X^2 it is mean(d^2) - mean(d)^2: mean(d^2) is within Bernstein's radius of V for the variance
    E D^4 - V^2, mean(d)^2 at most the square of that for X^2, both at alpha/2. `slack` counts with the total variation
    of d^2, at most 4 max d^2.
    """
    a, b, n = x**2, y**2, x.size
    covariance = float(np.mean(a * b) - np.mean(a) * np.mean(b))
    fits = []
    for law in laws:
        _, _, m2, _, m4, _, m6, _, m8 = law.moments
        variance = m4 - m2**2
        fourth = m8 - 4 * m2 * m6 + 6 * m2**2 * m4 - 3 * m2**4
        largest = max(abs(v**2 - m2) for v in (*law.ends, 0.0)) ** 2
        radius = bernstein_radius(n, fourth - variance**2, max(largest, variance), alpha / 2)
        radius += 4 * largest * law.slack + law.moment_radius(2, n, alpha / 2) ** 2
        fits.append(Fit(abs(covariance - variance), radius))
    return _nearest(fits)


def atom_fit(x: Float64, laws: Iterable[Law], alpha: float = ALPHA) -> Fit:
    """How often draws x (n,) are an end of the law, or the last number below the upper one: exact binomial tests.

    Masses are known to within twice the `slack`; those of a uniform law are 0. Each point at a share of alpha.
    """
    fits = []
    for law in laws:
        points, mass = np.array(law.ends), np.zeros(2)
        if isinstance(law, DiscreteLaw):
            points, mass = law.support[[0, -2, -1]], law.probabilities[[0, -2, -1]]
        p_values = []
        for point, p in zip(points, mass, strict=True):
            count = int(np.count_nonzero(x == point))
            likeliest = min(max(count / x.size, p - 2 * law.slack, 0.0), p + 2 * law.slack, 1.0)
            p_values.append(binomial_p_value(count, x.size, likeliest))
        fits.append(p_value_fit(min(p_values), alpha / len(points)))
    return _nearest(fits)


def repetition_fit(ascending: Float64, format: Format, alpha: float = ALPHA) -> Fit:
    """How many of an ascending sample (n,) in float32 or float64, uniform or normal, repeat another of its numbers.

    No number has a probability p above 4u: of a uniform sampler with all bits of the format but one, on an interval
    about 0 and rounded, or of Box and Muller's transform. Draw i repeats an earlier one with probability (i - 1) p at
    most, whatever these are, so k repetitions, above their expected number l = n (n - 1) p / 2, have Chernoff's bound
    exp(k - l - k ln(k / l)) (Boucheron, Lugosi and Massart, section 2.2). It is held against alpha.
    """
    n = len(ascending)
    most = 2 * format.u * n * (n - 1)
    repeats = int(np.count_nonzero(ascending[1:] == ascending[:-1]))
    exponent = repeats * math.log(repeats / most) - repeats + most if repeats > most else 0.0
    return Fit(exponent, -math.log(alpha))


def range_fit(x: Float64, laws: Iterable[Law], alpha: float = ALPHA) -> Fit:
    """How much of the law lies beyond the least and the largest of a sample x (n,): no draw has come there.

    A share g beyond an end is left out with probability (1 - g)^n: at alpha/2 either end. `slack` counts in favour.
    """
    least, largest = np.nextafter(x.min(), -np.inf), float(x.max())
    fits = []
    for law in laws:
        unseen = max(law.above(largest), 1 - law.above(least)) - law.slack
        exponent = -x.size * math.log1p(-min(max(unseen, 0.0), 1 - U64))
        fits.append(Fit(exponent, -math.log(alpha / 2)))
    return _nearest(fits)


class Coin(NamedTuple):
    """A yes or no for each of n draws, `tosses` (n,); P(yes) is the same for all and within `bias` of 1/2."""

    tosses: NDArray[np.bool_]
    bias: float


def uniform_coins(x: Float64, laws: Iterable[Law]) -> tuple[Coin, Coin]:
    """Of draws x (n,) from [-a, a]: which are positive, and which lie beyond a/2 on either side."""
    laws = tuple(laws)
    middle = max(laws[0].ends) / 2
    positive = max(abs(law.above(0.0) - 0.5) + law.slack for law in laws)
    outer = max(abs(law.above(middle) + 1 - law.above(-middle) - 0.5) + 2 * law.slack for law in laws)
    return Coin(x > 0, positive), Coin((x > middle) | (x <= -middle), outer)


def lags(n: int, *more: int) -> tuple[int, ...]:
    """Distances at which n draws are compared: those of vector lanes (1 to 16), half the sample, and `more`."""
    return tuple(sorted({1, 2, 4, 8, 16, n // 2, *more} - {0}))


def agreement_fit(coin: Coin, distances: Iterable[int], alpha: float = ALPHA) -> Fit:
    """How often tosses a distance apart agree, against independent tosses: the most unlikely of the distances.

    Two tosses agree with probability 1/2 + 2 (P(yes) - 1/2)^2. The pairs of one count are disjoint, and hence its
    agreements independent: Hoeffding's inequality, at alpha shared among the counts. A distance has two where
    it can, which start that far apart, so that a toss meets its neighbours on both sides. Without two tosses it is 0.
    """
    counts = []
    for lag in distances:
        agree = coin.tosses[lag:] == coin.tosses[:-lag]
        whole = len(agree) // (2 * lag)
        both = agree[: 2 * lag * whole].reshape(whole, 2, lag)
        disjoint = (both[:, 0], both[:, 1]) if whole else (agree[:lag],)
        counts += [(np.count_nonzero(pairs), pairs.size) for pairs in disjoint if pairs.size]
    fits = [
        Fit(abs(agreeing / n - 0.5), hoeffding_radius(n, 1.0, alpha / len(counts)) + 2 * coin.bias**2)
        for agreeing, n in counts
    ]
    return max(fits, key=lambda fit: fit.distance / fit.radius, default=Fit(0.0, 1.0))


def _nearest(fits: Iterable[Fit]) -> Fit:
    return min(fits, key=lambda fit: fit.distance / fit.radius)
