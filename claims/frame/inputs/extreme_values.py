"""Numbers for which usual formulas leave the range of a format, or lose their digits; rows with a NaN."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import FORMATS, Format
from reference.losses import extreme_values as reference

FUNCTIONS_OF_NAN = (
    *("relu", "relu6", "clamp", "hardtanh", "hardsigmoid", "softshrink", "threshold", "maximum", "amax"),
    *("norm inf", "distance inf", "cdist inf", "sign", "sgn", "heaviside"),
)


class Numbers(NamedTuple):
    """The name of a problem or a function, and numbers x (batch, n)."""

    name: str
    x: Tensor


@dataclasses.dataclass(frozen=True)
class ExtremeNumbers(Regime):
    """The numbers of a problem, the same in every row."""

    name: str = "mean squared error"
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if self.name not in reference.PROBLEMS:
            raise ValueError(f"no problem {self.name!r}")

    def size(self) -> int:
        return reference.ROWS if self.name == "many rows" else 256

    def batch(self, limit: int, elements: int) -> int:
        return 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [np.tile(reference.numbers(self.name, fmt), (batch, 1))]

    def admits(self, arrays: Arrays) -> Any:
        """Nothing else: what is special about these numbers is all of them together."""
        known = [reference.numbers(self.name, fmt) for fmt in FORMATS.values()]
        (x,) = arrays
        return np.logical_or.reduce([(x == k).all(-1) for k in known if k.shape == x.shape[1:]])

    def simpler(self) -> Iterator[Regime]:
        """None: another problem is another matter."""
        yield from ()

    def present(self, tensors: Sequence[Any], seed: int) -> Numbers:
        return Numbers(self.name, tensors[0])


@dataclasses.dataclass(frozen=True)
class WithNaN(Regime):
    """Rows of `n` numbers, the first of which is NaN, for functions of each number or of a row."""

    name: str = "relu"
    n: int = 5
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.name not in FUNCTIONS_OF_NAN or self.n < 1:
            raise ValueError(f"no {self.n} arguments of {self.name!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = rng.standard_normal((batch, self.n))
        x[:, 0] = np.nan
        return [x]

    def admits(self, arrays: Arrays) -> Any:
        return np.isnan(arrays[0][:, 0])

    def present(self, tensors: Sequence[Any], seed: int) -> Numbers:
        return Numbers(self.name, tensors[0])


def extreme_numbers() -> Regimes:
    """Every problem."""
    corners = tuple(map(ExtremeNumbers, reference.PROBLEMS))
    return Regimes(st.sampled_from(corners), corners)


def rows_with_nan() -> Regimes:
    """Every function, rows within and beyond a vector register."""
    corners = tuple(WithNaN(name, n) for name in FUNCTIONS_OF_NAN for n in (1, 33))
    return Regimes(st.builds(WithNaN, st.sampled_from(FUNCTIONS_OF_NAN), st.sampled_from((2, 7, 16, 65))), corners)
