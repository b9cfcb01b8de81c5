"""Chains of layers: all sign matrices of small ones, drawn weights of large ones; matrices to be scaled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

SCHEMES = ("normal", "kaiming", "kaiming fan_out", "xavier")
GAINS = (0.5, 1.0, 2.0)


class SignedChain(NamedTuple):
    """Widths n_0, ..., n_L of a chain whose weights are signs times a gain, and signals x (batch, n_0) for it."""

    widths: tuple[int, ...]
    gain: float
    x: Tensor


@dataclasses.dataclass(frozen=True)
class SignChain(Regime):
    """Signals of whole numbers up to 4 for a small chain of all sign matrices times a power of two."""

    widths: tuple[int, ...] = (2, 2)
    gain: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        signs = sum(m * n for m, n in pairwise(self.widths))
        if len(self.widths) < 2 or min(self.widths) < 1 or signs > 9 or self.gain not in GAINS:
            raise ValueError(f"no chain of all signs of widths {self.widths} and gain {self.gain}")

    def size(self) -> int:
        return int(self.widths[0])

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(-4, 5, (batch, self.widths[0])).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        admitted: NDArray[np.bool_] = ((np.abs(x) <= 4) & (x == np.rint(x))).all(-1)
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> SignedChain:
        return SignedChain(self.widths, self.gain, tensors[0])


class ChainDraw(NamedTuple):
    """A chain of widths n_0, ..., n_L whose normal weights are drawn so many times, with a signal and a gradient."""

    widths: tuple[int, ...]
    scheme: str
    gain: float
    replicas: int
    x: Tensor
    g: Tensor
    seed: int


@dataclasses.dataclass(frozen=True)
class DrawnChain(Regime):
    """Replicas of a chain initialised by a scheme; the gain multiplies the weights of "normal" and of "xavier"."""

    widths: tuple[int, ...] = (2, 2, 2)
    scheme: str = "normal"
    gain: float = 1.0
    replicas: int = 16
    names: ClassVar[tuple[str, ...]] = ("x", "g")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or min(self.widths) < 1 or self.replicas < 1 or self.scheme not in SCHEMES:
            raise ValueError(f"no {self.replicas} chains of widths {self.widths} by {self.scheme!r}")
        if self.gain != 1 and self.scheme.startswith("kaiming"):
            raise ValueError("the gain of a linear layer is 1")

    def size(self) -> int:
        return self.replicas * sum(m * n for m, n in pairwise(self.widths))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.choice([-1.0, 1.0], n) * rng.uniform(0.5, 2, n) for n in (self.widths[0], self.widths[-1])]

    def admits(self, arrays: Arrays) -> bool:
        return all(bool((np.abs(v) >= 0.5).all() and (np.abs(v) <= 2).all()) for v in arrays)

    def present(self, tensors: Sequence[Any], seed: int) -> ChainDraw:
        x, g = tensors
        return ChainDraw(self.widths, self.scheme, self.gain, self.replicas, x, g, seed)


def chains() -> Regimes:
    """Enumerated and drawn chains; corners: one layer, deep, wide, rectangular, each scheme, gains below and above 1.

    Rectangular chains tell fan-in from fan-out, and either from their mean.
    """
    corners = (
        SignChain((2, 2)),
        DrawnChain((2, 2, 2)),
        SignChain((2, 2, 2)),
        SignChain((3, 2, 1), 2.0),
        SignChain((1, 1, 1, 1, 1, 1, 1), 0.5),
        SignChain((1, 3, 2)),
        DrawnChain((2,) * 11, replicas=150),
        DrawnChain((8,) * 13, replicas=50),
        DrawnChain((64,) * 9, gain=1.1, replicas=4),
        DrawnChain((65, 7, 129, 16, 31), "kaiming", replicas=4),
        DrawnChain((31, 100, 5, 63), "kaiming fan_out", replicas=4),
        DrawnChain((128, 3, 200, 17), "xavier", replicas=3),
        DrawnChain((48, 16, 48, 16), "xavier", 1.5, replicas=7),
        DrawnChain((40, 9, 40), "normal", 0.5, replicas=20),
        DrawnChain((1, 1, 1), replicas=64),
    )
    widths = st.lists(st.sampled_from([2, 3, 8, 1, 17, 64]), min_size=2, max_size=6).map(tuple)
    small = st.lists(st.integers(1, 3), min_size=2, max_size=4).map(tuple)
    signs = small.filter(lambda w: sum(m * n for m, n in pairwise(w)) <= 9)
    gained = st.builds(DrawnChain, widths, st.sampled_from(["normal", "xavier"]), st.sampled_from([1.0, 0.5, 1.5]))
    plain = st.builds(DrawnChain, widths, st.sampled_from(["kaiming", "kaiming fan_out"]))
    return Regimes(st.one_of(st.builds(SignChain, signs, st.sampled_from(GAINS)), gained, plain), corners)


class Scaled(NamedTuple):
    """Matrices W (batch, n, m), factors (batch,), signals x (batch, m), and what the factors are."""

    w: Tensor
    factor: Tensor
    x: Tensor
    kind: str


@dataclasses.dataclass(frozen=True)
class ScaledMatrix(Regime):
    """A matrix, a signal and a factor: "power of two" from 2 to 16 and its negative, "general" or "non-negative".

    Matrix and signal are non-negative in the last; the factor then is at least 1.
    """

    n: int = 2
    m: int = 2
    kind: str = "power of two"
    names: ClassVar[tuple[str, ...]] = ("W", "factor", "x")

    def __post_init__(self) -> None:
        if min(self.n, self.m) < 0 or self.kind not in ("power of two", "general", "non-negative"):
            raise ValueError(f"no {self.n} x {self.m} matrix to be scaled by {self.kind!r}")

    def size(self) -> int:
        return self.n * self.m + self.m + 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        w, x = rng.normal(0, 1, (batch, self.n, self.m)), rng.normal(0, 1, (batch, self.m))
        factor = rng.choice([-1.0, 1.0], batch) * 2.0 ** rng.integers(1, 5, batch)
        if self.kind == "general":
            factor = rng.normal(0, 3, batch)
        if self.kind == "non-negative":
            w, x, factor = np.abs(w), np.abs(x), rng.uniform(1, 4, batch)
        return [w, factor, x]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, factor, x = arrays
        if self.kind == "general":
            return np.full(len(w), fill_value=True)
        if self.kind == "power of two":
            powers = np.abs(np.frexp(factor)[0]) == 0.5
            return np.asarray(powers & (np.abs(factor) >= 2) & (np.abs(factor) <= 16))
        positive = (w >= 0).all((-2, -1)) & (x >= 0).all(-1)
        return np.asarray(positive & (factor >= 1) & (factor <= 4))

    def present(self, tensors: Sequence[Any], seed: int) -> Scaled:
        w, factor, x = tensors
        return Scaled(w, factor, x, self.kind)


def scaled_matrices() -> Regimes:
    """Scaled matrices of every kind; corners: square and not, long rows, one entry, empty."""
    corners = tuple(
        ScaledMatrix(n, m, kind)
        for n, m in ((2, 2), (1, 1), (7, 17), (64, 64), (3, 130), (0, 2), (2, 0))
        for kind in ("power of two", "general", "non-negative")
    )
    sides = st.sampled_from([2, 1, 3, 8, 17, 33, 65])
    kinds = st.sampled_from(["power of two", "general", "non-negative"])
    return Regimes(st.builds(ScaledMatrix, sides, sides, kinds), corners)
