"""Convex functions on intervals with the points where a maxout unit touches them, and numbers to take maxima of."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format
from reference.networks.maxout import CURVES

INTERVALS = ((-1.0, 1.0), (0.0, 1.0), (-4.0, 4.0), (-0.5, 2.5))
PIECES = (4, 1, 2, 3, 7, 16, 33, 100)


class Unit(NamedTuple):
    """A function, an interval, numbers x (batch, n) of it, and the midpoints t (batch, k) of its k equal parts."""

    name: str
    interval: tuple[float, float]
    x: Tensor
    t: Tensor


@dataclasses.dataclass(frozen=True)
class Units(Regime):
    """`n` numbers of an interval: its parts' ends, where tangents are farthest from the function, and random ones."""

    name: str = "square"
    k: int = 4
    n: int = 17
    interval: int = 0
    names: ClassVar[tuple[str, ...]] = ("x", "t")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.name not in CURVES or self.k < 1 or self.n < 2 or not 0 <= self.interval < len(INTERVALS):
            raise ValueError(f"no unit of {self.k} pieces for {self.n} numbers of {self.name!r}")

    def size(self) -> int:
        return self.n * self.k

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        low, high = INTERVALS[self.interval]
        step = (high - low) / self.k
        ends = low + step * rng.integers(0, self.k + 1, (batch, self.n))
        x = np.where(rng.random((batch, self.n)) < 0.5, ends, rng.uniform(low, high, (batch, self.n)))
        x[:, 0], x[:, 1] = low, high
        return [x, np.tile(low + step * (np.arange(self.k) + 0.5), (batch, 1))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        low, high = INTERVALS[self.interval]
        x, t = arrays
        middle = low + (high - low) / self.k * (np.arange(self.k) + 0.5)
        return np.asarray(
            ((x >= low) & (x <= high)).all(-1) & (np.abs(t - middle) <= 2.0**-6 * max(-low, high)).all(-1)
        )

    def present(self, tensors: Sequence[Any], seed: int) -> Unit:
        return Unit(self.name, INTERVALS[self.interval], *tensors)


def units() -> Regimes:
    """Every function and interval, from one piece to 512."""
    corners = (
        Units(),
        *(Units(name, k, n, i) for name in CURVES for k, n, i in ((1, 7, 0), (3, 33, 3), (16, 17, 2), (7, 15, 1))),
        *(Units(name, 64, 67) for name in CURVES),
        *(Units(name, 512, 17, 1) for name in CURVES),
    )
    which = st.sampled_from(sorted(CURVES)), st.sampled_from(PIECES), st.sampled_from((17, 2, 7, 33))
    return Regimes(st.builds(Units, *which, st.integers(0, len(INTERVALS) - 1)), corners)


KINDS = ("normal", "integers", "scales", "equal", "large", "neighbours")


@dataclasses.dataclass(frozen=True)
class Maxima(Regime):
    """Rows of `n` numbers: normal, integers, of any of eight decades, equal up to the sign, large, or next to 1."""

    n: int = 4
    kind: str = "normal"
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if self.n < 1 or self.kind not in KINDS:
            raise ValueError(f"no {self.n} numbers of kind {self.kind!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        match self.kind:
            case "integers":
                return [rng.integers(-8, 9, shape).astype(np.float64)]
            case "scales":
                return [rng.standard_normal(shape) * 10.0 ** rng.uniform(-4, 4, shape)]
            case "equal":
                return [rng.standard_normal((batch, 1)) * rng.choice([-1.0, 1.0, 0.0, -0.0], shape)]
            case "large":
                return [rng.uniform(-1, 1, shape) * fmt.largest / 4]
            case "neighbours":
                return [1 + 2 * fmt.u * rng.integers(-4, 5, shape).astype(np.float64)]
        return [rng.standard_normal(shape)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(arrays[0]).all(-1))


def maxima() -> Regimes:
    """Every kind of number, from one to 300 in a row."""
    corners = (
        Maxima(),
        *(Maxima(n, kind) for kind, n in zip(KINDS, (33, 7, 17, 8, 5, 64), strict=True)),
        *(Maxima(n, "scales") for n in (1, 2, 3, 300)),
    )
    return Regimes(st.builds(Maxima, st.sampled_from((4, 1, 2, 3, 15, 17, 67)), st.sampled_from(KINDS)), corners)
