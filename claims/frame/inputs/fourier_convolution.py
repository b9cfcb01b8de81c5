"""Pairs of arrays to be convolved by Fourier transforms, and pairs of lengths to count multiplications for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.fft import crossover, full_sizes
from reference.formats import Format

KINDS = ("normal", "integers", "range", "impulses", "apart", "tiny", "zeros")
LENGTHS = ("least", "power", "more", "odd")


class Pair(NamedTuple):
    """x (batch, *n) and k (batch, *m), and the lengths N >= n + m - 1 of the transforms, one an axis."""

    x: Tensor
    k: Tensor
    lengths: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Pairs(Regime):
    """x of sizes `n` and k of sizes `m`, transformed with the `length` n + m - 1, the next power of 2, odd, or longer.

    Numbers are normal, integers, of six decades, single ones among zeros, huge and tiny (1 when multiplied), with
    products that underflow, or zeros.
    """

    n: tuple[int, ...] = (4,)
    m: tuple[int, ...] = (2,)
    kind: str = "normal"
    length: str = "least"
    names: ClassVar[tuple[str, ...]] = ("x", "k")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        sizes = (*self.n, *self.m)
        if len(self.n) != len(self.m) or not 1 <= len(self.n) <= 3 or min(sizes) < 1:
            raise ValueError(f"no convolution of {self.n} and {self.m}")
        if self.kind not in KINDS or self.length not in LENGTHS:
            raise ValueError(f"no numbers {self.kind!r} with length {self.length!r}")

    @property
    def lengths(self) -> tuple[int, ...]:
        """Those of the transforms."""
        least = full_sizes(self.n, self.m)
        return {
            "least": least,
            "power": tuple(1 << (s - 1).bit_length() for s in least),
            "more": tuple(s + 3 for s in least),
            "odd": tuple(s | 1 for s in least),
        }[self.length]

    def size(self) -> int:
        return math.prod(self.lengths) * (1 + math.prod(self.m) // 8)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = (batch, *self.n), (batch, *self.m)
        match self.kind:
            case "integers":
                return [rng.integers(-4, 5, s).astype(np.float64) for s in shapes]
            case "range":
                return [rng.standard_normal(s) * 10.0 ** rng.uniform(-3, 3, s) for s in shapes]
            case "impulses":
                return [rng.standard_normal(s) * (rng.random(s) < 1 / 4) for s in shapes]
            case "apart":
                scale = 2.0 ** (fmt.emax // 2)
                return [rng.standard_normal(s) * f for s, f in zip(shapes, (scale, 1 / scale), strict=True)]
            case "tiny":
                return [rng.standard_normal(s) * 2.0 ** (fmt.emin // 2 - 4) for s in shapes]
            case "zeros":
                return [rng.standard_normal(shapes[0]), np.zeros(shapes[1])]
        return [rng.standard_normal(s) for s in shapes]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(np.concatenate([a.reshape(len(a), -1) for a in arrays], -1)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Pair:
        x, k = tensors
        return Pair(x, k, self.lengths)


def pairs() -> Regimes:
    """All kinds in one to three axes; 1 to 200 numbers with kernels of 1 to 60, some longer than what they meet."""
    corners = (
        Pairs(),
        *(Pairs((17,), (5,), kind, length) for kind, length in zip(KINDS, LENGTHS * 2, strict=False)),
        *(Pairs((n,), (k,)) for n, k in ((1, 1), (1, 2), (2, 1), (3, 7), (8, 8), (40, 14))),  # the last has length 53
        Pairs((6,), (4,), "integers"),
        Pairs((200,), (60,), "range", "power"),
        Pairs((200,), (60,), "normal", "odd"),
        Pairs((64,), (33,), "integers", "more"),
        *(Pairs((5, 6), (3, 2), kind, length) for kind, length in zip(KINDS, LENGTHS * 2, strict=False)),
        Pairs((1, 9), (4, 1), "normal", "power"),
        *(Pairs((3, 4, 5), (2, 3, 2), kind, length) for kind, length in zip(KINDS[:4], LENGTHS, strict=True)),
    )
    size = st.sampled_from((5, 1, 2, 3, 4, 7, 8, 9))
    tall = st.tuples(st.sampled_from((16, 1, 2, 31, 33, 64, 100, 127)), st.sampled_from((5, 1, 2, 3, 8, 16, 60)))
    sizes = st.one_of(
        tall.map(lambda p: ((p[0],), (p[1],))),
        st.tuples(st.tuples(size, size), st.tuples(size, size)),
        st.tuples(st.tuples(size, size, size), st.tuples(size, size, size)),
    )
    kind, length = st.sampled_from(KINDS), st.sampled_from(LENGTHS)
    return Regimes(st.builds(lambda s, k, n: Pairs(s[0], s[1], k, n), sizes, kind, length), corners)


class Counted(NamedTuple):
    """Sequences x (n,) and k (m,) of integers."""

    x: Tensor
    k: Tensor


@dataclasses.dataclass(frozen=True)
class Counts(Regime):
    """n = 2^`power` numbers and a kernel of `k` integers; `more` makes n larger than a power of 2."""

    power: int = 2
    k: int = 2
    more: int = 0
    names: ClassVar[tuple[str, ...]] = ("x", "k")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not (0 <= self.power <= 14 and 1 <= self.k <= self.n):
            raise ValueError(f"no kernel of {self.k} for 2^{self.power} numbers")

    @property
    def n(self) -> int:
        """How many numbers."""
        return (1 << self.power) + self.more

    def size(self) -> int:
        return self.n + self.k

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(-1, 2, (batch, s)).astype(np.float64) for s in (self.n, self.k)]

    def present(self, tensors: Sequence[Any], seed: int) -> Counted:
        return Counted(*(t[0] for t in tensors))


def counts() -> Regimes:
    """Kernels about the crossover and at both ends, for 1 to 1024 numbers."""
    about = [Counts(m, k) for m in (7, 8, 10) for k in (crossover(1 << m) - 1, crossover(1 << m))]
    corners = (Counts(), Counts(0, 1), Counts(6, 1), Counts(3, 8), Counts(6, 64), *about)
    powers = st.integers(0, 7).flatmap(lambda m: st.builds(Counts, st.just(m), st.integers(1, 1 << m)))
    return Regimes(powers, corners)
