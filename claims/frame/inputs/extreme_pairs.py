"""Symmetric matrices, not zero, of order 3 and above: what torch.lobpcg takes for one pair."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regimes
from claims.frame.inputs.symmetric import Symmetric


@dataclasses.dataclass(frozen=True)
class Iterated(Symmetric):
    """As many as can be iterated on."""

    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n < 3:
            raise ValueError("torch.lobpcg wants three rows for every pair")

    def admits(self, arrays: Arrays) -> Any:
        (a,) = arrays
        return super().admits(arrays) & a.any((-2, -1))


def iterated_matrices() -> Regimes:
    """Spectra spread evenly or geometrically, and random matrices; corners up to order 17."""
    corners = (
        Iterated(3, "normal"),
        *(Iterated(n, "normal") for n in (5, 9, 17)),
        Iterated(4, "arith"),
        Iterated(6, "reflection"),
    )
    return Regimes(
        st.builds(Iterated, st.sampled_from([3, 4, 6]), st.sampled_from(["arith", "geo", "normal"])), corners
    )
