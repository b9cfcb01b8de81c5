"""Means, targets and variances of normal laws, as a network may predict them."""

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

EPS = 2.0**-10
"""The least variance, a number of every format."""
KINDS = ("one", "narrow", "wide", "clamped", "fitted", "exact")
LENGTHS = (4, 0, 1, 3, 7, 8, 9, 16, 17, 33)


class GaussianLoss(NamedTuple):
    """Means, targets and variances, each (batch, n)."""

    mean: Tensor
    target: Tensor
    variance: Tensor


@dataclasses.dataclass(frozen=True)
class GaussianLosses(Regime):
    """`n` predictions.

    Variances from 1/8 to 8 (one), from 2^-9 to 1 (narrow), up to 2^10 (wide; 2^20 beyond float16), at most `EPS` or 0
    (clamped), r^2 (fitted, residuals are powers of two), or any of these with residuals 0 (exact). Other residuals are
    within four deviations, of the clamped variance.
    """

    n: int = 4
    kind: str = "one"
    names: ClassVar[tuple[str, ...]] = ("mean", "target", "variance")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.n < 0 or self.kind not in KINDS:
            raise ValueError(f"no {self.n} predictions of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        low, high = {
            "narrow": (-9.0, 0.0),
            "wide": (0.0, 10.0 if fmt.emax < 16 else 20.0),
            "clamped": (-20.0, -10.0),
            "exact": (-20.0, 3.0),
        }.get(self.kind, (-3.0, 3.0))
        v = 2.0 ** rng.uniform(low, high, shape)
        target = rng.choice([-1.0, 0.0, 0.5, 3.0], shape)
        r = np.sqrt(np.maximum(v, EPS)) * rng.uniform(-4, 4, shape)
        if self.kind == "fitted":
            r = rng.choice([-1.0, 1.0], shape) * 2.0 ** rng.integers(-4, 4, shape)
            v = r**2
        if self.kind == "clamped":
            v = np.where(rng.random(shape) < 1 / 4, 0.0, v)
        return [target if self.kind == "exact" else target + r, target, v]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        mean, target, v = arrays
        near = (np.abs(mean - target) <= 4.5 * np.sqrt(np.maximum(v, EPS))) & (np.abs(target) <= 4)
        kind = {"clamped": v <= EPS, "fitted": (mean - target) ** 2 == v, "exact": mean == target}
        return np.asarray((near & (v >= 0) & (v <= 2.0**20) & kind.get(self.kind, v > EPS)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> GaussianLoss:
        return GaussianLoss(*tensors)


def gaussian_losses() -> Regimes:
    """Every kind of variance; numbers of predictions around those of a kernel's vectors."""
    corners = (
        *(GaussianLosses(n) for n in (4, 1, 0, 3, 8, 17, 130, 1025)),
        *(GaussianLosses(n, kind) for n in (9, 33) for kind in KINDS[1:]),
    )
    drawn = st.builds(GaussianLosses, st.sampled_from(LENGTHS), st.sampled_from(KINDS))
    return Regimes(drawn, corners)
