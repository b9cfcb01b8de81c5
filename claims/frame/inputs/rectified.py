"""Layers that a rectifier with random slopes may see, and the ends between which these are drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("minus one", "normal", "zeros", "small", "large")
ENDS = ((0.125, 1 / 3), (0.0, 1.0), (0.25, 0.25), (-1.0, 1.0), (0.5, 0.75), (0.0, 0.01))
"""torch's default first; one slope; slopes of either sign."""


class Rectified(NamedTuple):
    """A layer x (rows, n), the least and the largest slope, and the seed they are drawn from."""

    x: Tensor
    lower: float
    upper: float
    seed: int


@dataclasses.dataclass(frozen=True)
class RectifiedLayer(Regime):
    """Rows of `n` numbers: all -1, normal, zeros of either sign and +-1, or normal ones of small and of large size."""

    rows: int = 2
    n: int = 8
    kind: str = "minus one"
    ends: int = 0
    names: ClassVar[tuple[str, ...]] = ("x",)
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.rows < 1 or self.n < 0 or self.kind not in KINDS or not 0 <= self.ends < len(ENDS):
            raise ValueError(f"no {self.rows} rows of {self.n} numbers of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.rows * self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.rows, self.n
        match self.kind:
            case "minus one":
                return [np.full(shape, -1.0)]
            case "zeros":
                return [rng.choice([-1.0, -0.0, 0.0, 1.0], shape)]
            case "small":
                return [rng.standard_normal(shape) * 2.0 ** (fmt.emin // 2)]
            case "large":
                return [rng.standard_normal(shape) * 2.0 ** (fmt.emax - 4)]
        return [rng.standard_normal(shape)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(arrays[0]).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> Rectified:
        return Rectified(tensors[0][0], *ENDS[self.ends], seed)


def rectified_layers() -> Regimes:
    """Every pair of ends and kind of number; from no numbers and one to as many as tell a law."""
    corners = (
        RectifiedLayer(),
        *(RectifiedLayer(rows, n) for rows, n in ((1, 1), (1, 0), (1, 7), (3, 17), (64, 33), (128, 256))),
        *(RectifiedLayer(64, 66, "minus one", ends) for ends in range(1, len(ENDS))),
        *(RectifiedLayer(16, 67, kind, ends) for ends, kind in enumerate(KINDS[1:])),
    )
    sizes = st.sampled_from((1, 2, 3, 8)), st.sampled_from((8, 1, 7, 16, 33, 100))
    drawn = st.builds(RectifiedLayer, *sizes, st.sampled_from(KINDS), st.integers(0, len(ENDS) - 1))
    return Regimes(drawn, corners)
