"""Matrices and exponents: any matrix, matrices with known integer eigenvectors, Jordan blocks and what is similar."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import GALLERY, Batch
from reference.formats import Format

Float64 = NDArray[np.float64]

EXPONENTS = (2, 0, 1, 3, 4, 5, 7, 8, 9, 16, 31, 32, 33)
"""Binary powering takes other paths at 2, 3 and the powers of two."""
KINDS = ("normal", "contraction", "integers", "signed permutation", "nilpotent", "identity", "zero", "positive")
SIZES = {"growing": (-2.0, -1.0, 0.0, 1.0, 2.0), "decaying": (-0.5, 0.0, 0.25, 0.5), "unit": (-1.0, 1.0)}


class Powered(NamedTuple):
    """A batch of matrices W (batch, n, n), an exponent, vectors x and c (batch, n)."""

    W: Tensor
    x: Tensor
    c: Tensor
    t: int


@dataclasses.dataclass(frozen=True)
class MatrixAndExponent(Regime):
    """A matrix of order `n`, small integer vectors, and an exponent; matrices by name.

    normal: entries of variance 1/n; contraction: a hundredth of that, so that powers underflow; integers: -1, 0, 1, few
    of them; positive: rows of sum about one; nilpotent: strictly upper triangular. The matrix is times 2^`shift`.
    """

    n: int = 2
    t: int = 2
    kind: str = "integers"
    shift: int = 0
    names: ClassVar[tuple[str, ...]] = ("W", "x", "c")
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.t < 0:
            raise ValueError(f"no power {self.t} of a matrix of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.n**2 * max(1, self.t // 4))  # every order of multiplication has its own bound

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n, self.n)
        x, c = rng.integers(-3, 4, (2, batch, self.n)).astype(np.float64)
        return [self._matrix(rng, shape, fmt) * 2.0 ** max(self.shift, fmt.emin - 2), x, c]

    def _matrix(self, rng: np.random.Generator, shape: tuple[int, int, int], fmt: Format) -> Float64:
        n = self.n
        match self.kind:
            case "normal" | "contraction":
                deviation = (0.01 if self.kind == "contraction" else 1.0) / max(1, n) ** 0.5
                return np.asarray(rng.standard_normal(shape) * deviation)
            case "integers":
                return rng.integers(-1, 2, shape).astype(np.float64) * (rng.random(shape) < 2 / max(2, n))
            case "signed permutation":
                order = rng.permuted(np.broadcast_to(np.arange(n), shape[:2]), axis=-1)
                return np.asarray(np.eye(n)[order] * rng.choice([-1.0, 1.0], (shape[0], n, 1)))
            case "nilpotent":
                return np.triu(rng.integers(-2, 3, shape).astype(np.float64), 1)
            case "positive":
                return np.asarray(rng.random(shape) * 2 / max(1, n))
            case _:
                return np.asarray(np.broadcast_to(GALLERY[self.kind](Batch(rng, shape, fmt)), shape))

    def present(self, tensors: Sequence[Any], seed: int) -> Powered:
        W, x, c = tensors
        return Powered(W, x, c, self.t)


class Diagonalised(NamedTuple):
    """W = V diag(w) V^-1, exactly: W, V and V^-1 (batch, n, n), w (batch, n), and an exponent."""

    W: Tensor
    V: Tensor
    w: Tensor
    inverse: Tensor
    t: int


@dataclasses.dataclass(frozen=True)
class IntegerEigenvectors(Regime):
    """W = V diag(w) V^-1 with integer V and V^-1 and eigenvalues that are small integers, halves and quarters.

    `sizes` of the eigenvalues: growing (-2 to 2), decaying (up to 1/2) or unit (1 and -1). Where the format does not
    hold W, V or V^-1 the eigenvectors are those of the standard basis.
    """

    n: int = 2
    t: int = 2
    sizes: str = "growing"
    names: ClassVar[tuple[str, ...]] = ("W", "V", "w", "V^-1")
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.sizes not in SIZES or self.t < 0:
            raise ValueError(f"no power {self.t} with {self.sizes} eigenvalues")

    def size(self) -> int:
        return max(1, self.n**2 * max(1, self.t // 4))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        w = rng.choice(SIZES[self.sizes], (batch, self.n))
        v, inverse = unimodular(rng, batch, self.n)
        a = (v * w[:, None, :]) @ inverse
        held = np.all([(fmt.round(m) == m).all((-2, -1)) for m in (a, v, inverse)], axis=0)[:, None, None]
        v, inverse = (np.where(held, m, np.eye(self.n)) for m in (v, inverse))
        return [(v * w[:, None, :]) @ inverse, v, w, inverse]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        a, v, w, inverse = arrays
        spanned = (v @ inverse == np.eye(self.n)).all((-2, -1))
        return np.asarray(spanned & ((v * w[:, None, :]) @ inverse == a).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> Diagonalised:
        W, V, w, inverse = tensors
        return Diagonalised(W, V, w, inverse, self.t)


def unimodular(rng: np.random.Generator, batch: int, n: int) -> tuple[Float64, Float64]:
    """Integer matrices (batch, n, n) of determinant 1 and their inverses, integers too: L U with unit triangles."""
    made = rng.integers(-1, 2, (2, batch, n, n)).astype(np.float64)
    lower, upper = np.tril(made[0], -1) + np.eye(n), np.triu(made[1], 1) + np.eye(n)
    inverse = np.rint(np.linalg.inv(upper)) @ np.rint(np.linalg.inv(lower))
    return lower @ upper, inverse


class JordanPower(NamedTuple):
    """W = S J S^-1 with one Jordan block J of the given eigenvalue: W, S, S^-1 (batch, n, n), and an exponent."""

    W: Tensor
    S: Tensor
    inverse: Tensor
    eigenvalue: int
    t: int


@dataclasses.dataclass(frozen=True)
class JordanBlock(Regime):
    """A Jordan block of order `n` with eigenvalue 1 or -1; `similar` puts it into another integer basis."""

    n: int = 2
    t: int = 2
    eigenvalue: int = 1
    similar: bool = False
    names: ClassVar[tuple[str, ...]] = ("W", "S", "S^-1")
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.eigenvalue not in (1, -1) or self.t < 0 or self.n < 2:
            raise ValueError(f"no power {self.t} of a Jordan block of order {self.n} with |eigenvalue| = 1")

    def size(self) -> int:
        return self.n**2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        block = self.eigenvalue * np.eye(self.n) + np.eye(self.n, k=1)
        s, inverse = unimodular(rng, batch, self.n)
        if not self.similar:
            s = inverse = np.broadcast_to(np.eye(self.n), s.shape)
        return [s @ block @ inverse, s.copy(), inverse.copy()]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        a, s, inverse = arrays
        block = self.eigenvalue * np.eye(self.n) + np.eye(self.n, k=1)
        spanned = (s @ inverse == np.eye(self.n)).all((-2, -1))
        return np.asarray(spanned & (s @ block @ inverse == a).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> JordanPower:
        W, S, inverse = tensors
        return JordanPower(W, S, inverse, self.eigenvalue, self.t)


def powers() -> Regimes:
    """Every kind with every exponent of interest; corners beyond a kernel's block, underflow on the way, batches."""
    corners = (
        MatrixAndExponent(2, 2),
        *(MatrixAndExponent(3, t, "normal") for t in EXPONENTS),
        *(MatrixAndExponent(4, t) for t in (3, 5, 7, 33)),
        MatrixAndExponent(0, 2),
        MatrixAndExponent(0, 0),
        MatrixAndExponent(1, 33, "normal"),
        MatrixAndExponent(1, 31, "signed permutation"),
        MatrixAndExponent(5, 33, "signed permutation"),
        MatrixAndExponent(17, 9, "normal"),
        MatrixAndExponent(33, 4, "signed permutation"),
        MatrixAndExponent(33, 5, "normal"),
        MatrixAndExponent(65, 3, "positive"),
        MatrixAndExponent(130, 2, "normal"),
        *(MatrixAndExponent(4, t, "contraction") for t in (3, 4, 8, 31)),
        MatrixAndExponent(3, 4, "normal", -20),
        MatrixAndExponent(3, 8, "normal", 4),
        MatrixAndExponent(6, 5, "nilpotent"),
        MatrixAndExponent(6, 6, "nilpotent"),
        MatrixAndExponent(6, 16, "positive"),
        MatrixAndExponent(4, 33, "identity"),
        MatrixAndExponent(3, 5, "zero"),
        MatrixAndExponent(3, 1, "signed permutation", -5000),
    )
    order, exponent = st.sampled_from([2, 1, 3, 4, 5, 6, 8, 0, 17]), st.sampled_from(EXPONENTS)
    shift = st.sampled_from([0, 0, 0, -20, -8, -3, 2, 4])
    draw = st.builds(MatrixAndExponent, order, exponent, st.sampled_from(KINDS), shift)
    return Regimes(draw, corners)


def powers_and_long_ones() -> Regimes:
    """`powers`, and signed permutations with larger exponents and of larger order."""
    plain = powers()
    longer = tuple(MatrixAndExponent(n, t, "signed permutation") for n, t in ((3, 65), (2, 129), (257, 2)))
    return Regimes(plain.draw, (*plain.corners, *longer))


def diagonalised_powers() -> Regimes:
    """Integer eigenvectors up to order 4 with eigenvalues inside, on and outside the unit circle."""
    corners = (
        IntegerEigenvectors(2, 2),
        *(IntegerEigenvectors(3, t, sizes) for t in (3, 8) for sizes in SIZES),
        IntegerEigenvectors(6, 2, "unit"),
        IntegerEigenvectors(17, 3, "unit"),
        IntegerEigenvectors(1, 5),
        IntegerEigenvectors(0, 3),
        IntegerEigenvectors(3, 0),
        IntegerEigenvectors(3, 1),
        IntegerEigenvectors(4, 33, "unit"),
        IntegerEigenvectors(2, 33, "decaying"),
        IntegerEigenvectors(2, 31),
    )
    draw = st.builds(
        IntegerEigenvectors, st.sampled_from([2, 1, 3, 4]), st.sampled_from(EXPONENTS), st.sampled_from(list(SIZES))
    )
    return Regimes(draw, corners)


def jordan_blocks() -> Regimes:
    """Blocks of order 2 to 4, in their own basis and in others, with powers that every format holds and large ones."""
    corners = (
        JordanBlock(2, 2),
        *(JordanBlock(2, t) for t in (0, 1, 3, 10, 100, 127, 1000)),
        *(JordanBlock(2, t) for t in (6, 11, 12, 13, 14, 24, 64, 65, 128)),
        *(JordanBlock(2, t, -1) for t in (2, 3, 33)),
        *(JordanBlock(3, t, e) for t in (2, 3, 5, 10, 32, 33) for e in (1, -1)),
        *(JordanBlock(4, t) for t in (3, 4, 7, 8, 16, 31)),
        *(JordanBlock(n, t, e, similar=True) for n, t, e in ((2, 9, 1), (2, 3, -1), (3, 3, 1), (3, 8, 1), (4, 4, -1))),
        JordanBlock(4, 5, similar=True),
    )
    exponent = st.sampled_from([*EXPONENTS, 6, 10, 15, 63, 100, 255, 1000])
    draw = st.builds(JordanBlock, st.sampled_from([2, 3, 4]), exponent, st.sampled_from([1, -1]), st.booleans())
    return Regimes(draw, corners)
