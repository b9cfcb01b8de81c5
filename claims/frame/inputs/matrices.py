"""Matrices: chains that close to a ring, diagonals whose surroundings must not be read, and entries at any scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.numbers import KINDS, Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.vectors import Vector
from reference.formats import Format

SIDES = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 0, 8, 17])
SURROUNDINGS = ("zero", "large", "nan")


@dataclasses.dataclass(frozen=True)
class MatrixCycle(Regime):
    """Matrices F1 (d1 x d2), F2 (d2 x d3), ..., Fk (dk x d1), so that every rotation of their product exists.

    `alternating` makes every other matrix as small as the number scale makes the rest large: at scale "huge" products
    of two small matrices underflow where the product of all does not.
    """

    dims: tuple[int, ...] = (2, 2, 2)
    numbers: Numbers = Numbers()
    alternating: bool = False
    names: ClassVar[tuple[str, ...]] = ()
    most: ClassVar[int] = 64  # torch multiplies a chain of matrices one instance at a time

    def __post_init__(self) -> None:
        if not self.dims:
            raise ValueError("a cycle has at least one matrix")

    def size(self) -> int:
        return max(self.dims) ** 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        turns = zip(self.dims, (*self.dims[1:], self.dims[0]), strict=True)
        made = [self.numbers.fill(rng, (batch, *shape), fmt) for shape in turns]
        if self.alternating:
            factor = self.numbers.factor(fmt)  # its square may overflow
            made[::2] = [a / factor / factor for a in made[::2]]
        return made

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return list(tensors)


@dataclasses.dataclass(frozen=True)
class Diagonal(Regime):
    """A matrix of `n` rows and `n + extra` columns (more rows if `extra` is negative).

    What surrounds the diagonal is zero, large, or NaN.

    `swamped` makes the diagonal L, 1, -L, L, 1, -L, ... with L so large that L + 1 = L: only the order of summation
    decides how many ones survive.
    """

    n: int = 2
    surroundings: str = "zero"
    numbers: Numbers = Numbers()
    extra: int = 0
    swamped: bool = False
    names: ClassVar[tuple[str, ...]] = ("A",)

    def __post_init__(self) -> None:
        if self.surroundings not in SURROUNDINGS:
            raise ValueError(f"the surroundings are one of {', '.join(SURROUNDINGS)}, not {self.surroundings!r}")

    def size(self) -> int:
        return self.n * (self.n + abs(self.extra))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n + max(0, -self.extra), self.n + max(0, self.extra))
        around = {"zero": 0.0, "large": min(2.0**20, fmt.largest), "nan": np.nan}[self.surroundings]
        a = np.full(shape, around)
        diagonal = self.numbers.fill(rng, (batch, self.n), fmt)
        if self.swamped:
            diagonal = np.resize([2.0 / fmt.u, 1.0, -2.0 / fmt.u], self.n) * np.ones((batch, 1))
        i = np.arange(self.n)
        a[:, i, i] = diagonal
        return [a]


def matrix_cycles(length: int) -> Regimes:
    """Cycles of `length` matrices; corners: empty, thin, one larger than a kernel's block, underflow in between."""
    rest = (3,) * (length - 2)
    corners = (
        MatrixCycle((2,) * length),
        MatrixCycle((1, *(2,) * (length - 1))),
        MatrixCycle((33, 2, *(65,) * (length - 2)), Numbers("normal")),
        MatrixCycle((7, *(6,) * (length - 1)), Numbers("normal")),
        MatrixCycle((0, 2, *rest)),
        MatrixCycle((2, 0, *rest)),
        MatrixCycle((1, 6, *rest), Numbers("wide", "large")),
        MatrixCycle((17,) * length, Numbers("constant")),
        MatrixCycle((5, 130, *rest), Numbers("cancel")),
        MatrixCycle((5, 520, *rest), Numbers("positive")),
        MatrixCycle((4,) * length, Numbers("normal", "tiny")),
        MatrixCycle((4,) * length, Numbers("normal", "large"), alternating=True),
        MatrixCycle((4,) * length, Numbers("normal", "huge"), alternating=True),
    )
    return Regimes(st.builds(MatrixCycle, st.tuples(*[SIDES] * length), numbers(), st.booleans()), corners)


def matrix_chains(longest: int) -> Regimes:
    """Cycles of 1 to `longest` matrices."""
    corners = (
        MatrixCycle((2, 2, 2, 2)),
        MatrixCycle((3,)),
        MatrixCycle((2, 5), Numbers("normal")),
        MatrixCycle((4, 1, 0, 3)),
        MatrixCycle((6, 5, 4, 3, 2), Numbers("normal")),
        MatrixCycle((3,) * longest, Numbers("normal")),
        MatrixCycle((3,) * (longest - 1), Numbers("normal")),
        MatrixCycle((1,) * 3, Numbers("normal")),
        MatrixCycle((7, 6, 6, 5), Numbers("normal")),
        MatrixCycle((1, 2) * (longest // 2), Numbers("wide")),
        MatrixCycle((33, 4, 7, 33), Numbers("normal", "small")),
        MatrixCycle((4, 4, 4), Numbers("normal", "huge"), alternating=True),
    )
    dims = st.lists(st.sampled_from([2, 1, 3, 4, 5, 6, 0]), min_size=1, max_size=longest).map(tuple)
    return Regimes(st.builds(MatrixCycle, dims, numbers()), corners)


def diagonals() -> Regimes:
    """Diagonals of every length up to beyond a kernel's block, rectangular ones among them."""
    corners = (
        Diagonal(2, "large"),
        Diagonal(0),
        Diagonal(1, "nan", Numbers("wide")),
        Diagonal(3, "zero", swamped=True),
        Diagonal(3, "nan", Numbers("normal")),
        Diagonal(100, "large", Numbers("cancel")),
        Diagonal(100, "nan", swamped=True),
        Diagonal(1025, "nan", Numbers("normal")),
        Diagonal(7, "large", Numbers("wide"), extra=5),
        Diagonal(7, "nan", Numbers("wide"), extra=-5),
        Diagonal(3, "nan", Numbers("normal"), extra=9),
        Diagonal(3, "nan", Numbers("normal"), extra=-9),
        Diagonal(33, "zero", Numbers("absorb")),
        Diagonal(17, "nan", Numbers("wide", "huge")),
    )
    draw = st.builds(
        Diagonal,
        st.sampled_from([2, 1, 3, 4, 5, 7, 8, 16, 17, 33, 64, 100, 0]),
        st.sampled_from(SURROUNDINGS),
        numbers(scales=("one", "small", "large", "huge", "subnormal")),
        st.sampled_from([0, 0, 1, 3, -1, -3]),
    )
    return Regimes(draw, corners)


def long_diagonals() -> Regimes:
    """Vectors to be expanded into the rows of a square matrix that would not fit into memory."""
    corners = (LongDiagonal(2), LongDiagonal(40_007), LongDiagonal(1025, Numbers("wide")))
    return Regimes(st.builds(LongDiagonal, st.sampled_from([2, 0, 1, 1023, 4097]), numbers()), corners)


@dataclasses.dataclass(frozen=True)
class LongDiagonal(Regime):
    """A vector v, the diagonal of the n x n matrix whose columns all are v."""

    n: int = 2
    numbers: Numbers = Numbers("normal")
    names: ClassVar[tuple[str, ...]] = ("v",)

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self.numbers.fill(rng, (batch, self.n), fmt)]


@dataclasses.dataclass(frozen=True)
class Filled(Regime):
    """A matrix (rows, cols) filled with the numbers of a `Vector` of order 2: scales are those of sums of squares."""

    rows: int = 2
    cols: int = 2
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        self.vector()

    def vector(self) -> Vector:
        """All entries in a row. Raises ValueError for unknown kinds and scales."""
        return Vector(self.rows * self.cols, "2", self.kind, self.scale)

    def size(self) -> int:
        return max(1, self.rows, self.cols) ** 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self.vector().fill(rng, batch, fmt).reshape(batch, self.rows, self.cols)]


def filled_matrices() -> Regimes:
    """Every kind of numbers up to where squares vanish or overflow; corners: empty, thin, beyond a kernel's block."""
    corners = (
        Filled(2, 2),
        Filled(0, 0),
        Filled(0, 3),
        Filled(3, 0),
        *(Filled(m, n, "normal") for m, n in ((1, 1), (1, 5), (5, 1), (3, 4), (33, 5), (5, 33), (130, 33), (33, 130))),
        *(Filled(m, n) for m, n in ((5, 3), (17, 17), (2, 1030))),
        Filled(3, 3, "single"),
        Filled(8, 8, "absorb"),
        Filled(6, 7, "wide"),
        Filled(2, 257, "positive"),
        Filled(300, 3, "constant"),
        *(Filled(5, 5, "normal", scale) for scale in ("vanishing", "threshold", "tiny", "subnormal", "small", "large")),
        Filled(25, 25, "constant", "vanishing"),
        Filled(5, 4, "normal", "near overflow"),
        Filled(5, 4, "normal", "overflow"),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 7, 8, 0, 17, 33])
    kinds = st.sampled_from([*KINDS, "single", "normal"])
    scales = st.sampled_from(["one", "one", "small", "large", "tiny", "vanishing", "near overflow"])
    shapes = st.tuples(side, side).filter(lambda s: s[0] * s[1] > 0)  # a single entry needs one
    return Regimes(st.builds(lambda s, kind, scale: Filled(s[0], s[1], kind, scale), shapes, kinds, scales), corners)
