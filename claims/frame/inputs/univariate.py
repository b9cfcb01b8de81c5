"""Arguments of functions of one number: all numbers of 16 bits; of wider formats a sample by rank, and critical points.

The rank of a number counts the numbers of its format from 0 on: what is uniform in rank has as many numbers in every
binade, and numbers of one rank apart are neighbours.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.every_number import SHORT, from_bits
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format
from reference.networks.univariate_function import Univariate
from reference.networks.univariate_functions import FUNCTIONS

ROWS = 255
"""Rows of a batch: odd, so that a vector loop over all of them has a tail."""
COLUMNS = {"float32": 12, "float64": 4}
"""Numbers of a row, where not all are taken."""
NEIGHBOURS = 3
"""Numbers on either side of a critical point."""
MIDDLE = 12
"""Half of a sample is between 2^-12 and 2^12."""

Float64 = NDArray[np.float64]


class Arguments(NamedTuple):
    """The name of a function and numbers (batch, n)."""

    name: str
    x: Tensor


@dataclasses.dataclass(frozen=True)
class Numbers(Regime):
    """Arguments of a function in one piece of the line: all of a 16-bit format, NaN included; else a sample."""

    name: str
    part: int = 0
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if self.name not in FUNCTIONS or not 0 <= self.part <= len(FUNCTIONS[self.name].cuts):
            raise ValueError(f"no piece {self.part} of {self.name!r}")

    @property
    def low(self) -> float:
        """The least number of the piece."""
        return FUNCTIONS[self.name].piece(self.part)[0]

    @property
    def high(self) -> float:
        """Its upper end, infinity of the last one."""
        return FUNCTIONS[self.name].piece(self.part)[1]

    def size(self) -> int:
        return COLUMNS["float32"]

    def batch(self, limit: int, elements: int) -> int:
        return ROWS

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        f = FUNCTIONS[self.name]
        x = everything(fmt) if fmt.name in SHORT else sample(f, self.low, self.high, ROWS * COLUMNS[fmt.name], rng, fmt)
        x = x[f.within(x, self.part)]
        rows = np.full((batch, -(-(x.size + 1) // batch)), np.nan)  # what is left of the last row is NaN
        rows.flat[: x.size] = x
        return [rows]

    def simpler(self) -> Iterator[Regime]:
        """None: another piece is another matter."""
        return iter(())

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        return np.asarray((FUNCTIONS[self.name].within(x, self.part) | np.isnan(x)).all(-1))

    def present(self, tensors: list[Tensor], seed: int) -> Arguments:  # type: ignore[override]
        return Arguments(self.name, tensors[0])


@functools.cache
def everything(fmt: Format) -> Float64:
    """Every number of a 16-bit format, both zeros and infinities included."""
    top = (fmt.emax - fmt.emin + 2) << (fmt.precision - 1)
    patterns = np.arange(1 << 16)
    x = from_bits(patterns, fmt)
    x[[top, top + (1 << 15)]] = np.inf, -np.inf
    x = x[(patterns & 0x7FFF) <= top]
    x.flags.writeable = False
    return x


def rank(x: Float64, fmt: Format) -> NDArray[np.int64]:
    """How many numbers of the format lie between 0 and x, negative for negative x; infinity follows the largest."""
    integers = {"float32": (np.float32, np.int32), "float64": (np.float64, np.int64)}[fmt.name]
    with np.errstate(over="ignore"):
        bits = np.abs(x).astype(integers[0]).view(integers[1]).astype(np.int64)
    return np.where(x < 0, -bits, bits)


def of_rank(n: NDArray[np.int64], fmt: Format) -> Float64:
    """The number of a rank; infinity at the rank that follows the largest, and beyond."""
    top = (fmt.emax - fmt.emin + 2) << (fmt.precision - 1)
    size = np.where(np.abs(n) >= top, np.inf, from_bits(np.minimum(np.abs(n), top - 1), fmt))
    return np.where(n < 0, -size, size)


def sample(f: Univariate, low: float, high: float, count: int, rng: np.random.Generator, fmt: Format) -> Float64:
    """About `count` numbers: critical points of f with their neighbours, then by rank from low to high, one a stratum.

    Half of them are from all of the range, half from its parts between 2^-12 and 2^12, of either sign.
    """
    critical = points(f, fmt)
    rest = max(count - critical.size - 3, 4)
    near, far = 2.0**-MIDDLE, 2.0**MIDDLE
    strata = [
        _strata(max(low, first), min(high, last), rest // parts, rng, fmt)
        for first, last, parts in ((-np.inf, np.inf, 2), (near, far, 4), (-far, -near, 4))
    ]
    return np.append(np.unique(np.concatenate((*strata, critical, [np.inf, -np.inf]))), -0.0)


def _strata(low: float, high: float, count: int, rng: np.random.Generator, fmt: Format) -> Float64:
    """One number of each of `count` ranges of ranks between low and high; none if low is above high."""
    if low > high:
        return np.zeros(0)
    first, last = (int(r) for r in rank(np.array([low, high]), fmt))
    edges = [first + (last - first) * i // count for i in range(count + 1)]
    return of_rank(rng.integers(edges[:-1], edges[1:], endpoint=True), fmt)


@functools.lru_cache(maxsize=256)
def points(f: Univariate, fmt: Format) -> Float64:
    """Critical points of f with their neighbours: its own, where it reaches the ends of the format, and 0, 1, 2."""
    ends = np.array([fmt.largest, fmt.lam, fmt.eta, fmt.u, 1 / fmt.u])
    with np.errstate(all="ignore"):
        reached = np.zeros(0) if f.inverse is None else f.inverse(ends)
    own = np.concatenate((f.points, f.cuts, reached, ends, [0.0, 0.5, 1.0, 2.0]))
    own = fmt.round(np.unique(np.abs(own[np.isfinite(own)])))
    ranks = rank(own, fmt)[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
    return of_rank(np.unique((ranks, -ranks)), fmt)


def arguments(*, wide: bool = False) -> Regimes:
    """Every piece of every function, or of those that have no half types."""
    names = [name for name, f in FUNCTIONS.items() if f.wide == wide]
    corners = tuple(Numbers(name, part) for name in names for part in range(len(FUNCTIONS[name].cuts) + 1))
    return Regimes(st.sampled_from(corners), corners, exhaustive_in=frozenset() if wide else SHORT)
