"""Few well-conditioned matrices of full rank, with which computations round."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regimes
from claims.frame.inputs.systems import ExactRank
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class Weighted(ExactRank):
    """As many as can be decomposed in a dozen ways; columns are 1, 8/7, 9/7, ... times integers."""

    most: ClassVar[int] = 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = super().arrays(rng, batch, fmt)
        return [a * (1 + np.arange(self.cols) / 7)]


def full_rank_matrices() -> Regimes:
    """Square, tall and wide matrices; corners: of order 1, beyond 8, thin, small and large entries."""
    corners = (
        Weighted(2, 2),
        Weighted(1, 1),
        Weighted(3, 3),
        Weighted(4, 4),
        Weighted(9, 9),
        Weighted(5, 3),
        Weighted(3, 5),
        Weighted(1, 6),
        Weighted(6, 1),
        Weighted(17, 4),
        Weighted(4, 17),
        Weighted(33, 2),
        Weighted(3, 3, scale="small"),
        Weighted(3, 3, scale="large"),
        Weighted(4, 2, scale="large"),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 6])

    def full(m: int, n: int, scale: str) -> Weighted:
        return Weighted(m, n, scale=scale)

    return Regimes(st.builds(full, side, side, st.sampled_from(("one", "small", "large"))), corners)
