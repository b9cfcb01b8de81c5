"""Vectors that shrink towards the origin, vectors to take slopes at, and points on which norms are told from others."""

from __future__ import annotations

import dataclasses
import itertools
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.numbers import KINDS
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.vectors import LONG, Vector, drawn
from reference.formats import Arithmetic, Format

DEPTHS = ("near", "moderate", "squares vanish", "entries vanish", "origin")
LARGEST_GRID = 4


@dataclasses.dataclass(frozen=True)
class Shrinking(Regime):
    """A factor t = 2^-k and a vector x; a property gets (t, x).

    `depth` says k: near (0 to 3), moderate (from 3 on, as long as the square of t is a normal number), squares vanish
    (it is next to half the smallest subnormal number of the accumulator's or the stored format), entries vanish (t is
    subnormal), origin (t = 0).
    """

    vector: Vector = Vector(2, "2", "normal")
    depth: str = "near"
    names: ClassVar[tuple[str, ...]] = ("t", "x")

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise ValueError(f"depths are {', '.join(DEPTHS)}, not {self.depth!r}")

    def size(self) -> int:
        return self.vector.n

    def batch(self, limit: int, elements: int) -> int:
        return self.vector.batch(limit, elements)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self.factors(rng, batch, fmt), self.vector.fill(rng, batch, fmt)]

    def factors(self, rng: np.random.Generator, batch: int, fmt: Format) -> NDArray[np.float64]:
        """The powers of two, none below the smallest subnormal number, or zeros."""
        match self.depth:
            case "origin":
                return np.zeros(batch)
            case "near":
                k = rng.integers(0, 4, batch)
            case "moderate":
                k = rng.integers(3, 1 - fmt.emin // 2, batch)
            case "squares vanish":
                halves = [(f.precision - f.emin) // 2 for f in (Arithmetic.of(fmt).accumulator, fmt)]
                k = np.array(halves)[rng.integers(0, 2, batch)] + rng.integers(-4, 4, batch)
            case _:
                k = rng.integers(1, fmt.precision, batch) - fmt.emin
        return np.maximum(np.ldexp(1.0, -k), fmt.eta)


@dataclasses.dataclass(frozen=True)
class Grid(Regime):
    """Points of R^n, n from 2 to 4, as one tensor (1, points, n): 0, e_i, e_i - e_j, and `more` at random.

    Coordinates are multiples of 1/2 from -2 to 2, so that sums of two, products with small scalars, magnitudes and sums
    of squares are exact in every format.
    """

    n: int = 2
    more: int = 0
    names: ClassVar[tuple[str, ...]] = ("points",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 2 <= self.n <= LARGEST_GRID:
            raise ValueError(f"a grid has from 2 to {LARGEST_GRID} coordinates, not {self.n}")

    def size(self) -> int:
        return self.n * (len(self.fixed()) + self.more)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        fixed, others = self.fixed(), rng.integers(-4, 5, (batch, self.more, self.n)) / 2
        return [np.concatenate([np.broadcast_to(fixed, (batch, *fixed.shape)), others], axis=1)]

    def fixed(self) -> NDArray[np.float64]:
        """Zero, the unit vectors, and their differences."""
        unit = np.eye(self.n)
        differences = [a - b for a, b in itertools.combinations(unit, 2)]
        return np.concatenate([np.zeros((1, self.n)), unit, differences])


def shrinking_vectors() -> Regimes:
    """Every depth, lengths around the blocks of kernels, zeros among the entries, squares that overflow at t = 1."""
    corners = (
        Shrinking(),
        *(Shrinking(Vector(n, "2", "normal"), depth) for n in (1, 3, 8, 17, 33) for depth in DEPTHS),
        *(Shrinking(Vector(n, "2", "normal")) for n in (100, 257, 1025, 4097)),
        Shrinking(Vector(0, "2")),
        *(Shrinking(Vector(5, "2", kind)) for kind in ("integers", "single", "negative zeros", "constant", "wide")),
        Shrinking(Vector(100, "2", "absorb"), "moderate"),
        Shrinking(Vector(1025, "2", "normal"), "squares vanish"),
        *(Shrinking(Vector(3, "2", "normal", scale), "moderate") for scale in ("large", "small", "tiny")),
        Shrinking(Vector(3, "2", "normal", "near overflow"), "near"),
        Shrinking(Vector(4, "2", "positive", "overflow"), "moderate"),
    )
    kinds = ("normal", "integers", "positive", "constant", "single", "absorb", "wide", "ties")
    vector = drawn(("2",), kinds, ("one", "one", "small", "tiny"))
    return Regimes(st.builds(Shrinking, vector, st.sampled_from(DEPTHS)), corners)


def sloping_vectors() -> Regimes:
    """Vectors for the slope of L1: zeros of both signs, subnormal and large numbers, infinities, NaN, long ones."""
    corners = (
        Vector(3, "1", "normal"),
        Vector(2, "1"),
        *(Vector(n, "1", "normal") for n in (1, 7, 8, 9, 15, 16, 17, 31, 33, 67, 257, 1025, *LONG)),
        *(Vector(n, "1", "integers") for n in (0, 5, 33, 257)),
        *(Vector(n, "1", "negative zeros") for n in (1, 2, 33)),
        *(Vector(n, "1", "single") for n in (5, 33)),
        *(Vector(n, "1", kind) for n in (1, 5, 33) for kind in ("nan", "infinity")),
        *(Vector(n, "1", "normal", "subnormal") for n in (1, 5, 257)),
        *(Vector(3, "1", "normal", scale) for scale in ("vanishing", "small", "large", "near overflow", "overflow")),
        Vector(8, "1", "wide"),
        Vector(70001, "1", "normal"),
    )
    kinds = (*KINDS, "single", "negative zeros", "nan", "infinity")
    return Regimes(drawn(("1",), kinds, ("one", "small", "large", "subnormal", "vanishing", "near overflow")), corners)


def grids() -> Regimes:
    """The fixed points alone, and with others, 36 in all."""
    corners = (Grid(), Grid(3), Grid(4), Grid(2, 32), Grid(3, 29), Grid(4, 25))
    return Regimes(st.builds(Grid, st.integers(2, LARGEST_GRID), st.integers(0, 16)), corners)
