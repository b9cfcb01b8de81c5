"""A matrix and a vector to be added to each of its rows, and the factors of an affine map."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import SCALES, Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

SPECIALS = ("none", "infinity", "nan", "negative zero", "largest")


class RowAddition(NamedTuple):
    """For each instance A (m, n) and b (n,), or (1,); X (m, q) and W (n, q) of the affine map X W^T + b."""

    A: Tensor
    b: Tensor
    X: Tensor
    W: Tensor


@dataclasses.dataclass(frozen=True)
class MatrixAndVector(Regime):
    """A matrix (rows, cols), a vector with as many entries as columns (or one, if `single`), and X, W with `inner`.

    `special` numbers are put into about a quarter of the entries of A and b: infinities of both signs, NaN, -0, or the
    largest number, whose sums overflow.
    """

    rows: int = 2
    cols: int = 2
    inner: int = 2
    numbers: Numbers = Numbers()
    special: str = "none"
    single: bool = False
    names: ClassVar[tuple[str, ...]] = ("A", "b", "X", "W")
    most: ClassVar[int] = 40  # torch adds one instance at a time

    def __post_init__(self) -> None:
        if self.special not in SPECIALS:
            raise ValueError(f"no special numbers {self.special!r}")

    def size(self) -> int:
        return max(1, (self.rows + self.cols) * self.inner, self.rows * self.cols)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n, q = self.rows, self.cols, self.inner
        shapes = (m, n), (1 if self.single else n,), (m, q), (n, q)
        a, b, x, w = (self.numbers.fill(rng, (batch, *shape), fmt) for shape in shapes)
        value = {"infinity": np.inf, "nan": np.nan, "negative zero": -0.0, "largest": fmt.largest}.get(self.special)
        if value is not None:
            for entries in (a, b):
                chosen = rng.random(entries.shape) < 0.25
                signs = -1.0 if self.special == "negative zero" else rng.choice([-1.0, 1.0], entries.shape)
                entries[chosen] = np.copysign(value, signs * np.ones(entries.shape))[chosen]
        return [a, b, x, w]

    def present(self, tensors: Sequence[Any], seed: int) -> RowAddition:
        return RowAddition(*tensors)


def row_additions() -> Regimes:
    """Square matrices, where rows and columns can be mistaken, and others; empty ones, vector tails, special values."""
    corners = (
        MatrixAndVector(),
        MatrixAndVector(3, 3, numbers=Numbers("normal")),
        *(MatrixAndVector(m, n, 3, Numbers("normal")) for m, n in ((2, 3), (3, 2), (1, 5), (5, 1), (17, 17), (33, 65))),
        *(MatrixAndVector(m, n, q) for m, n, q in ((0, 3, 2), (3, 0, 2), (0, 0, 0), (1, 1, 1), (2, 3, 0))),
        MatrixAndVector(5, 1025, 2, Numbers("wide")),
        MatrixAndVector(1025, 5, 2, Numbers("wide")),
        MatrixAndVector(4, 7, 257, Numbers("integers")),
        MatrixAndVector(3, 5, 130, Numbers("cancel")),
        MatrixAndVector(3, 5, single=True),
        MatrixAndVector(2, 3, 1030, Numbers("integers")),
        MatrixAndVector(65, 66, 3, Numbers("normal")),
        *(MatrixAndVector(m, n, 3, Numbers("constant")) for m, n in ((3, 5), (5, 3), (4, 4), (7, 2))),
        *(MatrixAndVector(3, 3, special=special) for special in SPECIALS[1:]),
        MatrixAndVector(4, 4, 4, Numbers("absorb")),
        MatrixAndVector(4, 4, 4, Numbers("ties", "subnormal")),
        MatrixAndVector(4, 4, 4, Numbers("normal", "subnormal")),
        MatrixAndVector(4, 4, 4, Numbers("wide", "huge")),
        MatrixAndVector(4, 4, 4, Numbers("wide", "tiny")),
    )
    side = st.sampled_from([2, 3, 1, 5, 17, 0, 8])
    square = side.map(lambda n: (n, n))
    shape = st.one_of(square, st.tuples(side, side), st.tuples(side, side))

    draw = st.builds(
        lambda shape, **rest: MatrixAndVector(*shape, **rest),
        shape,
        inner=st.sampled_from([2, 1, 3, 5, 0, 17]),
        numbers=numbers(scales=SCALES),
        special=st.sampled_from(["none", "none", "none", *SPECIALS]),
        single=st.sampled_from([False, False, False, True]),
    )
    return Regimes(draw, corners)
