"""Rows of logits in which one class leads."""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

MARGINS = ("any", "close", "resolution", "vanishing", "single")
WIDTHS = (2, 3, 7, 8, 9, 16, 17, 33, 67, 129)
OFFSETS = (0.0, 40.0, -1000.0)


@dataclasses.dataclass(frozen=True)
class LeadingClass(Regime):
    """`n` logits: one is `offset`, the others are below it by a margin of the row and up to 4 more.

    Margins are any at which exp(-t) is a number of the format, up to 4 (close), about log(1/u), from which on 1 + e^-t
    rounds to 1 (resolution), or about -log(eta) (vanishing). With a single margin all others are equal.
    """

    n: int = 2
    margin: str = "any"
    offset: float = 0.0
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.n < 2 or self.margin not in MARGINS:
            raise ValueError(f"no {self.n} logits of margin {self.margin!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        t = rng.random((batch, 1))
        match self.margin:
            case "close":
                t = 4 * t
            case "resolution":
                t = -math.log(fmt.u) * (0.8 + 0.5 * t)
            case "vanishing":
                t = -math.log(fmt.eta) * (0.9 + 0.2 * t)
            case _:
                t = -math.log(fmt.eta) * t
        more = 0.0 if self.margin == "single" else 4 * rng.random((batch, self.n))
        leads = np.arange(self.n) == rng.integers(0, self.n, (batch, 1))
        return [self.offset - np.where(leads, 0.0, t + more)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        return np.asarray(np.isfinite(x).all(-1) & ((x == self.offset).sum(-1) == 1) & (x <= self.offset).all(-1))


def leading_classes() -> Regimes:
    """Two to 129 classes; corners: every margin, widths around those of vectors, other offsets."""
    corners = (
        *(LeadingClass(n) for n in WIDTHS),
        *(LeadingClass(n, margin) for margin in MARGINS[1:] for n in (2, 3, 17)),
        *(LeadingClass(n, "resolution", offset) for n in (2, 33) for offset in OFFSETS[1:]),
        LeadingClass(1025, "resolution"),
    )
    drawn = st.builds(LeadingClass, st.sampled_from(WIDTHS), st.sampled_from(MARGINS), st.sampled_from(OFFSETS))
    return Regimes(drawn, corners)
