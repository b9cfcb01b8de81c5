"""Weights to be initialised: by which initializer, with which options; layers with their default parameters."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.depth import SignChain
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

NAMES = ("uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_")
ACTIVATIONS = ("linear", "relu", "leaky_relu", "tanh", "selu", "sigmoid")


class InitialDraw(NamedTuple):
    """A weight of a shape to be filled by an initializer from a seed, so many times; a signal for its rows."""

    name: str
    shape: tuple[int, ...]
    mode: str
    activation: str
    slope: float
    times: int
    x: Tensor
    seed: int


@dataclasses.dataclass(frozen=True)
class InitialWeight(Regime):
    """A weight of shape (out, in, *kernel). Mode, activation and slope are for the initializers that know them."""

    name: str = "uniform_"
    shape: tuple[int, ...] = (16, 3)
    mode: str = "fan_in"
    activation: str = "linear"
    slope: float = 0.2
    times: int = 1
    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        known = self.name in NAMES and self.activation in ACTIVATIONS and self.mode in ("fan_in", "fan_out")
        if not known or len(self.shape) < 2 or min(self.shape) < 1 or self.times < 1:
            raise ValueError(f"no weight of shape {self.shape} by {self.name!r} with {self.activation!r}")

    def size(self) -> int:
        return math.prod(self.shape) * self.times

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.standard_normal(math.prod(self.shape[1:]))]

    def present(self, tensors: Sequence[Any], seed: int) -> InitialDraw:
        return InitialDraw(self.name, self.shape, self.mode, self.activation, self.slope, self.times, tensors[0], seed)


def initial_weights() -> Regimes:
    """Every initializer of independent entries and signs for enumeration; corners: each mode and nonlinearity.

    Kaiming's also for convolutions, wide and tall matrices, and for weights of a few entries, drawn many times.
    """
    kaiming = tuple(
        InitialWeight(name, shape, mode, activation)
        for activation, shape in zip(
            ACTIVATIONS, ((96, 40), (257, 31), (32, 24, 3, 3), (16, 64, 5), (130, 65), (8, 6, 3, 2, 3)), strict=True
        )
        for mode in ("fan_in", "fan_out")
        for name in ("kaiming_uniform_", "kaiming_normal_")
    )
    corners = (
        InitialWeight("uniform_"),
        SignChain((2, 1)),
        SignChain((5, 1)),
        SignChain((9, 1)),
        SignChain((1, 1)),
        InitialWeight("uniform_", (300, 50)),
        InitialWeight("normal_", (300, 50)),
        InitialWeight("normal_", (40, 30)),
        InitialWeight("xavier_uniform_", (40, 300), activation="tanh"),
        InitialWeight("xavier_normal_", (300, 40), activation="selu"),
        *kaiming,
        InitialWeight("kaiming_normal_", (3, 5), "fan_out", "relu", times=256),
        InitialWeight("kaiming_uniform_", (2, 1), "fan_out", "leaky_relu", slope=1.0, times=256),
        InitialWeight("kaiming_uniform_", (2048, 1), slope=0.0, activation="leaky_relu"),
    )
    sides = st.sampled_from([16, 3, 64, 100, 1, 257])
    shapes = st.tuples(sides, sides) | st.tuples(sides, sides, st.integers(1, 3))
    draw = st.builds(
        InitialWeight,
        st.sampled_from(NAMES),
        shapes,
        st.sampled_from(["fan_in", "fan_out"]),
        st.sampled_from(ACTIVATIONS),
        st.sampled_from([0.2, 0.0, -0.5, 1.0]),
    )
    return Regimes(draw, corners)


def fan_in_weights() -> Regimes:
    """Kaiming's weights for linear layers, and all signs; corners: square, wide, tall, one input, one output."""
    shapes = ((16, 3), (64, 48), (300, 20), (17, 257), (2048, 1), (1, 500))
    corners = (
        InitialWeight("kaiming_normal_", shapes[0]),
        SignChain((2, 2)),
        SignChain((3, 3)),
        SignChain((1, 4)),
        SignChain((4, 2)),
        *(InitialWeight(name, shape) for name in ("kaiming_uniform_", "kaiming_normal_") for shape in shapes[1:]),
    )
    sides = st.sampled_from([16, 1, 3, 33, 100, 256])
    names = st.sampled_from(["kaiming_uniform_", "kaiming_normal_"])
    return Regimes(st.builds(InitialWeight, names, st.tuples(sides, sides)), corners)


class TruncatedDraw(NamedTuple):
    """n draws of a normal law between two ends, from a seed."""

    n: int
    mean: float
    deviation: float
    lower: float
    upper: float
    seed: int


@dataclasses.dataclass(frozen=True)
class Truncated(Regime):
    """A sample of N(mean, deviation^2) given that it lies in [lower, upper]."""

    n: int = 64
    mean: float = 0.0
    deviation: float = 1.0
    lower: float = -2.0
    upper: float = 2.0
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.n < 1 or self.deviation <= 0 or not self.lower < self.upper:
            raise ValueError("a truncated law has a deviation and an interval")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> TruncatedDraw:
        return TruncatedDraw(self.n, self.mean, self.deviation, self.lower, self.upper, seed)


def truncated_laws() -> Regimes:
    """Truncated normal laws, of which the sampler accepts most normal draws, or few; the ends are numbers of all types.

    Corners: both ends at two deviations, nothing cut off, one-sided, off centre, far tails.
    """
    laws = (
        (0.0, 1.0, -2.0, 2.0),
        (0.0, 0.03125, -2.0, 2.0),
        (0.0, 0.03125, -0.0625, 0.0625),
        (0.0, 1.0, -1.0, 0.5),
        (1.0, 2.0, 0.0, 1.0),
        (0.0, 1.0, 3.0, 5.0),
        (3.0, 1.0, -2.0, 2.0),
        (0.0, 2.0, -0.5, 0.5),
        (-1.0, 0.5, -1.25, 8.0),
    )
    corners = (Truncated(), *(Truncated(1 << 15, *law) for law in laws))
    return Regimes(
        st.builds(lambda n, law: Truncated(n, *law), st.sampled_from([1000, 1, 15, 4097]), st.sampled_from(laws)),
        corners,
    )


class SparseDraw(NamedTuple):
    """A sparse weight (rows, columns) to be drawn from a seed."""

    rows: int
    columns: int
    sparsity: float
    deviation: float
    seed: int


@dataclasses.dataclass(frozen=True)
class SparseWeight(Regime):
    """A weight with a share of zeros, in hundredths, in each column."""

    rows: int = 5
    columns: int = 7
    hundredths: int = 30
    deviation: float = 1.0
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.rows, self.columns) < 0 or not 0 <= self.hundredths <= 100 or self.deviation <= 0:
            raise ValueError(f"no {self.rows} x {self.columns} weight with a share of {self.hundredths} % zeros")

    def size(self) -> int:
        return self.rows * self.columns

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> SparseDraw:
        return SparseDraw(self.rows, self.columns, self.hundredths / 100, self.deviation, seed)


def sparse_weights() -> Regimes:
    """Sparse weights; corners: products that are whole, or whole but for their rounding, none, all, one row, empty.

    0.1 and 0.07 as doubles lie above the decimals: 10 rows have 1 zero a column, 100 rows 8.
    """
    corners = (
        SparseWeight(),
        SparseWeight(10, 40, 10),
        SparseWeight(100, 40, 7),
        SparseWeight(100, 33, 55),
        SparseWeight(64, 200, 25),
        SparseWeight(65, 200, 33, 0.25),
        SparseWeight(33, 100, 0),
        SparseWeight(20, 30, 100),
        SparseWeight(1, 50, 1),
        SparseWeight(0, 3),
        SparseWeight(3, 0),
        SparseWeight(7, 129, 90),
    )
    draw = st.builds(SparseWeight, st.integers(1, 100), st.sampled_from([7, 1, 30, 64, 100]), st.integers(0, 100))
    return Regimes(draw, corners)
