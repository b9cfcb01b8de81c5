"""Observations of several variables: rows that are variables, columns that are observations; and small joint laws."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.data_sets import EDGES, OFFSETS
from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

Float64 = NDArray[np.float64]

RELATIONS = ("independent", "affine", "nearly affine", "constant", "nan")
MOST_WEIGHT = 4


class Sample(NamedTuple):
    """X (batch, d, n), a row a variable; repetitions (batch, n), whole numbers, and weights (batch, n) in [1, 2].

    `edge` says that sums or squares leave the range, and what does not must be right nevertheless.
    """

    X: Tensor
    repeats: Tensor
    weights: Tensor
    edge: bool


@dataclasses.dataclass(frozen=True)
class Observations(Regime):
    """`n` observations of `d` variables.

    `relation` of the other variables to the first: independent; affine (a power of two, of either sign and up to
    2^(e/8) for an exponent range of e, times the first, plus a multiple of the same step); nearly affine (that, moved
    by a few roundings); constant (the last variable is one whole number); nan (the last variable holds one NaN).
    `offset` and `edge` as in `Data`: far from 0, or so large that sums or sums of products overflow. `samples` come
    together at least, for kernels that take a batch.
    """

    d: int = 2
    n: int = 3
    numbers: Numbers = Numbers()
    relation: str = "independent"
    offset: str = ""
    edge: str = ""
    samples: int = 1
    names: ClassVar[tuple[str, ...]] = ("X", "repeats", "weights")
    most: ClassVar[int] = 24

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS or self.offset not in OFFSETS or self.edge not in EDGES:
            raise ValueError(f"no observations that are {self.relation!r}, {self.offset!r}, {self.edge!r}")
        if min(self.d, self.n) < 1:
            raise ValueError("a sample has variables and observations")

    def size(self) -> int:
        return self.d * self.n

    def batch(self, limit: int, elements: int) -> int:
        return max(super().batch(limit, elements), self.samples)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        X = self.numbers.fill(rng, (batch, self.d, self.n), fmt)
        if "affine" in self.relation:
            first = fmt.round(X[:, :1])
            reach = (fmt.emax + 1) // 8
            powers = 2.0 ** rng.integers(-reach, reach + 1, (batch, self.d, 1)) * rng.choice(
                [-1, 1], (batch, self.d, 1)
            )
            powers[:, 0] = 1.0
            X = powers * first
            if self.relation == "nearly affine":
                X = X * (1 + 2 * fmt.u * rng.integers(-3, 4, X.shape))
        if self.offset:
            bits = fmt.precision // 2 if self.offset == "near" else fmt.precision - 3
            X = X + self.numbers.factor(fmt) * 2.0**bits * rng.choice([-1.0, 1.0], (batch, self.d, 1))
        if self.edge:
            largest = fmt.largest / 2 if self.edge == "sums" else np.sqrt(fmt.largest) / 2
            top = np.abs(X).max((-2, -1), keepdims=True)
            X = X / np.where(top > 0, top, 1.0) * largest
        if self.relation == "constant":
            X[:, -1] = rng.integers(-4, 5, (batch, 1))
        if self.relation == "nan":
            X[np.arange(batch), -1, rng.integers(0, self.n, batch)] = np.nan
        repeats = rng.integers(0, MOST_WEIGHT + 1, (batch, self.n)).astype(np.float64)
        repeats[:, :2] += 1.0
        return [X, repeats, rng.uniform(1, 2, (batch, self.n))]

    def admits(self, arrays: Arrays) -> Any:
        X, repeats, weights = arrays
        whole = ((repeats >= 0) & (repeats == np.rint(repeats))).all(-1) & (repeats[:, :2] >= 1).all(-1)
        finite = np.isfinite(X).all((-2, -1)) | (self.relation == "nan")
        constant = (X[:, -1] == X[:, -1, :1]).all(-1) & (X[:, -1, 0] == np.rint(X[:, -1, 0]))
        return whole & finite & ((weights >= 1) & (weights <= 2)).all(-1) & (constant | (self.relation != "constant"))

    def present(self, tensors: Sequence[Any], seed: int) -> Sample:
        X, repeats, weights = tensors
        return Sample(X, repeats, weights, bool(self.edge) or self.numbers.scale in ("tiny", "huge"))


NORMAL = Numbers("normal")
COUNTS = (3, 2, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65)


def _corners() -> tuple[Observations, ...]:
    return (
        Observations(),
        Observations(1, 5, NORMAL),
        Observations(2, 2, NORMAL),
        Observations(5, 3, NORMAL),
        Observations(3, 17, NORMAL),
        *(Observations(2, n, NORMAL) for n in (8, 33, 64, 129, 257, 1025)),
        Observations(2, 5, NORMAL, samples=67),
        Observations(17, 16, NORMAL),
        Observations(33, 5, NORMAL),
        Observations(3, 65, NORMAL, offset="near"),
        Observations(2, 5, NORMAL, offset="far"),
        Observations(3, 9, Numbers("integers"), offset="far"),
        Observations(3, 31, Numbers("positive"), "affine"),
        Observations(2, 65, NORMAL, "affine"),
        Observations(4, 7, NORMAL, "nearly affine"),
        Observations(2, 129, Numbers("wide"), "nearly affine"),
        Observations(3, 16, Numbers("positive"), "constant"),
        Observations(2, 7, NORMAL, "constant"),
        Observations(2, 33, Numbers("cancel")),
        *(Observations(2, 5, Numbers("normal", scale)) for scale in ("small", "large", "tiny", "huge")),
    )


def _drawn(relations: tuple[str, ...] = RELATIONS[:4]) -> st.SearchStrategy[Observations]:
    return st.builds(
        Observations,
        st.sampled_from([2, 1, 3, 4, 5, 8, 9]),
        st.sampled_from(COUNTS),
        numbers(("normal", "integers", "wide", "positive", "cancel", "ties")),
        st.sampled_from(relations),
        st.sampled_from(OFFSETS),
    )


def observations() -> Regimes:
    """Samples that torch's covariance can hold; corners: few and many variables, offsets, affine ones, all scales."""
    return Regimes(_drawn(), _corners())


def hard_observations() -> Regimes:
    """The same, with NaN, single observations, and sums or sums of products that overflow."""
    corners = (
        *_corners()[:4],
        Observations(3, 4, NORMAL, "nan"),
        Observations(2, 65, NORMAL, "nan"),
        Observations(3, 1, NORMAL),
        Observations(1, 1, NORMAL),
        *_corners()[4:],
        Observations(2, 7, NORMAL, edge="sums"),
        Observations(2, 64, NORMAL, edge="squares"),
        Observations(2, 300, Numbers("positive"), offset="far"),
    )
    return Regimes(_drawn(), corners)


def pairs() -> Regimes:
    """Two variables, or a few, of which no entry is NaN."""
    corners = tuple(c for c in _corners() if c.d > 1)
    return Regimes(_drawn().filter(lambda o: o.d > 1), corners)


def related_pairs() -> Regimes:
    """Two variables whose relation has a direction: none constant, none far from 0; and scales beyond the range."""
    corners = (
        *(c for c in _corners() if c.d > 1 and c.relation != "constant" and c.offset != "far"),
        Observations(3, 5, Numbers("positive"), "constant"),
        Observations(2, 7, NORMAL, edge="sums"),
        Observations(2, 64, NORMAL, edge="squares"),
    )
    drawn = _drawn(RELATIONS[:3]).filter(lambda o: o.d > 1 and o.offset != "far")
    return Regimes(drawn, corners)


F_VALUES, G_VALUES = (0.0, 1.0, 3.0), (-1.0, 0.0, 2.0)
MOST_PAIRS, CHUNK = 4, 128


@functools.cache
def joint_laws(n: int) -> Float64:
    """All joint laws on 3 x 3 points whose probabilities are multiples of 1/n, as samples (laws, 2, n) of n pairs."""
    cells = list(itertools.product(F_VALUES, G_VALUES))
    laws = list(itertools.combinations_with_replacement(cells, n))
    return np.array(laws).swapaxes(-1, -2)


@dataclasses.dataclass(frozen=True)
class JointLaws(Regime):
    """A part of the joint laws of n equally likely pairs from 3 x 3 points, which may coincide."""

    n: int = 1
    part: int = 0
    names: ClassVar[tuple[str, ...]] = ("X",)

    def __post_init__(self) -> None:
        if not 1 <= self.n <= MOST_PAIRS or not 0 <= self.part < -(-len(joint_laws(self.n)) // CHUNK):
            raise ValueError(f"no part {self.part} of the laws of {self.n} pairs")

    def size(self) -> int:
        return 2 * self.n

    def batch(self, limit: int, elements: int) -> int:
        return len(self._laws())

    def _laws(self) -> Float64:
        return joint_laws(self.n)[self.part * CHUNK : (self.part + 1) * CHUNK]

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self._laws()[:batch]]

    def admits(self, arrays: Arrays) -> Any:
        (X,) = arrays
        return np.isin(X[:, 0], F_VALUES).all(-1) & np.isin(X[:, 1], G_VALUES).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Tensor:
        X: Tensor = tensors[0]
        return X


def every_joint_law() -> Regimes:
    """All of them: the whole domain."""
    sizes = range(1, MOST_PAIRS + 1)
    parts = tuple(JointLaws(n, part) for n in sizes for part in range(-(-len(joint_laws(n)) // CHUNK)))
    return Regimes(st.sampled_from(parts), parts, exhaustive=True)
