"""Matrices by their singular values, as LAPACK's and SLATE's test generators make them, and gallery matrices."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

Float64 = NDArray[np.float64]
Shape = tuple[int, int, int]

SPECTRA = ("cluster0", "cluster1", "geo", "arith", "clustered", "logrand")
CONDITIONS = ("moderate", "large", "extreme")
SCALES = ("one", "tiny", "huge", "subnormal")


def scale_factor(scale: str, fmt: Format) -> float:
    """The power of two that a scale stands for: squares underflow, norms near overflow, everything subnormal."""
    return {
        "one": 1.0,
        "tiny": 2.0 ** (fmt.emin // 2 - 4),
        "huge": 2.0 ** (fmt.emax - 6),
        "subnormal": fmt.lam / 2,
    }[scale]


@dataclasses.dataclass(frozen=True)
class MatrixRegime(Regime):
    """A matrix of `rows` x `cols` at a scale; `repeated` makes all matrices of a batch equal."""

    rows: int = 2
    cols: int = 2
    scale: str = "one"
    repeated: bool = False
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"no scale {self.scale!r}")

    def size(self) -> int:
        return max(1, self.rows * self.cols)

    def batch(self, limit: int, elements: int) -> int:
        # a decomposition costs the cube of the side: large matrices come few at a time
        affordable = 8 * elements // max(1, self.rows, self.cols) ** 3
        return max(1, min(super().batch(limit, elements), affordable))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.rows, self.cols)
        a = self.unscaled(rng, shape, fmt) if all(shape) else np.zeros(shape)
        if self.repeated:
            a = np.repeat(a[:1], batch, 0)
        return [a * scale_factor(self.scale, fmt)]

    def unscaled(self, rng: np.random.Generator, shape: Shape, fmt: Format) -> Float64:
        """A batch of matrices of norm about one to `max(rows, cols)`."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class PrescribedSpectrum(MatrixRegime):
    """U diag(s) V^T with random orthogonal factors and s from 1 down to 1 / kappa.

    `spectrum` as in SLATE's test matrices (and LAPACK's xLATMS, modes 1 to 5): all but one small (cluster0), all but
    one large (cluster1), geometric (geo), arithmetic (arith), uniform in the logarithm (logrand); clustered is three
    clusters. kappa is u^(-1/4) (moderate), u^(-1/2) (large) or 1/u (extreme).
    """

    spectrum: str = "geo"
    condition: str = "moderate"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spectrum not in SPECTRA or self.condition not in CONDITIONS:
            raise ValueError(f"no spectrum {self.spectrum!r} of condition {self.condition!r}")

    def singular_values(self, rng: np.random.Generator, batch: int, k: int, fmt: Format) -> Float64:
        """The prescribed values before rounding, descending, shape (batch, k)."""
        lowest = fmt.u ** {"moderate": 0.25, "large": 0.5, "extreme": 1.0}[self.condition]
        along = np.linspace(0.0, 1.0, k) if k > 1 else np.zeros(k)
        match self.spectrum:
            case "cluster0":
                s = np.where(along > 0, lowest, 1.0)
            case "cluster1":
                s = np.where(along < 1, 1.0, lowest)
            case "geo":
                s = lowest**along
            case "arith":
                s = 1 - (1 - lowest) * along
            case "clustered":
                s = lowest ** (np.floor(2.999 * along) / 2)
            case _:
                return np.sort(lowest ** rng.random((batch, k)), -1)[:, ::-1]
        return np.broadcast_to(s, (batch, k))

    def unscaled(self, rng: np.random.Generator, shape: Shape, fmt: Format) -> Float64:
        batch, m, n = shape
        k = min(m, n)
        u, v = orthonormal(rng, (batch, m, k)), orthonormal(rng, (batch, n, k))
        made: Float64 = (u * self.singular_values(rng, batch, k, fmt)[:, None, :]) @ v.swapaxes(-1, -2)
        return made


@dataclasses.dataclass(frozen=True)
class Gallery(MatrixRegime):
    """A matrix by its name in `GALLERY`; all but the first of a batch get random signs of rows and columns."""

    name: str = "integers"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name not in GALLERY:
            raise ValueError(f"no matrix {self.name!r} in the gallery")

    def unscaled(self, rng: np.random.Generator, shape: Shape, fmt: Format) -> Float64:
        signs = rng.choice([-1.0, 1.0], (shape[0], shape[1] + shape[2]))
        signs[0] = 1.0
        a = GALLERY[self.name](Batch(rng, shape, fmt))
        return np.asarray(a * signs[:, : shape[1], None] * signs[:, None, shape[1] :])


@dataclasses.dataclass(frozen=True)
class ManyMatrices(Gallery):
    """As many matrices as the profile allows: more than a kernel may take at a time."""

    most: ClassVar[int] = 256


def orthonormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Float64:
    """Random matrices (batch, m, k), m >= k, with orthonormal columns."""
    return np.asarray(np.linalg.qr(rng.standard_normal(shape))[0])


def _hadamard(n: int) -> Float64:
    """Sylvester's Hadamard matrix of the least order, a power of two, that is at least n."""
    h = np.ones((1, 1))
    while len(h) < n:
        h = np.block([[h, h], [h, -h]])
    return h


class Batch(NamedTuple):
    """What a gallery matrix is made for: a generator, the shape (batch, rows, cols), and the format."""

    rng: np.random.Generator
    shape: Shape
    fmt: Format

    @property
    def indices(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column indices from 0, broadcasting to a matrix."""
        return np.arange(self.shape[1])[:, None], np.arange(self.shape[2])

    def normal(self) -> Float64:
        """Standard normal entries."""
        return self.rng.standard_normal(self.shape)

    def product(self, rank: int) -> Float64:
        """Integer matrices of exactly the given rank: unit triangular tops make both factors of full rank."""
        batch, m, n = self.shape
        left = self.rng.integers(-2, 3, (batch, m, rank)).astype(np.float64)
        right = self.rng.integers(-2, 3, (batch, rank, n)).astype(np.float64)
        for factor in (left, right.swapaxes(-1, -2)):
            factor[:, :rank] = np.tril(factor[:, :rank], -1) + np.eye(rank)
        return left @ right

    def kahan(self) -> Float64:
        """Kahan's upper trapezoidal matrix of angle 1.2: its last singular value is far below its last entry."""
        i, j = self.indices
        return np.asarray(math.sin(1.2) ** i * np.where(i == j, 1.0, np.where(i < j, -math.cos(1.2), 0.0)))

    def kronecker(self) -> Float64:
        """One 2 x 2 block repeated along the diagonal: every singular value is multiple."""
        i, j = self.indices
        block = self.rng.standard_normal((self.shape[0], 2, 2))
        return np.asarray(np.where(i // 2 == j // 2, block[:, i % 2, j % 2], 0.0))

    def graded(self, index: NDArray[np.int64]) -> Float64:
        """Normal entries times 1 down to u along the index."""
        return np.asarray(self.normal() * self.fmt.u ** (index / max(1, index.size - 1)))


GALLERY: dict[str, Callable[[Batch], Float64]] = {
    "integers": lambda b: b.rng.integers(-4, 5, b.shape).astype(np.float64),
    "normal": Batch.normal,
    "zero": lambda b: np.zeros(b.shape),
    "identity": lambda b: np.eye(*b.shape[1:]),
    "ones": lambda b: np.ones(b.shape),
    "nearly-ones": lambda b: 1 + 8 * b.fmt.u * b.normal(),
    "rank-one": lambda b: b.product(1),
    "half-rank": lambda b: b.product(max(1, min(b.shape[1:]) // 2)),
    "diagonal": lambda b: np.eye(*b.shape[1:]) * 2.0 ** b.rng.integers(-6, 7, (b.shape[0], 1, b.shape[2])),
    "kahan": Batch.kahan,
    "hilbert": lambda b: 1.0 / (b.indices[0] + b.indices[1] + 1),
    "hadamard": lambda b: _hadamard(max(b.shape[1:]))[: b.shape[1], : b.shape[2]],
    "kronecker": Batch.kronecker,
    "graded-rows": lambda b: b.graded(b.indices[0]),
    "graded-columns": lambda b: b.graded(b.indices[1]),
}
"""Matrices by name; the singular values of "diagonal" are unordered powers of two."""


def only(*corners: Regime) -> Regimes:
    """Just these regimes, each with any numbers."""
    return Regimes(st.sampled_from(corners), corners)


def matrices_by_spectrum() -> Regimes:
    """Every spectrum, condition, gallery matrix, scale and kind of shape; corners up to 64 x 64, 200 x 50, 1030 x 4."""
    side = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16, 17, 33])
    scale, repeated = st.sampled_from(SCALES), st.sampled_from([False, False, False, True])
    spectra = st.builds(
        PrescribedSpectrum, side, side, scale, repeated, st.sampled_from(SPECTRA), st.sampled_from(CONDITIONS)
    )
    gallery = st.builds(Gallery, side, side, scale, repeated, st.sampled_from(list(GALLERY)))
    return Regimes(st.one_of(spectra, gallery), MATRICES)


MATRICES: tuple[Regime, ...] = (
    Gallery(2, 2),
    # shapes
    Gallery(0, 0),
    Gallery(0, 3),
    Gallery(3, 0),
    Gallery(1, 1, name="normal"),
    Gallery(1, 5, name="normal"),
    Gallery(5, 1, name="normal"),
    Gallery(7, 3, name="normal"),
    Gallery(3, 7, name="normal"),
    Gallery(64, 64, name="normal"),
    PrescribedSpectrum(200, 50, spectrum="logrand", condition="large"),
    # so tall that LAPACK starts with a blocked QR factorisation; A^T A would not do
    PrescribedSpectrum(1030, 4, condition="large"),
    PrescribedSpectrum(4, 1030, condition="large"),
    # deficient rank
    Gallery(5, 4, name="half-rank"),
    Gallery(4, 5, name="rank-one"),
    Gallery(6, 4, name="ones", repeated=True),
    Gallery(64, 64, name="ones"),
    Gallery(5, 5, name="nearly-ones"),
    Gallery(3, 4, name="zero"),
    Gallery(4, 4, name="identity"),
    # spectra
    PrescribedSpectrum(3, 3, spectrum="geo", condition="extreme"),
    PrescribedSpectrum(8, 5, spectrum="cluster0", condition="extreme"),
    PrescribedSpectrum(5, 8, spectrum="cluster1", condition="extreme"),
    PrescribedSpectrum(9, 9, spectrum="clustered", condition="large"),
    PrescribedSpectrum(17, 17, spectrum="geo", condition="extreme"),
    # gallery
    Gallery(8, 8, name="kahan"),
    Gallery(8, 8, name="hilbert"),
    Gallery(8, 8, name="hadamard"),
    Gallery(6, 6, name="kronecker"),
    Gallery(7, 5, name="graded-rows"),
    Gallery(5, 7, name="graded-columns"),
    # scales
    Gallery(4, 3, "tiny", name="normal"),
    Gallery(3, 4, "huge", name="normal"),
    Gallery(1, 1, "huge", name="normal"),
    Gallery(4, 4, "subnormal", name="normal"),
    PrescribedSpectrum(4, 4, "huge", spectrum="geo", condition="extreme"),
    Gallery(3, 3, repeated=True),
    ManyMatrices(2, 2, name="normal"),
)
