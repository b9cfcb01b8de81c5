"""Rows of logits with a class each, ahead of the others or not, and starts of a descent."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

AHEAD = ("ahead", "barely ahead", "far ahead", "above", "below")
KINDS = ("normal", *AHEAD, "behind", "tied", "equal", "extreme", "zeros", "integers")
LENGTHS = (3, 1, 2, 7, 8, 9, 17, 33)
LARGEST_FACTOR = 64


class Scored(NamedTuple):
    """Logits (batch, n, classes) and classes (batch, n)."""

    x: Tensor
    target: Tensor


@dataclasses.dataclass(frozen=True)
class ScoredRows(Regime):
    """`n` rows of logits of 2 to 9 classes.

    The logit of the class is ahead of the others by 1/8 to 8, barely (by one to four units in the last place of 2), far
    (by 16 to 128); above: all are positive, below: all negative, and it is ahead. Behind, by 1/8 to 8; tied with
    another; all equal; extreme: half of the largest number, of either sign; zeros of either sign; small integers and
    halves.
    """

    n: int = 3
    classes: int = 3
    kind: str = "normal"
    names: ClassVar[tuple[str, ...]] = ("x", "class")
    most: ClassVar[int] = 12

    def __post_init__(self) -> None:
        if self.n < 0 or not 2 <= self.classes <= 9 or self.kind not in KINDS:
            raise ValueError(f"no {self.n} rows of {self.classes} classes of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.n * self.classes)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n, self.classes
        t = rng.integers(0, self.classes, shape[:2])
        own = np.arange(self.classes) == t[..., None]
        x, gap = rng.standard_normal(shape), 2.0 ** rng.uniform(-3, 3, (*shape[:2], 1))
        match self.kind:
            case "above":
                x = np.abs(x) + 1
            case "below":
                x = -np.abs(x) - 20
            case "far ahead":
                gap = 2.0 ** rng.uniform(4, 7, gap.shape)
            case "barely ahead":
                x = np.clip(fmt.round(x), -1, 1)
                gap = np.asarray(rng.integers(1, 5, gap.shape) * (2 * fmt.u), np.float64)
            case "equal":
                x = np.broadcast_to(x[..., :1], shape)
            case "extreme":
                x = rng.choice([-1.0, 1.0], shape) * fmt.largest / 2
            case "zeros":
                x = rng.choice([-0.0, 0.0], shape)
            case "integers":
                x = rng.integers(-5, 6, shape) / 2
        rest = np.where(own, -np.inf, x).max(-1, keepdims=True)
        if self.kind in AHEAD:
            x = np.where(own, rest + gap, x)
        elif self.kind in ("behind", "tied"):
            x = np.where(own, rest - (gap if self.kind == "behind" else 0.0), x)
        return [x, t.astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, t = arrays
        known = (t >= 0) & (t < self.classes) & (np.rint(t) == t)
        own = np.arange(self.classes) == t[..., None]
        mine, rest = (np.where(m, x, -np.inf).max(-1) for m in (own, ~own))
        side = {"behind": mine < rest, "tied": mine == rest, "equal": mine == rest}
        right = known & (mine > rest) if self.kind in AHEAD else side.get(self.kind, known)
        return np.asarray((known & right & np.isfinite(x).all(-1)).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Scored:
        x, t = tensors
        return Scored(x, t.to(torch.int64))


@dataclasses.dataclass(frozen=True)
class Starts(Regime):
    """Starts (w_1, w_2) of a descent in w_1, 1/2 <= w_1 <= 3/2 and 2 <= w_2 <= 3, in sixteenths."""

    names: ClassVar[tuple[str, ...]] = ("w",)
    most: ClassVar[int] = 8

    def size(self) -> int:
        return 2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [np.stack((rng.integers(8, 25, batch), rng.integers(32, 49, batch)), -1) / 16]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        (w,) = arrays
        first = (w[:, 0] >= 0.5) & (w[:, 0] <= 1.5)
        return np.asarray(first & (w[:, 1] >= 2) & (w[:, 1] <= 3))


def scored_rows() -> Regimes:
    """Every kind, no row and one, numbers of classes from 2 to 9."""
    corners = (
        *(ScoredRows(3, c, kind) for kind, c in zip(KINDS, (3, 2, 4, 5, 2, 3, 2, 3, 4, 2, 3, 5), strict=True)),
        *(ScoredRows(n, 4) for n in (0, 1, 2, 8, 17, 130)),
        *(ScoredRows(1, 2, kind) for kind in KINDS[1:]),
        *(ScoredRows(5, 9, kind) for kind in ("tied", "extreme", "ahead")),
    )
    drawn = st.builds(ScoredRows, st.sampled_from(LENGTHS), st.integers(2, 9), st.sampled_from(KINDS))
    return Regimes(drawn, corners)


def separated_rows() -> Regimes:
    """Rows whose class is ahead, and starts of a descent."""
    corners = (
        *(ScoredRows(3, c, kind) for kind in AHEAD for c in (2, 3, 9)),
        *(ScoredRows(n, 4, "ahead") for n in (0, 1, 17)),
        Starts(),
    )
    rows = st.builds(ScoredRows, st.sampled_from(LENGTHS), st.integers(2, 9), st.sampled_from(AHEAD))
    return Regimes(st.one_of(rows, rows, st.just(Starts())), corners)
