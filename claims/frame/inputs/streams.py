"""Random streams: which sampler draws a matrix of which shape. The draws are made by the operation under test."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.operations.chapters.streams import SAMPLERS
from reference.formats import Format


class Stream(NamedTuple):
    """What a property draws: `rows` x `cols` numbers by a sampler of torch from a seed."""

    sampler: str
    rows: int
    cols: int
    seed: int


@dataclasses.dataclass(frozen=True)
class Drawn(Regime):
    """Draws by one of `SAMPLERS`; a row may be a lane of a kernel, an example of a batch or a block of a stream."""

    sampler: str = "rand"
    rows: int = 4
    cols: int = 250
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLERS or min(self.rows, self.cols) < 1:
            raise ValueError(f"no {self.rows} x {self.cols} numbers by the sampler {self.sampler!r}")

    def size(self) -> int:
        return self.rows * self.cols

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Stream:
        return Stream(self.sampler, self.rows, self.cols, seed)


def streams() -> Regimes:
    """Every sampler, short of a vector, around 16 numbers, and long; 16 rows of 2048 show lanes and blocks."""
    corners = [Drawn(sampler, *shape) for sampler in SAMPLERS for shape in ((4, 250), (16, 2048))]
    corners += [Drawn("randn", 1, n) for n in (1, 15, 16, 17)]
    rows, cols = st.sampled_from([4, 1, 3, 16]), st.sampled_from([250, 1, 15, 16, 17, 1000])
    draw = st.builds(Drawn, st.sampled_from(tuple(SAMPLERS)), rows, cols)
    return Regimes(draw, tuple(corners))
