"""Data sets for which Chebyshev's inequality is an equation, and others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.data_sets import Data, data_sets, hard_data
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class RareAtoms(Regime):
    """2 k^2 numbers c, of which one is c + s and one c - s: |x - c| >= k sigma for a share of exactly 1/k^2.

    s is a power of two, and c one of 0, 64 s, -3 s, so that all is exact but quotients by 2 k^2.
    """

    k: int = 2
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError("of 2 k^2 numbers two are far from the others: k is at least 1")

    def size(self) -> int:
        return 2 * self.k**2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        s = 2.0 ** rng.integers(-3, 4, (batch, 1))
        x = np.zeros((batch, self.size())) + rng.choice([0.0, 64.0, -3.0], (batch, 1)) * s
        first = rng.integers(0, self.size(), batch)
        each = np.arange(batch)
        x[each, first] += s[:, 0]
        x[each, (first + 1) % self.size()] -= s[:, 0]
        return [x]

    def admits(self, arrays: Arrays) -> Any:
        (x,) = arrays
        centre = np.median(x, -1, keepdims=True) if self.k > 1 else x.mean(-1, keepdims=True)
        far = np.abs(x - centre)
        return ((far > 0).sum(-1) == 2) & (far.max(-1) == -(x - centre).min(-1)) & (far.max(-1) == (x - centre).max(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Tensor:
        x: Tensor = tensors[0]
        return x


def concentrated_data() -> Regimes:
    """Any data, and data with rare atoms far away."""
    rare = tuple(RareAtoms(k) for k in (2, 1, 3, 4, 6, 8, 11, 16, 32))
    samples = data_sets()
    plain = [c for c in hard_data() if 0 < c.n < 40000 and not c.special and not c.edge]
    drawn = st.one_of(st.builds(RareAtoms, st.integers(1, 23)), samples.draw)
    return Regimes(drawn, (*rare, *plain))


def rare_outlier() -> Regimes:
    """Data most of which cluster, the plainest first."""
    corners = (RareAtoms(2), RareAtoms(8), RareAtoms(32))
    return Regimes(st.sampled_from(corners), corners)


def constant_data() -> Regimes:
    """Rows of equal numbers."""
    corners = (Data(11, Numbers("constant")), Data(17, Numbers("constant")))
    return Regimes(st.sampled_from(corners), corners)
