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
