"""All numbers of a 16-bit format; of wider formats, random ones of every magnitude."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

PARTS, ROWS, ROW = 16, 16, 256
"""The 65536 patterns of 16 bits are PARTS batches of ROWS rows."""
SHORT = frozenset({"float16", "bfloat16"})
LENGTHS = (1, 2, 3, 7, 15, 17, 33, 67, 300)


def from_bits(bits: NDArray[np.int64], fmt: Format) -> NDArray[np.float64]:
    """The numbers with these bit patterns, of as many bits as the format has; infinity and NaN become 0.

    A sign, the biased exponent, and precision - 1 bits of the significand (IEEE 754-2019, section 3.4).
    """
    fraction = bits & ((1 << (fmt.precision - 1)) - 1)
    top = fmt.emax - fmt.emin + 2
    exponent = (bits >> (fmt.precision - 1)) & top
    normal = np.ldexp(2.0 ** (fmt.precision - 1) + fraction, np.maximum(exponent, 1) + fmt.emin - fmt.precision)
    size = np.where(exponent == 0, fraction * fmt.eta, normal)
    negative = (bits >> (fmt.precision - 1)) > top
    return np.where(exponent == top, 0.0, np.where(negative, -size, size))


@dataclasses.dataclass(frozen=True)
class EveryNumber(Regime):
    """One part of the numbers of a 16-bit format, in rows of 256; of a wider format as many random ones, by bits."""

    part: int = 0
    names: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        if not 0 <= self.part < PARTS:
            raise ValueError(f"no part {self.part} of {PARTS}")

    def size(self) -> int:
        return ROW

    def batch(self, limit: int, elements: int) -> int:
        return ROWS

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        if fmt.name in SHORT:
            patterns = np.arange(ROWS * ROW) + self.part * ROWS * ROW
            return [from_bits(patterns.reshape(ROWS, ROW), fmt)]
        return [random_numbers(rng, (batch, ROW), fmt)]


@dataclasses.dataclass(frozen=True)
class AnyNumbers(Regime):
    """Rows of `n` random numbers of every magnitude, or `near` 1, so that their squares and sums stay in range."""

    n: int = 3
    near: bool = False
    names: ClassVar[tuple[str, ...]] = ("x",)

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        if self.near:
            return [rng.standard_normal((batch, self.n))]
        return [random_numbers(rng, (batch, self.n), fmt)]


def random_numbers(rng: np.random.Generator, shape: tuple[int, ...], fmt: Format) -> NDArray[np.float64]:
    """Finite numbers whose bits are random."""
    magnitudes = (fmt.emax - fmt.emin + 2) << (fmt.precision - 1)
    return rng.choice([-1.0, 1.0], shape) * from_bits(rng.integers(0, magnitudes, shape), fmt)


def every_number() -> Regimes:
    """All numbers of the 16-bit formats; corners of wider ones: rows of lengths around the widths of vectors, too."""
    parts = tuple(EveryNumber(part) for part in range(PARTS))
    rows = tuple(AnyNumbers(n=n) for n in LENGTHS)
    near = tuple(AnyNumbers(n, near=True) for n in LENGTHS[3:])
    drawn = st.builds(AnyNumbers, st.sampled_from(LENGTHS), st.booleans())
    return Regimes(drawn, (rows[2], *parts, *rows[:2], *rows[3:], *near), exhaustive_in=SHORT)
