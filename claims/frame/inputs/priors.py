"""Weights within six scales of a centred prior, gradients of a loss at them, and losses of candidates."""

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
from reference.regularization.priors import PRIORS

SPREADS = ("one", "narrow", "wide", "tiny", "huge")
"""Scales; squares of tiny and of huge ones leave the range of the format, so that they are Laplace's only."""
LENGTHS = (4, 0, 1, 2, 3, 7, 8, 9, 16, 17, 33)


class Prior(NamedTuple):
    """Weights w, gradients g and losses, each (batch, n), scales s (batch,), and the family of the prior."""

    w: Tensor
    g: Tensor
    losses: Tensor
    s: Tensor
    prior: str


@dataclasses.dataclass(frozen=True)
class Priors(Regime):
    """`n` weights, a quarter of them 0, and a scale.

    Scales from 1/4 to 4 (one), from 2^-13 (narrow) and up to 2^13 (wide; 2^-6.5 to 40 in float16, where weights are at
    most 250, or their squares would overflow), or next to the root of the smallest and the largest number (tiny, huge).
    Gradients are at most 1/s, losses lie between 0 and 4.
    """

    n: int = 4
    prior: str = "normal"
    spread: str = "one"
    names: ClassVar[tuple[str, ...]] = ("w", "g", "losses", "s")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.n < 0 or self.prior not in PRIORS or self.spread not in SPREADS:
            raise ValueError(f"no {self.n} weights with a {self.spread} {self.prior} prior")
        if self.prior == "normal" and self.spread in ("tiny", "huge"):
            raise ValueError("the squares of such deviations leave the range")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape, short = (batch, self.n), fmt.emax < 16
        low, high = {
            "one": (-2.0, 2.0),
            "narrow": (-6.5 if short else -13.0, 0.0),
            "wide": (0.0, 5.3 if short else 13.0),
            "tiny": (-13.5, -12.5) if short else (fmt.emin / 2 - 12.0, fmt.emin / 2 - 7.0),
            "huge": (8.5, 12.0) if short else (fmt.emax / 2 + 4.0, fmt.emax / 2 + 12.0),
        }[self.spread]
        s = fmt.round(2.0 ** rng.uniform(low, high, batch))
        z = np.where(rng.random(shape) < 1 / 4, 0.0, rng.uniform(0.01, 6, shape)) * rng.choice([-1.0, 1.0], shape)
        w = z * s[:, None]
        if short and self.prior == "normal":
            w = np.clip(w, -250, 250)
        return [w, rng.uniform(-1, 1, shape) / s[:, None], rng.uniform(0, 4, shape), s]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, g, losses, s = arrays
        scaled = np.abs(w) <= 6.1 * s[:, None]
        near = (s > 0)[:, None] & scaled & (np.abs(g * s[:, None]) <= 1.01) & (losses >= 0) & (losses <= 4)
        large = (w == 0) | (np.abs(w) >= 0.009 * s[:, None])
        return np.asarray((near & large).all(-1) & (s > 0))

    def present(self, tensors: Sequence[Any], seed: int) -> Prior:
        w, g, losses, s = tensors
        return Prior(w, g, losses, s, self.prior)


def priors() -> Regimes:
    """Both priors with scales of every size; numbers of weights around those of a kernel's vectors."""
    sizes = (4, 1, 0, 3, 8, 17, 33, 130)
    corners = (
        *(Priors(n, prior) for n in sizes for prior in PRIORS),
        *(Priors(9, prior, spread) for prior in PRIORS for spread in ("narrow", "wide")),
        *(Priors(16, "laplace", spread) for spread in ("tiny", "huge")),
        Priors(1025, "laplace", "wide"),
        Priors(1025, "normal"),
    )
    drawn = st.builds(
        lambda n, prior, spread: Priors(n, prior, "one" if prior == "normal" and spread in SPREADS[3:] else spread),
        *(st.sampled_from(c) for c in (LENGTHS, PRIORS, SPREADS)),
    )
    return Regimes(drawn, corners)
