"""Laws with a density and a finite variance."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

FAMILIES = (
    "normal",
    "uniform",
    "laplace",
    "gumbel",
    "exponential",
    "gamma",
    "chi2",
    "inverse gamma",
    "student",
    "half normal",
    "log-normal",
    "weibull",
    "pareto",
)
HEAVY = ("inverse gamma", "student", "pareto")
"""Families with a variance only for shapes above 2."""
SCALES = ("one", "any")


class Density(NamedTuple):
    """Laws of a family with shapes a and scales b, each (batch,)."""

    family: str
    a: Tensor
    b: Tensor


@dataclasses.dataclass(frozen=True)
class Densities(Regime):
    """Laws of a family.

    Shapes from 1/4 to 64 (2 more where the variance needs it, from 1/2 to 16 for Weibull's law), scales 1, or from
    2^-10 to 2^10 (2^-5 to 2^5 where the format is narrow; 1/8 to 2 for the log-normal law).
    """

    family: str = "normal"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("a", "b")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.family not in FAMILIES or self.scale not in SCALES:
            raise ValueError(f"no laws of the family {self.family!r} with scales {self.scale!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        low, high = (-1, 4) if self.family == "weibull" else (-2, 6)
        a = 2.0 ** rng.uniform(low, high, batch) + 2 * (self.family in HEAVY)
        most = float(min(10, fmt.emax // 3))
        ends = (-3.0, 1.0) if self.family == "log-normal" else (-most, most)
        b = 2.0 ** rng.uniform(*ends, batch)
        return [a, np.ones(batch) if self.scale == "one" else b]

    def admits(self, arrays: Arrays) -> Any:
        a, b = arrays
        least = 2.2 if self.family in HEAVY else 0.45 if self.family == "weibull" else 0.2
        return (
            (a >= least) & (a <= 70) & (b > 0) & (b <= (2 if self.family == "log-normal" else 1024)) & (b >= 2.0**-10)
        )

    def present(self, tensors: Sequence[Any], seed: int) -> Density:
        return Density(self.family, *tensors)


def densities(*families: str) -> Regimes:
    """Laws of these families (or of all), of scale 1 and of all scales."""
    chosen = families or FAMILIES
    drawn = st.builds(Densities, st.sampled_from(chosen), st.sampled_from(SCALES))
    return Regimes(drawn, tuple(Densities(family, scale) for family in chosen for scale in SCALES))


SPREADS = ("one", "narrow", "wide", "tiny", "huge")
"""Deviations of normal laws; with tiny and huge ones squares underflow or overflow."""


class Deviates(NamedTuple):
    """Points x, means and deviations, each (batch, n)."""

    x: Tensor
    mean: Tensor
    deviation: Tensor


@dataclasses.dataclass(frozen=True)
class NormalDeviates(Regime):
    """`n` points within six deviations of the mean, some at the mean.

    Deviations from 1/4 to 4 (one), from 2^-13 (narrow) and up to 2^13 (wide; 2^-6.5 to 42 in float16, whose squares
    reach no farther), or beyond what can be squared (tiny, huge; there the mean is 0 or one deviation). Other means
    have sizes from 2^-10 to 2^10.
    """

    n: int = 1
    spread: str = "one"
    names: ClassVar[tuple[str, ...]] = ("x", "mean", "deviation")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.n < 0 or self.spread not in SPREADS:
            raise ValueError(f"no {self.n} points with deviations {self.spread!r}")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        narrow = fmt.emax < 16
        low, high = {
            "one": (-2.0, 2.0),
            "narrow": (-6.5 if narrow else -13.0, 0.0),
            "wide": (0.0, 5.3 if narrow else 13.0),
            "tiny": (fmt.emin / 2 - 12.0, fmt.emin / 2 - 7.0) if not narrow else (-14.0, -12.5),
            "huge": (fmt.emax / 2 + 4.0, fmt.emax / 2 + 12.0) if not narrow else (8.5, 12.0),
        }[self.spread]
        deviation = 2.0 ** rng.uniform(low, high, shape)
        if self.spread in ("tiny", "huge"):
            mean = deviation * rng.integers(-1, 2, shape)
        else:
            mean = rng.choice([-1.0, 0.0, 1.0], shape) * 2.0 ** rng.uniform(-10, 10, shape)
        z = np.where(rng.random(shape) < 1 / 4, 0.0, rng.uniform(-6, 6, shape))
        mean = fmt.round(mean)
        step = np.where(np.abs(z * deviation) > 250, 250 * np.sign(z), z * deviation) if narrow else z * deviation
        return [mean + (z * deviation if self.spread == "huge" else step), mean, deviation]

    def admits(self, arrays: Arrays) -> Any:
        x, mean, deviation = arrays
        return ((deviation > 0) & np.isfinite(x) & np.isfinite(mean)).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Deviates:
        return Deviates(*tensors)


def normal_deviates(*spreads: str) -> Regimes:
    """Points with deviations of these kinds (or of all); sizes around vectors."""
    chosen = spreads or SPREADS
    drawn = st.builds(NormalDeviates, st.sampled_from([1, 0, 2, 3, 7, 8, 9, 17, 33]), st.sampled_from(chosen))
    sizes = (1, 7, 33, 0, 130) if not spreads else (1, 9)
    plain = tuple(NormalDeviates(n, chosen[0]) for n in sizes)
    return Regimes(drawn, (*plain, *(NormalDeviates(17, spread) for spread in chosen[1:])))


SHIFTS = ("none", "near", "far")
REACH = 13
"""So many deviations on either side hold all of the mass but exp(-84)."""


@dataclasses.dataclass(frozen=True)
class NormalGrid(Regime):
    """Equidistant points over 13 deviations on either side of the mean, `fine` steps a deviation; no number is rounded.

    The mean is 0, up to 5 steps away, or up to 500 (as many as the format has digits for); the points are those of the
    mean or halfway between. Deviations as for `NormalDeviates`, in float16 from 2^-6 to 16.
    """

    fine: int = 2
    shift: str = "none"
    spread: str = "one"
    names: ClassVar[tuple[str, ...]] = ("x", "mean", "deviation")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.fine not in (2, 3, 4) or self.shift not in SHIFTS or self.spread not in SPREADS[:3]:
            raise ValueError(f"no grid {self.fine} steps a deviation, {self.shift!r} and {self.spread!r}")

    def size(self) -> int:
        return 2 * REACH * self.fine + 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        reach = REACH * self.fine
        most = min(500, 2 ** (fmt.precision - 2) - reach - 1)
        shift = {"none": 0, "near": 5, "far": most}[self.shift]
        # half steps are whole numbers up to 2 (reach + shift) + 1; the other digits of the format are those of a step
        digits = fmt.precision - (2 * (reach + shift) + 1).bit_length()
        mantissa = rng.integers(2 ** (digits - 1), 2**digits, (batch, 1)) / 2.0**digits
        narrow = fmt.emax < 16
        low, high = {"one": (-2, 2), "narrow": (-5 if narrow else -12, 0), "wide": (0, 4 if narrow else 13)}[
            self.spread
        ]
        step = mantissa * 2.0 ** (rng.integers(low, high + 1, (batch, 1)) - (self.fine - 1).bit_length())
        centre = rng.integers(-shift, shift + 1, (batch, 1))
        at = centre + rng.integers(0, 2, (batch, 1)) / 2 + np.arange(-reach, reach + 1)
        return [step * at, step * centre, step * self.fine]

    def admits(self, arrays: Arrays) -> Any:
        x, mean, deviation = arrays
        step = x[:, 1:2] - x[:, :1]
        even = (x[:, 1:] - x[:, :-1] == step) & (step > 0) & (deviation == self.fine * step)
        halves = 2 * (x - mean) / np.where(step > 0, step, 1.0)
        far = np.minimum(x[:, -1:] - mean, mean - x[:, :1]) >= (REACH - 0.5) * deviation
        return (even & far).all(-1) & (halves == np.rint(halves)).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Deviates:
        return Deviates(*tensors)


def normal_grids(*shifts: str) -> Regimes:
    """Grids with means of these kinds (or of all)."""
    chosen = shifts or SHIFTS
    drawn = st.builds(NormalGrid, st.sampled_from([2, 3, 4]), st.sampled_from(chosen), st.sampled_from(SPREADS[:3]))
    corners = [NormalGrid(2, shift) for shift in chosen]
    corners += [NormalGrid(2 + i % 3, chosen[-1 - i % len(chosen)], spread) for i, spread in enumerate(SPREADS[1:3], 1)]
    return Regimes(drawn, tuple(corners))
