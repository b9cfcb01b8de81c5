"""Batches that a batch norm layer sees one after the other in training."""

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
from reference.formats import Format

FORMATS = {"": 1, "contiguous_format": 3, "channels_last": 3, "channels_last_3d": 4}
"""Memory formats, with the axes of a set."""
MOMENTA = (1.0, 0.5, 0.1, 0.01, None)


class Stream(NamedTuple):
    """Batches of channels x (batch, batches, m), momentum (None: cumulative), and how a set lies in the input."""

    x: Tensor
    momentum: float | None
    shape: tuple[int, ...]
    memory: str


@dataclasses.dataclass(frozen=True)
class RunningStatistics(Regime):
    """`batches` batches of m numbers of every channel, normal about `mean`; momentum -1 stands for the mean of all."""

    m: int = 4
    batches: int = 1
    momentum: float = 1.0
    memory: str = ""
    mean: float = 0.0
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.m < 2 or self.batches < 1 or self.memory not in FORMATS or not -1 <= self.momentum <= 1:
            raise ValueError(f"no {self.batches} batches of {self.m} numbers in {self.memory!r}, {self.momentum}")

    def size(self) -> int:
        return self.m * self.batches

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        scale = rng.choice([0.25, 1.0, 8.0], (batch, self.batches, 1))
        return [self.mean + scale * rng.standard_normal((batch, self.batches, self.m))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray((np.abs(arrays[0]) <= 2.0**12).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> Stream:
        momentum = None if self.momentum < 0 else self.momentum
        return Stream(tensors[0], momentum, split(self.m, FORMATS[self.memory]), self.memory)


def running_statistics() -> Regimes:
    """Every momentum and memory format, one batch and several."""
    momenta = tuple(-1.0 if m is None else m for m in MOMENTA)
    corners = (
        RunningStatistics(),
        *(RunningStatistics(m) for m in (2, 3, 17, 64)),
        *(RunningStatistics(12, n, p) for p in momenta for n in (1, 3)),
        *(RunningStatistics(24, 2, 0.1, f, mean) for f in FORMATS for mean in (0.0, 30.0)),
        RunningStatistics(160, 2, 0.5, "contiguous_format", 1e3),
        RunningStatistics(3200, 1, 1.0, "", 1.0),
    )
    drawn = st.builds(
        RunningStatistics,
        st.integers(2, 20),
        st.integers(1, 3),
        st.sampled_from(momenta),
        st.sampled_from(tuple(FORMATS)),
        st.sampled_from([0.0, 1.0, 30.0]),
    )
    return Regimes(drawn, corners)
