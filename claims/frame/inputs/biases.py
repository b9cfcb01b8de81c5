"""Frequencies of classes; layers of units with a bias; orthogonal weights to be drawn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class Frequencies(Regime):
    """Positive frequencies of n classes, which sum to about 1: "even", "drawn" or "rare" (down to 2^-12)."""

    n: int = 2
    kind: str = "drawn"
    names: ClassVar[tuple[str, ...]] = ("c",)

    def __post_init__(self) -> None:
        if self.n < 1 or self.kind not in ("even", "drawn", "rare"):
            raise ValueError(f"no frequencies of {self.n} classes, {self.kind!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        weights = np.ones((batch, self.n))
        if self.kind == "drawn":
            weights = rng.exponential(1, (batch, self.n)) + 2.0**-9
        if self.kind == "rare":
            weights = 2.0 ** rng.uniform(-11, 0, (batch, self.n))
        return [np.maximum(weights / weights.sum(-1, keepdims=True), 2.0**-12)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (c,) = arrays
        total = c.sum(-1)
        admitted: NDArray[np.bool_] = (c >= 2.0**-13).all(-1) & (total > 0.9) & (total < 1.1)
        return admitted


def frequencies() -> Regimes:
    """Frequencies of 1 to 200 classes of every kind."""
    kinds = ("drawn", "even", "rare")
    corners = tuple(Frequencies(n, kind) for n in (2, 10, 3, 129) for kind in kinds)
    draw = st.builds(Frequencies, st.sampled_from([2, 3, 5, 17, 64, 200]), st.sampled_from(kinds))
    return Regimes(draw, (*corners, Frequencies(1, "even")))


class Units(NamedTuple):
    """Whole-numbered weights (batch, n, m) of units, and signals (batch, k, m) for all of them."""

    w: Tensor
    x: Tensor


@dataclasses.dataclass(frozen=True)
class WholeUnits(Regime):
    """n units of m inputs, with weights and k signals of whole numbers up to 3: sums are exact."""

    n: int = 3
    m: int = 2
    k: int = 4
    names: ClassVar[tuple[str, ...]] = ("w", "x")

    def __post_init__(self) -> None:
        if min(self.n, self.m, self.k) < 1 or self.m > 13:
            raise ValueError("units have inputs and signals, and sums of at most 128 - 11 are exact with their bias")

    def size(self) -> int:
        return self.m * (self.n + self.k)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(-3, 4, (batch, rows, self.m)).astype(np.float64) for rows in (self.n, self.k)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        admitted: NDArray[np.bool_] = np.ones(len(arrays[0]), bool)
        for a in arrays:
            admitted &= ((np.abs(a) <= 3) & (a == np.rint(a))).all((-2, -1))
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> Units:
        w, x = tensors
        return Units(w, x)


class DrawnUnits(NamedTuple):
    """n units to be drawn from a seed, a bias in units of the deviation of their sums, and one signal (m,)."""

    n: int
    bias: float
    x: Tensor
    seed: int


@dataclasses.dataclass(frozen=True)
class RandomUnits(Regime):
    """n units with m normal weights of variance 1/m and a bias, and one signal of entries from 1/2 to 2 in size."""

    n: int = 64
    m: int = 3
    bias: float = 0.0
    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.m) < 1:
            raise ValueError("units have inputs")

    def size(self) -> int:
        return self.n * self.m

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.choice([-1.0, 1.0], self.m) * rng.uniform(0.5, 2, self.m)]

    def admits(self, arrays: Arrays) -> bool:
        return bool((np.abs(arrays[0]) >= 0.5).all() and (np.abs(arrays[0]) <= 2).all())

    def present(self, tensors: Sequence[Any], seed: int) -> DrawnUnits:
        return DrawnUnits(self.n, self.bias, tensors[0], seed)


def biased_units() -> Regimes:
    """Units of whole numbers and drawn ones; corners: one unit, one signal, wide layers, biases of either sign."""
    corners = (
        WholeUnits(),
        RandomUnits(),
        WholeUnits(1, 1, 1),
        WholeUnits(17, 7, 33),
        WholeUnits(65, 13, 5),
        RandomUnits(2000, 1),
        RandomUnits(2000, 50),
        RandomUnits(2000, 10, 0.125),
        RandomUnits(2000, 10, 1.0),
        RandomUnits(2000, 7, -0.5),
        RandomUnits(2000, 5, 10.0),
    )
    whole = st.builds(WholeUnits, st.integers(1, 40), st.integers(1, 13), st.integers(1, 20))
    drawn = st.builds(
        RandomUnits, st.sampled_from([64, 1000]), st.sampled_from([1, 3, 17]), st.sampled_from([0.0, 0.25, -1.0])
    )
    return Regimes(st.one_of(whole, drawn), corners)


class OrthogonalDraw(NamedTuple):
    """An orthogonal weight to be drawn from a seed with a gain, so many times in a row."""

    shape: tuple[int, ...]
    gain: float
    times: int
    seed: int


@dataclasses.dataclass(frozen=True)
class OrthogonalWeight(Regime):
    """A weight of shape (out, in, *kernel) with orthonormal rows or columns times a gain."""

    shape: tuple[int, ...] = (3, 3)
    gain: float = 1.0
    times: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.times < 1 or self.gain <= 0:
            raise ValueError("a weight is drawn with a gain")

    def size(self) -> int:
        return math.prod(self.shape) * self.times

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> OrthogonalDraw:
        return OrthogonalDraw(self.shape, self.gain, self.times, seed)


def orthogonal_weights() -> Regimes:
    """Orthogonal weights; corners: square, wide, tall, convolutional, one entry, empty, one axis, small ones often."""
    corners = (
        OrthogonalWeight(),
        OrthogonalWeight((1, 1), 0.5),
        OrthogonalWeight((1, 7), math.sqrt(2)),
        OrthogonalWeight((7, 1), math.sqrt(2)),
        OrthogonalWeight((5, 9)),
        OrthogonalWeight((9, 5), 0.5),
        OrthogonalWeight((64, 64)),
        OrthogonalWeight((200, 100), math.sqrt(2)),
        OrthogonalWeight((65, 130)),
        OrthogonalWeight((8, 4, 3, 3), 0.5),
        OrthogonalWeight((64, 3, 3, 3)),
        OrthogonalWeight((0, 3)),
        OrthogonalWeight((3,)),
        OrthogonalWeight((3, 3), 1.0, 400),
        OrthogonalWeight((4, 2), 1.0, 300),
        OrthogonalWeight((2, 5), 2.0, 300),
    )
    sides = st.sampled_from([3, 1, 2, 8, 17, 33, 65])
    gains = st.sampled_from([1.0, 0.5, math.sqrt(2), 5 / 3])
    return Regimes(st.builds(OrthogonalWeight, st.tuples(sides, sides), gains), corners)
