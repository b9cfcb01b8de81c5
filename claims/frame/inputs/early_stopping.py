"""Training and validation targets for gradient descent that stops early."""

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

SHARES = (0.5, 0.25, 0.75)
RATES = (0.25, 0.5, 0.125, 0.0625)


class Targets(NamedTuple):
    """Minima of the training and of the validation loss (batch, n), the latter `share` times the former."""

    training: Tensor
    validation: Tensor
    share: float
    lr: float
    steps: int


@dataclasses.dataclass(frozen=True)
class TwoTargets(Regime):
    """`n` weights with whole training minima from 1 to 4 in size, and `steps` of gradient descent at rate `lr`."""

    n: int = 1
    share: float = 0.5
    lr: float = 0.25
    steps: int = 32
    names: ClassVar[tuple[str, ...]] = ("training", "validation")

    def __post_init__(self) -> None:
        if self.n < 1 or self.steps < 1 or not 0 < self.share < 1 or self.lr not in RATES:
            raise ValueError(f"no descent of {self.n} weights at rate {self.lr}")

    def size(self) -> int:
        return self.n * (self.steps + 1)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        c = rng.integers(1, 5, (batch, self.n)) * rng.choice([-1.0, 1.0], (batch, self.n))
        return [c, self.share * c]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        c, v = arrays
        return np.asarray(((np.rint(c) == c) & (c != 0) & (v == self.share * c)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Targets:
        training, validation = tensors
        return Targets(training, validation, self.share, self.lr, self.steps)


def two_targets() -> Regimes:
    """Rates 1/16 to 1/2; corners: every rate and share, too few steps, many, 65 and 129 weights."""
    sizes, steps = st.sampled_from((1, 2, 3, 5, 17)), st.sampled_from((32, 1, 2, 7, 64))
    drawn = st.builds(TwoTargets, sizes, st.sampled_from(SHARES), st.sampled_from(RATES), steps)
    corners = (
        TwoTargets(),
        *(TwoTargets(2, lr=lr, steps=64) for lr in RATES),
        *(TwoTargets(3, share, 0.5) for share in SHARES),
        TwoTargets(1, steps=1),
        TwoTargets(2, 0.75, 0.0625, 3),
        TwoTargets(1, 0.75, 0.0625, 200),
        TwoTargets(65),
        TwoTargets(129, 0.25),
    )
    return Regimes(drawn, corners)
