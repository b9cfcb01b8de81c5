"""Batches of a feature, whose mean and variance vary from batch to batch: normal ones, and all of small tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.normalised_sets import split
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.running_statistics import FORMATS
from reference.formats import Format

MOST, NUMBERS = 1 << 12, 1 << 16
"""Batches of a sample, and its numbers, at most."""


class Drawn(NamedTuple):
    """Independent batches x (batches, m) of a normal law, and how a batch lies in the input of a layer."""

    x: Tensor
    mean: float
    deviation: float
    shape: tuple[int, ...]
    memory: str


class Table(NamedTuple):
    """Values (batch, d) of a feature, all alike likely, and the size m of the batches of which all are taken."""

    values: Tensor
    m: int


@dataclasses.dataclass(frozen=True)
class NormalBatches(Regime):
    """As many batches of m independent normal numbers as a sample may have, rounded into the format."""

    m: int = 2
    mean: float = 0.0
    deviation: float = 1.0
    memory: str = ""
    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.m < 2 or not self.deviation > 0 or self.memory not in FORMATS:
            raise ValueError(f"no batches of {self.m} numbers of deviation {self.deviation} in {self.memory!r}")

    def size(self) -> int:
        return self.m * min(MOST, NUMBERS // self.m)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.normal(self.mean, self.deviation, (self.size() // self.m, self.m))]

    def present(self, tensors: Sequence[Any], seed: int) -> Drawn:
        return Drawn(tensors[0], self.mean, self.deviation, split(self.m, FORMATS[self.memory]), self.memory)


@dataclasses.dataclass(frozen=True)
class SmallTable(Regime):
    """Tables of d whole numbers up to 4, of which all d^m batches are to be taken."""

    d: int = 2
    m: int = 2
    names: ClassVar[tuple[str, ...]] = ("values",)
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.d < 1 or self.m < 2 or self.d**self.m > 1024:
            raise ValueError(f"no table of {self.d} values for batches of {self.m}")

    def size(self) -> int:
        return int(self.m * self.d**self.m)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(-4, 5, (batch, self.d)).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        return np.asarray(((np.abs(x) <= 4) & (x == np.rint(x))).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Table:
        return Table(tensors[0], self.m)


def batches_of_a_feature() -> Regimes:
    """Batches of 2, 8, 16 and 64 normal numbers and others, and all batches of small tables."""
    corners = (
        SmallTable(2, 2),
        NormalBatches(2),
        NormalBatches(8, memory="channels_last"),
        NormalBatches(16, 3.0),
        NormalBatches(64, 0.0, 0.125),
        NormalBatches(3, 0.0, 8.0),
        SmallTable(2, 4),
        SmallTable(3, 3),
        SmallTable(4, 5),
        SmallTable(2, 9),
        SmallTable(5, 2),
    )
    small = [(d, m) for d in (2, 3, 4, 5) for m in (2, 3, 4, 5, 8) if d**m <= 1024]
    drawn = st.builds(
        NormalBatches,
        st.sampled_from([2, 4, 8, 16]),
        st.sampled_from([0.0, 3.0]),
        st.sampled_from([1.0, 0.125, 8.0]),
        st.sampled_from(["", "contiguous_format", "channels_last"]),
    )
    enumerated = st.sampled_from(small).map(lambda pair: SmallTable(*pair))
    return Regimes(st.one_of(drawn, enumerated, enumerated, enumerated), corners)
