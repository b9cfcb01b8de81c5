"""Data sets of one variable: how many numbers, how far from 0 compared with their spread, how near the ends of range.

A moment is a reduction: what matters are sizes around vectors, blocks and threads, a mean far larger than the spread,
and sums or sums of squares that leave the range where the moment itself does not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.operations.chapters.moments import ONE_KERNEL, TWO_AXES
from reference.formats import Format

Float64 = NDArray[np.float64]

OFFSETS = ("", "near", "far")
ORDERS = ("", "ascending", "descending")
EDGES = ("", "sums", "squares")
SPECIALS = ("", "nan", "inf", "infinities")
SPELLINGS = (*ONE_KERNEL[1:], TWO_AXES)
LENGTHS = (2, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100)
MANY_ROWS = 1031
"""More rows than a block of threads takes at once; a prime."""


class Rows(NamedTuple):
    """Numbers x (batch, n), and in which spelling torch reduces them besides the plainest."""

    x: Tensor
    spelling: str


@dataclasses.dataclass(frozen=True)
class Data(Regime):
    """Rows of `n` numbers.

    `offset`: near (moved away from 0 by 2^(p/2) for a format of p bits: squares lose the spread), far (by 2^(p-3): only
    a few bits of the spread are left). `order`: as drawn or sorted. `edge`: sums (the largest number is about half of
    that of the format: sums overflow, the mean does not), squares (about half of its root: sums of squares overflow,
    the variance does not). `special` replaces the first or the last number: NaN, an infinity, or both ends by opposite
    infinities. `rows` come together however long they are. `spelling`: how torch reduces them besides the plainest way.
    """

    n: int = 3
    numbers: Numbers = Numbers()
    offset: str = ""
    order: str = ""
    edge: str = ""
    special: str = ""
    rows: int = 1
    spelling: str = TWO_AXES
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.offset, OFFSETS),
            (self.order, ORDERS),
            (self.edge, EDGES),
            (self.special, SPECIALS),
            (self.spelling, SPELLINGS),
        ):
            if value not in allowed:
                raise ValueError(f"no data with {value!r}, which is none of {allowed}")
        if self.n < 0 or (self.special and self.n < 2):
            raise ValueError(f"no {self.n} numbers with {self.special!r}")

    def size(self) -> int:
        return max(1, self.n)

    def batch(self, limit: int, elements: int) -> int:
        return max(super().batch(limit, elements), self.rows)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = self._spread(rng, (batch, self.n), fmt)
        if self.offset:
            bits = fmt.precision // 2 if self.offset == "near" else fmt.precision - 3
            x = x + self.numbers.factor(fmt) * 2.0**bits * rng.choice([-1.0, 1.0], (batch, 1))
        if self.edge:
            largest = fmt.largest / 2 if self.edge == "sums" else np.sqrt(fmt.largest) / 2
            top = np.abs(x).max(-1, keepdims=True, initial=0.0)
            x = x / np.where(top > 0, top, 1.0) * largest
        if self.special:
            x = self._marked(rng, x)
        return [x]

    def _spread(self, rng: np.random.Generator, shape: tuple[int, int], fmt: Format) -> Float64:
        if shape[1] == 0:
            return np.zeros(shape)
        x = self.numbers.fill(rng, shape, fmt)
        if self.order:
            x = np.sort(x, -1)
        return x[:, ::-1] if self.order == "descending" else x

    def _marked(self, rng: np.random.Generator, x: Float64) -> Float64:
        x = x.copy()
        ends = np.where(rng.random(len(x)) < 0.5, 0, x.shape[-1] - 1)
        each = np.arange(len(x))
        match self.special:
            case "nan":
                x[each, ends] = np.nan
            case "inf":
                x[each, ends] = rng.choice([-np.inf, np.inf], len(x))
            case _:
                x[:, 0], x[:, -1] = np.inf, -np.inf
        return x

    def admits(self, arrays: Arrays) -> Any:
        (x,) = arrays
        return np.isfinite(x).all(-1) | bool(self.special)

    def present(self, tensors: Sequence[Any], seed: int) -> Rows:
        return Rows(tensors[0], self.spelling)


def hard_data() -> tuple[Data, ...]:
    """Corners for any moment: sizes around vectors and blocks, far offsets, all scales, special numbers."""
    normal = Numbers("normal")
    corners = (
        Data(),
        *(Data(n, normal, offset) for n, offset in ((1, ""), (2, "near"), (3, "far"), (0, ""))),
        *(Data(n, normal, special=special) for n, special in ((3, "nan"), (65, "inf"), (17, "infinities"))),
        *(Data(n, normal) for n in (8, 16, 33, 64, 127, 129, 513, 1025)),
        *(Data(n, normal, "near") for n in (5, 17, 65, 128, 1000)),
        *(Data(n, Numbers("integers"), "far") for n in (4, 7, 17, 100)),
        *(Data(n, Numbers("positive"), order=order) for n, order in ((31, "ascending"), (65, "descending"))),
        *(Data(n, Numbers("constant")) for n in (1, 11, 17, 300)),
        Data(9, Numbers("constant"), "near"),
        Data(33, Numbers("cancel")),
        Data(129, Numbers("wide")),
        Data(15, Numbers("absorb")),
        Data(65, Numbers("ties"), "near"),
        *(Data(5, Numbers("normal", scale)) for scale in ("small", "large", "tiny", "huge", "subnormal")),
        *(Data(n, normal, edge=kind) for n, kind in ((7, "sums"), (100, "squares"), (2, "sums"), (65, "sums"))),
        Data(3, normal, rows=MANY_ROWS),
        Data(65, normal, "near", rows=65),
        Data(4097, normal, "near"),
        Data(32769, Numbers("positive")),
        Data(70001, normal, order="descending"),
    )
    return tuple(dataclasses.replace(c, spelling=SPELLINGS[i % len(SPELLINGS)]) for i, c in enumerate(corners))


def data_sets() -> Regimes:
    """Rows of numbers for any moment; see `hard_data`."""
    drawn = st.builds(
        Data,
        st.sampled_from(LENGTHS),
        numbers(("normal", "integers", "wide", "positive", "constant", "cancel", "ties")),
        st.sampled_from(OFFSETS),
        st.sampled_from(ORDERS),
        spelling=st.sampled_from(SPELLINGS),
    )
    return Regimes(drawn, hard_data())
