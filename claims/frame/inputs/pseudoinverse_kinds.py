"""Matrices with orthogonal columns, diagonal matrices with zeros, and families of singular matrices."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.numbers import SCALES, Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.systems import RATIOS, NearThreshold, exact_matrices
from reference.formats import Format

Float64 = NDArray[np.float64]

HADAMARD = np.array([[1.0]])
for _ in range(3):
    HADAMARD = np.block([[HADAMARD, HADAMARD], [HADAMARD, -HADAMARD]])

BLOCKS: dict[str, Float64] = {
    "permutation": np.ones((1, 1)),
    "rotation": np.array([[3.0, -4.0], [4.0, 3.0]]),
    "quaternion": np.array([[1.0, -2, -2, -4], [2, 1, -4, 2], [2, 4, 1, -2], [4, -2, 2, 1]]),
    "hadamard": HADAMARD,
}
"""Integer matrices B with B^T B a multiple of I."""

ENTRIES = ("powers", "numbers", "graded")
ZEROS = ("none", "some", "all")


@dataclasses.dataclass(frozen=True)
class Isometry(Regime):
    """Q with Q^T Q = c I, c > 0: copies of a block along the diagonal, rows and columns permuted, random signs.

    `dropped` columns are left out.
    """

    block: str = "permutation"
    copies: int = 2
    dropped: int = 0
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("Q",)
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.block not in BLOCKS or self.scale not in SCALES:
            raise ValueError(f"no blocks {self.block!r} at scale {self.scale!r}")
        if self.copies < 1 or not 0 <= self.dropped < self.order:
            raise ValueError(f"no {self.order} columns without {self.dropped} of them")

    @property
    def order(self) -> int:
        """The number of rows."""
        return self.copies * len(BLOCKS[self.block])

    def size(self) -> int:
        return self.order * (self.order - self.dropped)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        q = np.broadcast_to(np.kron(np.eye(self.copies), BLOCKS[self.block]), (batch, self.order, self.order))
        for axis in (1, 2):
            q = _shuffled(rng, q, axis)
        q = q * rng.choice([-1.0, 1.0], (batch, self.order, 1))
        return [q[..., self.dropped :] * Numbers(scale=self.scale).factor(fmt)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (q,) = arrays
        norms = (q**2).sum(-2, keepdims=True)
        gram = q.swapaxes(-1, -2) @ q
        return np.asarray((gram == norms[..., :1] * np.eye(q.shape[-1])).all((-2, -1)) & (norms > 0).all((-2, -1)))


@dataclasses.dataclass(frozen=True)
class ManyIsometries(Isometry):
    """As many as the profile allows: more than a kernel may take at a time."""

    most: ClassVar[int] = 256


def _shuffled(rng: np.random.Generator, q: Float64, axis: int) -> Float64:
    """Rows (axis 1) or columns (axis 2) of each matrix in an order of its own."""
    order = rng.permuted(np.broadcast_to(np.arange(q.shape[axis]), q.shape[:1] + q.shape[axis : axis + 1]), axis=1)
    return np.take_along_axis(q, order[:, :, None] if axis == 1 else order[:, None, :], axis)


@dataclasses.dataclass(frozen=True)
class DiagonalMatrix(Regime):
    """A diagonal matrix (rows, cols) with entries of either sign, none, some or all of them zero.

    `entries`: powers of two from 1/64 to 64, numbers between them, or powers from 1 to 2^(6 - p), p significant bits.
    """

    rows: int = 2
    cols: int = 2
    entries: str = "powers"
    zeros: str = "none"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("D",)

    def __post_init__(self) -> None:
        if self.entries not in ENTRIES or self.zeros not in ZEROS or self.scale not in SCALES:
            raise ValueError(f"no diagonal of {self.entries} with {self.zeros} zeros at scale {self.scale!r}")

    def size(self) -> int:
        return max(1, self.rows * self.cols)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        k = min(self.rows, self.cols)
        match self.entries:
            case "powers":
                d = 2.0 ** rng.integers(-6, 7, (batch, k))
            case "numbers":
                d = 2.0 ** rng.uniform(-6, 6, (batch, k))
            case _:
                d = rng.permuted(
                    np.broadcast_to(2.0 ** -np.rint(np.linspace(0, fmt.precision - 6, k)), (batch, k)), axis=-1
                )
        d = d * rng.choice([-1.0, 1.0], (batch, k))
        if self.zeros != "none":
            d = np.where(rng.random((batch, k)) < 0.5, 0.0, d) if self.zeros == "some" else 0.0 * d
        a = np.zeros((batch, self.rows, self.cols))
        a[:, np.arange(k), np.arange(k)] = d * Numbers(scale=self.scale).factor(fmt)
        return [a]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        off_diagonal = ~np.eye(self.rows, self.cols, dtype=bool)
        return np.asarray((np.where(off_diagonal, arrays[0], 0.0) == 0).all((-2, -1)))


@dataclasses.dataclass(frozen=True)
class SingularFamily(Regime):
    """`MEMBERS` matrices B C of the given rank, of which products round: B has many digits, C odd integers.

    B (rows, rank) is normal, with so many bits that the product is exact; C (rank, cols) holds -7 to 7.
    """

    rows: int = 3
    cols: int = 3
    rank: int = 2
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 1
    MEMBERS: ClassVar[int] = 15

    def __post_init__(self) -> None:
        if not 1 <= self.rank < min(self.rows, self.cols) or self.scale not in ("one", "small", "large"):
            raise ValueError(
                f"no singular {self.rows} x {self.cols} matrix of rank {self.rank} at scale {self.scale!r}"
            )

    def size(self) -> int:
        return self.MEMBERS * self.rows * self.cols

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        quantum = 2.0 ** (9 - fmt.precision)
        b = np.rint(np.clip(rng.standard_normal((batch, self.MEMBERS, self.rows, self.rank)), -3, 3) / quantum)
        c = 2.0 * rng.integers(-4, 4, (batch, self.MEMBERS, self.rank, self.cols)) + 1
        return [b * quantum @ c * Numbers(scale=self.scale).factor(fmt)]


@dataclasses.dataclass(frozen=True)
class OrthogonalRows(Isometry):
    """The transpose: rows that are orthogonal and of one length, not more of them than columns."""

    names: ClassVar[tuple[str, ...]] = ("A",)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [q.swapaxes(-1, -2) for q in super().arrays(rng, batch, fmt)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return super().admits([a.swapaxes(-1, -2) for a in arrays])


@dataclasses.dataclass(frozen=True)
class NearUnderflow(Isometry):
    """Permutations with signs times half of the smallest normal number, or its inverse: `of` one is the other's.

    The entries that are subnormal are `of` the matrix, or of its inverse.
    """

    of: str = "matrix"
    names: ClassVar[tuple[str, ...]] = ("A",)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.of not in ("matrix", "inverse") or self.block != "permutation" or self.scale != "one":
            raise ValueError(f"no subnormal {self.block} of the {self.of}")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [q * (fmt.lam / 2 if self.of == "matrix" else 2 / fmt.lam) for q in super().arrays(rng, batch, fmt)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return super().admits([np.sign(a) for a in arrays])


def exact_or_orthogonal() -> Regimes:
    """Matrices of exact rank; wide ones beyond a block, with orthogonal rows; subnormal ones and their inverses."""
    plain = exact_matrices()
    wide = (OrthogonalRows("hadamard", copies=2, dropped=5), OrthogonalRows("rotation", copies=33, dropped=1))
    small = tuple(NearUnderflow(copies=n, of=of) for n in (1, 3) for of in ("matrix", "inverse"))
    return Regimes(plain.draw, (*plain.corners, *wide, *small))


def isometries() -> Regimes:
    """Orthogonal matrices and their columns up to a factor: permutations, rotations, quaternions, Hadamard's."""
    corners = (
        Isometry(),
        Isometry("permutation", copies=65),
        Isometry(copies=1),
        Isometry("rotation"),
        Isometry("rotation", copies=1, dropped=1),
        Isometry("quaternion", copies=1),
        Isometry("quaternion", copies=3, dropped=2),
        Isometry("hadamard", copies=1, dropped=3),
        Isometry("hadamard", copies=5),
        Isometry("permutation", copies=17, dropped=8),
        ManyIsometries("rotation"),
        Isometry("rotation", scale="small"),
        Isometry("hadamard", copies=1, scale="large"),
    )
    draw = st.sampled_from([(b, k) for b in BLOCKS for k in (1, 2, 3) if k * len(BLOCKS[b]) <= 8]).flatmap(
        lambda made: st.builds(
            Isometry,
            st.just(made[0]),
            st.just(made[1]),
            st.integers(0, made[1] * len(BLOCKS[made[0]]) - 1),
            st.sampled_from(("one", "small", "large")),
        )
    )
    return Regimes(draw, corners)


def diagonal_matrices() -> Regimes:
    """Diagonals of every shape with zeros, around the threshold, and at scales up to where reciprocals overflow."""
    corners = (
        DiagonalMatrix(),
        DiagonalMatrix(2, 3, zeros="some"),
        DiagonalMatrix(3, 2, zeros="some"),
        DiagonalMatrix(4, 4, "numbers", "some"),
        *(NearThreshold(m, n, side) for m, n in ((2, 2), (3, 4), (4, 2)) for side in RATIOS),
        *(DiagonalMatrix(m, n) for m, n in ((0, 0), (0, 3), (3, 0), (1, 1), (1, 5), (5, 1))),
        DiagonalMatrix(1, 1, zeros="all"),
        DiagonalMatrix(3, 5, zeros="all"),
        DiagonalMatrix(17, 9, "numbers"),
        DiagonalMatrix(33, 33, "powers", "some"),
        DiagonalMatrix(65, 70, "powers", "some"),
        DiagonalMatrix(5, 40, "numbers"),
        DiagonalMatrix(60, 2, "numbers"),
        DiagonalMatrix(5, 5, "graded"),
        DiagonalMatrix(3, 6, "graded", "some"),
        *(DiagonalMatrix(3, 2, "numbers", scale=scale) for scale in SCALES[1:]),
        *(DiagonalMatrix(3, 3, "powers", "some", scale) for scale in SCALES[1:]),
    )
    side, entries = st.sampled_from([2, 1, 3, 4, 5, 6, 9]), st.sampled_from(ENTRIES)
    drawn = st.builds(DiagonalMatrix, side, side, entries, st.sampled_from(ZEROS[:2]), st.sampled_from(SCALES))
    return Regimes(drawn, corners)


def singular_families() -> Regimes:
    """Families of every shape, from rank 2 on: at rank 1 a lucky rounding would do."""
    corners = (
        SingularFamily(),
        SingularFamily(3, 4),
        SingularFamily(5, 3),
        SingularFamily(6, 6, 2),
        SingularFamily(6, 5, 4),
        SingularFamily(4, 12, 3),
        SingularFamily(33, 4, 3),
        SingularFamily(4, 4, 3, "small"),
        SingularFamily(4, 3, 2, "large"),
    )
    shapes = [(m, n, r) for m in range(3, 7) for n in range(3, 7) for r in range(2, min(m, n))]

    def family(shape: tuple[int, int, int], scale: str) -> SingularFamily:
        return SingularFamily(*shape, scale=scale)

    return Regimes(st.builds(family, st.sampled_from(shapes), st.sampled_from(("one", "small"))), corners)
