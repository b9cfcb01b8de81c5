"""Square matrices for eigenvalue problems: real or complex spectra, normal and far from it, badly scaled, defective."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import scipy.linalg
from hypothesis import strategies as st

from claims.frame.inputs.powers import IntegerEigenvectors
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import GALLERY, Batch, Float64, scale_factor
from claims.frame.inputs.systems import ExactRank
from reference.formats import Format

SCALES = ("one", "tiny", "huge", "subnormal")


def _companion(b: Batch) -> Float64:
    """Of the polynomial with the roots -n/2, ..., n/2 without 0: coefficients are integers."""
    n = b.shape[-1]
    roots = [k for k in range(-(n // 2), n // 2 + 2) if k][:n]
    return np.asarray(scipy.linalg.companion(np.poly(roots)), np.float64)


def _rotations(b: Batch) -> Float64:
    """Rotations of planes, with eigenvalues of modulus one; a last row and column of the identity for odd orders."""
    n = b.shape[-1]
    angles = b.rng.uniform(-np.pi, np.pi, (b.shape[0], n // 2))
    a = np.zeros(b.shape)
    i = np.arange(0, n - 1, 2)
    a[:, i, i] = a[:, i + 1, i + 1] = np.cos(angles)
    a[:, i + 1, i] = np.sin(angles)
    a[:, i, i + 1] = -np.sin(angles)
    a[:, n - 1 :, n - 1] += n % 2
    return a


def _signed_permutation(b: Batch) -> Float64:
    """Eigenvalues are roots of 1 and -1."""
    order = b.rng.permuted(np.broadcast_to(np.arange(b.shape[-1]), b.shape[:2]), axis=-1)
    return np.asarray(np.eye(b.shape[-1])[order] * b.rng.choice([-1.0, 1.0], (*b.shape[:2], 1)))


def _badly_scaled(b: Batch) -> Float64:
    """D A D^-1 with powers of two in D: what balancing undoes."""
    d = 2.0 ** b.rng.integers(-10, 11, b.shape[:2])
    return np.asarray(b.normal() * d[:, :, None] / d[:, None, :])


def _hessenberg(b: Batch) -> Float64:
    """Upper Hessenberg, entries of all sizes above a tiny subdiagonal: balancing makes it much larger."""
    upper = np.triu(b.normal() * 2.0 ** b.rng.uniform(-12, 12, b.shape))
    return np.asarray(upper + np.eye(b.shape[-1], k=-1) * b.fmt.u**0.5)


def _frank(b: Batch) -> Float64:
    """Frank's matrix: upper Hessenberg with integer entries and ill-conditioned small eigenvalues."""
    i, j = b.indices
    n = b.shape[-1]
    return np.where(j >= i - 1, n - np.maximum(i, j), 0.0)


def _circulant(b: Batch) -> Float64:
    """Normal; its eigenvectors are those of the Fourier transform."""
    i, j = b.indices
    return np.asarray(b.rng.standard_normal(b.shape[:2])[:, (i - j) % b.shape[-1]])


def _magic(b: Batch) -> Float64:
    """The magic square of an odd order or a multiple of four: every row, column and diagonal has the same sum."""
    n = b.shape[-1]
    i, j = (k + 1 for k in b.indices)
    if n % 2:
        return (n * ((i + j - (n + 3) // 2) % n) + (i + 2 * j - 2) % n + 1).astype(np.float64)
    counted = np.arange(1.0, n * n + 1).reshape(n, n)
    return np.where(i % 4 // 2 == j % 4 // 2, n * n + 1 - counted, counted)


GENERAL: dict[str, Callable[[Batch], Float64]] = {
    **{name: GALLERY[name] for name in ("integers", "normal", "zero", "identity", "ones", "diagonal")},
    "triangular": lambda b: np.triu(b.normal()),
    "nilpotent": lambda b: np.triu(b.rng.integers(-2, 3, b.shape).astype(np.float64), 1),
    "companion": _companion,
    "rotations": _rotations,
    "signed permutation": _signed_permutation,
    "badly scaled": _badly_scaled,
    "hessenberg": _hessenberg,
    "frank": _frank,
    "circulant": _circulant,
    "magic": _magic,
}
"""Matrices by name."""


@dataclasses.dataclass(frozen=True)
class General(Regime):
    """A square matrix of order `n` by its name in `GENERAL`, times the power of two of `scale`."""

    n: int = 2
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.kind not in GENERAL or self.scale not in SCALES:
            raise ValueError(f"no matrix {self.kind!r} at scale {self.scale!r}")
        if self.kind in ("companion", "frank") and self.n > 10:
            raise ValueError("no format narrower than float64 holds the coefficients beyond order 10")
        if self.kind == "magic" and self.n % 4 == 2:
            raise ValueError("magic squares are made here for odd orders and multiples of four")

    def size(self) -> int:
        return max(1, self.n**2)

    def batch(self, limit: int, elements: int) -> int:
        return max(1, min(super().batch(limit, elements), 4 * elements // max(1, self.n) ** 3))  # costs the cube

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n, self.n)
        a = np.broadcast_to(GENERAL[self.kind](Batch(rng, shape, fmt)), shape) if self.n else np.zeros(shape)
        return [a * scale_factor(self.scale, fmt)]


@dataclasses.dataclass(frozen=True)
class ManyGeneral(General):
    """More than a kernel may take at a time."""

    most: ClassVar[int] = 256


def square_matrices() -> Regimes:
    """Every kind up to order 64, the extremes of the range with matrices that balancing leaves alone."""
    corners = (
        General(2),
        General(2, "normal"),
        General(0),
        General(1, "normal"),
        *(General(n, "normal") for n in (3, 5, 8, 17, 33, 64)),
        General(3, "integers"),
        ManyGeneral(3, "normal"),
        General(65, "normal"),
        General(8, "integers"),
        *(General(4, name) for name in ("zero", "identity", "ones", "diagonal", "triangular", "nilpotent")),
        General(6, "companion"),
        General(3, "companion"),
        General(4, "rotations"),
        General(7, "rotations"),
        *(General(n, "signed permutation") for n in (3, 4, 6, 16)),
        *(General(n, "badly scaled") for n in (2, 4, 9)),
        General(4, "hessenberg"),
        General(9, "hessenberg"),
        General(8, "frank"),
        General(6, "circulant"),
        General(17, "circulant"),
        *(General(n, "magic") for n in (3, 4, 5, 8)),
        *(General(4, "normal", scale) for scale in SCALES[1:]),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0])
    plain = st.builds(General, order, st.sampled_from([name for name in GENERAL if name != "magic"]))
    scaled = st.builds(General, order, st.sampled_from(["normal", "integers", "rotations"]), st.sampled_from(SCALES))
    large = st.builds(General, st.sampled_from([16, 17, 33]), st.sampled_from(["normal", "circulant", "rotations"]))
    return Regimes(st.one_of(plain, plain, scaled, large), corners)


def integer_eigenvectors() -> Regimes:
    """Matrices whose eigenvalues and eigenvectors are known exactly, repeated eigenvalues among them."""
    corners = (
        IntegerEigenvectors(2),
        *(IntegerEigenvectors(3, sizes=sizes) for sizes in ("growing", "decaying", "unit")),
        IntegerEigenvectors(1),
        IntegerEigenvectors(0),
        IntegerEigenvectors(4),
        IntegerEigenvectors(4, sizes="unit"),
    )
    draw = st.builds(
        lambda n, sizes: IntegerEigenvectors(n, sizes=sizes),
        st.sampled_from([2, 1, 3, 4]),
        st.sampled_from(["growing", "decaying", "unit"]),
    )
    return Regimes(draw, corners)


def maybe_singular() -> Regimes:
    """Square integer matrices of every rank, in good and ill condition; multiples of the identity; nilpotent ones."""
    corners = (
        ExactRank(2, 2, 1),
        ExactRank(2, 2),
        ExactRank(0, 0),
        ExactRank(1, 1),
        ExactRank(1, 1, 1),
        *(ExactRank(n, n, d) for n, d in ((3, 1), (3, 2), (3, 0), (4, 4), (5, 1), (5, 0), (8, 1), (17, 3), (17, 0))),
        General(33, "signed permutation"),
        ManyGeneral(2, "integers"),
        ExactRank(4, 4, 1, "zero-first"),
        ExactRank(4, 4, 1, "twin-first"),
        ExactRank(4, 4, condition="ill"),
        ExactRank(5, 5, 1, condition="ill"),
        *(General(n, "identity", scale) for n in (2, 20) for scale in ("tiny", "huge")),
        *(General(n, "signed permutation", "subnormal") for n in (1, 3)),
        General(5, "nilpotent"),
        General(3, "ones"),
        General(6, "normal"),
    )

    def made(n: int, deficiency: int, condition: str, scale: str) -> ExactRank:
        return ExactRank(n, n, deficiency % (n + 1), condition=condition, scale=scale)

    exact = st.builds(
        made,
        st.sampled_from([2, 1, 3, 4, 5, 6, 8]),
        st.sampled_from([1, 0, 0, 1, 2]),
        st.sampled_from(["well", "ill"]),
        st.sampled_from(["one", "one", "small", "large"]),
    )
    by_name = st.builds(General, st.sampled_from([2, 3, 5]), st.sampled_from(["normal", "nilpotent", "integers"]))
    return Regimes(st.one_of(exact, exact, by_name), corners)
