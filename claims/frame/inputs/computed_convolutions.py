"""What is computed of a convolution: its results, or a gradient, and with which class of bounds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.convolutions import CORNERS, TRANSPOSED_CORNERS, Convolution, Convolved
from claims.frame.inputs.convolutions import convolutions as plain
from claims.frame.inputs.convolutions import transposed_convolutions as transposed
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

PARTS = ("results", "images", "kernels")
MOST_STORED = 128
"""Of as many terms the bound still says something if every sum is stored in bfloat16."""


class Computation(NamedTuple):
    """A convolution, the part that is computed of it, and whether half types may store each step."""

    given: Convolution
    part: str
    stored: bool


@dataclasses.dataclass(frozen=True)
class Computed(Regime):
    """The results of a convolution, or the gradient of <c, y> by its images, or by its kernels and biases.

    `stored`: half types may store each product and sum, which they may not otherwise. Gradients that torch adds up of
    several operations, of examples one at a time or of padding that reads the image twice, are of that kind.
    """

    of: Convolved = Convolved()
    part: str = "results"
    stored: bool = False
    names: ClassVar[tuple[str, ...]] = Convolved.names
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if self.part not in PARTS or (self.stored and self.terms() > MOST_STORED):
            raise ValueError(f"no part {self.part!r} of {self.terms()} terms")
        if self.part != "results" and self.of.form == "native":
            raise ValueError("oneDNN is off for results only")
        if not self.stored and self.in_several():
            raise ValueError("torch adds up several operations")

    def in_several(self) -> bool:
        """Whether torch adds up what several operations have stored."""
        shared = self.of.form == "unbatched" and self.part == "kernels"
        return shared or (self.of.mode != "zeros" and self.part == "images")

    def terms(self) -> int:
        """At most so many terms are added."""
        of = self.of
        channels = of.filters if (self.part == "images") == (of.output_padding is None) else of.channels
        if self.part == "kernels":
            return of.n * math.prod(of.results if of.output_padding is None else of.extent) + 1
        return channels * math.prod(of.kernel) + 1

    def size(self) -> int:
        return self.of.size()

    def batch(self, limit: int, elements: int) -> int:
        return min(self.most, self.of.batch(limit, elements))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return self.of.arrays(rng, batch, fmt)

    def present(self, tensors: Sequence[Any], seed: int) -> Computation:
        return Computation(self.of.present(tensors, seed), self.part, self.stored)


def computed(of: Convolved, part: str, *, stored: bool) -> Computed:
    """That part, or the nearest that there is."""
    for choice in ((part, stored), (part, True), ("results", stored), ("results", False)):
        try:
            return Computed(of, *choice)
        except ValueError:
            continue
    return Computed(dataclasses.replace(of, form=""))


def _extreme(*scales: str) -> tuple[Computed, ...]:
    few = Convolved(2, 2, 2, extent=(5, 4), kernel=(2, 3), kind="normal", bias=True)
    return tuple(Computed(dataclasses.replace(few, scale=s)) for s in scales)


def _computations() -> Regimes:
    """Every part of plain and of transposed convolutions, and results without oneDNN."""
    of = st.one_of(plain().draw, plain().draw, transposed().draw)
    draw = st.builds(computed, of, st.sampled_from(PARTS), stored=st.booleans())
    native = [c for c in CORNERS if not c.form and (c.n > 15 or len(c.kernel) != 2) and c.channels]
    corners = (
        *(Computed(c) for c in (*CORNERS, *TRANSPOSED_CORNERS)),
        *(computed(c, PARTS[1 + i % 2], stored=i % 4 > 1) for i, c in enumerate((*CORNERS, *TRANSPOSED_CORNERS))),
        *(Computed(dataclasses.replace(c, form="native")) for c in (*native, TRANSPOSED_CORNERS[2])),
        *(Computed(c, "results", stored=True) for c in TRANSPOSED_CORNERS[::3]),
        *_extreme("tiny", "subnormal", "huge"),
    )
    return Regimes(draw, tuple(dict.fromkeys(corners)))


COMPUTATIONS = _computations()
