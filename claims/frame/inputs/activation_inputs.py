"""Inputs of activation functions: zeros and tiny numbers, points and their neighbours, laws on a few values."""

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
from reference.initialization.xavier_activations import AT_ZERO

LENGTHS = (4, 1, 3, 7, 8, 15, 16, 17, 33, 67)


class AtZero(NamedTuple):
    """An activation and numbers (batch, n) at 0, or tiny ones."""

    name: str
    x: Tensor


@dataclasses.dataclass(frozen=True)
class Zeros(Regime):
    """Zeros of either sign for an activation, or, if `tiny`, numbers from the smallest one to 2^16 u^-1 of it."""

    name: str = "tanh"
    n: int = 4
    tiny: bool = False
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if self.name not in AT_ZERO or self.n < 1:
            raise ValueError(f"no activation {self.name!r} of {self.n} numbers")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        sign = np.where(rng.integers(0, 2, (batch, self.n)) == 1, -1.0, 1.0)
        if not self.tiny:
            return [sign * 0.0]
        least = int(np.log2(fmt.eta))
        return [sign * np.exp2(rng.integers(least, min(least + fmt.precision + 16, -fmt.precision), (batch, self.n)))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        return np.asarray(((x != 0) & (np.abs(x) <= 0.25) if self.tiny else (x == 0)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> AtZero:
        return AtZero(self.name, tensors[0])


class Neighbours(NamedTuple):
    """Points m and p and their exact differences d = p - m, each (batch, n)."""

    m: Tensor
    p: Tensor
    d: Tensor


@dataclasses.dataclass(frozen=True)
class Expansion(Regime):
    """Points m and p = m + d near them; `around`: zero (m = 0, |p| from 2^-40 to 2), subnormal (m = 0), or elsewhere.

    Elsewhere 1/8 <= |m| <= 2 and |d| from 2^-12 |m| to |m|, so that d is exact (Dekker).
    """

    n: int = 4
    around: str = "zero"
    names: ClassVar[tuple[str, ...]] = ("m", "p", "d")

    def __post_init__(self) -> None:
        if self.n < 1 or self.around not in ("zero", "subnormal", "elsewhere"):
            raise ValueError(f"no expansion around {self.around!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        sign = rng.choice([-1.0, 1.0], shape)
        if self.around == "elsewhere":
            m = fmt.round(sign * 2.0 ** rng.uniform(-3, 1, shape))
            step = fmt.round(np.abs(m) * rng.choice([-1.0, 1.0], shape) * 2.0 ** rng.uniform(-12, -0.1, shape))
            p = fmt.round(m + step)
            return [m, p, p - m]
        low, high = (-40.0, 1.0) if self.around == "zero" else (np.log2(fmt.eta), np.log2(fmt.lam))
        p = fmt.round(sign * 2.0 ** rng.uniform(low, high, shape))
        return [np.zeros(shape), p, p]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        m, p, d = arrays
        admitted = (d == p - m).all(-1) & (np.abs(p) <= 4).all(-1)
        return np.asarray(admitted & ((np.abs(d) <= np.abs(m)) | (m == 0)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Neighbours:
        return Neighbours(*tensors)


@dataclasses.dataclass(frozen=True)
class SymmetricValues(Regime):
    """Equally likely values z (batch, n) in opposite pairs: normal, uniform or two points, of size 2^`exponent`."""

    n: int = 4
    kind: str = "normal"
    exponent: int = 0
    names: ClassVar[tuple[str, ...]] = ("z",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.n < 2 or self.n % 2 or self.kind not in ("normal", "uniform", "two points") or self.exponent > 1:
            raise ValueError(f"no symmetric law of {self.n} values of kind {self.kind!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n // 2
        half = {
            "normal": rng.standard_normal(shape),
            "uniform": rng.uniform(0, 3**0.5, shape),
            "two points": np.ones(shape),
        }[self.kind]
        half = half * 2.0**self.exponent
        return [rng.permuted(np.concatenate((half, -half), -1), axis=-1)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        ascending = np.sort(arrays[0], -1)
        return np.asarray((ascending == -ascending[:, ::-1]).all(-1))


class NormalDraw(NamedTuple):
    """`n` normal numbers of deviation sigma, to be drawn from a seed."""

    n: int
    sigma: float
    seed: int


@dataclasses.dataclass(frozen=True)
class NormalSample(Regime):
    """A sample of normal numbers of deviation 2^`exponent`."""

    n: int = 1000
    exponent: int = 0
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.n < 1 or self.exponent > 1:
            raise ValueError("a sample has numbers, of deviation 2 at most")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> NormalDraw:
        return NormalDraw(self.n, 2.0**self.exponent, seed)


def zeros() -> Regimes:
    """Every activation at 0 and next to it; vectors shorter and longer than those of a kernel."""
    corners = tuple(Zeros(name, n, tiny) for name in AT_ZERO for n, tiny in ((4, False), (17, True)))
    draw = st.builds(Zeros, st.sampled_from(sorted(AT_ZERO)), st.sampled_from(LENGTHS), st.booleans())
    return Regimes(draw, corners)


def expansions() -> Regimes:
    """Points near 0, subnormal ones, and points elsewhere; vectors shorter and longer than those of a kernel."""
    corners = (
        Expansion(4),
        Expansion(1),
        Expansion(67),
        Expansion(1025),
        Expansion(33, "subnormal"),
        Expansion(4, "elsewhere"),
        Expansion(1, "elsewhere"),
        Expansion(65, "elsewhere"),
        Expansion(1025, "elsewhere"),
    )
    where = st.sampled_from(["zero", "elsewhere", "subnormal"])
    return Regimes(st.builds(Expansion, st.integers(1, 67), where), corners)


def activated_laws() -> Regimes:
    """Symmetric laws on a few values, and normal samples, of deviations from 2^-6 to 2."""
    corners = (
        SymmetricValues(4),
        NormalSample(1000),
        SymmetricValues(2, "two points"),
        SymmetricValues(16, "normal", -6),
        SymmetricValues(64, "uniform", -1),
        SymmetricValues(130, "normal", -3),
        SymmetricValues(1024, "normal"),
        SymmetricValues(8, "two points", 1),
        SymmetricValues(30, "uniform", 1),
        NormalSample(100_000),
        NormalSample(100_000, 1),
        NormalSample(100_000, -1),
        NormalSample(1, -6),
    )
    exponents = st.integers(-6, 1)
    halves = st.integers(1, 40).map(lambda k: 2 * k)
    laws = st.builds(SymmetricValues, halves, st.sampled_from(["normal", "uniform", "two points"]), exponents)
    draws = st.builds(NormalSample, st.sampled_from([1000, 129, 4097]), exponents)
    return Regimes(st.one_of(laws, laws, draws), corners)


def symmetric_values() -> Regimes:
    """Symmetric laws on a few values."""
    corners = SymmetricValues(4), SymmetricValues(2, "two points"), SymmetricValues(64, "normal")
    return Regimes(st.builds(SymmetricValues, st.sampled_from([2, 4, 16]), exponent=st.integers(-3, 1)), corners)
