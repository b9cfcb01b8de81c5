"""Symmetric laws of weights on few values, of which all weight matrices are enumerated, and normal chains of layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

TABLES = {
    "signs": (-1.0, 1.0),
    "three points": (-1.0, 0.0, 1.0),
    "four points": (-2.0, -1.0, 1.0, 2.0),
    "normal moments": (-1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
}
"""Equally likely values; the last has the kurtosis of the normal law, E t^2 = E t^4 = 1/3."""

MOST = 1300


class WeightTable(NamedTuple):
    """Equally likely values (batch, d) of each weight of a layer (n, m), and a signal (batch, m)."""

    shape: tuple[int, int]
    table: Tensor
    x: Tensor


@dataclasses.dataclass(frozen=True)
class SymmetricLaw(Regime):
    """The law of a weight (n, m): equally likely values of one of the tables, times 1/2 or 1; and a signal (m).

    The signal is of halves of whole numbers in -1..1, not all 0.
    """

    n: int = 1
    m: int = 2
    law: str = "signs"
    names: ClassVar[tuple[str, ...]] = ("values of w", "x")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if min(self.n, self.m) < 1 or self.law not in TABLES or len(TABLES[self.law]) ** (self.n * self.m) > MOST:
            raise ValueError(f"no enumeration of ({self.n}, {self.m}) weights with {self.law!r}")

    def size(self) -> int:
        return int(len(TABLES[self.law]) ** (self.n * self.m)) * self.n * self.m

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        table = np.array(TABLES[self.law]) * rng.choice([0.5, 1.0], (batch, 1))
        x = rng.integers(-2, 3, (batch, self.m)) / 2
        x[np.arange(batch), rng.integers(0, self.m, batch)] = rng.choice([-1.0, -0.5, 0.5, 1.0], batch)
        return [table, x]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        table, x = arrays
        whole = (2 * x == np.rint(2 * x)).all(-1) & (np.abs(x) <= 1).all(-1) & (x != 0).any(-1)
        factors = np.abs(table).max(-1, keepdims=True) / max(TABLES[self.law])
        same = (table == factors * np.array(TABLES[self.law])).all(-1) & np.isin(factors[:, 0], (0.5, 1.0))
        return np.asarray(whole & same)

    def present(self, tensors: Sequence[Any], seed: int) -> WeightTable:
        return WeightTable((self.n, self.m), *tensors)


class ChainDraw(NamedTuple):
    """Chains of `depth` layers of `m` inputs and outputs, so many of them; or one layer (n, m)."""

    n: int
    m: int
    depth: int
    chains: int
    seed: int


@dataclasses.dataclass(frozen=True)
class NormalLayers(Regime):
    """Layers (n, m) with normal weights; square ones in `chains` chains of `depth`."""

    n: int = 4
    m: int = 4
    depth: int = 1
    chains: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.m, self.depth, self.chains) < 1 or (self.n != self.m and self.depth * self.chains > 1):
            raise ValueError("layers have inputs and outputs, chains square layers")

    def size(self) -> int:
        return self.n * self.m * self.depth * self.chains

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> ChainDraw:
        return ChainDraw(self.n, self.m, self.depth, self.chains, seed)


ENUMERABLE = [
    (n, m, law)
    for law, values in TABLES.items()
    for n in range(1, 5)
    for m in range(1, 9)
    if len(values) ** (n * m) <= MOST
]


def enumerable_laws() -> st.SearchStrategy[SymmetricLaw]:
    """Laws and shapes of which every weight is enumerated."""
    return st.sampled_from(ENUMERABLE).map(lambda shape: SymmetricLaw(*shape))


def gram_laws() -> Regimes:
    """Laws that are enumerated and normal layers that are drawn; n and m mostly differ."""
    corners = (
        SymmetricLaw(1, 2),
        NormalLayers(3, 5),
        SymmetricLaw(1, 1),
        SymmetricLaw(2, 3),
        SymmetricLaw(3, 2),
        SymmetricLaw(3, 3),
        SymmetricLaw(2, 5),
        SymmetricLaw(1, 10),
        SymmetricLaw(2, 2, "three points"),
        SymmetricLaw(3, 2, "three points"),
        SymmetricLaw(2, 2, "four points"),
        SymmetricLaw(1, 5, "four points"),
        SymmetricLaw(2, 2, "normal moments"),
        SymmetricLaw(1, 4, "normal moments"),
        NormalLayers(1, 1),
        NormalLayers(10, 1000),
        NormalLayers(1000, 10),
        NormalLayers(100, 130),
        NormalLayers(400, 400),
    )
    sides = st.sampled_from([2, 1, 3, 17, 64, 100])
    return Regimes(st.one_of(enumerable_laws(), st.builds(NormalLayers, sides, sides)), corners)


def distribution_laws() -> Regimes:
    """Square or rectangular laws that are enumerated, and chains of square normal layers.

    Of 1000 layers with M = 2 the drift, -0.577, is more than twice the radius at 1e-9 away from 0.
    """
    corners = (
        SymmetricLaw(1, 2),
        NormalLayers(2, 2, 10, 10),
        *(SymmetricLaw(n, m) for n, m in ((1, 1), (2, 2), (3, 3), (2, 4), (4, 2))),
        SymmetricLaw(2, 2, "three points"),
        SymmetricLaw(2, 2, "four points"),
        SymmetricLaw(1, 1, "normal moments"),
        SymmetricLaw(2, 2, "normal moments"),
        SymmetricLaw(1, 4, "normal moments"),
        NormalLayers(1, 1, 10, 200),
        NormalLayers(2, 2, 20, 50),
        NormalLayers(16, 16, 10, 40),
        NormalLayers(64, 64, 5, 10),
        NormalLayers(129, 129, 3, 2),
        NormalLayers(3, 3, 200, 1),
    )
    chains = st.builds(
        lambda m, depth, count: NormalLayers(m, m, depth, count),
        st.sampled_from([2, 1, 3, 8, 17]),
        st.sampled_from([1, 2, 10, 30]),
        st.sampled_from([1, 5]),
    )
    return Regimes(st.one_of(enumerable_laws(), chains), corners)


def chains_of(*sizes: tuple[int, int, int]) -> Regimes:
    """Chains of normal layers of these widths, depths and numbers."""
    made = tuple(NormalLayers(m, m, depth, chains) for m, depth, chains in sizes)
    return Regimes(st.sampled_from(made), made)
