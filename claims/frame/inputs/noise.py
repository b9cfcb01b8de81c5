"""Linear regressions whose inputs get noise: all signs of it, or draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

SIGMAS = (0.5, 0.0, 0.25, 1.0, 2.0, 0.75)


class NoisyRegression(NamedTuple):
    """x (batch, m, n), w (batch, n), y (batch, m), the standard deviation of the noise."""

    x: Tensor
    w: Tensor
    y: Tensor
    sigma: float


@dataclasses.dataclass(frozen=True)
class NoisyInputs(Regime):
    """`examples` with `units` inputs, targets and weights, which `numbers` fill; noise of deviation `sigma`."""

    units: int = 1
    examples: int = 1
    sigma: float = 0.5
    numbers: Numbers = Numbers()
    names: ClassVar[tuple[str, ...]] = ("X", "w", "y")

    def __post_init__(self) -> None:
        if self.units < 0 or self.examples < 1 or self.sigma not in SIGMAS:
            raise ValueError(f"no regression of {self.examples} examples with noise of deviation {self.sigma}")

    def size(self) -> int:
        return 2 * (1 << min(self.units, 12)) * (self.units + 2) * self.examples

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n = self.examples, self.units
        return [self.numbers.fill(rng, (batch, *shape), fmt) for shape in ((m, n), (n,), (m,))]

    def present(self, tensors: Sequence[Any], seed: int) -> NoisyRegression:
        x, w, y = tensors
        return NoisyRegression(x, w, y, self.sigma)


def noisy_inputs() -> Regimes:
    """0 to 12 inputs, 1 to 5 examples; corners: every deviation, sizes beyond 8, both scales, ties."""
    kinds = numbers(("integers", "normal", "ties"))
    sizes = st.sampled_from((2, 0, 1, 3, 4, 5, 6)), st.sampled_from((1, 2, 3, 5))
    normal = Numbers("normal")
    corners = (
        NoisyInputs(),
        NoisyInputs(0, 2),
        *(NoisyInputs(2, 2, sigma) for sigma in SIGMAS),
        NoisyInputs(4, 3, 0.75, normal),
        *(NoisyInputs(3, 2, 0.5, Numbers("normal", scale)) for scale in ("small", "large")),
        NoisyInputs(2, 17, 1.0, Numbers("ties")),
        NoisyInputs(12, 1, 0.5, Numbers("ties")),
        NoisyInputs(9, 2, 0.25, normal),
    )
    return Regimes(st.builds(NoisyInputs, *sizes, st.sampled_from(SIGMAS), kinds), corners)


class NoisyDraws(NamedTuple):
    """One regression as `NoisyRegression`, so many draws of noise, and a seed."""

    of: NoisyRegression
    draws: int
    seed: int


@dataclasses.dataclass(frozen=True)
class DrawnNoise(Regime):
    """One regression of numbers -1, 0 and 1, and `draws` of noise of deviation 1/2."""

    units: int = 2
    examples: int = 1
    draws: int = 1000
    names: ClassVar[tuple[str, ...]] = ("X", "w", "y")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.units <= 5 or not 1 <= self.examples <= 2 or self.draws < 1:
            raise ValueError(f"no {self.draws} draws of noise for {self.units} inputs")

    def size(self) -> int:
        return self.draws * self.units * self.examples

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n = self.examples, self.units
        x, w, y = (rng.integers(-1, 2, (1, *shape)).astype(np.float64) for shape in ((m, n), (n,), (m,)))
        w[:, 0] = 1
        return [x, w, y]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        small = np.logical_and.reduce([((np.abs(a) <= 1) & (a == np.rint(a))).all() for a in arrays])
        return np.asarray([bool(small)])

    def present(self, tensors: Sequence[Any], seed: int) -> NoisyDraws:
        x, w, y = tensors
        return NoisyDraws(NoisyRegression(x, w, y, 0.5), self.draws, seed)


def drawn_noise() -> Regimes:
    """1 to 5 inputs, one or two examples; corners: one draw, odd numbers of draws, 2^15 of them."""
    corners = (
        DrawnNoise(),
        DrawnNoise(1, 1, 1),
        DrawnNoise(3, 2, 4097),
        DrawnNoise(4, 1, 1 << 15),
        DrawnNoise(5, 2, 1 << 13),
    )
    drawn = st.builds(
        DrawnNoise, st.sampled_from((2, 1, 3, 5)), st.sampled_from((1, 2)), st.sampled_from((1000, 15, 16, 4097))
    )
    return Regimes(drawn, corners)
