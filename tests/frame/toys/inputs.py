"""Small regimes and operations for tests of the machinery."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.operations.operation import Operation
from reference.formats import Format

KINDS = ("counting", "normal", "near overflow")


@dataclasses.dataclass(frozen=True)
class Row(Regime):
    """Rows of `n` numbers: 1, 2, 3, ..., standard normal, or near overflow (of rows that are not empty)."""

    n: int = 2
    kind: str = "counting"
    factor: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.kind == "near overflow" and not self.n):
            raise ValueError(f"no row of {self.n} numbers of kind {self.kind!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        match self.kind:
            case "counting":
                x = np.broadcast_to(np.arange(1.0, self.n + 1), (batch, self.n))
            case "normal":
                x = rng.standard_normal((batch, self.n))
            case _:
                x = rng.uniform(0.5, 1.0, (batch, self.n)) * fmt.largest
        return [x * self.factor]


@dataclasses.dataclass(frozen=True)
class Pair(Regime):
    """Two matrices that can be multiplied; the second is invertible where the claim supposes it."""

    dims: tuple[int, int, int] = (2, 2, 2)
    names: ClassVar[tuple[str, ...]] = ("A", "B")

    def size(self) -> int:
        return max(self.dims) ** 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n, p = self.dims
        return [rng.integers(1, 9, (batch, *shape)).astype(np.float64) for shape in ((m, n), (n, p))]

    def present(self, tensors: Sequence[Any], seed: int) -> Any:  # noqa: ANN401  what the property gets
        return list(tensors)


@dataclasses.dataclass(frozen=True)
class Nonzero(Row):
    """Rows without zeros: shrinking must not put one in."""

    def admits(self, arrays: Arrays) -> Any:  # noqa: ANN401  one truth value, or one for each instance
        return (arrays[0] != 0).all(-1)


class Sample(NamedTuple):
    """How many numbers to draw, and from which seed."""

    count: int
    seed: int


@dataclasses.dataclass(frozen=True)
class Draws(Regime):
    """One sample of `count` numbers, drawn by the property itself."""

    count: int = 1000
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Any:  # noqa: ANN401
        return Sample(self.count, seed)


def rows(*corners: Regime, kinds: tuple[str, ...] = ("counting", "normal"), longest: int = 9) -> Regimes:
    """Rows of 1 to `longest` numbers."""
    return Regimes(st.builds(Row, st.integers(1, longest), st.sampled_from(kinds)), corners or (Row(),))


def only(*corners: Regime, exhaustive: bool = False) -> Regimes:
    """These regimes and no others."""
    return Regimes(st.sampled_from(corners), corners, exhaustive)


def _extremes(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    return x.amin(dim), x.amax(dim)


ROWS = {
    "toy_extremes": Operation(
        _extremes, "(lambda x, dim: (x.amin(dim), x.amax(dim)))", axes=(1,), batches=False, dim="reduced"
    ),
    "toy_noise": Operation(torch.rand, "torch.rand"),
    "toy_dropout": Operation(torch.nn.functional.dropout, "torch.nn.functional.dropout"),
    "toy_chain": Operation(torch.linalg.multi_dot, "torch.linalg.multi_dot", axes=(2,), batches=False, product=True),
    "toy_cumulative": Operation(torch.cumsum, "torch.cumsum", axes=(1,), dim="kept"),
    "toy_total": Operation(torch.sum, "torch.sum", axes=(1,), dim="reduced"),
}
"""Operations that stand for those of a chapter: several results, random draws, lists, an axis kept and reduced."""
