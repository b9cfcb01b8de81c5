"""Linear regressions small enough to train every submodel of."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format


class Regression(NamedTuple):
    """What a property of training gets: x (batch, m, n), w (batch, n), y (batch, m), drop probability and a seed."""

    x: Tensor
    w: Tensor
    y: Tensor
    p: float
    seed: int


KINDS = ("random", "zero column", "orthogonal", "zero targets")


@dataclasses.dataclass(frozen=True)
class LinearRegression(Regime):
    """`examples` with `units` inputs, targets, and weights; `numbers` fill them all.

    `data`: random; zero column (the first, which has no penalty); orthogonal (targets orthogonal to all columns);
    zero targets.
    """

    units: int = 1
    examples: int = 1
    p: float = 0.5
    numbers: Numbers = Numbers()
    data: str = "random"
    names: ClassVar[tuple[str, ...]] = ("X", "w", "y")

    def __post_init__(self) -> None:
        if self.data not in KINDS or self.examples < 1 or self.units < 0 or not 0 <= self.p < 1:
            raise ValueError(f"no regression of {self.examples} examples with {self.data!r}")

    def size(self) -> int:
        return 2 * (1 << min(self.units, 12)) * (self.units + 2) * self.examples

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n = self.examples, self.units
        x, w, y = (self.numbers.fill(rng, (batch, *shape), fmt) for shape in ((m, n), (n,), (m,)))
        match self.data:
            case "zero column":
                x[..., :1] = 0
            case "orthogonal":  # the second half of the examples repeats the first, with opposite targets
                half = m // 2
                x[:, half : 2 * half], y[:, half : 2 * half] = x[:, :half], -y[:, :half]
                x[:, 2 * half :] = 0
            case "zero targets":
                y = np.zeros_like(y)
        return [x, w, y]

    def present(self, tensors: Any, seed: int) -> Regression:
        x, w, y = tensors
        return Regression(x, w, y, self.p, seed)


@dataclasses.dataclass(frozen=True)
class Solvable(LinearRegression):
    """A regression with independent columns: its first rows are triangular. Its minimisers are found in rationals."""

    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.examples < self.units * (2 if self.data == "orthogonal" else 1):
            raise ValueError("a minimiser without dropout needs as many examples as inputs")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x, w, y = super().arrays(rng, batch, fmt)
        for first in (0, self.examples // 2)[: 2 if self.data == "orthogonal" else 1]:
            x[:, first : first + self.units] = np.triu(x[:, : self.units], 1) + 3 * np.eye(self.units)
        return [x, w, y]


def regressions() -> Regimes:
    """0 to 12 inputs, 1 to 5 examples, p = k/8; corners: every p, every kind of data, both scales."""
    eighths = tuple(k / 8 for k in (4, 0, 1, 2, 3, 5, 6, 7))
    kinds = numbers(("integers", "normal", "ties"))
    sizes = st.sampled_from((2, 0, 1, 3, 4, 5, 6)), st.sampled_from((1, 2, 3, 5))
    drawn = st.builds(LinearRegression, *sizes, st.sampled_from(eighths), kinds, st.sampled_from(KINDS))
    normal = Numbers("normal")
    corners = (
        LinearRegression(),
        LinearRegression(0, 2),
        *(LinearRegression(4, 2, p, normal) for p in eighths),
        *(LinearRegression(3, 4, 0.25, data=data) for data in KINDS),
        *(LinearRegression(3, 2, 0.75, Numbers("normal", scale)) for scale in ("small", "large")),
        LinearRegression(2, 5, 0.5, Numbers("ties")),
        LinearRegression(12, 1, 0.5, Numbers("ties")),
        LinearRegression(10, 2, 0.25, normal),
    )
    return Regimes(drawn, corners)


def fair_regressions() -> Regimes:
    """p = 1/2; corners: 1 to 16 inputs, powers of two and their neighbours, 31 and 63 (too many to enumerate)."""
    kinds = numbers(("integers", "ties", "normal"))
    sizes = st.sampled_from((2, 1, 3, 4, 5, 6, 7)), st.sampled_from((1, 2, 3))
    drawn = st.builds(LinearRegression, *sizes, st.just(0.5), kinds, st.sampled_from(KINDS))
    corners = (
        LinearRegression(),
        *(LinearRegression(n, 2) for n in (2, 3, 4, 5, 6, 7)),
        *(LinearRegression(n, 1, 0.5, Numbers("ties")) for n in (2, 3, 7, 8, 15, 16, 31, 63)),
        LinearRegression(7, 3, 0.5, Numbers("normal")),
        LinearRegression(31, 2, 0.5, Numbers("normal")),
        *(LinearRegression(3, 2, 0.5, Numbers("normal", scale)) for scale in ("small", "large")),
        LinearRegression(3, 4, data="zero column"),
    )
    return Regimes(drawn, corners)


def solvable_regressions() -> Regimes:
    """Integers; 1 to 5 inputs and as many examples or more; corners: targets orthogonal to the data, zero targets."""
    sizes = st.sampled_from((2, 1, 3, 4)), st.sampled_from((8, 9, 12))
    drawn = st.builds(Solvable, *sizes, st.just(0.5), st.just(Numbers()), st.sampled_from(("random", "orthogonal")))
    corners = (
        Solvable(1, 4),
        *(Solvable(n, 8) for n in (2, 3, 5)),
        Solvable(4, 4),
        Solvable(2, 33),
        *(Solvable(2, 8, data=data) for data in ("orthogonal", "zero targets")),
    )
    return Regimes(drawn, corners)
