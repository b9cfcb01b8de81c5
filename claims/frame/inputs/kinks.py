"""Points where functions have no derivative: the ends of their pieces, and ties of every multiplicity."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.autodiff import kinks as reference
from reference.formats import Format


class Kink(NamedTuple):
    """Points x (batch, n) of the function with this name."""

    x: Tensor
    name: str


@dataclasses.dataclass(frozen=True)
class Pieces(Regime):
    """Rows of `n` ends of pieces of a function of one variable, with zeros of both signs.

    Where the pieces are straight: the neighbours of their ends, too, and infinities.
    """

    name: str = "abs"
    n: int = 7
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.name not in reference.CURVES or self.n < 1:
            raise ValueError(f"no {self.n} points of {self.name!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.choice(points(self.name, fmt), (batch, self.n))]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        curve = reference.CURVES[self.name]
        return np.asarray((np.isin(x, curve.points) | bool(curve.slopes)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Kink:
        return Kink(tensors[0], self.name)


def points(name: str, fmt: Format) -> NDArray[np.float64]:
    """What `Pieces` chooses from."""
    curve = reference.CURVES[name]
    ends = np.array(curve.points)
    both = np.concatenate([ends, np.where(ends == 0, -0.0, ends)]) if curve.both_zeros else ends
    if not curve.slopes:
        return both
    step = np.where(ends == 0, fmt.eta, fmt.ulp(ends))
    return np.concatenate([both, ends - step, ends + step, [-np.inf, np.inf]])


TIED = (1.0, 0.0, -2.0, np.inf, -np.inf)


@dataclasses.dataclass(frozen=True)
class Ties(Regime):
    """Vectors of `n` numbers of which some, from one to all, are the same: `value`, the others beside it.

    Zeros have both signs, and so have the magnitudes of a tie in a norm. The norms of order 2 and 3 and the standard
    deviation get the only kinks that they have: zeros, and equal numbers.
    """

    name: str = "amax"
    n: int = 4
    value: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        infinite = np.isinf(self.value) and self.name not in reference.SELECTIONS
        if (
            self.name not in reference.OF_VECTORS
            or self.n < 2
            or infinite
            or (self.name in reference.PAIRS) > (self.n == 2)
        ):
            raise ValueError(f"no ties of {self.name!r} at {self.value} among {self.n} numbers")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        sign = rng.choice([-1.0, 1.0], shape)
        if self.name == "std":
            return [np.full(shape, self.value)]
        if reference.NORMS.get(self.name, 1.0) in (2.0, 3.0):
            return [0.0 * sign]
        tied = rng.random(shape) < rng.random((batch, 1))
        tied[np.arange(batch), rng.integers(0, self.n, batch)] = True
        x = np.where(tied, self.value, np.where(np.isinf(self.value), 0.0, self.value) + rng.integers(-2, 3, shape))
        return [x * sign if self.name in reference.NORMS else np.where(x == 0, x * sign, x)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        if self.name == "std":
            return np.asarray((x == x[:, :1]).all(-1))
        if reference.NORMS.get(self.name, 1.0) in (2.0, 3.0):
            return np.asarray((x == 0).all(-1))
        return np.asarray((x == np.rint(x)).all(-1) & (np.isinf(x) | (np.abs(x) <= 64)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Kink:
        return Kink(tensors[0], self.name)


SHAPES = (
    (0.0, 0.0, 0.0, 0.0),
    (1.0, 0.0, 0.0, 1.0),
    (0.0, 1.0, -1.0, 0.0),
    (1.0, 1.0, 1.0, -1.0),
    (1.0, 0.0, 0.0, 0.0),
    (1.0, 1.0, 1.0, 1.0),
    (1.0, 2.0, -2.0, -4.0),
)
"""Matrices of order 2 by their entries: 0, multiples of orthogonal ones, of rank one."""


@dataclasses.dataclass(frozen=True)
class Matrices(Regime):
    """Matrices of order 2 with singular values that are equal, or 0: multiples by 1/2, 1, 2, -1, transposed or not."""

    name: str = "nuclear norm"
    n: ClassVar[int] = 4
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.name not in reference.MATRICES:
            raise ValueError(f"no matrices for {self.name!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = rng.choice(SHAPES, batch) * rng.choice([0.5, 1.0, 2.0, -1.0], (batch, 1))
        turned = rng.random((batch, 1)) < 0.5
        return [np.where(turned, x[:, [0, 2, 1, 3]], x)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (x,) = arrays
        s = np.linalg.svd(x.reshape(-1, 2, 2), compute_uv=False)
        return np.asarray((s[:, 1] <= 2.0**-45 * s[:, 0]) | (s[:, 0] - s[:, 1] <= 2.0**-45 * s[:, 0]))

    def present(self, tensors: Sequence[Any], seed: int) -> Kink:
        return Kink(tensors[0], self.name)


def kinks() -> Regimes:
    """Every function; corners: each of them, some at other numbers, and more numbers than a vector holds."""
    corners: list[Pieces | Ties | Matrices] = [
        Pieces(name, (7, 1, 17, 9)[i % 4]) for i, name in enumerate(reference.CURVES)
    ]
    for i, name in enumerate(reference.OF_VECTORS):
        corners.append(Ties(name, 2 if name in reference.PAIRS else (4, 3, 5, 17)[i % 4]))
        if name in reference.SELECTIONS:
            corners.append(Ties(name, 2 if name in reference.PAIRS else (2, 7)[i % 2], TIED[1 + i % 4]))
    corners += [Ties("amax", 33), Ties("max of dim", 65, 0.0), Ties("vector_norm inf", 33, 0.0), Ties("norm 1", 5, 0.0)]
    corners += [Matrices(name) for name in reference.MATRICES]
    lengths = st.sampled_from([7, 1, 2, 3, 8, 16, 17, 33])
    several = [name for name in reference.OF_VECTORS if name not in reference.PAIRS]
    finite = [name for name in several if name not in reference.SELECTIONS]
    return Regimes(
        st.one_of(
            st.builds(Pieces, st.sampled_from(list(reference.CURVES)), lengths),
            st.builds(
                Ties,
                st.sampled_from([name for name in several if name not in finite]),
                st.integers(2, 9),
                st.sampled_from(TIED),
            ),
            st.builds(Ties, st.sampled_from(finite), st.integers(2, 9), st.sampled_from(TIED[:3])),
            st.builds(Matrices, st.sampled_from(reference.MATRICES)),
            st.builds(Ties, st.sampled_from(reference.PAIRS), st.just(2), st.sampled_from(TIED[:3])),
        ),
        tuple(corners),
    )
