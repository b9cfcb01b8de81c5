"""Sums of independent variables: laws whose sums are known exactly, and how many sums are drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

SUMMANDS = ("rand", "bernoulli")
WIDTH = 16
"""Laws have at most so many points 0, 1, ..."""


class FiniteSum(NamedTuple):
    """The sum of `n` independent variables with P(X = j) = odds[j] / sum(odds)."""

    odds: tuple[int, ...]
    n: int


@dataclasses.dataclass(frozen=True)
class FiniteSums(Regime):
    """`n` variables on 0, 1, ... with whole-number odds, of which at least two are not 0."""

    odds: tuple[int, ...] = (1, 1)
    n: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        possible = sum(w > 0 for w in self.odds)
        if self.n < 1 or min(self.odds, default=-1) < 0 or possible < 2 or len(self.odds) > WIDTH:
            raise ValueError(f"no sum of {self.n} variables with odds {self.odds} that vary")

    def size(self) -> int:
        return self.n * len(self.odds)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> FiniteSum:
        return FiniteSum(self.odds, self.n)


class SumDraw(NamedTuple):
    """`draws` sums or means of `n` variables of a law, from a seed."""

    law: str
    n: int
    draws: int
    seed: int
    p: float = 0.5


@dataclasses.dataclass(frozen=True)
class DrawnSums(Regime):
    """`draws` sums of `n` summands: rand (uniform on [0, 1)) or bernoulli (1 with probability p)."""

    law: str = "rand"
    n: int = 12
    draws: int = 4096
    p: float = 0.5
    laws: ClassVar[tuple[str, ...]] = SUMMANDS
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.law not in self.laws or min(self.n, self.draws) < 1 or not 0 < self.p < 1:
            raise ValueError(f"no {self.draws} sums of {self.n} variables of the law {self.law!r}")

    def size(self) -> int:
        return self.n * self.draws

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> SumDraw:
        return SumDraw(self.law, self.n, self.draws, seed, self.p)


@dataclasses.dataclass(frozen=True)
class CauchyMeans(DrawnSums):
    """`draws` means of `n` Cauchy variables, filled in place or by torch.distributions."""

    law: str = "in place"
    n: int = 10
    laws: ClassVar[tuple[str, ...]] = ("in place", "distribution")


@dataclasses.dataclass(frozen=True)
class GeometricSigns(Regime):
    """All signs e_1, ..., e_K: 2^K rows."""

    terms: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.terms <= MOST_TERMS:
            raise ValueError(f"1 to {MOST_TERMS} signs, not {self.terms}")

    def size(self) -> int:
        return int(self.terms * 2**self.terms)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> SumDraw:
        return SumDraw("signs", self.terms, 4096, seed)


MOST_TERMS = 14
HALF = (1, 1)
HARDEST = (595, 429)
"""P(X = 1) = 0.419: close to (4 - sqrt 10) / 2, where the least constant is needed."""


def standardised_sums() -> Regimes:
    """Coins, fair, biased and nearly certain, dice, gaps in the support; 1 to 1000 summands; sampled sums."""
    corners = (
        FiniteSums(HALF, 1),
        DrawnSums("rand", 12, 1 << 14),
        FiniteSums(HARDEST, 1000),
        FiniteSums(HALF, 1000),
        FiniteSums((7, 3), 12),
        FiniteSums((9, 1), 65),
        FiniteSums((1, 99), 127),
        FiniteSums((99, 1), 129),
        FiniteSums((1,) * 6, 10),
        FiniteSums((1, 0, 0, 0, 0, 0, 0, 1), 33),
        FiniteSums((60, 3, 1), 64),
        FiniteSums((1, 0, 4, 0, 1), 2),
        FiniteSums((0, 0, 1, 2), 17),
        DrawnSums("rand", 1, 4097),
        DrawnSums("rand", 2, 1 << 14),
        DrawnSums("bernoulli", 100, 4097),
        DrawnSums("bernoulli", 33, 4097, 0.125),
        DrawnSums("bernoulli", 1, 1, 0.875),
    )
    odds = st.lists(st.integers(0, 9), min_size=2, max_size=6).filter(lambda w: sum(v > 0 for v in w) > 1).map(tuple)
    finite = st.builds(FiniteSums, odds, st.sampled_from([1, 2, 3, 7, 8, 9, 31, 64, 100]))
    drawn = st.builds(
        DrawnSums,
        st.sampled_from(SUMMANDS),
        st.sampled_from([12, 1, 2, 3, 7, 33]),
        st.sampled_from([1000, 100, 15, 1]),
        st.sampled_from([0.5, 0.125, 0.875]),
    )
    return Regimes(st.one_of(finite, drawn), corners)


def finite_sums(*corners: FiniteSums) -> Regimes:
    """Just these."""
    return Regimes(st.sampled_from(corners), corners)


def cauchy_means(*, most: int = 1 << 14) -> Regimes:
    """Means of 1 to 1000 Cauchy variables; `most` of them tell the law from every normal one."""
    corners = (
        CauchyMeans("in place", 3, 100),
        CauchyMeans("in place", 10, most),
        CauchyMeans("in place", 1, most),
        CauchyMeans("distribution", 100, most),
        CauchyMeans("distribution", 1, 4097),
        CauchyMeans("in place", 1000, 513),
    )
    drawn = st.builds(
        CauchyMeans,
        st.sampled_from(["in place", "distribution"]),
        st.sampled_from([10, 1, 2, 3, 100]),
        st.sampled_from([4096, 1000, 100, 15, 1]),
    )
    return Regimes(drawn, corners)


def geometric_signs() -> Regimes:
    """Every number of terms: the whole domain."""
    corners = tuple(GeometricSigns(terms) for terms in range(1, MOST_TERMS + 1))
    return Regimes(st.sampled_from(corners), corners, exhaustive=True)
