"""Starting points: weights whose rank counts, and networks of two layers with a pair of like units."""

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

RANDOM = ("uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_")
FIXED = ("constant", "zeros", "ones", "eye", "dirac")


class RankDraw(NamedTuple):
    """A weight to be filled by an initializer from a seed."""

    name: str
    shape: tuple[int, ...]
    seed: int


@dataclasses.dataclass(frozen=True)
class RankedWeight(Regime):
    """A weight of shape (m, n), or (m, n, k) for `dirac`, and the initializer that fills it."""

    name: str = "normal_"
    shape: tuple[int, ...] = (3, 7)
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        axes = 3 if self.name == "dirac" else 2
        if self.name not in RANDOM + FIXED or len(self.shape) != axes or min(self.shape) < 1 or max(self.shape) < 3:
            raise ValueError(f"no weight of shape {self.shape} by {self.name!r}")

    def size(self) -> int:
        return math.prod(self.shape)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> RankDraw:
        return RankDraw(self.name, self.shape, seed)


def ranked_weights() -> Regimes:
    """Every initializer; corners: wide, tall, and square ones large enough not to lose rank by chance."""
    shapes = ((3, 7), (7, 3), (20, 20), (64, 10), (1, 5), (17, 33))
    fixed = tuple(
        RankedWeight(name, (*shape, 3) if name == "dirac" else shape) for name in FIXED for shape in ((3, 7), (9, 4))
    )
    corners = (*(RankedWeight(name, shape) for shape in shapes for name in RANDOM), *fixed)
    return Regimes(st.builds(RankedWeight, st.sampled_from(RANDOM), st.sampled_from(shapes)), corners)


class Network(NamedTuple):
    """Weights W (batch, h, m), V (batch, p, h), examples x (batch, k, m) and targets t (batch, k, p)."""

    w: Tensor
    v: Tensor
    x: Tensor
    t: Tensor


@dataclasses.dataclass(frozen=True)
class LikeUnits(Regime):
    """A network of two layers with weights -1, 0 and 1, whose first and last hidden units are alike.

    `outgoing`: whether their outgoing weights are alike too. `zero`: whether all weights are 0.
    """

    hidden: int = 3
    inputs: int = 2
    outputs: int = 1
    examples: int = 2
    outgoing: bool = True
    zero: bool = False
    names: ClassVar[tuple[str, ...]] = ("w", "v", "x", "t")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if min(self.hidden - 1, self.inputs, self.outputs, self.examples) < 1:
            raise ValueError("a network has two hidden units, inputs, outputs and examples")

    def size(self) -> int:
        return self.hidden * (self.inputs + self.outputs)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        h, m, p, k = self.hidden, self.inputs, self.outputs, self.examples
        w, v, x, t = (
            rng.integers(-1, 2, (batch, *shape)).astype(np.float64) for shape in ((h, m), (p, h), (k, m), (k, p))
        )
        w[:, -1] = w[:, 0]
        if self.outgoing:
            v[:, :, -1] = v[:, :, 0]
        if self.zero:
            w, v = 0 * w, 0 * v
        return [w, v, x, t]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, v, _, _ = arrays
        admitted = np.ones(len(w), bool)
        for a in arrays:
            admitted &= ((np.abs(a) <= 1) & (a == np.rint(a))).all((-2, -1))
        admitted &= (w[:, -1] == w[:, 0]).all(-1)
        if self.outgoing:
            admitted &= (v[:, :, -1] == v[:, :, 0]).all(-1)
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> Network:
        w, v, x, t = tensors
        return Network(w, v, x, t)


def like_units() -> Regimes:
    """Networks with a pair of like units; corners: two units, widths around powers of two, all weights 0."""
    corners = (
        LikeUnits(),
        LikeUnits(2),
        LikeUnits(5, 3, 2, 2),
        LikeUnits(8, 4),
        LikeUnits(17, 3),
        LikeUnits(33, 2),
        LikeUnits(3, zero=True),
    )
    draw = st.builds(
        LikeUnits, st.sampled_from([2, 3, 5, 9, 16]), st.integers(1, 4), st.integers(1, 2), st.integers(1, 2)
    )
    return Regimes(draw, corners)


ACTIVATIONS = ("relu", "tanh", "sigmoid")
OPTIMISERS: dict[str, dict[str, float]] = {
    "SGD": {"lr": 2.0**-5, "momentum": 0.5},
    "Adam": {"lr": 2.0**-5, "eps": 2.0**-10},
    "RMSprop": {"lr": 2.0**-6, "eps": 2.0**-10},
}
"""Their options; eps is large enough for half types."""


class Training(NamedTuple):
    """A network with like units, its activation and optimiser, and a number of steps."""

    net: Network
    activation: str
    optimiser: str
    steps: int


@dataclasses.dataclass(frozen=True)
class TrainedUnits(Regime):
    """A network of two layers with normal weights, whose first and last hidden units are alike, to be trained.

    `outgoing`: whether their outgoing weights are alike too.
    """

    hidden: int = 3
    inputs: int = 3
    activation: str = "tanh"
    optimiser: str = "SGD"
    steps: int = 8
    outgoing: bool = True
    names: ClassVar[tuple[str, ...]] = ("w", "v", "x", "t")
    most: ClassVar[int] = 1
    examples: ClassVar[int] = 4
    outputs: ClassVar[int] = 2

    def __post_init__(self) -> None:
        known = self.activation in ACTIVATIONS and self.optimiser in OPTIMISERS
        if min(self.hidden - 1, self.inputs, self.steps) < 1 or not known:
            raise ValueError(f"no training of {self.hidden} units by {self.optimiser!r}")

    def size(self) -> int:
        return self.hidden * (self.inputs + self.outputs) * self.steps

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        h, m, p, k = self.hidden, self.inputs, self.outputs, self.examples
        w, v, x, t = (rng.standard_normal((batch, *shape)) for shape in ((h, m), (p, h), (k, m), (k, p)))
        w, v = w / m**0.5, v / h**0.5
        w[:, -1] = w[:, 0]
        if self.outgoing:
            v[:, :, -1] = v[:, :, 0]
        return [w, v, x, t]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, v, _, _ = arrays
        admitted = np.logical_and.reduce([(np.abs(a) <= 8).all((-2, -1)) for a in arrays])
        admitted &= (w[:, -1] == w[:, 0]).all(-1)
        if self.outgoing:
            admitted &= (v[:, :, -1] == v[:, :, 0]).all(-1)
        return np.asarray(admitted)

    def present(self, tensors: Sequence[Any], seed: int) -> Training:
        w, v, x, t = tensors
        return Training(Network(w, v, x, t), self.activation, self.optimiser, self.steps)


def trained_units() -> Regimes:
    """Every activation with every optimiser; corners: two units, 33 inputs, 17 units, 40 steps."""
    corners = (
        *(TrainedUnits(3, 3, f, optimiser) for f in ACTIVATIONS for optimiser in OPTIMISERS),
        TrainedUnits(2, 1, steps=1),
        TrainedUnits(17, 3, "sigmoid", "Adam", 3),
        TrainedUnits(3, 33, "tanh", "RMSprop"),
        TrainedUnits(2, 5, "relu", "Adam", 40),
    )
    choices = st.sampled_from(ACTIVATIONS), st.sampled_from(tuple(OPTIMISERS))
    drawn = st.builds(
        TrainedUnits, st.sampled_from((2, 3, 5)), st.sampled_from((1, 3, 7, 17)), *choices, st.sampled_from((3, 1, 8))
    )
    return Regimes(drawn, corners)
