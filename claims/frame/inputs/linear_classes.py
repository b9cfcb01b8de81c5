"""Small samples for linear functions and networks of one hidden layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("integers", "normal", "constant", "orthogonal")
LARGEST_FACTOR = 8


class LinearClass(NamedTuple):
    """Rows x (batch, n, d), radii (batch,), singular values (batch, k), weights (batch, h, d) and (batch, h), factors.

    Factors (batch,) are powers of two.
    """

    x: Tensor
    radius: Tensor
    values: Tensor
    inner: Tensor
    outer: Tensor
    factor: Tensor


@dataclasses.dataclass(frozen=True)
class Rows(Regime):
    """n rows of d numbers; orthogonal rows are multiples of unit vectors. Weights are integers from -4 to 4."""

    n: int = 2
    d: int = 2
    hidden: int = 3
    kind: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("x", "radius", "singular values", "inner", "outer", "factor")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if not 1 <= self.n <= 9 or min(self.d, self.hidden) < 1 or self.kind not in KINDS:
            raise ValueError(f"no {self.n} {self.kind} rows of {self.d} numbers")
        if self.kind == "orthogonal" and self.n > self.d:
            raise ValueError("more orthogonal rows than dimensions")

    def size(self) -> int:
        return max(1 << self.n, self.hidden) * self.d

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        if self.kind == "orthogonal":
            x = np.eye(self.n, self.d) * rng.integers(1, 5, (batch, self.n, 1))
        else:
            x = Numbers(self.kind).fill(rng, (batch, self.n, self.d), fmt)
        radius, d = rng.integers(1, 9, batch) / 2, rng.integers(1, 9, (batch, self.d)) / 4
        inner, outer = rng.integers(-4, 5, (batch, self.hidden, self.d)), rng.integers(-4, 5, (batch, self.hidden))
        factor = np.ldexp(1.0, rng.integers(-3, 4, batch))
        return [x, radius, d, inner.astype(np.float64), outer.astype(np.float64), factor]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        _, radius, d, inner, outer, factor = arrays
        whole = (inner == np.rint(inner)).all((-2, -1)) & (outer == np.rint(outer)).all(-1)
        power = (np.frexp(factor)[0] == 0.5) & (factor <= LARGEST_FACTOR) & (factor * LARGEST_FACTOR >= 1)
        return np.asarray((radius > 0) & (d > 0).all(-1) & whole & power, bool)

    def present(self, tensors: Sequence[Any], seed: int) -> LinearClass:
        return LinearClass(*tensors)


def linear_classes() -> Regimes:
    """Up to 9 rows; corners: one number, orthogonal rows, equal ones, sides beyond 64."""
    corners = (
        Rows(),
        Rows(1, 1, 1),
        Rows(1, 5, 2, "normal"),
        Rows(3, 4, 2, "orthogonal"),
        Rows(5, 3, 17, "constant"),
        Rows(9, 2, 5, "normal"),
        Rows(4, 65, 3, "normal"),
        Rows(2, 3, 129),
    )
    n, d, hidden = (st.sampled_from(sizes) for sizes in ([2, 1, 3, 4, 5, 8], [2, 1, 3, 7, 16], [3, 1, 2, 8, 33]))
    return Regimes(st.builds(Rows, n, d, hidden, st.sampled_from(KINDS[:3])), corners)
