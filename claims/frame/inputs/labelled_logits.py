"""Logits of a logistic output, each with its label."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("normal", "wide", "rounded to one", "vanishing", "far", "huge", "tiny", "infinite")
LABELS = ("hard", "soft", "nearly hard", "wrong", "right")
LENGTHS = (4, 0, 1, 3, 7, 8, 9, 16, 17, 33)


class Labelled(NamedTuple):
    """Logits and labels from 0 to 1, both (batch, n)."""

    z: Tensor
    y: Tensor


@dataclasses.dataclass(frozen=True)
class LabelledLogits(Regime):
    """`n` logits with labels.

    Logits are standard normal, or eight times as wide; around those from which on sigmoid(z) rounds to one
    (log(1 / u)), or exp(-|z|) leaves the range of the format (vanishing); from 20 to 200 (far); up to half of the
    largest number (huge); zero, and down to the smallest number (tiny); infinite. Labels are 0 or 1, of those the
    wrong or the right one for the sign of the logit, uniform, or a power of two away from 0 or 1 (nearly hard).
    """

    n: int = 4
    kind: str = "normal"
    labels: str = "hard"
    names: ClassVar[tuple[str, ...]] = ("z", "y")
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.n < 0 or self.kind not in KINDS or self.labels not in LABELS:
            raise ValueError(f"no {self.n} logits of kind {self.kind!r} with {self.labels!r} labels")
        if self.kind == "infinite" and self.labels in ("soft", "nearly hard"):
            raise ValueError("an infinite logit has a hard label here")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        z = self._logits(rng, shape, fmt)
        y = rng.integers(0, 2, shape).astype(np.float64)
        if self.labels in ("wrong", "right"):
            y = ((z >= 0) == (self.labels == "right")).astype(np.float64)
        elif self.labels == "soft":
            y = np.where(rng.random(shape) < 1 / 4, rng.choice([0.0, 0.3, 0.5, 0.9, 1.0], shape), rng.random(shape))
        elif self.labels == "nearly hard":
            y = np.abs(y - 2.0 ** rng.integers(-fmt.precision, 0, shape))
        return [z, y]

    def _logits(self, rng: np.random.Generator, shape: tuple[int, int], fmt: Format) -> NDArray[np.float64]:
        sign = rng.choice([-1.0, 1.0], shape)
        match self.kind:
            case "wide":
                return 8 * rng.standard_normal(shape)
            case "rounded to one":
                return -math.log(fmt.u) * sign * rng.uniform(0.85, 1.15, shape)
            case "vanishing":
                return -math.log(fmt.eta) * sign * rng.uniform(0.8, 1.05, shape)
            case "far":
                return sign * rng.uniform(20.0, 200.0, shape)
            case "huge":
                return sign * 2.0 ** rng.uniform(7.0, fmt.emax - 1.0, shape)
            case "tiny":
                return sign * np.where(
                    rng.random(shape) < 1 / 4, 0.0, 2.0 ** rng.uniform(math.log2(fmt.eta), -3, shape)
                )
            case "infinite":
                return sign * np.inf
        return rng.standard_normal(shape)

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        z, y = arrays
        kind = np.isinf(z) if self.kind == "infinite" else np.isfinite(z)
        side = {"wrong": (y == 1) == (z < 0), "right": (y == 1) == (z >= 0)}.get(self.labels, (y >= 0) & (y <= 1))
        hard = (y == 0) | (y == 1) if self.labels in ("hard", "wrong", "right") else True
        return np.asarray((kind & side & hard).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Labelled:
        return Labelled(*tensors)


def labelled_logits(*, infinite: bool = False, soft: bool = True) -> Regimes:
    """Every kind of logit with every kind of label; lengths around those of a kernel's vectors."""
    kinds = KINDS if infinite else KINDS[:-1]
    labels = LABELS if soft else ("hard", "wrong", "right")
    corners = (
        *(LabelledLogits(n) for n in (4, 1, 0, 3, 8, 17, 130, 1025)),
        *(LabelledLogits(33, kind, label) for kind in kinds for label in labels if admitted(kind, label)),
        *(LabelledLogits(1, kind, "wrong") for kind in kinds),
    )
    pairs = [(kind, label) for kind in kinds for label in labels if admitted(kind, label)]
    drawn = st.builds(lambda n, pair: LabelledLogits(n, *pair), st.sampled_from(LENGTHS), st.sampled_from(pairs))
    return Regimes(drawn, corners)


def admitted(kind: str, label: str) -> bool:
    """Whether logits of this kind go with labels of that one."""
    return kind != "infinite" or label in ("hard", "wrong", "right")
