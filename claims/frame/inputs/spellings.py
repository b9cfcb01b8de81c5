"""Stacks of pairs of matrices that can be multiplied."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


class Factors(NamedTuple):
    """For each instance a stack of matrices A (count, m, k) and one of matrices B (count, k, n)."""

    A: Tensor
    B: Tensor


@dataclasses.dataclass(frozen=True)
class Stack(Regime):
    """`count` pairs of matrices A (m, k) and B (k, n); the numbers of B as those of A, at the opposite scale if so."""

    m: int = 2
    k: int = 2
    n: int = 2
    count: int = 2
    numbers: Numbers = Numbers()
    opposite: bool = False
    names: ClassVar[tuple[str, ...]] = ("A", "B")
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if min(self.m, self.k, self.n) < 0 or self.count < 1:
            raise ValueError(f"no stack of {self.count} pairs of {self.m} x {self.k} and {self.k} x {self.n} matrices")

    def size(self) -> int:
        return max(1, self.count * (self.m * self.k + self.k * self.n + self.m * self.n))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        left = self.numbers.fill(rng, (batch, self.count, self.m, self.k), fmt)
        right = self.numbers.fill(rng, (batch, self.count, self.n, self.k), fmt).swapaxes(-1, -2)
        if self.opposite:
            factor = self.numbers.factor(fmt)  # its square may overflow
            right = right / factor / factor
        return [left, right]

    def present(self, tensors: Sequence[Any], seed: int) -> Factors:
        A, B = tensors
        return Factors(A, B)


def stacks() -> Regimes:
    """Every size from 0 to beyond the blocks of kernels; corners: thin, long, many, cancelling, at every scale."""
    corners = (
        Stack(),
        Stack(1, 1, 1, 1, Numbers("normal")),
        *(Stack(m, k, n) for m, k, n in ((0, 2, 3), (2, 0, 3), (2, 3, 0), (0, 0, 0))),
        Stack(4, 4, 4, 2, Numbers("normal")),
        Stack(17, 17, 17, 1, Numbers("normal")),
        Stack(1, 5, 1, 3, Numbers("normal")),
        Stack(5, 1, 4, 2, Numbers("normal")),
        Stack(1, 17, 9, 1, Numbers("wide")),
        Stack(9, 17, 1, 2, Numbers("wide")),
        Stack(3, 130, 2, 2, Numbers("cancel")),
        Stack(2, 520, 3, 1, Numbers("positive")),
        Stack(33, 17, 5, 2, Numbers("normal")),
        Stack(5, 9, 65, 2, Numbers("normal")),
        Stack(34, 33, 35, 1, Numbers("integers")),
        Stack(2, 3, 4, 33, Numbers("integers")),
        Stack(3, 7, 2, 40, Numbers("absorb")),
        Stack(3, 4, 5, 2, Numbers("constant")),
        Stack(3, 8, 3, 2, Numbers("ties")),
        *(Stack(3, 5, 4, 2, Numbers("normal", scale)) for scale in ("small", "large", "tiny", "subnormal")),
        *(Stack(3, 5, 4, 2, Numbers("normal", scale), opposite=True) for scale in ("large", "huge")),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 7, 8, 16, 17, 0])
    count = st.sampled_from([2, 1, 3, 5])
    return Regimes(st.builds(Stack, side, side, side, count, numbers(), st.booleans()), corners)
