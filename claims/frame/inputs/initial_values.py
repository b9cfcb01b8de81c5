"""Starts of gradient descent: in the wells of a double well, and on strongly convex quadratics of known spectrum."""

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

RATES = (0.5, 0.25, 0.125)
PLACES = ("eighths", "near 0", "stationary", "beyond", "at 2")
SPECTRA = ("spread", "two", "even")


class Wells(NamedTuple):
    """Starts (batch, n) with |x| <= 2, a step size and a number of steps."""

    start: Tensor
    lr: float
    steps: int


@dataclasses.dataclass(frozen=True)
class WellStarts(Regime):
    """Starts of `n` coordinates on a double well.

    `place`: eighths in [-1, 1]; near 0 (of the size of the root of the unit roundoff); stationary (-1, 0 and 1); beyond
    the minima (up to 2, for rates of at most 1/4); at 2 (or -2).
    """

    n: int = 1
    place: str = "eighths"
    lr: float = 0.25
    steps: int = 8
    names: ClassVar[tuple[str, ...]] = ("x_0",)
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        unstable = self.place == "beyond" and self.lr > 0.25
        if self.n < 1 or self.steps < 0 or self.lr not in RATES or self.place not in PLACES or unstable:
            raise ValueError(f"no descent from {self.place!r} at rate {self.lr}")

    def size(self) -> int:
        return self.n * (self.steps + 1)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n)
        match self.place:
            case "eighths":
                x = rng.integers(-8, 9, shape) / 8
            case "near 0":
                x = rng.choice([-1.0, 1.0], shape) * rng.uniform(1, 2, shape) * 2.0 ** -(fmt.precision // 2)
            case "stationary":
                x = rng.integers(-1, 2, shape).astype(np.float64)
            case "beyond":
                x = rng.choice([-1.0, 1.0], shape) * rng.uniform(1, 2, shape)
            case _:
                x = rng.choice([-2.0, 2.0], shape)
        return [x]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        most = {"beyond": 2.0, "at 2": 2.0}.get(self.place, 1.0)
        return np.asarray((np.abs(x) <= most).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Wells:
        return Wells(tensors[0], self.lr, self.steps)


def well_starts() -> Regimes:
    """1 to 17 coordinates; corners: every place, every rate, no step, odd numbers of coordinates and beyond 32."""
    sizes, places, steps = st.sampled_from((1, 2, 3, 5, 17)), st.sampled_from(PLACES), st.sampled_from((8, 0, 1, 3))
    corners = (
        WellStarts(),
        *(WellStarts(3, place) for place in PLACES[1:]),
        WellStarts(17, lr=0.5),
        WellStarts(2, "near 0", 0.5, 32),
        WellStarts(1, "at 2", 0.5, 2),
        WellStarts(2, lr=0.125, steps=0),
        WellStarts(33, steps=7),
        WellStarts(65, "near 0", steps=3),
    )
    drawn = st.builds(WellStarts, sizes, places, st.sampled_from(RATES[1:]), steps)
    return Regimes(drawn, corners)


class Convex(NamedTuple):
    """H (batch, n, n) with eigenvalues in [least, 1 / lr], its minimum and two starts (batch, n), a number of steps."""

    h: Tensor
    minimum: Tensor
    start: Tensor
    other: Tensor
    least: float
    lr: float
    steps: int


@dataclasses.dataclass(frozen=True)
class StronglyConvex(Regime):
    """A quadratic of `n` variables, the rate 1 / `largest`, and two starts.

    `spectrum` says how eigenvalues lie between 1 and `largest`: spread (whole numbers), two (both ends in turn), even
    (all at the upper end, where one step reaches the minimum). `rotated` turns eigenvectors by I - ones/2 in blocks of
    four. `away`: how far the starts are; the second one is at the minimum for `one_there`.
    """

    n: int = 1
    spectrum: str = "spread"
    largest: int = 4
    rotated: bool = False
    away: int = 4
    one_there: bool = False
    steps: int = 8
    names: ClassVar[tuple[str, ...]] = ("H", "c", "x_0", "x_0'")
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        turned = not self.rotated or self.n % 4 == 0
        if self.n < 1 or self.steps < 0 or self.largest not in (1, 2, 4, 8) or not 1 <= self.away <= 64 or not turned:
            raise ValueError(f"no quadratic of {self.n} variables with eigenvalues up to {self.largest}")
        if self.spectrum not in SPECTRA:
            raise ValueError(f"no spectrum {self.spectrum!r}")

    def size(self) -> int:
        return self.n * (self.n + self.steps + 1)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n, eigenvalues = self.n, np.full((batch, self.n), float(self.largest))
        match self.spectrum:
            case "spread":
                eigenvalues = rng.integers(1, self.largest + 1, (batch, n)).astype(np.float64)
            case "two":
                eigenvalues[:, ::2] = 1
        turn = np.kron(np.eye(n // 4), np.eye(4) - 0.5) if self.rotated else np.eye(n)
        h = (turn * eigenvalues[:, None, :]) @ turn
        c, start, other = (rng.integers(-size, size + 1, (batch, n)) for size in (4, self.away, self.away))
        return [h, c.astype(np.float64), (c + start).astype(np.float64), (c + (1 - self.one_there) * other) * 1.0]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        h, *vectors = arrays
        least, largest = self.least, float(self.largest)
        eigenvalues = np.linalg.eigvalsh(h)
        sound = (eigenvalues > least - 1e-9).all(-1) & (eigenvalues < largest + 1e-9).all(-1)
        whole = np.logical_and.reduce([(v == np.rint(v)).all(-1) & (np.abs(v) <= 68).all(-1) for v in vectors])
        quarters = (4 * h == np.rint(4 * h)).all((-2, -1)) & (h == h.swapaxes(-1, -2)).all((-2, -1))
        return np.asarray(sound & whole & quarters)

    @property
    def least(self) -> float:
        """The smallest eigenvalue that may occur."""
        return float(self.largest) if self.spectrum == "even" else 1.0

    def present(self, tensors: Sequence[Any], seed: int) -> Convex:
        h, minimum, start, other = tensors
        return Convex(h, minimum, start, other, self.least, 1 / self.largest, self.steps)


def strongly_convex() -> Regimes:
    """Every spectrum; corners: conditions 1 to 8, rotated, far away, at the minimum, odd sizes and beyond 32."""
    sizes, spectra = st.sampled_from((1, 2, 3, 5, 17)), st.sampled_from(SPECTRA)
    upright = st.builds(StronglyConvex, sizes, spectra, st.sampled_from((4, 1, 2, 8)))
    turned = st.builds(
        StronglyConvex, st.sampled_from((4, 8, 16)), spectra, st.sampled_from((4, 2, 8)), rotated=st.just(value=True)
    )
    corners = (
        StronglyConvex(),
        *(StronglyConvex(3, spectrum) for spectrum in SPECTRA[1:]),
        *(StronglyConvex(4, "two", largest, rotated=True) for largest in (1, 8)),
        StronglyConvex(8, rotated=True, away=64, steps=16),
        StronglyConvex(2, "two", 8, one_there=True, steps=16),
        StronglyConvex(2, steps=0),
        StronglyConvex(17, "two", steps=3),
        StronglyConvex(36, rotated=True, steps=4),
    )
    return Regimes(st.one_of(upright, turned), corners)
