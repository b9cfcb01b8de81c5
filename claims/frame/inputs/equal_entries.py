"""Equal numbers at several places of a tensor, for activation functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.every_number import SHORT, from_bits, random_numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format
from reference.initialization.xavier_activations import AT_ZERO

LENGTHS = (33, 2, 7, 15, 17, 65, 100)
EVERY = 1 << 16


class Equal(NamedTuple):
    """An activation and numbers (rows, n); `copied` says that the entries of a row are equal."""

    name: str
    x: Tensor
    copied: bool


@dataclasses.dataclass(frozen=True)
class Copies(Regime):
    """Rows of `n` copies of a number, uniform in [-8, 8]."""

    name: str = "tanh"
    n: int = 33
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.name not in AT_ZERO or self.n < 2:
            raise ValueError(f"no {self.n} equal arguments of {self.name!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [np.repeat(rng.uniform(-8, 8, (batch, 1)), self.n, -1)]

    def admits(self, arrays: Arrays) -> Any:
        return (arrays[0] == arrays[0][:, :1]).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Equal:
        return Equal(self.name, tensors[0], copied=True)


@dataclasses.dataclass(frozen=True)
class Everywhere(Regime):
    """All numbers of a 16-bit format in a row, in random order; of a wider one as many random ones, half in [-8, 8]."""

    name: str = "tanh"
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if self.name not in AT_ZERO:
            raise ValueError(f"no activation {self.name!r}")

    def size(self) -> int:
        return EVERY

    def batch(self, limit: int, elements: int) -> int:
        return 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        if fmt.name in SHORT:
            return [from_bits(rng.permuted(np.arange(EVERY)[None], axis=-1), fmt)]
        near = rng.uniform(-8, 8, (1, EVERY // 2))
        return [np.concatenate((near, random_numbers(rng, (1, EVERY // 2), fmt)), -1)]

    def present(self, tensors: Sequence[Any], seed: int) -> Equal:
        return Equal(self.name, tensors[0], copied=False)


def equal_entries() -> Regimes:
    """Every activation at all numbers of the 16-bit formats, and at copies in rows around the widths of vectors."""
    every = tuple(Everywhere(name) for name in AT_ZERO)
    copies = tuple(Copies(name, LENGTHS[k % len(LENGTHS)]) for k, name in enumerate(AT_ZERO))
    drawn = st.builds(Copies, st.sampled_from(sorted(AT_ZERO)), st.sampled_from(LENGTHS))
    return Regimes(drawn, (Copies(), *every, *(c for c in copies if c != Copies())), exhaustive_in=SHORT)
