"""Matrices whose singular values are the moduli of their eigenvalues, symmetric and normal ones, and other matrices."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.general import General
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import orthonormal
from claims.frame.inputs.symmetric import Symmetric, symmetric_matrices
from reference.formats import Format

NORMAL = ("rotations", "circulant", "signed permutation", "diagonal", "identity", "zero")


@dataclasses.dataclass(frozen=True)
class Normal(General):
    """A matrix that commutes with its transpose, by its name in `NORMAL`; rounding leaves it so."""

    kind: str = "rotations"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind not in NORMAL:
            raise ValueError(f"{self.kind!r} is no kind of normal matrices")

    def admits(self, arrays: Arrays) -> Any:
        """Normal matrices only; sums of the same products in another order may differ in their last digits."""
        (a,) = arrays
        size = np.abs(a).max((-2, -1), initial=0.0, keepdims=True)
        scaled = a / np.where(size > 0, size, 1.0)
        turned = scaled.swapaxes(-1, -2)
        return (np.abs(scaled @ turned - turned @ scaled) <= 1e-12 * max(1, self.n)).all((-2, -1))


def normal_matrices() -> Regimes:
    """Rotations, circulants, permutations with signs and diagonal matrices, up to order 33, at every scale."""
    corners = (
        Normal(2),
        *(Normal(n) for n in (0, 1, 3, 4, 33)),
        *(Normal(n, "circulant") for n in (3, 8, 17)),
        Normal(6, "signed permutation"),
        Normal(5, "diagonal"),
        Normal(4, "identity"),
        Normal(3, "zero"),
        Normal(4, "rotations", "tiny"),
        Normal(4, "rotations", "huge"),
        Normal(4, "circulant", "subnormal"),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16])
    scale = st.sampled_from(["one", "one", "tiny", "huge", "subnormal"])
    return Regimes(st.builds(Normal, order, st.sampled_from(NORMAL), scale), corners)


@dataclasses.dataclass(frozen=True)
class PowersOfTwo(Regime):
    """diag(1, ..., 2^`lowest`), in any order and with any signs; the first entry is 0 if it is to be `singular`."""

    n: int = 2
    lowest: int = -33
    singular: bool = False
    names: ClassVar[tuple[str, ...]] = ("G",)
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.n < 2:
            raise ValueError("no powers from 1 on of a matrix without two rows")

    def size(self) -> int:
        return self.n**2

    def admits(self, arrays: Arrays) -> Any:
        """Diagonal matrices only."""
        return (np.where(np.eye(self.n) > 0, 0.0, arrays[0]) == 0).all((-2, -1))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        d = np.broadcast_to(2.0 ** np.rint(np.linspace(0, self.lowest, self.n)), (batch, self.n))
        d = rng.permuted(d, axis=-1) * rng.choice([-1.0, 1.0], (batch, self.n))
        d[:, 0] *= not self.singular
        return [d[:, None, :] * np.eye(self.n)]


@dataclasses.dataclass(frozen=True)
class NearlyEqual(Regime):
    """A symmetric matrix of order `n` whose eigenvalues differ from one in the seventh last bit or so."""

    n: int = 8
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 64

    def size(self) -> int:
        return max(1, self.n**2)

    def batch(self, limit: int, elements: int) -> int:
        return Symmetric(self.n).batch(min(limit, self.most), elements)

    def admits(self, arrays: Arrays) -> Any:
        """Symmetric matrices only."""
        return Symmetric(self.n).admits(arrays)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        q = orthonormal(rng, (batch, self.n, self.n))
        d = 1 + 128 * fmt.u * rng.standard_normal((batch, 1, self.n))
        lower = np.tril((q * d) @ q.swapaxes(-1, -2))
        return [lower + np.tril(lower, -1).swapaxes(-1, -2)]


def symmetric_or_nearly_equal() -> Regimes:
    """Symmetric matrices, and those on which values alone are at their least accurate."""
    symmetric = symmetric_matrices()
    nearly = (NearlyEqual(8), NearlyEqual(33))
    return Regimes(st.one_of(symmetric.draw, st.sampled_from(nearly)), (*symmetric.corners, *nearly))


def general_matrices() -> Regimes:
    """Square matrices of every kind, most of them not normal; corners up to order 33, and at every scale."""
    corners = (
        General(2, "normal"),
        General(1, "normal"),
        General(17, "normal"),
        General(33, "normal"),
        General(40, "circulant"),
        General(65, "signed permutation"),
        General(3, "nilpotent"),
        General(4, "triangular"),
        General(5, "ones"),
        General(4, "zero"),
        General(6, "companion"),
        General(4, "badly scaled"),
        General(4, "hessenberg"),
        General(8, "frank"),
        *(General(4, "normal", scale) for scale in ("tiny", "huge", "subnormal")),
        PowersOfTwo(2),
        PowersOfTwo(5, -60),
        PowersOfTwo(3, singular=True),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 16])
    kinds = st.sampled_from(["integers", "normal", "triangular", "nilpotent", "badly scaled", "hessenberg"])
    scale = st.sampled_from(["tiny", "huge", "subnormal"])
    scaled = st.builds(General, order, st.sampled_from(["integers", "normal", "triangular"]), scale)
    return Regimes(st.one_of(st.builds(General, order, kinds), scaled), corners)
