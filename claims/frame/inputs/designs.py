"""Designs: samples whose covariance is exactly a multiple of the identity, weights for them, and normal samples."""

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

Float64 = NDArray[np.float64]
MOST_SAMPLES = 256
WEIGHTS = ("integers", "hadamard", "permutation", "blocks", "doubled", "tall")
ORTHONORMAL = ("hadamard", "permutation", "blocks")


def hadamard(size: int) -> Float64:
    """Sylvester's Hadamard matrix (size, size) of a power of two: its rows are Walsh functions, the first constant."""
    h = np.ones((1, 1))
    while len(h) < size:
        h = np.block([[h, h], [h, -h]])
    return h


def samples_for(features: int) -> int:
    """The least power of two above the number of features: so many Walsh functions have mean 0, and one has not."""
    return 1 << features.bit_length()


class DesignedData(NamedTuple):
    """A weight (batch, n, m) and data (batch, m, e) with covariance sigma^2 I, sigma (batch,)."""

    w: Tensor
    x: Tensor
    sigma: Tensor


@dataclasses.dataclass(frozen=True)
class Design(Regime):
    """Data X (m, e) of covariance sigma^2 I, exactly, and a weight W (n, m) with W X exact.

    The rows of X are sigma times Walsh functions, sigma a power of two: m of them at random (uncorrelated), or, if
    `factorial`, those of the full factorial design {-1, 1}^m (independent). `weight`: integers (the rows of |W| sum up
    to sqrt(2^p / e) at most); rows of a Hadamard matrix, orthonormal for m a power of four; of a signed permutation; of
    a permuted block-diagonal matrix of Hadamard and unit blocks; doubled (the last, times 2); tall (n > m, orthonormal
    columns).
    """

    n: int = 2
    m: int = 2
    weight: str = "integers"
    factorial: bool = False
    names: ClassVar[tuple[str, ...]] = ("W", "X", "sigma")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if min(self.n, self.m) < 1 or self.weight not in WEIGHTS or self.samples > MOST_SAMPLES:
            raise ValueError(f"no design of {self.m} features with weights {self.weight!r}")
        if self.weight != "integers" and (self.n > self.m) != (self.weight == "tall"):
            raise ValueError("at most m rows are orthonormal")
        if self.weight == "hadamard" and self.m not in (1, 4, 16, 64):
            raise ValueError("Hadamard matrices with entries 1 / 2^k")

    @property
    def samples(self) -> int:
        """e."""
        return 1 << self.m if self.factorial else samples_for(self.m)

    def size(self) -> int:
        return max(self.n, self.m) * self.samples

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        sigma = 2.0 ** rng.integers(-3, 3, batch)
        walsh = hadamard(self.samples)
        x = np.empty((batch, self.m, self.samples))
        for data in x:
            rows = 1 << np.arange(self.m) if self.factorial else 1 + rng.permutation(self.samples - 1)[: self.m]
            data[:] = (walsh[rows] * rng.choice([-1.0, 1.0], (self.m, 1)))[:, rng.permutation(self.samples)]
        w = np.stack([self._weight(rng, fmt) for _ in range(batch)])
        return [w, x * sigma[:, None, None], sigma]

    def _weight(self, rng: np.random.Generator, fmt: Format) -> Float64:
        if self.weight == "integers":
            w = rng.integers(-3, 4, (self.n, self.m)).astype(np.float64)
            w[np.cumsum(np.abs(w), -1) > np.sqrt(2.0 ** min(fmt.precision, 11) / self.samples)] = 0.0
            return rng.permuted(w, axis=-1)
        side = max(self.n, self.m)
        if self.weight == "hadamard":
            whole = hadamard(side) / np.sqrt(side)
        else:
            whole = np.eye(side)
            if self.weight != "permutation":
                for k in range(0, side - 3, 4 + int(rng.integers(0, 3))):
                    whole[k : k + 4, k : k + 4] = hadamard(4) / 2
        whole = rng.permutation(rng.permutation(whole, axis=0), axis=1) * rng.choice([-1.0, 1.0], (side, 1))
        return np.asarray(whole[: self.n, : self.m] * (2.0 if self.weight == "doubled" else 1.0))

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, x, sigma = arrays
        e = x.shape[-1]
        isotropic = x @ x.swapaxes(-1, -2) == e * (sigma**2)[:, None, None] * np.eye(self.m)
        admitted = isotropic.all((-2, -1)) & (x.sum(-1) == 0).all(-1) & (sigma >= 0.125) & (sigma <= 4)
        gram = w @ w.swapaxes(-1, -2)
        if self.weight in ORTHONORMAL:
            admitted &= (gram == np.eye(self.n)).all((-2, -1))
        elif self.weight == "doubled":
            admitted &= (gram == 4 * np.eye(self.n)).all((-2, -1))
        return np.asarray(admitted & (np.abs(w) <= 3).all((-2, -1)) & (8 * w == np.rint(8 * w)).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> DesignedData:
        return DesignedData(*tensors)


class FeatureDraw(NamedTuple):
    """`m` features of `e` normal samples of deviation sigma, to be drawn from a seed."""

    m: int
    e: int
    sigma: float
    seed: int


@dataclasses.dataclass(frozen=True)
class Features(Regime):
    """Independent normal features: `m` of them, `e` samples, deviation 2^`exponent`."""

    m: int = 2
    e: int = 1000
    exponent: int = 0
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.m < 1 or self.e < 2 or abs(self.exponent) > 3:
            raise ValueError("a covariance takes two samples, a deviation is from 1/8 to 8")

    def size(self) -> int:
        return self.m * self.e

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> FeatureDraw:
        return FeatureDraw(self.m, self.e, 2.0**self.exponent, seed)


def isotropic_data() -> Regimes:
    """Designs and samples; corners: one feature, factorial designs, as many features as a design can have, 1e5 samples.

    With 1e5 samples a variance 3 % too large, or a correlation of 2 %, is refused at 1e-9.
    """
    corners = (
        Design(),
        Features(2, 1000),
        Design(1, 1),
        Design(3, 1, factorial=True),
        Design(3, 2, factorial=True),
        Design(2, 4, factorial=True),
        Design(4, 6, factorial=True),
        Design(3, 7),
        Design(5, 3),
        Design(2, 15),
        Design(3, 31),
        Design(2, 100),
        Features(4, 100_000),
        Features(3, 100_000, -2),
        Features(1, 2),
        Features(7, 4097, 3),
    )
    sides = st.sampled_from([2, 1, 3, 4, 5, 7, 15])
    designs = st.builds(Design, sides, sides) | st.builds(
        Design, sides, st.integers(1, 6), factorial=st.just(value=True)
    )
    draws = st.builds(Features, sides, st.sampled_from([1000, 2, 3, 129, 4097]), st.integers(-3, 3))
    return Regimes(st.one_of(designs, draws), corners)


def row_conditions() -> Regimes:
    """Weights with and without orthonormal rows; corners: one row, square, wide, tall, large."""
    corners = (
        Design(2, 3, "permutation"),
        Design(1, 1, "hadamard"),
        Design(1, 4, "hadamard"),
        Design(2, 4, "hadamard"),
        Design(4, 4, "hadamard"),
        Design(7, 16, "hadamard"),
        Design(33, 64, "hadamard"),
        Design(3, 3, "permutation"),
        Design(5, 9, "blocks"),
        Design(8, 8, "blocks"),
        Design(17, 66, "blocks"),
        Design(3, 130, "blocks"),
        Design(5, 9, "doubled"),
        Design(5, 3, "tall"),
        Design(9, 4, "tall"),
        Design(3, 5, "integers"),
        Design(2, 2, "integers"),
    )

    def of_kind(kind: str) -> st.SearchStrategy[Design]:
        if kind == "tall":
            return st.integers(1, 7).flatmap(
                lambda m: st.builds(Design, st.integers(m + 1, 12), st.just(m), st.just(kind))
            )
        sides = st.sampled_from([4, 1, 16]) if kind == "hadamard" else st.sampled_from([2, 1, 3, 4, 7, 9, 17])
        return sides.flatmap(lambda m: st.builds(Design, st.integers(1, m), st.just(m), st.just(kind)))

    return Regimes(st.sampled_from(WEIGHTS).flatmap(of_kind), corners)


class OrthogonalDraw(NamedTuple):
    """An orthogonal weight (n, m) to be drawn with a gain from a seed, and so many layers of it."""

    shape: tuple[int, int]
    gain: float
    depth: int
    seed: int


@dataclasses.dataclass(frozen=True)
class OrthogonalWeight(Regime):
    """A weight (n, m) for an initializer, with a gain; square ones `depth` times in a chain, with gain 1."""

    n: int = 2
    m: int = 3
    gain: float = 1.0
    depth: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.m, self.depth) < 1 or (self.depth > 1 and (self.n != self.m or self.gain != 1)):
            raise ValueError("weights have entries, chains square ones of gain 1")

    def size(self) -> int:
        return self.n * self.m * self.depth

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> OrthogonalDraw:
        return OrthogonalDraw((self.n, self.m), self.gain, self.depth, seed)


def orthogonal_weights() -> Regimes:
    """Wide, tall and square weights; corners: a single entry, blocked QR, gains, deep chains."""
    corners = (
        OrthogonalWeight(),
        *(OrthogonalWeight(n, m) for n, m in ((1, 1), (1, 7), (7, 1), (5, 3), (3, 3), (33, 65), (130, 130))),
        OrthogonalWeight(3, 1025),
        OrthogonalWeight(1025, 3),
        OrthogonalWeight(4, 9, 0.5),
        OrthogonalWeight(9, 4, 2**0.5),
        OrthogonalWeight(1, 1, depth=200),
        OrthogonalWeight(2, 2, depth=200),
        OrthogonalWeight(16, 16, depth=100),
        OrthogonalWeight(64, 64, depth=20),
    )
    sides, gains = st.sampled_from([2, 1, 3, 5, 8, 17, 64]), st.sampled_from([1.0, 0.5, 5 / 3])
    single = st.builds(OrthogonalWeight, sides, sides, gains)
    deep = st.builds(lambda n, depth: OrthogonalWeight(n, n, 1.0, depth), st.integers(1, 9), st.integers(2, 50))
    return Regimes(st.one_of(single, deep), corners)


def tall_weights() -> Regimes:
    """Weights of more outputs than inputs."""
    corners = (OrthogonalWeight(5, 3), OrthogonalWeight(2, 1))
    draw = st.integers(1, 9).flatmap(lambda m: st.builds(OrthogonalWeight, st.integers(m + 1, 12), st.just(m)))
    return Regimes(draw, corners)


def sampled_features() -> Regimes:
    """Samples of two or more features."""
    draw = st.builds(Features, st.integers(2, 5), st.sampled_from([1000, 2, 3]))
    return Regimes(draw, (Features(2, 1000), Features(3, 4097)))
