"""Signals that are cut into windows, and vectors inside, outside and at the edge of a ball."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

ORDERS = ("2", "1", "3", "inf")
KINDS = ("integers", "normal", "zero", "single")


class Windowed(NamedTuple):
    """Vectors x (batch, n), the order of a norm and the size of a window, or of a ball."""

    x: Tensor
    p: float
    size: int


@dataclasses.dataclass(frozen=True)
class Signal(Regime):
    """Vectors of `n` numbers: integers from -3 to 3, normal numbers, zeros, or one number beside zeros."""

    n: int = 4
    window: int = 2
    order: str = "2"
    kind: str = "integers"

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.order not in ORDERS or not 1 <= self.window <= self.n:
            raise ValueError(f"no {self.kind} vectors of {self.n}, windows of {self.window}, order {self.order}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.n)
        chosen = np.arange(self.n) == rng.integers(0, self.n, (batch, 1))
        numbers = {
            "integers": rng.integers(-3, 4, shape).astype(np.float64),
            "normal": rng.standard_normal(shape),
            "single": np.where(chosen, rng.standard_normal(shape), 0.0),
        }
        return [numbers.get(self.kind, np.zeros(shape))]

    def present(self, tensors: Sequence[Any], seed: int) -> Windowed:
        return Windowed(tensors[0], float(self.order), self.window)


def signals() -> Regimes:
    """Every order and kind; windows that divide the length and windows that leave a rest."""
    corners = (
        Signal(),
        *(Signal(n, w, order, "normal") for order in ORDERS for n, w in ((7, 3), (16, 4))),
        *(Signal(9, 1, order, "normal") for order in ORDERS),
        *(Signal(257, 257, order) for order in ORDERS),
        *(Signal(130, 17, "2", kind) for kind in ("zero", "single")),
        Signal(33, 32, "3"),
        Signal(1, 1),
    )
    length, window = st.sampled_from([4, 1, 5, 8, 17, 33]), st.sampled_from([2, 1, 3, 5, 8])
    draw = st.builds(
        lambda n, w, order, kind: Signal(n, min(w, n), order, kind),
        length,
        window,
        st.sampled_from(ORDERS),
        st.sampled_from(KINDS),
    )
    return Regimes(draw, corners)
