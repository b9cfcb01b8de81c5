"""Complex matrices as pairs of real ones, the real and the imaginary part."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

Complex128 = NDArray[np.complex128]
Shape = tuple[int, int, int]

SCALES = ("one", "tiny", "large")


def _normal(rng: np.random.Generator, shape: Shape) -> Complex128:
    return np.asarray(rng.standard_normal(shape) + 1j * rng.standard_normal(shape), np.complex128)


def _real(rng: np.random.Generator, shape: Shape) -> Complex128:
    return np.asarray(rng.standard_normal(shape), np.complex128)


def _imaginary(rng: np.random.Generator, shape: Shape) -> Complex128:
    return np.asarray(1j * rng.standard_normal(shape), np.complex128)


def _integers(rng: np.random.Generator, shape: Shape) -> Complex128:
    return np.asarray(rng.integers(-3, 4, shape) + 1j * rng.integers(-3, 4, shape), np.complex128)


def _unitary(rng: np.random.Generator, shape: Shape) -> Complex128:
    """Orthonormal columns, or rows of a wide matrix: singular values 1, up to rounding."""
    batch, m, n = shape
    q = np.linalg.qr(_normal(rng, (batch, max(m, n), min(m, n))))[0]
    return np.asarray(q if m >= n else q.swapaxes(-1, -2))


def _rank_one(rng: np.random.Generator, shape: Shape) -> Complex128:
    """Products of Gaussian integers."""
    batch, m, n = shape
    return np.asarray(_integers(rng, (batch, m, 1)) @ _integers(rng, (batch, 1, n)), np.complex128)


def _turned(rng: np.random.Generator, shape: Shape) -> Complex128:
    """The identity times 1, i, -1 and -i, and one entry above: defective where two of these agree."""
    turned = np.eye(*shape[1:]) * rng.choice([1, 1j, -1, -1j], (shape[0], 1, shape[2]))
    return np.asarray(turned + np.eye(*shape[1:], k=1))


KINDS: dict[str, Callable[[np.random.Generator, Shape], Complex128]] = {
    "integers": _integers,
    "normal": _normal,
    "real": _real,
    "imaginary": _imaginary,
    "unitary": _unitary,
    "rank-one": _rank_one,
    "turned": _turned,
}
"""Matrices by name."""


@dataclasses.dataclass(frozen=True)
class ComplexMatrix(Regime):
    """X + iY of `rows` x `cols` by its name in `KINDS`, times a power of two: squares stay in range at each `scale`."""

    rows: int = 2
    cols: int = 2
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("X", "Y")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.scale not in SCALES:
            raise ValueError(f"no matrix {self.kind!r} at scale {self.scale!r}")

    def size(self) -> int:
        return max(1, 2 * self.rows * self.cols)

    def batch(self, limit: int, elements: int) -> int:
        return max(1, min(super().batch(limit, elements), elements // max(1, self.rows, self.cols) ** 3))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.rows, self.cols)
        z = KINDS[self.kind](rng, shape) if all(shape) else np.zeros(shape, np.complex128)
        z = z * {"one": 1.0, "tiny": 2.0 ** (fmt.emin // 4), "large": 2.0 ** (fmt.emax // 4)}[self.scale]
        return [z.real.copy(), z.imag.copy()]


def complex_matrices() -> Regimes:
    """Every kind, square, tall and wide; corners up to order 33, and singular and defective matrices."""
    orders = (0, 1, 3, 5, 9, 17, 33)
    shapes = (*((n, n) for n in orders), (5, 3), (3, 5), (1, 4), (4, 1), (17, 2), (0, 2))
    corners = (
        ComplexMatrix(),
        *(ComplexMatrix(m, n, "normal") for m, n in shapes),
        *(ComplexMatrix(4, 4, kind) for kind in KINDS if kind not in {"integers", "normal"}),
        *(ComplexMatrix(3, 3, "normal", scale) for scale in ("tiny", "large")),
        ComplexMatrix(6, 4, "unitary"),
        ComplexMatrix(4, 6, "rank-one"),
    )
    side, kind, scale = st.sampled_from([2, 1, 3, 4, 5, 6, 8]), st.sampled_from(list(KINDS)), st.sampled_from(SCALES)
    square = st.builds(lambda n, k, s: ComplexMatrix(n, n, k, s), side, kind, scale)
    return Regimes(st.one_of(square, square, st.builds(ComplexMatrix, side, side, kind, scale)), corners)
