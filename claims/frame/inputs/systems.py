"""Matrices of exactly known rank, diagonals at the rank threshold, and linear systems; all exact in the format."""

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
from reference import exact
from reference.formats import Format

Float64 = NDArray[np.float64]

COLUMNS = ("plain", "zero-first", "twin-first")
CONDITIONS = ("well", "ill")
RIGHT_SIDES = ("consistent", "inconsistent", "orthogonal", "zero", "identity")
DRIVERS = ("gels", "gelsd", "gelss", "gelsy")
FULL_RANK_DRIVERS = ("gels",)
RATIOS = {"below": 1 - 2.0**-6, "at": 1.0, "above": 1 + 2.0**-6, "far-above": 2.0**6}


@dataclasses.dataclass(frozen=True)
class ExactRank(Regime):
    """A matrix L D R of rank exactly min(rows, cols) - `deficiency`.

    L and R are integer matrices with a unit triangular part, D holds powers of two of random signs: ones if the matrix
    is well conditioned, else from 1 down to 2^(17 - p) with p significant bits. Of the `columns` the first may be zero,
    or the first two equal. At the scales "tiny" and "huge" squares of entries underflow or overflow.
    """

    rows: int = 2
    cols: int = 2
    deficiency: int = 0
    columns: str = "plain"
    condition: str = "well"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.columns not in COLUMNS or self.condition not in CONDITIONS:
            raise ValueError(f"no matrix with {self.columns} columns, {self.condition} conditioned")
        if not 0 <= self.rank <= self.free_columns:
            raise ValueError(f"no {self.rows} x {self.cols} matrix of rank {self.rank} with {self.columns} columns")

    @property
    def rank(self) -> int:
        """The exact rank."""
        return min(self.rows, self.cols) - self.deficiency

    @property
    def free_columns(self) -> int:
        """How many columns the pattern leaves free."""
        return self.cols if self.columns == "plain" else max(self.cols - 1, 0)

    def size(self) -> int:
        return max(1, self.rows * self.cols)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        left, right = self.factors(rng, batch, fmt)
        return [left @ right]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.array([exact.rank(exact.rational_matrix(a)) == self.rank for a in arrays[0]], bool)

    def factors(self, rng: np.random.Generator, batch: int, fmt: Format) -> tuple[Float64, Float64]:
        """L and D R, of shapes (batch, rows, rank) and (batch, rank, cols); the top of L is unit lower triangular."""
        left = _of_full_column_rank(rng, (batch, self.rows, self.rank))
        right = _of_full_column_rank(rng, (batch, self.free_columns, self.rank)).swapaxes(-1, -2)
        order = rng.permuted(np.broadcast_to(np.arange(self.free_columns), (batch, self.free_columns)), axis=-1)
        right = np.take_along_axis(right, order[:, None, :], -1)
        if self.free_columns < self.cols:
            first = right[..., :1] if self.columns == "twin-first" and right.size else np.zeros((batch, self.rank, 1))
            right = np.concatenate((first, right), -1)
        lowest = 17 - fmt.precision if self.condition == "ill" else 0
        powers = (
            rng.choice([-1.0, 1.0], (batch, self.rank, 1)) * 2.0 ** np.rint(np.linspace(0, lowest, self.rank))[:, None]
        )
        return left, right * powers * Numbers(scale=self.scale).factor(fmt)


@dataclasses.dataclass(frozen=True)
class EasyTop(ExactRank):
    """A matrix of full column rank, the first rows of which are well conditioned at any order.

    They are, up to an order of the columns and to signs, blocks ((1, 0), (c, 1)) along the diagonal.
    """

    def factors(self, rng: np.random.Generator, batch: int, fmt: Format) -> tuple[Float64, Float64]:
        left, _ = super().factors(rng, batch, fmt)
        n = self.cols
        i = np.arange(0, n - 1, 2)
        top = np.broadcast_to(np.eye(n), (batch, n, n)).copy()
        top[:, i + 1, i] = left[:, i + 1, i]
        order = rng.permuted(np.broadcast_to(np.arange(n), (batch, n)), axis=-1)
        left[:, :n] = top
        return left, np.eye(n)[order] * rng.choice([-1.0, 1.0], (batch, n, 1)) * Numbers(scale=self.scale).factor(fmt)


def _of_full_column_rank(rng: np.random.Generator, shape: tuple[int, int, int]) -> Float64:
    """Integer matrices (batch, n, r): -1, 0, 1 below a unit diagonal in the first r rows, -2 to 2 in the others."""
    r = shape[-1]
    made = rng.integers(-2, 3, shape).astype(np.float64)
    made[:, :r] = np.tril(np.sign(made[:, :r]), -1) + np.eye(r)
    return made


@dataclasses.dataclass(frozen=True)
class ManyExactRank(ExactRank):
    """As many matrices as the profile allows: more than a kernel may take at a time."""

    most: ClassVar[int] = 256


@dataclasses.dataclass(frozen=True)
class NearThreshold(Regime):
    """diag(1, 2^-1, ..., t) with random signs; t lies `side` max(rows, cols) eps, the value up to which pinv drops.

    Every matrix has a scale of its own, so that a threshold taken from another matrix of the batch is a wrong one.
    """

    rows: int = 2
    cols: int = 2
    side: str = "far-above"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("D",)

    def __post_init__(self) -> None:
        if self.side not in RATIOS or min(self.rows, self.cols) < 2:
            raise ValueError(f"no {self.rows} x {self.cols} diagonal {self.side} the threshold")

    def size(self) -> int:
        return self.rows * self.cols

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        i = np.arange(min(self.rows, self.cols))
        d = rng.choice([-1.0, 1.0], (batch, len(i))) * 2.0**-i
        d[:, -1] = max(self.rows, self.cols) * 2 * fmt.u * RATIOS[self.side]
        a = np.zeros((batch, self.rows, self.cols))
        a[:, i, i] = d * 2.0 ** rng.integers(-8, 1, (batch, 1)) * Numbers(scale=self.scale).factor(fmt)
        return [a]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        on_diagonal = np.eye(self.rows, self.cols, dtype=bool)
        return np.asarray(((arrays[0] != 0) == on_diagonal).all((-2, -1)))


class System(NamedTuple):
    """A x = y for a batch: A (batch, m, n), y (batch, m, k), and steps (batch, n, k) from a solution to its rivals.

    `driver` is the LAPACK driver that solves it.
    """

    A: Tensor
    y: Tensor
    step: Tensor
    driver: str


@dataclasses.dataclass(frozen=True)
class LinearSystem(Regime):
    """A matrix of exact rank and right-hand sides: A x0 (consistent), any, orthogonal to the range of A, or zero.

    The identity has as many columns as A has rows, whatever `columns` says. A right-hand side outside the range needs
    fewer columns of L than rows; the driver gels needs full rank. Steps are quarters from -1 to 1, of the size of x.
    """

    matrix: ExactRank = ExactRank()
    right: str = "consistent"
    columns: int = 1
    driver: str = "gels"
    names: ClassVar[tuple[str, ...]] = ("A", "y", "step")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.right not in RIGHT_SIDES or self.driver not in DRIVERS or self.columns < 1:
            raise ValueError(f"no system with {self.columns} {self.right} right-hand sides for {self.driver}")
        if self.right in ("inconsistent", "orthogonal") and self.matrix.rank == self.matrix.rows:
            raise ValueError("a matrix of full row rank maps onto every right-hand side")
        if self.driver in FULL_RANK_DRIVERS and self.matrix.deficiency:
            raise ValueError(f"{self.driver} is for full rank")

    def size(self) -> int:
        return self.matrix.size()

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        left, right = self.matrix.factors(rng, batch, fmt)
        a = left @ right
        m, n = a.shape[-2:]
        match self.right:
            case "consistent":
                y = a @ rng.integers(-3, 4, (batch, n, self.columns))
            case "inconsistent":
                y = rng.integers(-4, 5, (batch, m, self.columns)).astype(np.float64)
            case "orthogonal":
                below = rng.integers(-2, 3, (batch, m - self.matrix.rank, self.columns)).astype(np.float64)
                y = np.concatenate((-_solved_by_top(left, below), below), -2)
            case "identity":
                y = np.broadcast_to(np.eye(m), (batch, m, m)).copy()
            case _:
                y = np.zeros((batch, m, self.columns))
        step = rng.integers(-4, 5, (batch, n, y.shape[-1])) / 4
        return [a, y, step if self.right == "consistent" else step / Numbers(scale=self.matrix.scale).factor(fmt)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        a, y, _ = arrays
        match self.right:
            case "consistent":
                joined = (exact.rational_matrix(q) for q in np.concatenate((a, y), -1))
                right = np.array([exact.rank(q) == self.matrix.rank for q in joined], bool)
            case "orthogonal":
                right = (a.swapaxes(-1, -2) @ y == 0).all((-2, -1))
            case "zero":
                right = (y == 0).all((-2, -1))
            case "identity":
                right = (y == np.eye(self.matrix.rows)).all((-2, -1))
            case _:
                right = np.ones(len(y), bool)
        return right & self.matrix.admits([a])

    def present(self, tensors: Sequence[Any], seed: int) -> System:
        A, y, step = tensors
        return System(A, y, step, self.driver)


@dataclasses.dataclass(frozen=True)
class OneSystem(LinearSystem):
    """A batch of one: where a solver stops at the first system that it cannot solve."""

    most: ClassVar[int] = 1


def _solved_by_top(left: Float64, below: Float64) -> Float64:
    """w with T^T w = G^T below, L = (T, G): an integer vector, for T is unit triangular."""
    r = left.shape[-1]
    top, bottom = left[:, :r].swapaxes(-1, -2), left[:, r:].swapaxes(-1, -2)
    return np.asarray(np.rint(np.linalg.solve(top, bottom @ below)))


def exact_matrices() -> Regimes:
    """Matrices of every rank, pattern, conditioning and scale; corners: empty, thin, zero, deficient, tiny, huge."""
    corners = (
        ExactRank(2, 2),
        ExactRank(4, 4, deficiency=2),
        ExactRank(3, 3, scale="tiny"),
        ExactRank(0, 3),
        ExactRank(3, 0),
        ExactRank(1, 1),
        ExactRank(1, 5),
        ExactRank(5, 1),
        ExactRank(17, 9),
        ExactRank(9, 17, deficiency=1),
        ManyExactRank(2, 3),
        ExactRank(3, 4, deficiency=3),
        ExactRank(5, 3, deficiency=1),
        ExactRank(3, 6, deficiency=1, columns="twin-first"),
        ExactRank(2, 3, columns="zero-first"),
        ExactRank(4, 4, condition="ill"),
        ExactRank(6, 4, condition="ill"),
        ExactRank(5, 4, deficiency=1, condition="ill"),
        ExactRank(4, 3, scale="huge"),
        ExactRank(3, 4, deficiency=1, scale="tiny"),
    )
    return Regimes(_matrices(wide=True, tall=True, scales=("one", "small", "large", "tiny", "huge")), corners)


def diagonals_near_threshold() -> Regimes:
    """Diagonals whose last entry straddles the rank threshold, square, tall and wide."""
    shapes = ((2, 2), (3, 2), (2, 4), (5, 5))
    sides = ("far-above", "above", "at", "below")
    corners = tuple(NearThreshold(m, n, side) for m, n in shapes[:3] for side in sides)
    shape, scale = st.sampled_from(shapes), st.sampled_from(["one", "small", "large"])

    def diagonal(shape: tuple[int, int], side: str, scale: str) -> NearThreshold:
        return NearThreshold(*shape, side=side, scale=scale)

    return Regimes(st.builds(diagonal, shape, st.sampled_from(sides), scale), corners)


def _matrices(
    *, wide: bool, tall: bool, scales: tuple[str, ...] = ("one", "small", "large")
) -> st.SearchStrategy[ExactRank]:
    @st.composite
    def drawn(draw: st.DrawFn) -> ExactRank:
        m, n = draw(st.tuples(*[st.sampled_from([2, 1, 3, 4, 5, 6])] * 2))
        if (m > n and not tall) or (m < n and not wide):
            m, n = n, m
        deficiency = draw(st.sampled_from([0, 0, 0, 1, 2])) % (min(m, n) + 1)
        columns = draw(st.sampled_from(COLUMNS)) if min(m, n) - deficiency < n else "plain"
        return ExactRank(m, n, deficiency, columns, draw(st.sampled_from(CONDITIONS)), draw(st.sampled_from(scales)))

    return drawn()


@st.composite
def _systems(draw: st.DrawFn, *, wide: bool, rights: tuple[str, ...]) -> LinearSystem:
    matrix = draw(_matrices(wide=wide, tall=not wide))
    onto = matrix.rank == matrix.rows
    possible = {"consistent": True, "zero": True, "identity": onto or not wide}
    right = draw(st.sampled_from([r for r in rights if possible.get(r, not onto)]))
    drivers = [d for d in DRIVERS if d not in FULL_RANK_DRIVERS or not matrix.deficiency]
    return LinearSystem(matrix, right, draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from(drivers)))


def wide_systems() -> Regimes:
    """Consistent systems with at least as many unknowns as equations; corners for each driver, pattern and rank."""
    one, zero, twin = ExactRank(1, 4), ExactRank(2, 3, columns="zero-first"), ExactRank(3, 5, columns="twin-first")
    deficient = ExactRank(3, 4, deficiency=1)
    corners = (
        LinearSystem(ExactRank(2, 3)),
        *(LinearSystem(deficient, driver=d) for d in DRIVERS[1:]),
        LinearSystem(ExactRank(1, 1)),
        LinearSystem(one),
        LinearSystem(one, driver="gelsd"),
        *(LinearSystem(a, driver=d) for a in (zero, twin) for d in DRIVERS),
        LinearSystem(ExactRank(9, 17)),
        LinearSystem(ExactRank(4, 4, deficiency=2), columns=4, driver="gelss"),
        LinearSystem(ExactRank(3, 5), "zero", driver="gelss"),
        LinearSystem(ExactRank(4, 6, condition="ill"), columns=2),
        LinearSystem(ExactRank(4, 6, condition="ill"), driver="gelsd"),
        LinearSystem(ExactRank(2, 6, scale="large"), columns=2, driver="gelss"),
        LinearSystem(ExactRank(2, 2, deficiency=2), driver="gelsd"),
        LinearSystem(ExactRank(3, 4), "identity"),
    )
    return Regimes(_systems(wide=True, rights=("consistent", "zero", "identity")), corners)


def tall_systems() -> Regimes:
    """Systems with at least as many equations as unknowns, solvable or not; corners for each driver and right side."""
    plain = ExactRank(3, 2)
    corners = (
        LinearSystem(plain, "inconsistent"),
        LinearSystem(plain, "consistent"),
        LinearSystem(plain, "zero"),
        *(LinearSystem(ExactRank(5, 3), "orthogonal", driver=d) for d in DRIVERS),
        *(LinearSystem(ExactRank(4, 2), "inconsistent", columns=2, driver=d) for d in DRIVERS),
        *(LinearSystem(ExactRank(4, 3, deficiency=1), "inconsistent", driver=d) for d in DRIVERS[1:]),
        LinearSystem(ExactRank(4, 3, deficiency=1, columns="zero-first"), "inconsistent", driver="gelsy"),
        LinearSystem(ExactRank(4, 4)),
        LinearSystem(ExactRank(17, 9), "inconsistent", driver="gelsd"),
        LinearSystem(ExactRank(3, 3, deficiency=1), "orthogonal", driver="gelsd"),
        LinearSystem(ExactRank(1, 1)),
        LinearSystem(ExactRank(5, 1), "inconsistent"),
        LinearSystem(ExactRank(6, 4, condition="ill"), "inconsistent"),
        LinearSystem(ExactRank(6, 4, condition="ill"), "inconsistent", driver="gelsd"),
        LinearSystem(ExactRank(6, 4, condition="ill"), "consistent", columns=3, driver="gelss"),
        LinearSystem(ExactRank(4, 2, scale="small"), "inconsistent", driver="gelss"),
        LinearSystem(ExactRank(3, 2, deficiency=2), "orthogonal", driver="gelsd"),
        LinearSystem(ExactRank(4, 3), "identity"),
        LinearSystem(ExactRank(4, 3, deficiency=1), "identity", driver="gelsd"),
    )
    return Regimes(_systems(wide=False, rights=RIGHT_SIDES), corners)
