"""Symmetric matrices by their eigenvalues, symmetric gallery matrices, and vectors to go with them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import scipy.linalg
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import (
    CONDITIONS,
    GALLERY,
    SCALES,
    SPECTRA,
    Batch,
    Float64,
    PrescribedSpectrum,
    orthonormal,
    scale_factor,
)
from reference.formats import Format

SIGNS = ("mixed", "positive", "negative", "opposite")
VECTORS = ("normal", "top", "bottom", "basis", "zero")


def _tridiagonal(b: Batch, diagonal: Float64, beside: float) -> Float64:
    i, j = b.indices
    return np.where(i == j, diagonal, np.where(abs(i - j) == 1, beside, 0.0))


def _graded(b: Batch) -> Float64:
    d = b.fmt.u ** (np.arange(b.shape[-1]) / max(1, 2 * b.shape[-1] - 2))
    return b.normal() * d[:, None] * d


def _pascal(b: Batch) -> Float64:
    """Pascal's matrix of binomial coefficients, times the power of two that brings the largest near one."""
    a = scipy.linalg.pascal(b.shape[-1], exact=False)
    return np.asarray(a * 2.0 ** -np.ceil(np.log2(a.max())))


def _from_simple_spectrum(b: Batch) -> Float64:
    """H L H^T / 4 with a Hadamard matrix of order 4 and distinct integers L: exact in every format."""
    n = b.shape[-1]
    h = GALLERY["hadamard"](b)
    distinct = b.rng.permuted(np.broadcast_to(np.arange(1 - n, n, 2) * n, (b.shape[0], n)), axis=-1)
    return np.asarray((h * distinct[:, None, :]) @ h.T / n)


def _from_repeated_eigenvalues(b: Batch) -> Float64:
    """I - 2 v v^T / n with signs v: eigenvalue -1 once, 1 for all others."""
    n = b.shape[-1]
    v = b.rng.choice([-1.0, 1.0], (b.shape[0], n))
    return np.asarray(np.eye(n) - 2 * v[:, :, None] * v[:, None, :] / max(1, n))


SYMMETRIC: dict[str, Callable[[Batch], Float64]] = {
    **{name: GALLERY[name] for name in ("integers", "normal", "zero", "identity", "ones", "diagonal", "hilbert")},
    "wilkinson": lambda b: _tridiagonal(b, np.abs(b.indices[1] - (b.shape[-1] - 1) / 2), 1.0),
    "second-difference": lambda b: _tridiagonal(b, np.full(b.shape[-1], 2.0), -1.0),
    "moler": lambda b: np.where(b.indices[0] == b.indices[1], b.indices[1] + 1.0, np.minimum(*b.indices) - 1.0),
    "pascal": _pascal,
    "fiedler": lambda b: scipy.linalg.fiedler(np.arange(b.shape[-1])).astype(np.float64),
    "graded": _graded,
    "rank-one": lambda b: np.stack([np.outer(v, v) for v in b.rng.integers(-3, 4, b.shape[:2]).astype(float)]),
    "hadamard-simple": _from_simple_spectrum,
    "reflection": _from_repeated_eigenvalues,
}
"""Matrices by name; of each the lower triangle is taken and mirrored."""


@dataclasses.dataclass(frozen=True)
class Symmetric(Regime):
    """A symmetric matrix of order `n`: by its name in `SYMMETRIC`, or Q L Q^T with the magnitudes of `SPECTRA` in L.

    `signs` of the prescribed eigenvalues: at random, all one way, or every magnitude but the first in pairs (opposite).
    """

    n: int = 2
    kind: str = "integers"
    signs: str = "mixed"
    condition: str = "moderate"
    scale: str = "one"
    repeated: bool = False
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        known = self.kind in SPECTRA or self.kind in SYMMETRIC
        if not known or self.signs not in SIGNS or self.condition not in CONDITIONS or self.scale not in SCALES:
            raise ValueError(f"no symmetric matrix {self.kind!r}, {self.signs!r}, {self.condition!r}, {self.scale!r}")
        if self.kind == "hadamard-simple" and self.n & (self.n - 1):
            raise ValueError("Hadamard matrices of this construction have a power of two as their order")

    def size(self) -> int:
        return max(1, self.n**2)

    def batch(self, limit: int, elements: int) -> int:
        return max(1, min(super().batch(limit, elements), 8 * elements // max(1, self.n) ** 3))  # costs the cube

    def admits(self, arrays: Arrays) -> Any:
        """Symmetric matrices only."""
        return (arrays[0] == arrays[0].swapaxes(-1, -2)).all((-2, -1))

    def eigenvalues(self, rng: np.random.Generator, batch: int, fmt: Format) -> Float64:
        """The prescribed eigenvalues before rounding, shape (batch, n)."""
        spectrum = PrescribedSpectrum(self.n, self.n, spectrum=self.kind, condition=self.condition)
        size = spectrum.singular_values(rng, batch, self.n, fmt)
        match self.signs:
            case "positive":
                return size
            case "negative":
                return -size
            case "opposite":
                pairs = np.repeat(size[:, 1::2], 2, axis=-1)[:, : self.n - 1] * np.resize([1.0, -1.0], self.n - 1)
                return np.concatenate((size[:, :1], pairs), -1)
            case _:
                return np.asarray(size * rng.choice([-1.0, 1.0], (batch, self.n)))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n, self.n)
        if not self.n:
            a = np.zeros(shape)
        elif self.kind in SPECTRA:
            q = orthonormal(rng, shape)
            a = (q * self.eigenvalues(rng, batch, fmt)[:, None, :]) @ q.swapaxes(-1, -2)
        else:
            a = np.broadcast_to(SYMMETRIC[self.kind](Batch(rng, shape, fmt)), shape)
        if self.repeated:
            a = np.repeat(a[:1], batch, 0)
        lower = np.tril(a) * scale_factor(self.scale, fmt)
        return [lower + np.tril(lower, -1).swapaxes(-1, -2)]


@dataclasses.dataclass(frozen=True)
class SymmetricAndVector(Symmetric):
    """A symmetric matrix and a vector: normal, an extreme eigenvector, a vector of the standard basis, or zero."""

    vector: str = "normal"
    names: ClassVar[tuple[str, ...]] = ("A", "x")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.vector not in VECTORS:
            raise ValueError(f"no vector {self.vector!r}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = super().arrays(rng, batch, fmt)
        x = np.zeros((batch, self.n))
        if self.vector == "normal":
            x = rng.standard_normal((batch, self.n))
        elif self.vector == "basis" and self.n:
            x[np.arange(batch), rng.integers(0, self.n, batch)] = 1.0
        elif self.vector in {"top", "bottom"} and self.n:
            size = np.abs(a).max((-2, -1), keepdims=True, initial=0.0)
            vectors = np.linalg.eigh(a / np.where(size > 0, size, 1.0))[1]
            x = vectors[:, :, -1 if self.vector == "top" else 0]
        return [a, x]


CORNERS: tuple[Symmetric, ...] = (
    Symmetric(2),
    Symmetric(0),
    Symmetric(1, "normal"),
    Symmetric(3, "normal"),
    Symmetric(64, "normal"),
    Symmetric(33, "geo", condition="extreme"),
    Symmetric(5, "clustered", condition="large"),
    Symmetric(6, "arith", "opposite"),
    Symmetric(8, "geo", condition="extreme"),
    Symmetric(7, "cluster0", "positive", "extreme"),
    Symmetric(7, "cluster1", "negative", "extreme"),
    Symmetric(9, "logrand", condition="large"),
    Symmetric(4, "zero"),
    Symmetric(4, "identity", repeated=True),
    Symmetric(5, "ones"),
    Symmetric(5, "diagonal"),
    Symmetric(8, "hilbert"),
    Symmetric(21, "wilkinson"),
    Symmetric(17, "second-difference"),
    Symmetric(8, "moler"),
    Symmetric(33, "moler", scale="huge"),
    Symmetric(6, "pascal"),
    Symmetric(5, "fiedler"),
    Symmetric(8, "graded"),
    *(Symmetric(n, "rank-one") for n in (6, 8)),
    Symmetric(4, "hadamard-simple"),
    Symmetric(8, "reflection"),
    Symmetric(4, "normal", scale="tiny"),
    Symmetric(4, "normal", scale="huge"),
    Symmetric(4, "normal", scale="subnormal"),
    Symmetric(3, "integers", repeated=True),
)


def symmetric_matrices() -> Regimes:
    """Every spectrum with every choice of signs, every gallery matrix, every scale; corners up to order 64."""
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16, 17, 33])
    scale, repeated = st.sampled_from(SCALES), st.sampled_from([False, False, False, True])
    signs, condition = st.sampled_from(SIGNS), st.sampled_from(CONDITIONS)
    spectra = st.builds(Symmetric, order, st.sampled_from(SPECTRA), signs, condition, scale, repeated)
    names = st.sampled_from([name for name in SYMMETRIC if name != "hadamard-simple"])
    gallery = st.builds(Symmetric, order, names, scale=scale, repeated=repeated)
    return Regimes(st.one_of(spectra, gallery), CORNERS)


def matrices_and_vectors() -> Regimes:
    """The same with vectors at a scale where no product underflows."""
    corners = tuple(
        SymmetricAndVector(**{f.name: getattr(c, f.name) for f in dataclasses.fields(c)}, vector=vector)
        for c, vector in zip([c for c in CORNERS if c.scale == "one"], itertools.cycle(VECTORS), strict=False)
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 16, 17])
    signs, condition = st.sampled_from(SIGNS), st.sampled_from(CONDITIONS)
    vector = st.sampled_from(VECTORS)
    draw = st.builds(SymmetricAndVector, order, st.sampled_from(SPECTRA), signs, condition, vector=vector)
    return Regimes(draw, corners)
