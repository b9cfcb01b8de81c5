"""Two points with directions, for derivatives of their distance: apart, equal, or one at the origin."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

ORDERS = ("2", "1", "inf", "3")
KINDS = ("integers", "normal", "single", "equal", "ties", "origin")
SCALES = {"one": 1.0, "small": 2.0**-16, "large": 2.0**12}


class Separated(NamedTuple):
    """Points x and y, directions t and s, each (batch, n), and the order of a norm."""

    x: Tensor
    y: Tensor
    t: Tensor
    s: Tensor
    p: float


@dataclasses.dataclass(frozen=True)
class Points(Regime):
    """Points of `n` coordinates, whose differences are by `kind`, times a power of two; directions are integers.

    integers; normal; single (one coordinate differs); equal; ties (all by the same amount, with either sign); origin
    (both points are 0).
    """

    n: int = 2
    order: str = "2"
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("x", "y", "t", "s")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.order not in ORDERS or self.scale not in SCALES or self.n < 1:
            raise ValueError(f"no {self.kind} points of {self.n} coordinates, order {self.order}, {self.scale}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n)
        x = rng.integers(-4, 5, shape).astype(np.float64)
        chosen = np.arange(self.n) == rng.integers(0, self.n, (batch, 1))
        signs = rng.choice([-1.0, 1.0], shape)
        apart = {
            "integers": rng.integers(-3, 4, shape).astype(np.float64),
            "normal": rng.standard_normal(shape),
            "single": np.where(chosen, 2 * signs, 0.0),
            "ties": 3 * signs,
        }.get(self.kind, np.zeros(shape))
        x = np.zeros(shape) if self.kind == "origin" else x
        t, s = rng.integers(-3, 4, (2, *shape)).astype(np.float64)
        return [x * SCALES[self.scale], (x + apart) * SCALES[self.scale], t, s]

    def present(self, tensors: Sequence[Any], seed: int) -> Separated:
        x, y, t, s = tensors
        return Separated(x, y, t, s, float(self.order))


def separated_points() -> Regimes:
    """Every order, kind and scale; corners of up to 257 coordinates."""
    corners = (
        Points(),
        *(Points(3, order, "normal") for order in ORDERS),
        *(Points(n, "2", "normal") for n in (1, 8, 20, 33, 257)),
        *(Points(17, order) for order in ORDERS),
        *(Points(4, order, kind) for order in ORDERS for kind in ("equal", "ties")),
        Points(5, "2", "origin"),
        Points(5, "3", "single"),
        *(Points(4, "2", "normal", scale) for scale in ("small", "large")),
        Points(3, "2", "integers", "small"),
    )
    count, order = st.sampled_from([2, 1, 3, 4, 5, 8, 17]), st.sampled_from(ORDERS)
    return Regimes(st.builds(Points, count, order, st.sampled_from(KINDS), st.sampled_from(list(SCALES))), corners)
