"""Training runs that draw submodels of dropout, and networks whose submodels are enumerated."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


class Training(NamedTuple):
    """What a property of coverage gets: maskable units, examples met one after the other, independent runs, a seed."""

    units: int
    examples: int
    runs: int
    seed: int


@dataclasses.dataclass(frozen=True)
class DrawnMasks(Regime):
    """`runs` trainings, each of which draws a mask of `units` for each of `examples`, with p = 1/2."""

    units: int = 2
    examples: int = 2
    runs: int = 100
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.units <= 62 or self.examples < 1 or self.runs < 1:
            raise ValueError("masks have 1 to 62 units, and are drawn")

    @property
    def enumerable(self) -> bool:
        """Whether every sequence of masks is enumerated."""
        return self.units * self.examples <= 12

    def size(self) -> int:
        return self.units * self.examples * self.runs

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Any, seed: int) -> Training:
        return Training(self.units, self.examples, self.runs, seed)


def trainings() -> Regimes:
    """1 to 30 units and up to 10000 examples; corners: the enumerable sizes, more draws than masks, many more masks."""
    drawn = st.builds(
        DrawnMasks, st.sampled_from((2, 1, 3, 4, 5, 8, 16, 30)), st.sampled_from((2, 1, 3, 10, 33, 129)), st.just(100)
    )
    enumerated = ((1, 1), (1, 2), (1, 12), (2, 3), (2, 6), (3, 4), (4, 3), (6, 2), (12, 1))
    corners = (
        DrawnMasks(),
        *(DrawnMasks(n, t) for n, t in enumerated),
        DrawnMasks(4, 10, 1000),
        DrawnMasks(5, 32, 500),
        DrawnMasks(8, 256, 50),
        DrawnMasks(10, 500, 20),
        DrawnMasks(16, 5000, 2),
        DrawnMasks(30, 10000, 1),
    )
    return Regimes(drawn, corners)
