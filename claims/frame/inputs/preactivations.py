"""Arguments of activation functions: every number of 16 bits, numbers where a unit saturates, and special ones."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.every_number import PARTS, SHORT, AnyNumbers, EveryNumber
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

LENGTHS = (17, 1, 7, 33, 300)


@dataclasses.dataclass(frozen=True)
class Preactivations(Regime):
    """Rows of `n` numbers, uniform between -2^`exponent` and 2^`exponent`."""

    n: int = 7
    exponent: int = 3
    names: ClassVar[tuple[str, ...]] = ("z",)

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.uniform(-1, 1, (batch, self.n)) * 2.0**self.exponent]


@dataclasses.dataclass(frozen=True)
class Special(Regime):
    """Rows of `n` zeros, infinities, NaN, ends of the format, and ends of activations with their neighbours."""

    n: int = 33
    names: ClassVar[tuple[str, ...]] = ("z",)

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.choice(special(fmt), (batch, self.n))]


def special(fmt: Format) -> NDArray[np.float64]:
    """What `Special` chooses from."""
    ends = np.array([1.0, 3.0, 6.0])
    positive = np.concatenate(
        (ends, ends - fmt.ulp(0.99 * ends), ends + fmt.ulp(ends), [fmt.eta, fmt.lam, fmt.largest])
    )
    return np.concatenate((positive, -positive, [0.0, -0.0, np.inf, -np.inf, np.nan]))


def preactivations() -> Regimes:
    """All numbers of the 16-bit formats; numbers of every magnitude, and up to 1, 8, 32, 128 and 1024; special ones."""
    parts = tuple(EveryNumber(part) for part in range(PARTS))
    uniform = tuple(Preactivations(n, e) for n, e in ((17, 5), (300, 3), (33, 7), (300, 10), (1, 3), (67, 0)))
    drawn = st.one_of(
        st.builds(Preactivations, st.sampled_from(LENGTHS), st.sampled_from((3, 5, 7, 10, 0))),
        st.builds(AnyNumbers, st.sampled_from(LENGTHS)),
    )
    return Regimes(drawn, (Preactivations(), *parts, *uniform, Special()), exhaustive_in=SHORT)
