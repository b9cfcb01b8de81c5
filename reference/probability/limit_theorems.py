"""Sums of independent variables against the normal law: exact distribution functions and the Berry-Esseen bound."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from flint import arb, fmpq, fmpz_poly
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from reference.exact import above, below, correctly_rounded, enclosure, precision
from reference.formats import Arithmetic, Format, float32
from reference.probability.continuous import ContinuousLaw
from reference.probability.sampling import DiscreteLaw
from reference.rounding import U64, gamma, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]
Odds = tuple[int, ...]

CONSTANT = 0.4748
"""Berry-Esseen constant for equal laws (Shevtsova, arXiv:1111.6554, 2011, corollary 1)."""
LEAST_CONSTANT = (math.sqrt(10) + 3) / (6 * math.sqrt(2 * math.pi))
"""No smaller constant will do (Esseen 1956)."""
FAR = 9.0
"""Beyond so many deviations the normal law has less mass than 2^-62."""
FROM_CAUCHY = 0.058
"""Every normal law is farther than this from the Cauchy law, in Kolmogorov's distance (0.0581 for N(0, 1.98^2))."""
NEAREST_DEVIATION = 1.98
"""The standard deviation of the normal law nearest to the Cauchy law."""
GEOMETRIC_GAP = 0.0572
"""Kolmogorov's distance of the uniform law from the normal law of its mean and variance: at least this."""


class Moments(NamedTuple):
    """Mean, variance and third absolute central moment of a law on 0, 1, ..., exactly."""

    mean: fmpq
    variance: fmpq
    third: fmpq


def moments(odds: Odds) -> Moments:
    """Of the law P(X = j) = odds[j] / sum(odds)."""
    total = sum(odds)
    mean = fmpq(sum(j * w for j, w in enumerate(odds)), total)
    away = [(abs(fmpq(j) - mean), fmpq(w, total)) for j, w in enumerate(odds)]
    return Moments(mean, sum((d**2 * p for d, p in away), fmpq(0)), sum((d**3 * p for d, p in away), fmpq(0)))


@lru_cache(maxsize=64)
def distribution_of_sum(odds: Odds, n: int) -> Float64:
    """P(S_n <= s) for s = 0, ..., n (len(odds) - 1), each correctly rounded, by the n-th power of a polynomial."""
    counts = [int(c) for c in (fmpz_poly(list(odds)) ** n).coeffs()]
    counts += [0] * (n * (len(odds) - 1) + 1 - len(counts))
    total, cumulative, found = sum(odds) ** n, 0, []
    for count in counts:
        cumulative += count
        found.append(cumulative / total)
    return np.array(found)


@lru_cache(maxsize=64)
def normal_at_sums(odds: Odds, n: int) -> Float64:
    """Phi((s - n mu) / (sigma sqrt n)) for s = 0, 1, ..., to within 2^-53 (correctly rounded up to `FAR`)."""
    mean, variance, _ = moments(odds)
    centre, deviation = float(arb(n * mean)), float(arb(n * variance).sqrt())

    def value(s: int) -> float:
        z = (s - centre) / deviation
        if abs(z) > FAR:
            return float(z > 0)
        return correctly_rounded(lambda: (-(s - arb(n * mean)) / arb(2 * n * variance).sqrt()).erfc() / 2, bits=128)

    return np.array([value(s) for s in range(n * (len(odds) - 1) + 1)])


def berry_esseen(odds: Odds, n: int) -> float:
    """C rho / (sigma^3 sqrt n), rounded up."""
    _, variance, third = moments(odds)
    with precision(128):
        return enclosure(arb(above(fmpq(4748, 10000))) * third / (arb(variance).sqrt() ** 3 * arb(n).sqrt()))[1]


def distance_at_jumps(distribution: Float64, normal: Float64, where: NDArray[np.bool_]) -> float:
    """max over the jumps s in `where` of |F(s) - G(s)| and |F(s-) - G(s)|; G (m,) stands at the jumps only."""
    before = np.concatenate(([0.0], distribution[:-1]))[where]
    return float(np.maximum(np.abs(distribution[where] - normal), np.abs(before - normal)).max())


def normal_cdf_error(shift: float, format: Format) -> float:
    """How far a computed Phi((s - m) / d) may be from the exact one, for s in the format and shift = |m| / d.

    m rounded moves z by u |m| / d, and Phi by 0.4 of that. The difference, the deviation, its reciprocal, the product
    and the division by sqrt 2 move z by gamma_7 of itself, and Phi by max |z| phi(z) < 1/4 of that. The error function
    and what is done to it cost 5u.
    """
    u = format.u
    return (0.4 * u * shift + 0.25 * gamma(7, u)) * (1 + 8 * u) + 5 * u + 2 * U64 + format.eta


def normal_truth(odds: Odds, n: int, where: NDArray[np.bool_], format: Format) -> Truth:
    """Phi at the sums in `where`."""
    mean, variance, _ = moments(odds)
    shift = float(arb(n * mean) / arb(n * variance).sqrt())
    value = normal_at_sums(odds, n)[where]
    return Truth(value, np.full(value.shape, normal_cdf_error(shift * (1 + 4 * U64), format)))


def binomial_law(n: int, p: float) -> DiscreteLaw:
    """Bin(n, p); the slack covers SciPy's probabilities, whose sums are off by 5e-16 (calibrated, n <= 1000)."""
    support = np.arange(n + 1.0)
    return DiscreteLaw(support, np.asarray(stats.binom.pmf(support, n, p)), 1e-12)


class UniformSum:
    """The sum of n independent uniform variables on [0, 1], with what `ContinuousLaw` asks of a distribution."""

    def __init__(self, n: int) -> None:
        self.n, self._law = n, stats.irwinhall(n)

    def support(self) -> tuple[float, float]:
        """0 and n."""
        return 0.0, float(self.n)

    def moment(self, k: int) -> float:
        """E S^k."""
        return float(self._law.moment(k))

    def median(self) -> float:
        """n / 2."""
        return self.n / 2

    def cdf(self, x: ArrayLike) -> Float64:
        """sum_k (-1)^k C(n, k) (x - k)_+^n / n!, on the smaller side of n / 2; to within 1e-8 for n <= 33."""
        s = np.clip(np.asarray(x, np.float64), 0.0, self.n)
        small = np.minimum(s, self.n - s)
        terms = (
            (-1.0) ** k * math.comb(self.n, k) * np.maximum(small - k, 0) ** self.n for k in range(self.n // 2 + 1)
        )
        below = sum(terms, np.zeros(s.shape)) / math.factorial(self.n)
        return np.where(s < self.n / 2, below, 1 - below)

    def sf(self, x: ArrayLike) -> Float64:
        """P(S > x), by symmetry."""
        return self.cdf(self.n - np.asarray(x, np.float64))


def uniform_sum_law(n: int, format: Format) -> ContinuousLaw:
    """The sum of n draws from [0, 1] in a format, summed and rounded: Irwin and Hall's law.

    Distances of Kolmogorov add up under convolution. One draw is within 7u of the accumulator of uniform, and within
    2u more in half types (rounding moves it by u, relabelling of the upper end by as much). The sum errs by gamma_n n
    at most where it is accumulated and by u n when it is stored, and its density is at most 1.
    """
    wide = max(format, float32, key=lambda f: f.precision).u
    stored = format.u if format.precision < float32.precision else 0.0
    return ContinuousLaw(UniformSum(n), n * (7 * wide + gamma(n, wide) + 3 * stored) + 1e-8)


def cauchy_mean_law(n: int, format: Format) -> ContinuousLaw:
    """The exact mean of n Cauchy draws in a format, which are cut off at its largest number.

    Distances of Kolmogorov add up under convolution. A draw is within 4u of the accumulator of the law (grid of the
    uniform numbers, tangent), its rounding to a half type moves it by u max |x| f(x) = u / (2 pi), and numbers beyond
    the largest have the mass 2 / (pi largest).
    """
    wide = max(format, float32, key=lambda f: f.precision).u
    stored = format.u / 6 if format.precision < float32.precision else 0.0
    return ContinuousLaw(stats.cauchy(), n * (4 * wide + stored + 2 / (math.pi * format.largest)))


# sum_k e_k 2^-k for k = 1, ..., K and signs e_k


def geometric_sums(terms: int) -> Float64:
    """All 2^K values, ascending: the odd multiples of 2^-K between -1 and 1."""
    return (2 * np.arange(2.0**terms) + 1 - 2.0**terms) / 2.0**terms


def geometric_law(terms: int) -> DiscreteLaw:
    """The uniform law on these values."""
    return DiscreteLaw(geometric_sums(terms), np.full(2**terms, 2.0**-terms))


def geometric_variance(terms: int) -> float:
    """sum_k 4^-k = (1 - 4^-K) / 3, correctly rounded."""
    found: float = (4**terms - 1) / (3 * 4**terms)
    return found


def geometric_kurtosis(terms: int, arithmetic: Arithmetic) -> Truth:
    """E S^4 / (E S^2)^2 = 3 - 2 sum 16^-k / (sum 4^-k)^2 over all signs, computed from the 2^K values.

    Fourth powers cost 2 roundings and squares one, means gamma_n of the accumulator and a rounding, the square of a
    mean and the quotient one each; a power that underflows loses at most eta, relative to a mean of at least 1/80.
    """
    fourth, square = 1 - fmpq(1, 16**terms), 1 - fmpq(1, 4**terms)
    exact = 3 - 2 * (fourth / 15) / (square / 3) ** 2
    value = (below(exact) + above(exact)) / 2
    u, wide = arithmetic.result.u, arithmetic.accumulator.u
    relative = gamma(9, u) + 3 * gamma(2.0**terms, wide) + 240 * arithmetic.result.eta + 2 * U64
    return Truth(np.array([value]), upward(np.array([relative * (1 + relative) * value])))


@lru_cache(maxsize=32)
def geometric_normal(terms: int) -> Float64:
    """Phi(s / deviation) at the sums, correctly rounded."""
    variance = fmpq(4**terms - 1, 3 * 4**terms)

    def value(odd: int) -> float:
        s = arb(fmpq(odd, 2**terms))
        return correctly_rounded(lambda: (-s / (2 * arb(variance)).sqrt()).erfc() / 2, bits=128)

    half = [value(odd) for odd in range(1 - 2**terms, 0, 2)]
    return np.array(half + [1 - v for v in reversed(half)])
