"""Second and third derivatives of normalising layers, in every nesting of reverse and forward mode."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

NESTED = ("batch norm", "instance norm", "layer norm", "group norm", "RMS norm")
MODES = tuple("".join(m) for order in (2, 3) for m in itertools.product("rf", repeat=order))
"""From the inside out: "fr" is the gradient of a derivative along a direction."""
EPS = 1.0


class Nested(NamedTuple):
    """Sets x, a direction and weights of the outputs, all (batch, m); the layer and the modes."""

    x: Tensor
    direction: Tensor
    weights: Tensor
    layer: str
    modes: str


@dataclasses.dataclass(frozen=True)
class NestedDerivatives(Regime):
    """Small whole numbers for x, direction and weights of the outputs."""

    m: int = 3
    layer: str = "batch norm"
    modes: str = "rr"
    names: ClassVar[tuple[str, ...]] = ("x", "d", "c")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if self.m < 2 or self.layer not in NESTED or self.modes not in MODES:
            raise ValueError(f"no derivatives {self.modes!r} of {self.layer!r} of {self.m} numbers")

    def size(self) -> int:
        return self.m

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [rng.integers(-2, 4, (batch, self.m)).astype(np.float64) for _ in self.names]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.all([(np.abs(a) <= 8).all(-1) for a in arrays], 0))

    def present(self, tensors: Sequence[Any], seed: int) -> Nested:
        x, direction, weights = tensors
        return Nested(x, direction, weights, self.layer, self.modes)


def nested_derivatives() -> Regimes:
    """Batch and layer norm with every nesting, the others with some; all of them are drawn."""
    every = (
        ("batch norm", MODES),
        ("layer norm", MODES),
        *((name, ("rr", "ff", "rff", "ffr")) for name in ("instance norm", "group norm", "RMS norm")),
    )
    corners = tuple(NestedDerivatives(3 + i % 4, layer, m) for layer, modes in every for i, m in enumerate(modes))
    drawn = st.builds(NestedDerivatives, st.integers(3, 6), st.sampled_from(NESTED), st.sampled_from(MODES))
    return Regimes(drawn, corners)
