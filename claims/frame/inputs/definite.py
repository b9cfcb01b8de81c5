"""Matrices that are definite, or not, by a hair; integer factors of semidefinite ones; and vectors to go with them."""

from __future__ import annotations

import dataclasses
import itertools
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import CONDITIONS, SCALES, SPECTRA, Batch, scale_factor
from claims.frame.inputs.symmetric import SIGNS, SYMMETRIC, VECTORS, Symmetric, SymmetricAndVector
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class ShiftedGram(Symmetric):
    """s D (B B^T + delta I) D of order `n`, where B (n, n - 1) is the matrix `kind` of `SYMMETRIC` less a column.

    delta = +-2^(|shift| - 4) u times the largest diagonal entry (times 1 for B = 0), of the sign of `shift`; 0 for 0.
    `signs` is that of s, positive or negative; `graded`: D holds random powers of two from 2^-10 to 2^10, else D = I.
    """

    signs: str = "positive"
    shift: int = 0
    graded: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.signs not in {"positive", "negative"} or self.kind not in SYMMETRIC:
            raise ValueError(f"no shifted Gram matrix of {self.kind!r} and sign {self.signs!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n, self.n)
        if not self.n:
            return [np.zeros(shape)]
        b = np.broadcast_to(SYMMETRIC[self.kind](Batch(rng, shape, fmt)), shape)[:, :, :-1]
        a = b @ b.swapaxes(-1, -2)
        size = a.diagonal(0, -2, -1).max(-1)[:, None, None]
        delta = np.sign(self.shift) * fmt.u * 2.0 ** (abs(self.shift) - 4)
        a = a + delta * np.where(size > 0, size, 1.0) * np.eye(self.n)
        if self.graded:
            d = 2.0 ** rng.integers(-10, 11, shape[:2])
            a = a * d[:, :, None] * d[:, None, :]
        if self.repeated:
            a = np.repeat(a[:1], batch, 0)
        if self.scale != "one":  # of which the largest entry is then about that
            a = np.ldexp(a, -np.frexp(a.max((-2, -1), keepdims=True))[1])
        lower = np.tril(a) * scale_factor(self.scale, fmt) * (1 if self.signs == "positive" else -1)
        return [lower + np.tril(lower, -1).swapaxes(-1, -2)]


CORNERS: tuple[Symmetric, ...] = (
    Symmetric(2),
    Symmetric(0),
    Symmetric(1, "zero"),
    ShiftedGram(1, shift=3),
    ShiftedGram(1, shift=3, signs="negative"),
    Symmetric(4, "zero"),
    Symmetric(4, "identity"),
    ShiftedGram(5, "zero", shift=4, signs="negative"),
    ShiftedGram(2, "ones"),
    # either side of what can be decided
    ShiftedGram(2, shift=10),
    ShiftedGram(2, shift=-10),
    ShiftedGram(3),
    ShiftedGram(3, shift=12, signs="negative"),
    ShiftedGram(4, "normal", shift=-12, graded=True),
    ShiftedGram(8, "normal", shift=13, graded=True),
    ShiftedGram(8, "ones", shift=11),
    ShiftedGram(33, "normal", shift=16),
    ShiftedGram(33, "normal", shift=-16),
    # beyond the blocks of a factorisation
    ShiftedGram(130, "normal", shift=20),
    ShiftedGram(130, "normal", shift=-20),
    ShiftedGram(130, "ones", shift=20),
    # spectra and gallery
    Symmetric(5, "geo", "positive", "large"),
    Symmetric(5, "geo", "negative"),
    Symmetric(6, "arith", "opposite"),
    Symmetric(7, "cluster1", "positive", "extreme"),
    Symmetric(17, "second-difference"),
    Symmetric(8, "moler"),
    Symmetric(8, "hilbert"),
    Symmetric(21, "wilkinson"),
    Symmetric(6, "diagonal", repeated=True),
    Symmetric(3, "normal"),
    # scales
    ShiftedGram(3, "normal", shift=12, scale="tiny"),
    ShiftedGram(3, "normal", shift=12, scale="huge"),
    ShiftedGram(3, "normal", shift=20, scale="subnormal"),
)


def nearly_singular_matrices() -> Regimes:
    """Gram matrices with every small shift, and symmetric matrices by their spectrum; corners up to order 130."""
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16, 17, 33])
    scale, repeated = st.sampled_from(SCALES), st.sampled_from([False, False, False, True])
    names = st.sampled_from(["integers", "normal", "ones", "rank-one", "hilbert", "diagonal", "zero"])
    signs, shift = st.sampled_from(["positive", "negative"]), st.integers(-16, 16)
    gram = st.builds(
        ShiftedGram,
        order,
        names,
        signs,
        scale=scale,
        repeated=repeated,
        shift=shift,
        graded=st.booleans(),
    )
    spectra = st.builds(
        Symmetric,
        order,
        st.sampled_from(SPECTRA),
        st.sampled_from(SIGNS),
        st.sampled_from(CONDITIONS),
        scale,
        repeated,
    )
    return Regimes(st.one_of(gram, gram, spectra), CORNERS)


LENGTHS = ("one", "tiny", "small", "large")
DIRECTIONS = ("null", "cross", "normal", "image", "zero")


def length(name: str, fmt: Format) -> float:
    """A power of two for a vector: its squares vanish (tiny), are about the least normal number, or near overflow."""
    return {
        "one": 1.0,
        "tiny": 2.0 ** (fmt.emin // 2 - fmt.precision),
        "small": 2.0 ** (fmt.emin // 2),
        "large": 2.0 ** (fmt.emax // 2 - 5),
    }[name]


@dataclasses.dataclass(frozen=True)
class FactorAndVector(Regime):
    """B (n, `rank`) of integers from -2 to 2, and x: A = B B^T is semidefinite, and exact in every format.

    `direction` of x: a vector of the null space of B^T in floating point (of a matrix of full rank the vector that B^T
    shrinks most), for n = 3 and rank 2 one in integers (cross), normal, B times a normal vector, or zero.
    """

    n: int = 3
    rank: int = 2
    direction: str = "null"
    length: str = "one"
    names: ClassVar[tuple[str, ...]] = ("B", "x")
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS or self.length not in LENGTHS or self.rank > 32:
            raise ValueError(f"no vector {self.direction!r} of length {self.length!r}, or rank above 32")
        if self.direction == "cross" and (self.n, self.rank) != (3, 2):
            raise ValueError("cross products need n = 3 and rank 2")

    def size(self) -> int:
        return max(1, self.n * max(self.n, self.rank))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        b = rng.integers(-2, 3, (batch, self.n, self.rank)).astype(np.float64)
        match self.direction:
            case "null" if self.n:
                x = np.linalg.svd(b)[0][:, :, -1]
            case "cross":
                x = np.cross(b[:, :, 0], b[:, :, 1])
            case "image":
                x = (b @ rng.standard_normal((batch, self.rank, 1)))[..., 0]
            case "zero":
                x = np.zeros((batch, self.n))
            case _:
                x = rng.standard_normal((batch, self.n))
        return [b, x * length(self.length, fmt)]


@dataclasses.dataclass(frozen=True)
class DefiniteAndVector(SymmetricAndVector):
    """A positive definite matrix, up to rounding, and a vector of a given length."""

    signs: str = "positive"
    length: str = "one"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length not in LENGTHS:
            raise ValueError(f"no vector of length {self.length!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        a, x = super().arrays(rng, batch, fmt)
        return [a, x * length(self.length, fmt)]


def semidefinite_factors() -> Regimes:
    """Factors of every rank with every vector; corners up to n = 130."""
    corners = (
        FactorAndVector(),
        FactorAndVector(direction="cross"),
        FactorAndVector(0, 2),
        FactorAndVector(4, 0),
        FactorAndVector(1, 1),
        FactorAndVector(2, 1),
        FactorAndVector(8, 5),
        FactorAndVector(17, 16),
        FactorAndVector(33, 20, "normal"),
        FactorAndVector(130, 3),
        FactorAndVector(5, 5),
        FactorAndVector(4, 9),
        FactorAndVector(4, 2, "image"),
        FactorAndVector(5, 3, "zero"),
        *(FactorAndVector(3, 2, "normal", length) for length in LENGTHS[1:]),
        FactorAndVector(3, 2, "null", "large"),
    )
    order, rank = st.sampled_from([3, 1, 2, 4, 5, 6, 7, 8, 16, 17, 33]), st.integers(0, 17)
    vector = st.sampled_from([d for d in DIRECTIONS if d != "cross"])
    return Regimes(st.builds(FactorAndVector, order, rank, vector, st.sampled_from(LENGTHS)), corners)


def definite_matrices_and_vectors() -> Regimes:
    """Positive definite matrices of every spectrum with every vector of every length."""
    names = ("identity", "second-difference", "moler", "hilbert")
    gallery = (
        DefiniteAndVector(n, kind, vector=vector)
        for n, (kind, vector) in zip(itertools.cycle((2, 3, 8, 17)), itertools.product(names, VECTORS), strict=False)
    )
    corners = (
        *gallery,
        DefiniteAndVector(0, "identity"),
        DefiniteAndVector(1, "identity"),
        DefiniteAndVector(33, "geo", vector="bottom"),
        DefiniteAndVector(5, "geo", condition="extreme", vector="bottom"),
        DefiniteAndVector(6, "cluster1", condition="large", vector="bottom"),
        *(DefiniteAndVector(3, "identity", length=length) for length in LENGTHS[1:]),
        DefiniteAndVector(4, "arith", length="small", vector="basis"),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 16, 17])
    kind, condition = st.sampled_from([*names, *SPECTRA]), st.sampled_from(CONDITIONS)
    vector, lengths = st.sampled_from(VECTORS), st.sampled_from(["one", "one", *LENGTHS])
    draw = st.builds(DefiniteAndVector, order, kind, condition=condition, vector=vector, length=lengths)
    return Regimes(draw, corners)
