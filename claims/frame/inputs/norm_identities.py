"""Tensors of several axes, matrices of known rank with a signed permutation, and vectors with two orders."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import KINDS
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import Gallery
from claims.frame.inputs.vectors import LONG, NORMS, Vector
from reference.formats import Format

Turned = tuple[Tensor, Tensor, int]
"""A matrix, an orthogonal matrix that only permutes rows and changes signs, and a rank."""
Ordered = tuple[Tensor, float, float]
"""A vector and two orders."""

RANKS = {"zero": 0, "rank-one": 1, "ones": 1}
ORDERS = (*NORMS, "6", "16", "33", "100", "128", "700", "1024")


@dataclasses.dataclass(frozen=True)
class Shaped(Regime):
    """A tensor of one to three axes whose entries are those of a `Vector` of order 2."""

    shape: tuple[int, ...] = (2, 3)
    kind: str = "integers"
    scale: str = "one"

    def __post_init__(self) -> None:
        if not 1 <= len(self.shape) <= 3:
            raise ValueError(f"a tensor here has one to three axes, not the shape {self.shape}")
        self.entries()

    def entries(self) -> Vector:
        """All entries in a row. Raises ValueError for a kind or scale that they cannot have."""
        return Vector(self.size(), "2", self.kind, self.scale)

    def size(self) -> int:
        return math.prod(self.shape)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self.entries().fill(rng, batch, fmt).reshape(batch, *self.shape)]


@dataclasses.dataclass(frozen=True)
class TurnedMatrix(Regime):
    """A matrix of the gallery and a signed permutation of its rows; a property gets (A, Q, r), rank A at most r.

    r is the rank of what the gallery makes of that name, else the shorter side. Rows are turned without any rounding.
    """

    matrix: Gallery = Gallery()
    names: ClassVar[tuple[str, ...]] = ("A", "Q")
    most: ClassVar[int] = 64

    def size(self) -> int:
        return self.matrix.size() + self.matrix.rows**2

    def batch(self, limit: int, elements: int) -> int:
        # singular values cost the cube of the side: large matrices come few at a time
        affordable = 8 * elements // max(1, self.matrix.rows, self.matrix.cols) ** 3
        return max(1, min(super().batch(limit, elements), affordable))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = self.matrix.arrays(rng, batch, fmt)
        m = self.matrix.rows
        q = np.eye(m)[rng.permuted(np.tile(np.arange(m), (batch, 1)), axis=-1)]
        return [a, q * rng.choice([-1.0, 1.0], (batch, m, 1))]

    def rank(self) -> int:
        """The rank, or the shorter side."""
        shorter = min(self.matrix.rows, self.matrix.cols)
        half = {"half-rank": max(1, shorter // 2)}
        return min(shorter, (RANKS | half).get(self.matrix.name, shorter))

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, self.rank())


@dataclasses.dataclass(frozen=True)
class TwoOrders(Regime):
    """A vector whose largest magnitude is 2^exponent, and orders 1 <= p <= q <= inf; a property gets (x, p, q).

    With exponent 0 no power overflows, and those that underflow are small beside 1.
    """

    n: int = 2
    p: str = "1"
    q: str = "2"
    kind: str = "normal"
    exponent: int = 0

    def __post_init__(self) -> None:
        if not 1 <= float(self.p) <= float(self.q):
            raise ValueError(f"the orders are 1 <= p <= q, not {self.p} and {self.q}")
        if self.n < 1:
            raise ValueError("the maximum needs an entry")
        self.entries()

    def entries(self) -> Vector:
        """The vector before its largest magnitude is made a power of two."""
        return Vector(self.n, "2", self.kind)

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = fmt.round(self.entries().fill(rng, batch, fmt))
        peak = np.abs(x).max(-1, keepdims=True)
        return [x / np.where(peak > 0, peak, 1.0) * 2.0**self.exponent]

    def present(self, tensors: Sequence[Any], seed: int) -> Any:
        return (*tensors, float(self.p), float(self.q))


def tensors() -> Regimes:
    """Vectors, matrices and stacks of matrices; zeros, absorbed entries, squares out of range."""
    corners = (
        Shaped((3, 4), "normal"),
        Shaped((5,), "normal"),
        Shaped((2, 3, 4), "normal"),
        *(Shaped(shape) for shape in ((0,), (0, 3), (1,), (1, 1), (2, 2), (1, 7), (7, 1), (2, 1, 2))),
        *(Shaped(shape, "normal") for shape in ((33, 33), (1025,), (9, 455), (2, 3, 683))),
        Shaped((100,), "absorb"),
        Shaped((3, 4), "cancel"),
        Shaped((3, 4), "single"),
        Shaped((3, 3), "negative zeros"),
        *(Shaped((3, 2), "normal", scale) for scale in ("vanishing", "subnormal", "tiny", "near overflow", "large")),
        Shaped((2, 2), "integers", "overflow"),
    )
    shape = st.lists(st.sampled_from([1, 2, 3, 4, 5, 8, 17]), min_size=1, max_size=3).map(tuple)
    kind, scale = st.sampled_from((*KINDS, "single")), st.sampled_from(("one", "one", "small", "large", "tiny"))
    return Regimes(st.builds(Shaped, shape, kind, scale), corners)


def turned_matrices() -> Regimes:
    """Matrices of every rank and scale: those of rank 1 attain one bound, the identity the other."""
    corners = (
        TurnedMatrix(Gallery(2, 2)),
        *(TurnedMatrix(Gallery(n, n, name="identity")) for n in (1, 4, 33)),
        *(TurnedMatrix(Gallery(m, n, name="rank-one")) for m, n in ((2, 2), (3, 5), (8, 8), (33, 4))),
        *(TurnedMatrix(Gallery(m, n, name="half-rank")) for m, n in ((4, 4), (5, 8), (16, 16))),
        *(TurnedMatrix(Gallery(m, n, name="normal")) for m, n in ((1, 1), (1, 5), (5, 1), (7, 3), (3, 7), (33, 33))),
        *(TurnedMatrix(Gallery(m, n)) for m, n in ((0, 0), (0, 3), (3, 0))),
        *(TurnedMatrix(Gallery(m, n, name="normal")) for m, n in ((65, 17), (5, 205))),
        TurnedMatrix(Gallery(8, 8, name="hadamard")),
        TurnedMatrix(Gallery(6, 4, name="ones")),
        TurnedMatrix(Gallery(3, 4, name="zero")),
        TurnedMatrix(Gallery(8, 8, name="hilbert")),
        TurnedMatrix(Gallery(7, 5, name="graded-rows")),
        *(TurnedMatrix(Gallery(3, 3, scale, name="normal")) for scale in ("tiny", "huge", "subnormal")),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 8, 17])
    names = ("integers", "normal", "identity", "rank-one", "half-rank", "ones", "zero", "diagonal", "graded-columns")
    scale = st.sampled_from(("one", "one", "tiny", "subnormal"))
    gallery = st.builds(Gallery, side, side, scale, st.just(value=False), st.sampled_from(names))
    return Regimes(st.builds(TurnedMatrix, gallery), corners)


def sorted_orders(orders: tuple[str, str]) -> tuple[str, str]:
    """The smaller order first."""
    p, q = sorted(orders, key=float)
    return p, q


def vectors_of_two_orders() -> Regimes:
    """Every order up to 1024 and infinity against another one; a single entry, equal entries, ties at the maximum."""
    ladder = list(zip(ORDERS, (*ORDERS[1:], "inf"), strict=True))
    corners = (
        TwoOrders(),
        *(TwoOrders(3, *sorted_orders(pair)) for pair in ladder),
        *(TwoOrders(n, "2", "inf") for n in (1, 2, 8, 17, 33, 257)),
        *(TwoOrders(n, "3", "64", "constant") for n in (2, 33)),
        *(TwoOrders(n, "100", "700", "ties") for n in (5, 33)),
        TwoOrders(5, "1", "1024", "single"),
        TwoOrders(33, "1", "3", "wide"),
        TwoOrders(100, "1", "2", "absorb"),
        TwoOrders(4, "2", "3", "negative zeros"),
        TwoOrders(1025, "2", "3"),
        TwoOrders(LONG[0], "1", "inf", "rising"),
        TwoOrders(LONG[1], "2", "700", "constant"),
        TwoOrders(2, "1024", "inf", "positive"),
    )
    order = st.sampled_from((*ORDERS, "inf"))
    pair = st.tuples(order, order).map(sorted_orders)
    n = st.sampled_from([2, 1, 3, 5, 8, 17, 33, 100])
    kind = st.sampled_from(("normal", "integers", "constant", "ties", "single", "wide", "absorb", "positive"))
    return Regimes(st.builds(lambda n, pq, kind: TwoOrders(n, pq[0], pq[1], kind), n, pair, kind), corners)
