"""Linear layers before a normalising one, whose weights are scaled by powers of two."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.normalised_sets import LAYERS, SIZES, Sets, StandardisedSets
from claims.frame.inputs.regime import Arrays, Regimes
from reference.formats import Format

INPUTS = 3
POWERS = (0, 1, -1, 2, -3, 5, -6, 10, -10)


class ScaledLayer(NamedTuple):
    """Examples (batch, m, 3), weights (batch, 3, 1), a cotangent (batch, m), 2^power, and the layer after them.

    The numbers of `sets` are the products, which are exact.
    """

    examples: Tensor
    weights: Tensor
    cotangent: Tensor
    scale: float
    sets: Sets


@dataclasses.dataclass(frozen=True)
class ScaledLayers(StandardisedSets):
    """Small whole examples and weights; weights 1 or 2 and biases 0 of the normalising layer."""

    m: int = 4
    parameters: str = "float32"
    eps: float = 2.0**-10
    power: int = 1
    names: ClassVar[tuple[str, ...]] = ("X", "v", "g", "w", "b")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        if abs(self.power) > 10:
            raise ValueError(f"2^{self.power} leaves the range of half precision")

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        examples, weights = (
            rng.integers(-2, 3, (batch, *s)).astype(np.float64) for s in ((self.m, INPUTS), (INPUTS, 1))
        )
        w, b = self.affine(rng, batch)
        return [examples, weights, rng.standard_normal((batch, self.m)), np.where(w > 0, 1.0, 2.0), 0 * b]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        whole = [((a == np.rint(a)) & (np.abs(a) <= 4)).reshape(len(a), -1).all(-1) for a in (*arrays[:2], *arrays[3:])]
        return np.asarray(np.all(whole, 0) & (np.abs(arrays[2]) <= 8).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> ScaledLayer:  # type: ignore[override]
        examples, weights, cotangent, w, b = tensors
        products = (examples.double() @ weights.double())[..., 0].to(examples.dtype)
        return ScaledLayer(examples, weights, cotangent, 2.0**self.power, super().present([products, w, b], seed))


def scaled_layers() -> Regimes:
    """Every layer, and powers of two of either sign."""
    corners = (
        *(ScaledLayers(power=p) for p in POWERS),
        *(ScaledLayers(12, layer, power=3 - 7 * (i % 2)) for i, layer in enumerate(LAYERS)),
        ScaledLayers(17, "BatchNorm1d", power=5),
        ScaledLayers(160, power=-2),
    )
    drawn = st.builds(
        ScaledLayers, st.sampled_from(SIZES), st.sampled_from(tuple(LAYERS)), power=st.sampled_from(POWERS)
    )
    return Regimes(drawn, corners)
