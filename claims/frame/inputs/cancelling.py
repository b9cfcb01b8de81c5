"""Arguments of programs with kinks that cancel, and small networks without biases."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.autodiff.differentiable_points import PROGRAMS
from reference.formats import Format

SCALES = ("unit", "subnormal", "large")


class Program(NamedTuple):
    """A program by its name, and its arguments x (batch, n)."""

    x: Tensor
    name: str


@dataclasses.dataclass(frozen=True)
class Cancelling(Regime):
    """Rows of `n` normal numbers of a scale, a third of them zeros of either sign."""

    name: str = "relu(x) - relu(-x)"
    n: int = 7
    scale: str = "unit"

    def __post_init__(self) -> None:
        if self.name not in PROGRAMS or self.n < 1 or self.scale not in SCALES:
            raise ValueError(f"no {self.n} {self.scale} arguments of {self.name!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        x = np.clip(rng.standard_normal(shape), -4, 4)
        if self.scale == "subnormal":  # multiples of 4 eta, of which a quarter is a number of the format
            x = 4 * np.rint(2 * x) * fmt.eta
        elif self.scale == "large":
            x = x * (fmt.largest / 64)
        return [np.where(rng.random(shape) < 1 / 3, np.copysign(0.0, x), x)]

    def present(self, tensors: Sequence[Any], seed: int) -> Program:
        return Program(tensors[0], self.name)


def cancelling() -> Regimes:
    """Every program; corners: each of them at every scale, and more numbers than a vector holds."""
    lengths = (7, 1, 17, 33)
    corners = [
        Cancelling(name, lengths[(i + j) % 4], scale)
        for j, scale in enumerate(SCALES)
        for i, name in enumerate(PROGRAMS)
    ]
    drawn = st.builds(
        Cancelling, st.sampled_from(list(PROGRAMS)), st.sampled_from([7, 1, 2, 8, 16, 33, 65]), st.sampled_from(SCALES)
    )
    return Regimes(drawn, tuple(corners))


@dataclasses.dataclass(frozen=True)
class WithoutBiases(Regime):
    """Normal weights of two layers, (units, n) and (1, units), and an argument (n, 1)."""

    n: int = 3
    units: int = 4
    names: ClassVar[tuple[str, ...]] = ("V", "W", "x")

    def size(self) -> int:
        return self.n * self.units

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = (self.units, self.n), (1, self.units), (self.n, 1)
        return [rng.standard_normal((batch, *shape)) for shape in shapes]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.all([(a != 0).all((-2, -1)) for a in arrays], 0))
