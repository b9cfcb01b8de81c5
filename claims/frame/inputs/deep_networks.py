"""Deep random networks of layers W h, batch norm or none, and an activation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

ACTIVATIONS = ("relu", "linear", "tanh")
WIDE, LARGE, DEEP = 128, 128, 16
"""Width, batch and depth from which on growth is that of infinite ones to a few hundredths."""
EPS = 1e-5


class Network(NamedTuple):
    """A signal x (width, batch), weights (depth, width, width), a gradient (width, batch) of the last activation."""

    x: Tensor
    weights: Tensor
    cotangent: Tensor
    activation: str
    normalised: bool

    @property
    def large(self) -> bool:
        """Whether growth a layer is near its limit."""
        return len(self.weights) >= DEEP and len(self.x) >= WIDE and self.x.shape[-1] >= LARGE


@dataclasses.dataclass(frozen=True)
class DeepNetwork(Regime):
    """Independent normal weights of variance 2/n (He) before a rectifier and 1/n before others, times `scale`^2."""

    width: int = 4
    batch_size: int = 8
    depth: int = 2
    activation: str = "relu"
    normalised: bool = True
    scale: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("x", "weights", "g")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.width, self.depth) < 1 or self.batch_size < 2 or self.activation not in ACTIVATIONS:
            raise ValueError(f"no network {self.width} x {self.batch_size} x {self.depth} of {self.activation!r}")

    def size(self) -> int:
        return self.width * (2 * self.batch_size + self.depth * self.width)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n, m = self.width, self.batch_size
        deviation = self.scale * math.sqrt((2 if self.activation == "relu" else 1) / n)
        weights = deviation * rng.standard_normal((self.depth, n, n))
        return [rng.standard_normal((n, m)), weights, rng.standard_normal((n, m)) / 8]

    def present(self, tensors: Sequence[Any], seed: int) -> Network:
        x, weights, g = tensors
        return Network(x, weights, g, self.activation, self.normalised)


def deep_networks() -> Regimes:
    """Small networks, whose every layer is compared, and large ones, whose growth is; weights of other scales, too."""
    small = ((7, 16, 3), (16, 33, 2), (17, 9, 3), (8, 64, 3), (33, 17, 2), (1, 4, 2))
    corners = (
        DeepNetwork(),
        *(DeepNetwork(4, 9, 3, activation) for activation in ACTIVATIONS[1:]),
        *(DeepNetwork(*sizes) for sizes in small),
        *(DeepNetwork(8, 17, 3, "relu", normalised=True, scale=s) for s in (0.125, 8.0)),
        *(DeepNetwork(5, 7, 2, activation, normalised=False) for activation in ACTIVATIONS),
        *(DeepNetwork(WIDE, LARGE, DEEP, activation) for activation in ACTIVATIONS),
        DeepNetwork(WIDE, LARGE, DEEP, "relu", normalised=True, scale=8.0),
        DeepNetwork(WIDE, LARGE, DEEP, "relu", normalised=False),
    )
    drawn = st.builds(
        DeepNetwork,
        st.sampled_from([2, 3, 8, 9, 16, 31]),
        st.sampled_from([2, 4, 7, 8, 16, 33]),
        st.integers(1, 4),
        st.sampled_from(ACTIVATIONS),
        st.booleans(),
        st.sampled_from([1.0, 0.25, 4.0]),
    )
    return Regimes(drawn, corners)
