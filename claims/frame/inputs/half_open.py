"""Uniform draws on half-open intervals. The draws are made by the operation under test."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

ENDS = {
    "unit": (0.0, 1.0),
    "symmetric": (-1.0, 1.0),
    "weights": (-0.12247448713915890, 0.12247448713915890),
    "positive": (2.0, 3.0),
    "negative": (-3.0, -2.0),
    "narrow": (1.0, 1.0625),
    "lopsided": (-0.25, 1.5),
    "subnormal": (0.0, 2.0**-16),
}
"""Ends of intervals; those of the weights, sqrt(6 / 400) as Xavier's for 200 inputs and outputs, are rounded."""
SAMPLERS = ("uniform_", "rand")


class Draws(NamedTuple):
    """`n` numbers between two ends to be drawn by a sampler from a seed."""

    sampler: str
    ends: tuple[float, float]
    n: int
    seed: int


@dataclasses.dataclass(frozen=True)
class HalfOpen(Regime):
    """`n` draws from one of the intervals; `rand` has the unit interval only."""

    interval: str = "unit"
    n: int = 4096
    sampler: str = "uniform_"
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.interval not in ENDS or self.sampler not in SAMPLERS or self.n < 1:
            raise ValueError(f"no {self.n} draws of {self.interval!r} by {self.sampler!r}")
        if self.sampler == "rand" and self.interval != "unit":
            raise ValueError("rand draws from [0, 1) only")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Draws:
        return Draws(self.sampler, ENDS[self.interval], self.n, seed)


def half_open_draws() -> Regimes:
    """Every interval with 2^16 draws; short ones, and one past 2^18."""
    corners = (
        HalfOpen(),
        HalfOpen(n=1),
        HalfOpen(n=17, sampler="rand"),
        HalfOpen(n=1 << 16, sampler="rand"),
        HalfOpen(n=(1 << 18) + 5),
        *(HalfOpen(interval, 1 << 16) for interval in ENDS),
    )
    n = st.sampled_from([4096, 1, 2, 15, 16, 33, 1000, 20000])
    unit = st.builds(HalfOpen, st.just("unit"), n, st.just("rand"))
    return Regimes(st.one_of(st.builds(HalfOpen, st.sampled_from(tuple(ENDS)), n), unit), corners)
