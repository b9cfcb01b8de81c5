"""Training runs that draw submodels of dropout, and networks whose submodels are enumerated."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


class Training(NamedTuple):
    """What a property of coverage gets: maskable units, examples met one after the other, independent runs, a seed."""

    units: int
    examples: int
    runs: int
    seed: int


@dataclasses.dataclass(frozen=True)
class DrawnMasks(Regime):
    """`runs` trainings, each of which draws a mask of `units` for each of `examples`, with p = 1/2."""

    units: int = 2
    examples: int = 2
    runs: int = 100
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.units <= 62 or self.examples < 1 or self.runs < 1:
            raise ValueError("masks have 1 to 62 units, and are drawn")

    @property
    def enumerable(self) -> bool:
        """Whether every sequence of masks is enumerated."""
        return self.units * self.examples <= 12

    def size(self) -> int:
        return self.units * self.examples * self.runs

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Any, seed: int) -> Training:
        return Training(self.units, self.examples, self.runs, seed)


def trainings() -> Regimes:
    """1 to 30 units and up to 10000 examples; corners: the enumerable sizes, more draws than masks, many more masks."""
    drawn = st.builds(
        DrawnMasks, st.sampled_from((2, 1, 3, 4, 5, 8, 16, 30)), st.sampled_from((2, 1, 3, 10, 33, 129)), st.just(100)
    )
    enumerated = ((1, 1), (1, 2), (1, 12), (2, 3), (2, 6), (3, 4), (4, 3), (6, 2), (12, 1))
    corners = (
        DrawnMasks(),
        *(DrawnMasks(n, t) for n, t in enumerated),
        DrawnMasks(4, 10, 1000),
        DrawnMasks(5, 32, 500),
        DrawnMasks(8, 256, 50),
        DrawnMasks(10, 500, 20),
        DrawnMasks(16, 5000, 2),
        DrawnMasks(30, 10000, 1),
    )
    return Regimes(drawn, corners)


class Network(NamedTuple):
    """What a property gets: x (batch, d), W (batch, h, d), c (batch, h), V (batch, m, h), b, y (batch, m), seed."""

    x: Tensor
    w: Tensor
    c: Tensor
    v: Tensor
    b: Tensor
    y: Tensor
    seed: int

    @property
    def parameters(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """x and the parameters, as the operations take them."""
        return self.x, self.w, self.c, self.v, self.b


@dataclasses.dataclass(frozen=True)
class HiddenLayer(Regime):
    """A network of `inputs`, `hidden` ReLUs and `outputs`; `numbers` fill data and parameters."""

    inputs: int = 1
    hidden: int = 1
    outputs: int = 1
    numbers: Numbers = Numbers()
    names: ClassVar[tuple[str, ...]] = ("x", "W", "c", "V", "b", "y")
    most: ClassVar[int] = 32

    def size(self) -> int:
        masks = 1 << min(self.inputs + self.hidden, 6)
        return masks * (self.inputs + self.hidden + self.outputs) + self.hidden * (self.inputs + self.outputs)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        d, h, m = self.inputs, self.hidden, self.outputs
        return [self.numbers.fill(rng, (batch, *shape), fmt) for shape in ((d,), (h, d), (h,), (m, h), (m,), (m,))]

    def present(self, tensors: Any, seed: int) -> Network:
        x, w, c, v, b, y = tensors
        return Network(x, w, c, v, b, y, seed)


@dataclasses.dataclass(frozen=True)
class TrainedLayer(HiddenLayer):
    """A network that is trained on one example, each instance by itself: few of them."""

    most: ClassVar[int] = 6


def networks(kind: type[HiddenLayer] = HiddenLayer) -> Regimes:
    """0 to 4 inputs and 1 to 4 hidden units, whose masks are all enumerated; corners up to 257 units, which are not."""
    kinds = numbers(("integers", "normal", "ties", "wide"), ("one", "small"))
    drawn = st.builds(kind, st.sampled_from((2, 0, 1, 3)), st.sampled_from((2, 1, 3)), st.sampled_from((1, 2)), kinds)
    normal, ties = Numbers("normal"), Numbers("ties")
    corners = (
        kind(),
        kind(0, 2),
        kind(3, 3, 2, normal),
        kind(3, 3, 2, ties),
        *(kind(d, h, 2, normal) for d, h in ((16, 17), (65, 3), (3, 65), (129, 2), (2, 257))),
        kind(2, 3, 1, Numbers("normal", "small")),
    )
    return Regimes(drawn, corners)


@dataclasses.dataclass(frozen=True)
class GenericNetwork(Regime):
    """A network without biases, of small integers: seventeen points and their negatives tell its submodels apart.

    Weights are 1 to 3 in magnitude, outputs' 1, 2, 3, 5 in any order and of any sign; `biased` adds positive biases.
    """

    inputs: int = 1
    hidden: int = 1
    biased: bool = False
    names: ClassVar[tuple[str, ...]] = ("x", "W", "c", "V")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if not 1 <= self.inputs <= 3 or not 1 <= self.hidden <= 4:
            raise ValueError("the outputs of larger networks are no numbers of the narrowest format")

    def size(self) -> int:
        return int(34 << (self.inputs + self.hidden))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        d, h = self.inputs, self.hidden
        points = rng.integers(-2, 3, (batch, 17, d)).astype(np.float64)
        w = rng.integers(1, 4, (batch, h, d)) * rng.choice([-1.0, 1.0], (batch, h, d))
        v = rng.permuted(np.tile([1.0, 2.0, 3.0, 5.0], (batch, 1)), axis=1)[:, :h] * rng.choice([-1.0, 1.0], (batch, h))
        c = (
            np.full((batch, h), float(self.biased))
            * rng.permuted(np.tile([1.0, 2.0, 3.0, 4.0], (batch, 1)), axis=1)[:, :h]
        )
        return [np.concatenate((points, -points), 1), w, c, v[:, None, :]]


def generic_networks() -> Regimes:
    """1 to 3 inputs and 1 to 4 hidden units, with and without biases: all of them."""
    corners = tuple(GenericNetwork(d, h, biased) for biased in (False, True) for d in (1, 2, 3) for h in (1, 2, 3, 4))
    return Regimes(st.sampled_from(corners), corners)
