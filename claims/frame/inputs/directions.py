"""Points at which derivatives are taken, with a direction T for forward mode and a cotangent G for reverse mode."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import SPECTRA, Gallery, PrescribedSpectrum
from claims.frame.inputs.symmetric import Symmetric
from claims.frame.inputs.systems import ExactRank, ManyExactRank
from reference.formats import Format


class ProductAndDirections(NamedTuple):
    """A (batch, m, k), B (batch, k, n), directions of their shapes, and a cotangent G (batch, m, n) of A B."""

    A: Tensor
    B: Tensor
    T: Tensor
    S: Tensor
    G: Tensor


@dataclasses.dataclass(frozen=True)
class DirectedProduct(Regime):
    """Factors with the numbers of `Numbers`; directions and cotangent hold integers from -3 to 3."""

    rows: int = 2
    inner: int = 2
    cols: int = 2
    numbers: Numbers = Numbers()
    names: ClassVar[tuple[str, ...]] = ("A", "B", "T", "S", "G")
    most: ClassVar[int] = 128

    def size(self) -> int:
        return max(1, self.rows, self.inner, self.cols) ** 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = (self.rows, self.inner), (self.inner, self.cols)
        factors = [self.numbers.fill(rng, (batch, *shape), fmt) for shape in shapes]
        around = [
            rng.integers(-3, 4, (batch, *shape)).astype(np.float64) for shape in (*shapes, (self.rows, self.cols))
        ]
        return [*factors, *around]

    def present(self, tensors: Sequence[Any], seed: int) -> ProductAndDirections:
        return ProductAndDirections(*tensors)


class Directed(NamedTuple):
    """A (batch, m, n), a direction T of its shape, and a cotangent G of the shape of what A is mapped to."""

    A: Tensor
    T: Tensor
    G: Tensor


@dataclasses.dataclass(frozen=True)
class DirectedMatrix(Regime):
    """A matrix of another regime, with integers from -3 to 3 for T and for G (batch, n, m).

    `symmetric` mirrors the lower triangle of T, as eigenvalues of symmetric matrices need it.
    """

    matrix: Regime = ExactRank(2, 2)
    symmetric: bool = False
    names: ClassVar[tuple[str, ...]] = ("A", "T", "G")
    most: ClassVar[int] = 32

    def size(self) -> int:
        return self.matrix.size()

    def batch(self, limit: int, elements: int) -> int:
        return min(super().batch(limit, elements), self.matrix.batch(limit, elements))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = self.matrix.arrays(rng, batch, fmt)
        t = rng.integers(-3, 4, a.shape).astype(np.float64)
        if self.symmetric:
            t = np.tril(t) + np.tril(t, -1).swapaxes(-1, -2)
        return [a, t, rng.integers(-3, 4, a.swapaxes(-1, -2).shape).astype(np.float64)]

    def admits(self, arrays: Arrays) -> Any:
        mirrored = not self.symmetric or (arrays[1] == arrays[1].swapaxes(-1, -2)).all((-2, -1))
        return mirrored & self.matrix.admits(arrays[:1])

    def present(self, tensors: Sequence[Any], seed: int) -> Directed:
        return Directed(*tensors)


@dataclasses.dataclass(frozen=True)
class ManyDirected(DirectedMatrix):
    """More than a kernel may take at a time."""

    most: ClassVar[int] = 256


def directed_products() -> Regimes:
    """Factors of every shape, kind and scale; corners: empty, thin, beyond a kernel's block, underflow, overflow."""
    corners = (
        DirectedProduct(),
        *(DirectedProduct(m, k, n, Numbers("normal")) for m, k, n in ((1, 1, 1), (1, 5, 1), (5, 1, 3), (3, 4, 5))),
        *(DirectedProduct(m, k, n) for m, k, n in ((0, 2, 3), (2, 0, 3), (2, 3, 0), (17, 17, 17), (20, 20, 20))),
        DirectedProduct(65, 5, 7),
        DirectedProduct(3, 260, 3),
        DirectedProduct(33, 5, 7, Numbers("normal")),
        DirectedProduct(5, 130, 3, Numbers("cancel")),
        DirectedProduct(3, 5, 130, Numbers("wide")),
        DirectedProduct(4, 4, 4, Numbers("normal", "tiny")),
        DirectedProduct(4, 4, 4, Numbers("normal", "subnormal")),
        DirectedProduct(4, 4, 4, Numbers("normal", "large")),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 7, 0, 8, 17])
    return Regimes(st.builds(DirectedProduct, side, side, side, numbers()), corners)


def regular_points() -> Regimes:
    """Nonsingular matrices: integers of full rank, and prescribed singular values of moderate and large condition."""
    corners = (
        DirectedMatrix(ExactRank(2, 2)),
        *(DirectedMatrix(ExactRank(n, n)) for n in (1, 3, 5, 0, 9, 17)),
        ManyDirected(ManyExactRank(2, 2)),
        DirectedMatrix(ExactRank(4, 4, condition="ill")),
        DirectedMatrix(PrescribedSpectrum(8, 8, spectrum="geo")),
        DirectedMatrix(PrescribedSpectrum(5, 5, spectrum="cluster1")),
        DirectedMatrix(PrescribedSpectrum(4, 4, spectrum="clustered", condition="large")),
        DirectedMatrix(ExactRank(3, 3, scale="small")),
        DirectedMatrix(ExactRank(3, 3, scale="large")),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6])
    exact = order.map(lambda n: ExactRank(n, n))
    spectral = st.builds(
        lambda n, spectrum: PrescribedSpectrum(n, n, spectrum=spectrum), order, st.sampled_from(SPECTRA)
    )
    return Regimes(st.one_of(exact, spectral).map(DirectedMatrix), corners)


def full_rank_points() -> Regimes:
    """Matrices of full rank, tall, wide and square."""
    shapes = ((3, 2), (2, 3), (2, 2), (1, 4), (4, 1), (5, 3), (3, 5), (7, 4))
    corners = (
        *(DirectedMatrix(ExactRank(m, n)) for m, n in (*shapes, (9, 9), (17, 9), (9, 17))),
        ManyDirected(ManyExactRank(3, 2)),
        DirectedMatrix(PrescribedSpectrum(6, 4, spectrum="arith")),
        DirectedMatrix(PrescribedSpectrum(4, 6, spectrum="geo")),
    )
    shape = st.tuples(*[st.sampled_from([2, 1, 3, 4, 5])] * 2)
    return Regimes(shape.map(lambda s: DirectedMatrix(ExactRank(*s))), corners)


def singular_points() -> Regimes:
    """Integer matrices of rank n - 1, where the adjugate is not zero, and of lower rank, where it is."""
    corners = tuple(
        DirectedMatrix(ExactRank(n, n, d)) for n, d in ((2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (5, 2), (1, 1), (9, 1))
    )
    order, deficiency = st.sampled_from([2, 3, 4, 5]), st.sampled_from([1, 2])
    return Regimes(st.builds(lambda n, d: DirectedMatrix(ExactRank(n, n, d)), order, deficiency), corners)


def symmetric_points() -> Regimes:
    """Symmetric matrices with simple eigenvalues, prescribed or by name, and some with repeated ones."""
    corners = (
        DirectedMatrix(Symmetric(2, "hadamard-simple"), symmetric=True),
        *(DirectedMatrix(Symmetric(n, "normal"), symmetric=True) for n in (1, 2, 3, 5, 8)),
        DirectedMatrix(Symmetric(4, "hadamard-simple"), symmetric=True),
        DirectedMatrix(Symmetric(0), symmetric=True),
        DirectedMatrix(Symmetric(6, "arith"), symmetric=True),
        DirectedMatrix(Symmetric(5, "geo", "negative"), symmetric=True),
        DirectedMatrix(Symmetric(4, "reflection"), symmetric=True),
        DirectedMatrix(Symmetric(33, "normal"), symmetric=True),
        ManyDirected(Symmetric(3, "normal"), symmetric=True),
        DirectedMatrix(Symmetric(3, "zero"), symmetric=True),
        DirectedMatrix(Symmetric(17, "second-difference"), symmetric=True),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 8])
    drawn = st.builds(Symmetric, order, st.sampled_from(["arith", "geo", "normal", "integers", "diagonal"]))
    return Regimes(drawn.map(lambda s: DirectedMatrix(s, symmetric=True)), corners)


def rectangular_points() -> Regimes:
    """Matrices of every shape by singular values, simple, repeated and zero."""
    shapes = ((2, 2), (3, 2), (2, 3), (1, 4), (4, 1), (5, 5), (8, 5))
    corners = (
        *(DirectedMatrix(Gallery(m, n, name="normal")) for m, n in (*shapes, (5, 8), (9, 9), (17, 9), (9, 17))),
        DirectedMatrix(PrescribedSpectrum(5, 4, spectrum="arith")),
        DirectedMatrix(PrescribedSpectrum(4, 5, spectrum="geo")),
        *(DirectedMatrix(Gallery(3, 3, name=name)) for name in ("identity", "zero", "ones", "integers")),
        DirectedMatrix(Gallery(4, 3, name="rank-one")),
        DirectedMatrix(Gallery(4, 4, name="hadamard")),
        DirectedMatrix(Gallery(6, 6, name="kronecker")),
        DirectedMatrix(Gallery(0, 3)),
    )
    side, name = st.sampled_from([2, 1, 3, 4, 5, 6]), st.sampled_from(["normal", "integers", "diagonal", "half-rank"])
    return Regimes(st.builds(lambda m, n, k: DirectedMatrix(Gallery(m, n, name=k)), side, side, name), corners)
