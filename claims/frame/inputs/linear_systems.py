"""Systems with exact left inverses, and rectangular and square matrices of exact rank."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.systems import CONDITIONS, DRIVERS, EasyTop, ExactRank, LinearSystem, ManyExactRank
from reference import exact
from reference.formats import Format

Float64 = NDArray[np.float64]

SCALES = ("one", "small", "large", "tiny", "huge")


class LeftSystem(NamedTuple):
    """A x = y for a batch: A (batch, m, n), y (batch, m, k), and B (batch, n, m) with B A = I exactly.

    `driver` is the LAPACK driver that solves it.
    """

    A: Tensor
    y: Tensor
    B: Tensor
    driver: str


@dataclasses.dataclass(frozen=True)
class LeftInvertible(Regime):
    """A system of full column rank with a left inverse (T^-1 - W G T^-1, W), where A = (T; G) and W is drawn.

    T holds the first n rows. Its inverse has integer entries times few powers of two, W is -1, 0 or 1 times one.
    """

    system: LinearSystem = LinearSystem()
    names: ClassVar[tuple[str, ...]] = ("A", "y", "B")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.system.matrix.rank < self.system.matrix.cols:
            raise ValueError("a left inverse needs full column rank")

    def size(self) -> int:
        return self.system.size()

    def batch(self, limit: int, elements: int) -> int:
        affordable = 4 * elements // max(1, self.system.matrix.cols) ** 3  # exact inverses cost the cube, and more
        return max(1, min(super().batch(limit, elements), affordable))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        a, y, _ = self.system.arrays(rng, batch, fmt)
        m, n = a.shape[-2:]
        w = rng.integers(-1, 2, (batch, n, m - n)) / Numbers(scale=self.system.matrix.scale).factor(fmt)
        return [a, y, np.array([_left_inverse(*rows) for rows in zip(a, w, strict=True)]).reshape(batch, n, m)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        a, y, b = arrays
        inverts = [
            exact.rank(exact.rational_matrix(p[: p.shape[1]])) == p.shape[1]
            and exact.rational_matrix(q) * exact.rational_matrix(p) == exact.rational_matrix(np.eye(p.shape[1]))
            for p, q in zip(a, b, strict=True)
        ]
        return np.array(inverts, bool) & self.system.admits([a, y, y])

    def present(self, tensors: Sequence[Any], seed: int) -> LeftSystem:
        A, y, B = tensors
        return LeftSystem(A, y, B, self.system.driver)


def _left_inverse(a: Float64, w: Float64) -> Float64:
    n = a.shape[-1]
    top, below, free = (exact.rational_matrix(x) for x in (a[:n], a[n:], w))
    inverse = top.inv()
    return np.hstack((exact.nearest_array(inverse - free * below * inverse), w))


def left_invertible_systems() -> Regimes:
    """Solvable systems of full column rank; corners: square, empty, one column, larger than a block, each driver."""
    corners = (
        LeftInvertible(LinearSystem(ExactRank(3, 2))),
        *(LeftInvertible(LinearSystem(ExactRank(5, 3), driver=d)) for d in DRIVERS),
        LeftInvertible(LinearSystem(ExactRank(2, 2))),
        LeftInvertible(LinearSystem(ExactRank(1, 1))),
        LeftInvertible(LinearSystem(ExactRank(5, 1), columns=3)),
        LeftInvertible(LinearSystem(ExactRank(3, 0))),
        LeftInvertible(LinearSystem(ExactRank(4, 4), "identity", driver="gelsd")),
        LeftInvertible(LinearSystem(ExactRank(4, 2), "zero", driver="gelsy")),
        LeftInvertible(LinearSystem(ExactRank(9, 8), columns=2)),
        LeftInvertible(LinearSystem(ExactRank(3, 3), columns=3)),
        LeftInvertible(LinearSystem(ExactRank(17, 17), columns=5)),
        LeftInvertible(LinearSystem(ExactRank(33, 3), driver="gelss")),
        LeftInvertible(LinearSystem(EasyTop(12, 9), columns=2)),
        LeftInvertible(LinearSystem(EasyTop(34, 33))),
        LeftInvertible(LinearSystem(ExactRank(4, 4, condition="ill"), columns=2)),
        LeftInvertible(LinearSystem(ExactRank(6, 4, condition="ill"), driver="gelsd")),
        LeftInvertible(LinearSystem(ExactRank(3, 2, scale="tiny"), driver="gelsd")),
        LeftInvertible(LinearSystem(ExactRank(4, 2, scale="huge"), driver="gelsd")),
    )
    return Regimes(_left_invertible(), corners)


@st.composite
def _left_invertible(draw: st.DrawFn) -> LeftInvertible:
    cols = draw(st.sampled_from([2, 1, 3, 4, 5]))
    rows = cols + draw(st.sampled_from([1, 0, 2, 3]))
    condition, scale = draw(st.sampled_from(CONDITIONS)), draw(st.sampled_from(("one", "small", "large")))
    matrix = ExactRank(rows, cols, condition=condition, scale=scale)
    right = draw(st.sampled_from(["consistent", "zero", *(["identity"] if rows == cols else [])]))
    columns, driver = draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from(DRIVERS))
    return LeftInvertible(LinearSystem(matrix, right, columns, driver))


@dataclasses.dataclass(frozen=True)
class Rectangular(ExactRank):
    """A matrix that is not square."""

    rows: int = 3
    cols: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rows == self.cols:
            raise ValueError("no rectangular matrix has as many rows as columns")


@dataclasses.dataclass(frozen=True)
class ManyRectangular(Rectangular):
    """As many of them as the profile allows."""

    most: ClassVar[int] = 256


def rectangular_matrices() -> Regimes:
    """Matrices of unequal sides and any rank; corners: empty, one row too many or too few, beyond 32, tiny, huge."""
    corners = (
        ManyRectangular(3, 2),
        Rectangular(2, 3),
        Rectangular(0, 3),
        Rectangular(3, 0),
        Rectangular(0, 1),
        Rectangular(1, 2),
        Rectangular(2, 1),
        Rectangular(1, 6),
        Rectangular(6, 1),
        ManyRectangular(3, 4),
        Rectangular(4, 3, deficiency=1),
        Rectangular(3, 5, deficiency=2, columns="zero-first"),
        Rectangular(2, 4, deficiency=2),
        Rectangular(4, 16),
        Rectangular(9, 8),
        Rectangular(8, 9),
        Rectangular(33, 4),
        Rectangular(4, 33),
        Rectangular(6, 4, condition="ill"),
        Rectangular(3, 4, scale="tiny"),
        Rectangular(4, 3, scale="huge"),
    )
    side, scale = st.sampled_from([2, 1, 3, 4, 5, 6]), st.sampled_from(SCALES)
    shapes = st.tuples(side, side, st.sampled_from([0, 0, 1, 2])).filter(lambda s: s[0] != s[1])
    drawn = st.builds(
        lambda s, condition, scale: Rectangular(s[0], s[1], s[2] % (min(s[:2]) + 1), "plain", condition, scale),
        shapes,
        st.sampled_from(CONDITIONS),
        scale,
    )
    return Regimes(drawn, corners)


def nonsingular_matrices() -> Regimes:
    """Square matrices of full rank; corners: empty, of order 1, beyond 8, ill conditioned, tiny, huge."""
    corners = (
        ManyExactRank(2, 2),
        ExactRank(0, 0),
        ExactRank(1, 1),
        ManyExactRank(3, 3),
        ExactRank(9, 9),
        ExactRank(17, 17),
        ExactRank(33, 33),
        ExactRank(4, 4, condition="ill"),
        ExactRank(3, 3, scale="tiny"),
        ExactRank(3, 3, scale="huge"),
    )
    order, scale = st.sampled_from([2, 1, 3, 4, 5, 6]), st.sampled_from(SCALES)
    drawn = st.builds(
        lambda n, condition, scale: ExactRank(n, n, condition=condition, scale=scale),
        order,
        st.sampled_from(CONDITIONS),
        scale,
    )
    return Regimes(drawn, corners)
