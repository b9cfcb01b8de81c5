"""Points, directions and cotangents for the functions of the table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.complex_functions import COMPLEX_FUNCTIONS
from claims.frame.inputs.decomposition_functions import DECOMPOSITIONS
from claims.frame.inputs.functions import FUNCTIONS, WIDE_FUNCTIONS, Row
from claims.frame.inputs.layer_functions import LAYERS
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.summary_functions import SUMMARIES
from claims.frame.inputs.univariate_slopes import ONCE_IN_HALF, UNIVARIATE, WIDE_UNIVARIATE
from claims.frame.inputs.ways import groups
from reference.formats import Format

Float64 = NDArray[np.float64]

ALL = {
    **FUNCTIONS,
    **WIDE_FUNCTIONS,
    **DECOMPOSITIONS,
    **LAYERS,
    **COMPLEX_FUNCTIONS,
    **UNIVARIATE,
    **ONCE_IN_HALF,
    **WIDE_UNIVARIATE,
    **SUMMARIES,
}
SEPARATED = {
    9: np.diag([3.0, 5.0, 1.0]).ravel(),
    6: np.diag([3.0, 1.25, 0.0])[:, :2].ravel(),
    8: np.array([3.0, 0, 0, 0, 0, 0, 1.0, 0]),
    12: np.array([3.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0]),
}
"""By size, matrices (8 and 12: complex ones) about which eigenvalues (Gershgorin) and singular values (Weyl) differ."""
OUTPUTS = 12
"""Results at most of a function of the table."""


class Point(NamedTuple):
    """x (batch, n), a direction (batch, n) for each order, a cotangent (batch, m or more); row, its name, the ways."""

    x: Tensor
    directions: Sequence[Tensor]
    cotangent: Tensor
    row: Row
    name: str
    ways: tuple[str, ...]
    whole: bool


@dataclasses.dataclass(frozen=True)
class Differentiated(Regime):
    """A point where a function of the table is smooth, away from its kinks, or two for vmap; or whole numbers.

    Directions and cotangents are multiples of 1/4 up to 2, or whole.
    """

    function: str = "exp"
    order: int = 1
    ways: tuple[str, ...] = ()
    whole: bool = False
    names: ClassVar[tuple[str, ...]] = ("x", "u", "v", "w", "c")

    def __post_init__(self) -> None:
        if self.function not in ALL or not self.ways or (self.whole and not ALL[self.function].polynomial):
            raise ValueError(f"no derivatives of {self.function!r} by {self.ways}, whole numbers: {self.whole}")

    def size(self) -> int:
        return ALL[self.function].n

    def batch(self, limit: int, elements: int) -> int:
        return 2 if self.ways[0].startswith("vmap") else 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        row = ALL[self.function]
        shape = batch, row.n
        x = rng.integers(-2, 3, shape).astype(np.float64) if self.whole else point(rng, shape, row.domain)
        most, part = (2, 1.0) if self.whole else (8, 0.25)
        shapes = (shape, shape, shape, (batch, OUTPUTS))
        return [x, *(np.asarray(part * rng.integers(-most, most + 1, s), np.float64) for s in shapes)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x = arrays[0]
        if self.whole:
            return np.asarray((x == np.round(x)).all(-1) & (np.abs(x) <= 2).all(-1))
        return inside(x, ALL[self.function].domain)

    def present(self, tensors: Sequence[Any], seed: int) -> Point:
        x, u, v, w, c = tensors
        return Point(x, (u, v, w)[: self.order], c, ALL[self.function], self.function, self.ways, self.whole)


def point(rng: np.random.Generator, shape: tuple[int, int], domain: str) -> Float64:
    """Numbers of a domain, (batch, n).

    real: of either sign, at least 1/8 away from all multiples of 1/2, where activations and losses have their kinks;
    far: the same, beyond 6, too; apart: any two differ by 1/4 or more, and not by 0.45 to 0.6; separated: near a matrix
    with such a spectrum; dominant and tall matrices are the beginning of a row.
    """
    n = shape[1]
    numbers: dict[str, Callable[[], Float64]] = {
        "positive": lambda: rng.uniform(0.5, 2.5, shape),
        "unit": lambda: rng.uniform(0.1, 0.9, shape),
        "small": lambda: rng.uniform(-0.5, 0.5, shape),
        "inner": lambda: signs(rng, shape) * rng.uniform(0.1, 0.9, shape),
        "beyond 1": lambda: rng.uniform(1.2, 3.0, shape),
        "far": lambda: signs(rng, shape) * (rng.integers(0, 16, shape) + rng.uniform(0.25, 0.75, shape)) / 2,
        "far apart": lambda: signs(rng, shape) * rng.choice([100.0, 300.0, 800.0, 3000.0], shape),
        "with a zero": lambda: real(rng, shape) * (np.arange(n) != 1),
        "with two zeros": lambda: real(rng, shape) * (np.arange(n) % 3 != 1),
        "apart": lambda: 0.35 * ranks(rng, shape) + rng.uniform(-0.05, 0.05, shape),
        "distinct": lambda: np.array([2.0, 0.0, 0.0, 1.0]) + rng.uniform(-0.3, 0.3, shape),
        "dominant": lambda: with_matrix(rng, shape, 3),
        "tall": lambda: with_matrix(rng, shape, 2),
        "separated": lambda: SEPARATED[shape[1]] + rng.uniform(-0.25, 0.25, shape),
        "real": lambda: real(rng, shape),
    }
    return numbers[domain]()


def smooth(x: Float64, most: float = 3.0) -> NDArray[np.bool_]:
    """Where every number is far enough from all multiples of 1/2, and not large."""
    away = np.abs(2 * x - np.round(2 * x)) >= 0.2
    return np.asarray((away & (np.abs(x) < most)).all(-1))


def inside(x: Float64, domain: str) -> NDArray[np.bool_]:
    """Which rows of x (batch, n) are of the domain, as far as smoothness asks for it; rounding is allowed for."""
    n = x.shape[1]
    differences = np.abs(x[:, :, None] - x[:, None, :])[:, *np.triu_indices(n, 1)]
    columns = 2 if domain == "tall" else 3
    around = x[:, : 3 * columns] - 2 * np.eye(3)[:, :columns].ravel() if n >= 3 * columns else x
    rest = x[:, 3 * columns :]
    within: dict[str, Callable[[], Any]] = {
        "positive": lambda: ((x > 0.4) & (x < 3)).all(-1),
        "unit": lambda: ((x > 0.05) & (x < 0.95)).all(-1),
        "small": lambda: (np.abs(x) <= 0.5).all(-1),
        "inner": lambda: ((np.abs(x) > 0.05) & (np.abs(x) < 0.95)).all(-1),
        "beyond 1": lambda: ((x > 1.1) & (x < 3.1)).all(-1),
        "far": lambda: smooth(x, 8.0),
        "far apart": lambda: (np.abs(x) >= 90).all(-1),
        "with a zero": lambda: (x[:, 1] == 0) & smooth(np.delete(x, 1, 1)),
        "with two zeros": lambda: (x[:, 1::3] == 0).all(-1) & smooth(np.delete(x, np.s_[1::3], 1)),
        "apart": lambda: ((differences > 0.2) & ((differences < 0.46) | (differences > 0.54))).all(-1),
        "distinct": lambda: (np.abs(x - np.array([2.0, 0.0, 0.0, 1.0])) <= 0.35).all(-1),
        "dominant": lambda: (np.abs(around) <= 0.65).all(-1) & smooth(rest),
        "tall": lambda: (np.abs(around) <= 0.65).all(-1) & smooth(rest),
        "separated": lambda: (np.abs(x - SEPARATED[n]) <= 0.3).all(-1),
        "real": lambda: smooth(x),
    }
    return np.asarray(within[domain]())


def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> Float64:
    """1 and -1."""
    return np.asarray(rng.choice([-1.0, 1.0], shape))


def real(rng: np.random.Generator, shape: tuple[int, ...]) -> Float64:
    """Numbers up to 2.875 in size, at least 1/8 away from all multiples of 1/2."""
    return np.asarray(signs(rng, shape) * (rng.integers(0, 6, shape) + rng.uniform(0.25, 0.75, shape)) / 2)


def ranks(rng: np.random.Generator, shape: tuple[int, int]) -> Float64:
    """A permutation of n numbers 1 apart about 0, (batch, n)."""
    return np.asarray(rng.permuted(np.tile(np.arange(shape[1]) - shape[1] / 2, (shape[0], 1)), axis=-1))


def with_matrix(rng: np.random.Generator, shape: tuple[int, int], columns: int) -> Float64:
    """Rows that begin with a matrix of 3 rows, 2 on its diagonal and at most 0.6 added to any entry."""
    matrix = 2 * np.eye(3)[:, :columns] + rng.uniform(-0.6, 0.6, (shape[0], 3, columns))
    return np.concatenate([matrix.reshape(len(matrix), -1), real(rng, (shape[0], shape[1] - 3 * columns))], -1)


def differentiated(functions: Mapping[str, Row], orders: Sequence[int]) -> Regimes:
    """Every function of the table with the ways that torch has to its derivatives, those that depart apart."""
    corners = [
        Differentiated(name, order, ways, whole)
        for name, row in functions.items()
        for order in orders
        for i, ways in enumerate(groups(name, order))
        for whole in ((False, True) if row.polynomial and i == 0 else (False,))
    ]
    return Regimes(st.sampled_from(corners), tuple(corners))
