"""Matrices of exact rank, and penalties from four down to the unit roundoff."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.systems import CONDITIONS, DRIVERS, ExactRank, ManyExactRank
from reference.formats import Format

PENALTIES = ("one", "large", "small", "root", "vanishing")


class Penalised(NamedTuple):
    """A (batch, m, n) and alpha (batch,), and the LAPACK driver for the stacked least-squares problem."""

    A: Tensor
    alpha: Tensor
    driver: str


@dataclasses.dataclass(frozen=True)
class Penalty(Regime):
    """A matrix and alpha = 4^-k c^2, c the scale of the matrix, so that its root is exact.

    Without the scale, the largest alpha is 1, 64 ("large"), 2^-6 ("small"), about 4 sqrt(u) ("root") or about u
    ("vanishing"); each matrix has that, a quarter or a sixteenth of it. The Gram matrix of the integers of a well
    conditioned matrix is exact; if it is to be `rounded`, they are multiplied by 1 + 2^-k with half of the digits.
    """

    matrix: ExactRank = ExactRank()
    penalty: str = "one"
    driver: str = "gels"
    rounded: bool = False
    names: ClassVar[tuple[str, ...]] = ("A", "alpha")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.penalty not in PENALTIES or self.driver not in DRIVERS:
            raise ValueError(f"no penalty {self.penalty!r} for {self.driver}")
        if self.rounded and self.matrix.condition == "ill":
            raise ValueError("no more digits for an ill-conditioned matrix")

    def size(self) -> int:
        return self.matrix.size()

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = self.matrix.arrays(rng, batch, fmt)
        if self.rounded:
            a = a * (1 + 2.0 ** -math.ceil(fmt.precision / 2))
        largest = {
            "one": 0,
            "large": 3,
            "small": -3,
            "root": 1 - fmt.precision // 4,
            "vanishing": -math.ceil(fmt.precision / 2),
        }[self.penalty]
        scale = Numbers(scale=self.matrix.scale).factor(fmt)
        return [a, np.asarray(4.0 ** (largest - rng.integers(0, 3, batch)) * scale**2, np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        a, alpha = arrays
        root = np.sqrt(np.maximum(alpha, 0.0))
        return np.asarray(self.matrix.admits([a]) & (alpha > 0) & (np.frexp(root)[0] == 0.5), bool)

    def present(self, tensors: Sequence[Any], seed: int) -> Penalised:
        A, alpha = tensors
        return Penalised(A, alpha, self.driver)


@dataclasses.dataclass(frozen=True)
class ManyPenalties(Penalty):
    """More than a kernel may take at a time."""

    most: ClassVar[int] = 128


@dataclasses.dataclass(frozen=True)
class SubnormalMatrix(Penalty):
    """Permutations with signs times half of the smallest normal number, and the penalty 1, which outweighs them."""

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n = self.matrix.rank
        order = rng.permuted(np.broadcast_to(np.arange(n), (batch, n)), axis=-1)
        return [np.eye(n)[order] * rng.choice([-1.0, 1.0], (batch, n, 1)) * (fmt.lam / 2), np.ones(batch)]


def penalties() -> Regimes:
    """Every rank, shape and size of alpha; corners: empty, zero, deficient, sides beyond 32, many, ill, scaled."""
    deficient = ExactRank(4, 4, deficiency=2)
    corners = (
        Penalty(ExactRank(2, 2)),
        *(Penalty(deficient, p) for p in PENALTIES),
        Penalty(ExactRank(2, 2, deficiency=1), "root"),
        *(Penalty(ExactRank(2, 2, deficiency=1), p, "gelsd", rounded=True) for p in ("one", "root", "vanishing")),
        Penalty(ExactRank(3, 2), "root", rounded=True),
        Penalty(ExactRank(2, 4), "vanishing", rounded=True),
        *(Penalty(ExactRank(3, 2), p, d) for p, d in zip(PENALTIES, ("gels", *DRIVERS), strict=True)),
        *(Penalty(ExactRank(2, 4), p) for p in PENALTIES),
        Penalty(ExactRank(0, 3)),
        Penalty(ExactRank(3, 0)),
        Penalty(ExactRank(1, 1), "small"),
        Penalty(ExactRank(1, 6), "root", "gelsd"),
        Penalty(ExactRank(6, 1), "vanishing"),
        Penalty(ExactRank(2, 3, deficiency=2), "root", "gelss"),
        ManyPenalties(ManyExactRank(2, 2), "small"),
        Penalty(ExactRank(9, 5, deficiency=1), "root", "gelsy"),
        Penalty(ExactRank(33, 3), "root"),
        SubnormalMatrix(ExactRank(3, 3)),
        Penalty(ExactRank(7, 9), "large"),
        Penalty(ExactRank(9, 7), "large"),
        Penalty(ExactRank(9, 9), "small"),
        Penalty(ExactRank(17, 17), "root"),
        Penalty(ExactRank(3, 33), "small"),
        Penalty(ExactRank(4, 4, condition="ill"), "vanishing", "gelsd"),
        Penalty(ExactRank(3, 2, scale="small"), "root"),
        Penalty(ExactRank(2, 3, scale="large"), "root"),
        Penalty(ExactRank(3, 3, deficiency=1, scale="large"), "small", "gelsd"),
    )
    return Regimes(_penalties(), corners)


@st.composite
def _penalties(draw: st.DrawFn) -> Penalty:
    m, n = (draw(st.sampled_from([2, 1, 3, 4, 5, 6])) for _ in range(2))
    deficiency = draw(st.sampled_from([0, 0, 1, 2])) % (min(m, n) + 1)
    condition, scale = draw(st.sampled_from(CONDITIONS)), draw(st.sampled_from(("one", "small", "large")))
    matrix = ExactRank(m, n, deficiency, "plain", condition, scale)
    rounded = condition == "well" and draw(st.booleans())
    return Penalty(matrix, draw(st.sampled_from(PENALTIES)), draw(st.sampled_from(DRIVERS)), rounded)
