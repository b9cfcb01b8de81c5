"""Weights and widths of layers: shapes to be initialised, chains of widths, layers with fixed signals."""

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

ACTIVATIONS = ("linear", "tanh", "relu", "sigmoid", "leaky_relu", "selu")
WIDEST = 1000


class WeightDraw(NamedTuple):
    """A weight to be drawn from a seed, so many times in a row."""

    shape: tuple[int, ...]
    activation: str
    seed: int
    times: int = 1


@dataclasses.dataclass(frozen=True)
class Weight(Regime):
    """A weight of shape (out, in, *kernel), initialised with the gain of an activation, so many times in a row."""

    shape: tuple[int, ...] = (16, 48)
    activation: str = "linear"
    times: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS or (len(self.shape) > 1 and self.shape[0] + self.shape[1] == 0):
            raise ValueError(f"no weight of shape {self.shape} with activation {self.activation!r}")
        if any(k == 0 for k in self.shape[2:]) or self.times < 1:
            raise ValueError("a kernel has at least one entry, and a weight is drawn at least once")

    def size(self) -> int:
        return math.prod(self.shape) * self.times

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> WeightDraw:
        return WeightDraw(self.shape, self.activation, seed, self.times)


@dataclasses.dataclass(frozen=True)
class Matrix(Weight):
    """The weight of a linear layer with inputs and outputs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.shape) != 2 or 0 in self.shape:
            raise ValueError(f"a layer has inputs and outputs, unlike {self.shape}")


class LayerDraw(NamedTuple):
    """A weight (n, m) to be drawn from a seed, a signal x (m,) for it and a gradient g (n,) for its transpose."""

    x: Tensor
    g: Tensor
    seed: int


@dataclasses.dataclass(frozen=True)
class Layer(Regime):
    """A layer of `m` inputs and `n` outputs with a fixed signal and a fixed gradient."""

    m: int = 30
    n: int = 10
    names: ClassVar[tuple[str, ...]] = ("x", "g")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.m, self.n) < 1:
            raise ValueError("a layer has inputs and outputs")

    def size(self) -> int:
        return self.m * self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.standard_normal(self.m), rng.standard_normal(self.n)]

    def present(self, tensors: Sequence[Any], seed: int) -> LayerDraw:
        return LayerDraw(tensors[0], tensors[1], seed)


class Widths(NamedTuple):
    """Widths (batch, L + 1) of a chain of layers and a factor for the variance of each (batch, L)."""

    widths: Tensor
    factors: Tensor

    @property
    def fans(self) -> tuple[Tensor, Tensor]:
        """Fan-in and fan-out of every layer, each (batch, L)."""
        return self.widths[:, :-1], self.widths[:, 1:]


@dataclasses.dataclass(frozen=True)
class WidthChain(Regime):
    """Widths n_0, ..., n_L in 1..1000 of a chain of layers, and for each a factor that takes its variance elsewhere.

    `kind`: drawn (log-uniform), equal (all the same), alternating (300, 100, 300, ...).
    """

    length: int = 1
    kind: str = "drawn"
    names: ClassVar[tuple[str, ...]] = ("widths", "factors")

    def __post_init__(self) -> None:
        if self.length < 1 or self.kind not in ("drawn", "equal", "alternating"):
            raise ValueError(f"no chain of {self.length} layers of {self.kind!r} widths")

    def size(self) -> int:
        return 2 * self.length + 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        count = 1 if self.kind == "equal" else self.length + 1
        widths = np.broadcast_to(np.rint(WIDEST ** rng.random((batch, count))), (batch, self.length + 1))
        if self.kind == "alternating":
            widths = np.broadcast_to(np.resize([300.0, 100.0], self.length + 1), widths.shape)
        return [widths, np.exp(rng.normal(0, 0.5, (batch, self.length)))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        widths, factors = arrays
        admitted: NDArray[np.bool_] = ((widths >= 1) & (widths == np.rint(widths)) & (widths <= WIDEST)).all(-1)
        return admitted & ((factors >= 0.05) & (factors <= 20)).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Widths:
        return Widths(*tensors)


def matrices(*shapes: tuple[int, int]) -> Regimes:
    """Weights of linear layers with gain 1, of exactly these shapes."""
    return Regimes(st.builds(Matrix, st.sampled_from(shapes)), tuple(Matrix(shape) for shape in shapes))


def weights() -> Regimes:
    """Weights; corners: linear, convolutional in every dimension, one long row, many small, empty, too few axes.

    Fan-in, fan-out and gain mostly differ from 1 and from each other, else wrong formulas agree with the right one. Two
    million weights stand in one corner only: already 4000 tell every mutant's law from the right one. A weight of 21 is
    mostly what a loop over vectors leaves over, one of 2 is nothing else: 256 of them show its law.
    """
    corners = (
        Weight((16, 48), "tanh"),
        Weight((256, 512), "tanh"),
        Weight((512, 256), "linear"),
        Weight((64, 32, 3, 3), "relu"),
        Weight((1, 4096), "tanh"),
        Weight((4096, 1), "relu"),
        Weight((128, 16, 3), "tanh"),
        Weight((16, 8, 3, 2, 3), "leaky_relu"),
        Weight((1000, 40), "tanh"),
        Weight((2048, 1024), "tanh"),
        Weight((3, 7), "selu", 256),
        Weight((1, 2), "sigmoid", 256),
        Weight((0, 3), "tanh"),
        Weight((3, 0), "tanh"),
        Weight((7,), "linear"),
        Weight((), "linear"),
    )
    sides = st.sampled_from([16, 48, 1, 3, 7, 64, 100, 257])
    shapes = (
        st.tuples(sides, sides)
        | st.tuples(sides, sides, st.integers(1, 5))
        | st.tuples(sides, sides, *[st.integers(1, 3)] * 2)
    )
    return Regimes(st.builds(Weight, shapes, st.sampled_from(ACTIVATIONS)), corners)


def width_chains() -> Regimes:
    """Chains of 1 to 20 layers."""
    draw = st.builds(WidthChain, st.integers(1, 20), st.sampled_from(["drawn", "equal", "alternating"]))
    return Regimes(draw, (WidthChain(1), WidthChain(1, "alternating")))


def compromises() -> Regimes:
    """Chains of widths, single layers among them, and layers with signals; corners: equal widths, 300 to 100, long."""
    corners = (
        WidthChain(1),
        Layer(30, 10),
        WidthChain(1, "equal"),
        WidthChain(1, "alternating"),
        WidthChain(3, "alternating"),
        WidthChain(20),
        WidthChain(20, "equal"),
        WidthChain(7),
        Layer(300, 100),
        Layer(100, 300),
        Layer(7, 1000),
        Layer(1, 1),
        Layer(512, 512),
    )
    sides = st.sampled_from([10, 30, 1, 2, 100, 257])
    return Regimes(st.one_of(width_chains().draw, st.builds(Layer, sides, sides)), corners)


class PropagationDraw(NamedTuple):
    """Independent sums of `width` products w x, `n` of them: w and x take two values each, P(second) in quarters."""

    n: int
    width: int
    w: tuple[int, int, int]
    x: tuple[int, int, int]
    seed: int


@dataclasses.dataclass(frozen=True)
class SampledSums(Regime):
    """`n` independent sums of `width` products w x; laws are (first value, second value, its quarters)."""

    n: int = 1000
    width: int = 1
    w: tuple[int, int, int] = (-1, 1, 2)
    x: tuple[int, int, int] = (0, 1, 2)
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.width) < 1 or not all(0 <= law[2] <= 4 for law in (self.w, self.x)):
            raise ValueError("at least one sum of at least one product, and probabilities from 0 to 4 quarters")

    def size(self) -> int:
        return self.n * self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> PropagationDraw:
        return PropagationDraw(self.n, self.width, self.w, self.x, seed)


class Tables(NamedTuple):
    """Tables (batch, parts) of equally likely values of w and of x, for sums of `width` products."""

    width: int
    w: Tensor
    x: Tensor


@dataclasses.dataclass(frozen=True)
class TwoPointLaws(Regime):
    """Laws of w and x with two whole values: tables of `parts` equally likely values, for sums of `width` products.

    `centred` makes the law of x symmetric about 0 (for an even number of parts). `far` moves it by a power of two of
    about sqrt(4/u) and makes w constant, 1 or -1: the mean of the sums is so much larger than their spread that their
    squares, unlike the sums (of two products at most), are not numbers of the format.
    """

    width: int = 1
    parts: int = 2
    centred: bool = False
    far: bool = False
    names: ClassVar[tuple[str, ...]] = ("values of w", "values of x")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.width < 1 or self.parts < 1 or self.parts**self.width > 64 or (self.centred and self.parts % 2):
            raise ValueError(f"no enumeration of {self.parts}^{self.width} states")
        if self.far and (self.centred or self.width > 2):
            raise ValueError("laws far from 0 have a mean, and sums of two products at most")

    def size(self) -> int:
        return int(self.parts ** (2 * self.width))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        tables = []
        for centred in (False, self.centred):
            first, second = rng.integers(-4, 5, (2, batch, 1))
            split = rng.integers(0, self.parts + 1, (batch, 1))
            if centred:
                second, split = -first, np.full((batch, 1), self.parts // 2)
            tables.append(np.where(np.arange(self.parts) < split, first, second).astype(np.float64))
        if self.far:
            sign = np.where(tables[0][:, :1] < 0, -1.0, 1.0)
            return [np.repeat(sign, self.parts, -1), tables[1] + 4 + 2.0 ** (fmt.precision // 2 + 2)]
        return tables

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, x = arrays
        admitted = (x.sum(-1) == 0) | (not self.centred)
        if self.far:
            admitted &= (np.abs(w) == 1).all(-1) & (np.ptp(w, -1) == 0) & (x.min(-1) >= 16) & (np.ptp(x, -1) <= 8)
            x = x - x[..., :1]
        for table, largest in ((w, 4), (x, 8 if self.far else 4)):
            admitted &= ((np.abs(table) <= largest) & (table == np.rint(table))).all(-1)
        return np.asarray(admitted)

    def present(self, tensors: Sequence[Any], seed: int) -> Tables:
        return Tables(self.width, tensors[0], tensors[1])


def enumerations() -> Regimes:
    """Laws on two values of which every outcome is enumerated."""
    shapes = st.sampled_from([(w, d) for w in range(1, 5) for d in range(1, 9) if d**w <= 64])

    def of_shape(shape: tuple[int, int]) -> st.SearchStrategy[TwoPointLaws]:
        width, parts = shape
        return st.builds(TwoPointLaws, st.just(width), st.just(parts), st.sampled_from([False, parts % 2 == 0]))

    return Regimes(shapes.flatmap(of_shape), (TwoPointLaws(1, 2), TwoPointLaws(1, 2, centred=True)))


def two_point_laws() -> Regimes:
    """Two-point laws, enumerated for 1 to 4 products, far from 0 too, and samples of wider sums."""
    corners = (
        TwoPointLaws(1, 2),
        SampledSums(1000, 1),
        TwoPointLaws(2, 2),
        TwoPointLaws(3, 2),
        TwoPointLaws(4, 2),
        TwoPointLaws(4, 2, centred=True),
        TwoPointLaws(1, 4),
        TwoPointLaws(2, 4),
        TwoPointLaws(3, 4),
        TwoPointLaws(3, 3),
        TwoPointLaws(2, 8, centred=True),
        TwoPointLaws(1, 1),
        SampledSums(1 << 16, 16, (-1, 2, 1), (1, 2, 2)),
        SampledSums(1 << 14, 32, (0, 1, 2), (-1, 1, 2)),
        SampledSums(4097, 7, (-1, 2, 4), (1, 2, 0)),
        TwoPointLaws(1, 4, far=True),
        TwoPointLaws(2, 2, far=True),
    )
    two = st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(1, 3))
    sums = st.builds(SampledSums, st.sampled_from([1000, 2, 1, 4097]), st.sampled_from([1, 2, 7, 16, 32]), two, two)
    return Regimes(st.one_of(enumerations().draw, sums), corners)
