"""Laws with a density, by SciPy's distributions, and the normal law among them, whose moments have exact tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reference.formats import Format, float32
from reference.probability.sampling import Law
from reference.statistics import chi_square_interval, normal_radius

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ContinuousLaw(Law):
    """The law of a frozen distribution of `scipy.stats`, such as `stats.truncnorm(-2, 2)`.

    What is drawn has it to within `slack` in Kolmogorov's distance. On a bounded support moments are judged by
    Bernstein's inequality; on an unbounded one there is no such bound, and `moment_radius` raises ValueError.
    """

    distribution: Any
    slack: float = 0.0

    @cached_property
    def ends(self) -> tuple[float, float]:  # type: ignore[override]
        """The ends of the support, infinite where it has none."""
        lower, upper = self.distribution.support()
        return float(lower), float(upper)

    @cached_property
    def moments(self) -> tuple[float, ...]:  # type: ignore[override]
        """E X^0, ..., E X^8; infinite or NaN where there is none."""
        return (1.0, *(float(self.distribution.moment(k)) for k in range(1, 9)))

    @cached_property
    def median(self) -> float:
        """The median of the distribution."""
        return float(self.distribution.median())

    @property
    def highest_moment(self) -> int:
        """4 on a bounded support, else 0."""
        return 4 if np.isfinite(self.ends).all() else 0

    def distance(self, ascending: Float64) -> float:
        """Kolmogorov's distance: attained at, or just before, a point of the sample."""
        law, n = self.distribution.cdf(ascending), len(ascending)
        rank = np.arange(n)
        return float(max(np.max((rank + 1) / n - law), np.max(law - rank / n)))

    def through(self, increasing: Callable[[Float64], Float64]) -> Law:
        """Not here: SciPy knows laws by name and parameters. Raises TypeError."""
        raise TypeError("a distribution of SciPy is transformed by its loc and scale")

    def above(self, t: float) -> float:
        """P(X > t)."""
        return float(self.distribution.sf(t))


@dataclass(frozen=True, eq=False)
class NormalLaw(ContinuousLaw):
    """N(mean, deviation^2), every number stored with a relative error of `rounding` and an absolute one of `quantum`.

    The mean of a sample is normal and the sum of squares about the mean has a chi-square law, exactly.
    """

    rounding: float = 0.0
    quantum: float = 0.0

    @classmethod
    def of(cls, mean: float, deviation: float, format: Format) -> NormalLaw:
        """The law of `mean + deviation * z` in a format, z by Box and Muller from uniform numbers on its grid.

        Scale and shift cost 3u of the accumulator and half types a rounding more, relative to |mean| + |x|. Rounding
        moves the distribution function by at most (|mean| / deviation + 1) / 2 times the relative error and by 0.4 /
        deviation times the absolute one; the grid moves it by 3 grid steps: the transform is monotone in the first
        uniform number and twice piecewise monotone in the second.
        """
        wide = max(format, float32, key=lambda f: f.precision).u
        rounding = 4 * wide + (format.u * (1 + format.u) if format.precision < float32.precision else 0.0)
        slack = 0.5 * (abs(mean) / deviation + 1) * rounding + 0.2 * format.eta / deviation + 3 * wide
        return cls(stats.norm(mean, deviation), slack, rounding, format.eta / 2)

    @property
    def highest_moment(self) -> int:
        """2: the first two moments are judged."""
        return 2

    def moment_radius(self, k: int, n: int, alpha: float) -> float:
        """t with P(|mean(x^k) - E X^k| >= t) <= alpha for n draws, k = 1 or 2.

        The mean of n draws is N(m, s^2 / n), and mean(x^2) - E X^2 is 2 m (mean(x) - m) + s^2 (chi^2_n / n - 1) at
        most. Rounding: the root of mean(x^2) is at most sqrt(m^2 + s^2) + s sqrt(2 ln(1/p) / n) but for a probability p
        (concentration of Lipschitz functions: Boucheron, Lugosi and Massart, theorem 5.6). Each at a share of alpha.
        """
        mean, deviation = float(self.distribution.mean()), float(self.distribution.std())
        share = alpha / (k + 1)
        size = math.hypot(mean, deviation) + deviation * math.sqrt(2 * math.log(1 / share) / n)
        if k == 1:
            return normal_radius(n, deviation, share) + self.rounding * size + self.quantum
        if k == 2:
            spread = deviation**2 * max(abs(end / n - 1) for end in chi_square_interval(n, share))
            crossed = 2 * abs(mean) * normal_radius(n, deviation, share)
            moved = self.rounding * size + self.quantum
            return spread + crossed + (2 * size + moved) * moved
        raise ValueError(f"no exact test of the {k}-th moment of a normal sample")
