"""Rows of logits, rows with a shift, and rows whose exponentials leave the range of the format."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("integers", "normal", "ties", "equal", "ascending", "descending", "negative", "peak", "masked", "padded")
SCALES = (1.0, 1e-3, 0.03, 10.0, 40.0, 100.0, 1e3)
OFFSETS = (0.0, 3e3, -3e3, 1e4, 1e5, -1e5, 1e10, -1e300)
WIDTHS = (
    *(2, 1, 3, 5, 7, 8, 9, 15, 16, 17, 33, 64, 65, 100, 127, 128, 129, 300),
    *(511, 512, 513, 700, 1000, 1023, 1024, 1025, 2049, 4097, 10007),
)
EXTENDED = ("infinite", "mixed", "nan", "nan and inf", "lowest", "largest", "opposite")
NUMBERS_A_TRIAL = 1 << 12
BLOCK = 64
"""Rows enough to fill vectors of every length, even after the batch is split in two."""
WIDE = 511
MANY_ROWS = 1031
"""More rows than a block of threads, or a block of them times the width of a vector, takes at once; a prime."""


class NarrowRegime(Regime):
    """A regime whose trials hold few numbers: many short trials straddle more kernels than few long ones."""

    def batch(self, limit: int, elements: int) -> int:
        return super().batch(limit, min(elements, NUMBERS_A_TRIAL))


@dataclasses.dataclass(frozen=True)
class Logits(NarrowRegime):
    """Rows of `width` logits: numbers of a kind, times `scale`, plus `offset` (as far as the format reaches).

    `kind`: integers in -4..4, standard normal, ties (four values), equal (one number per row), ascending and descending
    (sorted normal), negative (all below 0), peak (one entry 80 above the others), masked (-inf with probability 1/3,
    the first or the last entry among them, never all), padded (-inf up to some entry, in the first row up to the last
    one). `block` rows come together however wide they are, for kernels that go through many rows at once when their
    entries are far apart in memory.
    """

    width: int = 2
    kind: str = "integers"
    scale: float = 1.0
    offset: float = 0.0
    block: int = 1
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no logits of kind {self.kind!r}")
        if self.kind in ("peak", "masked", "padded") and self.width == 0:
            raise ValueError(f"an empty row has no entry for kind {self.kind!r}")

    def size(self) -> int:
        return self.width

    def batch(self, limit: int, elements: int) -> int:
        return max(super().batch(limit, elements), self.block)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        limit = fmt.largest / 2
        return [self._raw(rng, (batch, self.width)) * self.scale + np.clip(self.offset, -limit, limit)]

    def admits(self, arrays: Arrays) -> Any:
        (x,) = arrays
        return np.all(x < np.inf, axis=-1) & (np.isfinite(x).any(axis=-1) | (x.shape[-1] == 0))

    def _raw(self, rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
        batch, width = shape
        if self.kind == "integers":
            return rng.integers(-4, 5, shape).astype(np.float64)
        if self.kind == "ties":
            return np.array([-1.0, 0.0, 0.5, 2.0])[rng.integers(0, 4, shape)]
        if self.kind == "equal":
            return np.broadcast_to(rng.standard_normal((batch, 1)), shape)
        x = rng.standard_normal(shape)
        match self.kind:
            case "ascending":
                x.sort(axis=-1)
            case "descending":
                x = -np.sort(x, axis=-1)
            case "negative":
                x = -np.abs(x) - 1.0
            case "peak":
                x[np.arange(batch), rng.integers(0, width, batch)] += 80.0
            case "masked":
                x[rng.random(shape) < 1 / 3] = -np.inf
                x[: batch // 2, :1] = x[batch // 2 :, -1:] = -np.inf
                x[:, min(1, width - 1)] = 0.5
            case "padded":
                x[np.arange(width) < np.append(width - 1, rng.integers(0, width, batch - 1))[:, None]] = -np.inf
        return x


@dataclasses.dataclass(frozen=True)
class ShiftedRow(NarrowRegime):
    """Rows x and one number c for each, to be added to every entry.

    `shift`: on the grid (x + c is exact in every entry), grid far (the largest such shifts of small integers), rounded
    (|c| about 1, full precision), large (x + c loses all but six bits of x), absorbing (it loses all of them), huge (a
    quarter of the largest number). `spread` is the binary exponent of the largest |x|.
    """

    width: int = 2
    shift: str = "grid"
    spread: int = 2
    names: ClassVar[tuple[str, ...]] = ("x", "c")

    def size(self) -> int:
        return self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        precision = fmt.precision
        if self.shift in ("grid", "grid far"):
            # integers of at most `precision` bits times one step: every sum is a number of the format
            bits = precision - 3 if self.shift == "grid" else 2
            step = 2.0 ** (self.spread - bits)
            k = _integers(rng, 2**bits, (batch, self.width))
            reach = 2**precision - 2**bits
            return [k * step, _integers(rng, reach, (batch, 1)) * step]
        x = rng.uniform(-1, 1, (batch, self.width)) * 2.0**self.spread
        size = {
            "rounded": 1.0,
            "large": 2.0 ** (self.spread - 6) / fmt.u,
            "absorbing": 2.0 ** (self.spread + 2) / fmt.u,
            "huge": fmt.largest / 4,
        }[self.shift]
        sign = np.where(rng.random((batch, 1)) < 0.5, -1.0, 1.0)
        return [x, sign * rng.uniform(0.5, 1.0, (batch, 1)) * min(size, fmt.largest / 4)]

    def admits(self, arrays: Arrays) -> Any:
        return np.logical_and.reduce([np.isfinite(a).all(axis=-1) for a in arrays])


def _integers(rng: np.random.Generator, largest: int, shape: tuple[int, int]) -> NDArray[np.float64]:
    return rng.integers(-largest, largest, shape, endpoint=True).astype(np.float64)


@dataclasses.dataclass(frozen=True)
class BeyondRange(NarrowRegime):
    """Rows (c, c - 1, ...) whose first exponential overflows, or (-c, -c - 1, ...) whose exponentials all vanish.

    c is the least integer beyond the threshold of the format plus `depth`; for underflow four more, because below half
    of the smallest number an exponential within one ulp may still be that number. On the side "finite", just below the
    threshold, all entries are c, the number of the format next to log(largest / width), minus `depth`.
    """

    width: int = 2
    side: str = "overflow"
    depth: int = 0

    def size(self) -> int:
        return self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        step = 0.0 if self.side == "finite" else 1.0
        return [np.broadcast_to(self.first(fmt) - step * np.arange(self.width), (batch, self.width))]

    def first(self, fmt: Format) -> float:
        """The first entry."""
        if self.side == "overflow":
            return float(math.ceil(math.log(fmt.largest)) + self.depth)
        if self.side == "finite":
            edge = math.log(fmt.largest) - math.log(max(self.width, 1)) - 4 * self.width * fmt.u
            edge -= 4 * 2.0**-53 * edge  # the logarithms are rounded
            spacing = float(fmt.ulp(edge))
            return math.floor(edge / spacing) * spacing - self.depth
        return float(math.floor(math.log(fmt.eta) - math.log(2)) - 4 - self.depth)

    def admits(self, arrays: Arrays) -> Any:
        return np.all(np.diff(arrays[0], axis=-1) == (0.0 if self.side == "finite" else -1.0), axis=-1)


@dataclasses.dataclass(frozen=True)
class BalancedRow(NarrowRegime):
    """Rows of `width` normal logits, moved so that the sum of their exponentials is 1, up to rounding."""

    width: int = 2

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError("an empty row has no exponentials")

    def size(self) -> int:
        return self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = rng.standard_normal((batch, self.width))
        return [x - np.log(np.exp(x).sum(-1, keepdims=True))]

    def admits(self, arrays: Arrays) -> Any:
        return np.isfinite(arrays[0]).all(axis=-1)


@dataclasses.dataclass(frozen=True)
class ExtendedRow(NarrowRegime):
    """Rows of `width` integers in -4..4 with what lies beyond them.

    `kind`: infinite (+inf once), mixed (+inf and -inf among them), nan (NaN once), nan and inf, lowest (-inf
    throughout), largest (the largest number throughout), opposite (the largest number, and its negative elsewhere). The
    place of what is once differs from row to row.
    """

    width: int = 2
    kind: str = "infinite"

    def __post_init__(self) -> None:
        if self.kind not in EXTENDED or self.width < 2:
            raise ValueError(f"no row of {self.width} entries of kind {self.kind!r}")

    def size(self) -> int:
        return self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = rng.integers(-4, 5, (batch, self.width)).astype(np.float64)
        rows, first = np.arange(batch), rng.integers(0, self.width, batch)
        second = (first + 1) % self.width
        match self.kind:
            case "lowest":
                x[:] = -np.inf
            case "largest":
                x[:] = fmt.largest
            case "opposite":
                x[:] = -fmt.largest
                x[rows, first] = fmt.largest
            case "nan":
                x[rows, first] = np.nan
            case "nan and inf":
                x[rows, first], x[rows, second] = np.nan, np.inf
            case "infinite":
                x[rows, first] = np.inf
            case "mixed":
                x[rng.random(x.shape) < 0.5] = -np.inf
                x[rows, first], x[rows, second] = np.inf, -np.inf
        return [x]


def _kind(width: int, i: int) -> str:
    """Wide rows are sorted: what is missing at an end would be lost among as many normal entries."""
    return "normal" if width < WIDE else "descending" if i % 5 == 0 else "ascending"


def logits() -> Regimes:
    """Rows of logits; corners: every width around vector and block sizes, scales, offsets, ties, masks, equal rows.

    Blocks of wide rows stand apart from the other corners, whose wide rows come few at a time.
    """
    drawn = st.builds(
        Logits, st.sampled_from(WIDTHS[:27]), st.sampled_from(KINDS), st.sampled_from(SCALES), st.sampled_from(OFFSETS)
    )
    scales = (1.0, 100.0, 1e-3, 10.0, 1e3, 40.0)
    corners = (
        Logits(),
        Logits(0),
        Logits(1, "normal", 1e3),
        Logits(3, "negative", 1e3),
        Logits(2049, "normal", 1e3),
        *(Logits(n, _kind(n, i), scales[i % len(scales)]) for i, n in enumerate(WIDTHS)),
        *(Logits(5, "normal", 1.0, offset) for offset in OFFSETS[1:]),
        *(Logits(17, kind, 1.0) for kind in KINDS[2:]),
        Logits(9, "normal", 40.0, 1e4),
        Logits(300, "equal", 1.0, 1e5),
        Logits(32769, "ascending", 10.0),
        Logits(65519, "equal"),
        Logits(65520, "equal"),
        Logits(100000, "equal"),
        Logits(257, "normal", block=BLOCK),
        Logits(70000, "normal", 1e-3),
        Logits(513, "normal", block=BLOCK),
        Logits(1025, "normal", block=BLOCK),
        Logits(3, "normal", 1e4),
        Logits(3, "normal", block=MANY_ROWS),
        Logits(1025, "padded", 10.0),
        Logits(300, "padded"),
        Logits(1025, "masked", 10.0),
        Logits(513, "peak", 1.0),
    )
    return Regimes(drawn, tuple(dict.fromkeys(corners)))


SHIFTS = ("grid", "grid far", "rounded", "large", "absorbing", "huge")


def shifted_rows() -> Regimes:
    """Rows of 1 to 40 logits with a shift; corners: every kind of shift, on narrow, vector-sized and wide rows."""
    drawn = st.builds(ShiftedRow, st.integers(1, 40), st.sampled_from(SHIFTS), st.integers(0, 6))
    corners = tuple(ShiftedRow(n, shift, spread) for n, spread in ((3, 2), (17, 0), (40, 5)) for shift in SHIFTS)
    return Regimes(drawn, (*corners, ShiftedRow(1), ShiftedRow(0)))


def absorbing_shifts() -> Regimes:
    """Shifts so large that rounding x + c makes the entries of a row (nearly) equal."""
    return Regimes(st.builds(ShiftedRow, st.integers(2, 5), st.just("absorbing")), (ShiftedRow(3, "absorbing"),))


def logits_far_from_zero() -> Regimes:
    """Narrow rows around a large number."""
    drawn = st.builds(Logits, st.integers(2, 9), st.just("normal"), offset=st.sampled_from(OFFSETS[1:]))
    return Regimes(drawn, (Logits(2, "normal", offset=1e5),))


def rows_beyond_range() -> Regimes:
    """Rows whose exponentials overflow, or all underflow; corners: wide rows whose exponentials are just finite too."""
    sides = st.sampled_from(("overflow", "underflow"))
    drawn = st.one_of(
        st.builds(BeyondRange, st.integers(2, 5), sides, st.integers(0, 40)),
        st.builds(BeyondRange, st.integers(1, 150), st.just("finite"), st.integers(0, 5)),
    )
    corners = (
        *(BeyondRange(2, side, depth) for side in ("overflow", "underflow") for depth in (0, 1, 10)),
        *(BeyondRange(n, "finite") for n in (1, 2, 7, 16, 17, 33, 129)),
    )
    return Regimes(drawn, corners)


def summable_rows() -> Regimes:
    """Rows of logits, balanced rows, and rows with infinite entries, NaN or the largest numbers, narrow and wide."""
    rows = logits()
    drawn = st.one_of(
        rows.draw,
        rows.draw,
        st.builds(BalancedRow, st.integers(1, 300)),
        st.builds(ExtendedRow, st.integers(2, 130), st.sampled_from(EXTENDED)),
    )
    extended = (ExtendedRow(n, kind) for n in (2, 17, 1025) for kind in EXTENDED)
    return Regimes(drawn, (*rows.corners, BalancedRow(2), BalancedRow(17), *extended))


def balanced_rows() -> Regimes:
    """Rows whose exponentials sum to about 1."""
    return Regimes(st.builds(BalancedRow, st.integers(2, 9)), (BalancedRow(2), BalancedRow(5)))


def large_numbers() -> Regimes:
    """Single numbers from about 20 to 30."""
    drawn = st.builds(Logits, st.just(1), st.just("normal"), offset=st.just(25.0))
    return Regimes(drawn, (Logits(1, "normal", 1.0, 25.0),))


def low_rows() -> Regimes:
    """Narrow rows of numbers far below 0."""
    drawn = st.builds(Logits, st.integers(2, 9), st.just("negative"), st.just(1e3))
    return Regimes(drawn, (Logits(3, "negative", 1e3),))


def equal_rows() -> Regimes:
    """Narrow rows of equal numbers."""
    drawn = st.builds(Logits, st.integers(3, 40), st.just("equal"))
    return Regimes(drawn, tuple(Logits(n, "equal") for n in (3, 5, 7, 11, 13, 25, 41, 49)))


def rows_of_nothing() -> Regimes:
    """Rows of -inf throughout."""
    return Regimes(st.builds(ExtendedRow, st.integers(2, 9), st.just("lowest")), (ExtendedRow(2, "lowest"),))


def sloped_rows() -> Regimes:
    """Rows of 1 to 1025 logits; corners: widths around those of vectors, flat and saturated, masked and equal rows."""
    kinds, scales = st.sampled_from(("normal", "integers", "equal", "masked", "ties")), st.sampled_from((0.1, 2.0, 8.0))
    drawn = st.builds(Logits, st.one_of(st.integers(1, 17), st.sampled_from(WIDTHS[8:26])), kinds, scales)
    corners = (
        *(Logits(n, "normal", scale) for n in (2, 3, 8) for scale in (0.1, 2.0, 8.0)),
        *(Logits(n, "normal", 2.0) for n in (1, 4, 5, 7, 9, 16, 17, 33, 65, 129, 513, 1023, 1025)),
        *(Logits(n, kind) for n in (2, 5) for kind in ("equal", "masked", "peak")),
        Logits(257, "normal", 1.0, block=BLOCK),
    )
    return Regimes(drawn, corners)


def narrow_rows() -> Regimes:
    """Rows of 2 to 5 logits."""
    return Regimes(st.builds(Logits, st.integers(2, 5), st.just("normal")), (Logits(2, "normal"), Logits(3, "normal")))


def two_equal_logits() -> Regimes:
    """Two logits that are equal."""
    return Regimes(st.just(Logits(2, "equal")), (Logits(2, "equal"),))
