"""Arguments where derivatives of elementary functions are hard: tails, removable singularities, ends of a format."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.autodiff import extreme_derivatives as reference
from reference.formats import Format, float32


class At(NamedTuple):
    """The name of a function, the order of its derivative, and numbers x (batch, n)."""

    name: str
    order: int
    x: Tensor


@dataclasses.dataclass(frozen=True)
class Extreme(Regime):
    """Numbers of a piece, uniform in their logarithm."""

    name: str = "asinh"
    piece: str = "moderate"
    names: ClassVar[tuple[str, ...]] = ("x",)
    n: ClassVar[int] = 5
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.name not in reference.SLOPES or self.piece not in reference.SLOPES[self.name].pieces:
            raise ValueError(f"the derivative of {self.name!r} is not examined {self.piece!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        low, high = reference.arguments(self.name, self.piece, fmt)
        if low == high:
            return [np.full((batch, self.n), low)]
        near, far = sorted((abs(low), abs(high)))
        return [np.copysign(np.exp(rng.uniform(np.log(near), np.log(far), (batch, self.n))), low)]

    def admits(self, arrays: Arrays) -> Any:
        """Within the ends in any format, but for a rounding: what shrinks may not leave its piece."""
        size = np.abs(arrays[0])
        inside = {"tiny": (size > 0) & (size < 0.01), "huge": size > 500, "at 0": size == 0}
        default = (0.99 * self._ends()[0] <= size) & (size <= 1.01 * self._ends()[1])
        return np.asarray(inside.get(self.piece, default).all(-1))

    def _ends(self) -> list[float]:
        return sorted(abs(v) for v in reference.arguments(self.name, self.piece, float32))

    def simpler(self) -> Iterator[Regime]:
        """None: another function is another matter."""
        yield from ()

    def present(self, tensors: Sequence[Any], seed: int) -> At:
        return At(self.name, reference.SLOPES[self.name].order, tensors[0])


def extremes() -> Regimes:
    """Every function on every piece."""
    corners = tuple(Extreme(name, piece) for name, slope in reference.SLOPES.items() for piece in slope.pieces)
    return Regimes(st.sampled_from(corners), corners)
