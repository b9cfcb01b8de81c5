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
