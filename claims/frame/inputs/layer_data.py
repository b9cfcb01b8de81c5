"""A weight matrix and the data that a linear layer maps: columns are samples."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("integers", "centred integers", "normal", "centred", "offset", "constant", "positive")
WHOLE = ("integers", "centred integers")


class LayerData(NamedTuple):
    """A weight (batch, n, m), m features of e samples (batch, m, e), and a bias (batch, n)."""

    w: Tensor
    x: Tensor
    b: Tensor


@dataclasses.dataclass(frozen=True)
class Data(Regime):
    """A weight W (n, m), data X (m, e) and a bias (n).

    `kind`, of the data: integers (in -2..2, the weights in -3..3), normal, centred (samples in opposite pairs, so that
    their mean is 0), centred integers, offset (a mean of up to 10 for each feature), constant (all samples alike),
    positive (a fifth or more of every sum survives). Weights have a mean of 1/2 unless they are integers.
    """

    n: int = 2
    m: int = 3
    e: int = 4
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("W", "X", "b")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if min(self.n, self.m, self.e) < 0 or self.kind not in KINDS:
            raise ValueError(f"no data of kind {self.kind!r}")
        Numbers("normal", self.scale)

    def size(self) -> int:
        return max(1, self.n, self.m) * max(1, self.m, self.e)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = (batch, self.n, self.m), (batch, self.m, self.e), (batch, self.n)
        if self.kind in WHOLE:
            w, x, b = (rng.integers(-k, k + 1, s).astype(np.float64) for k, s in zip((3, 2, 4), shapes, strict=True))
        else:
            w, x, b = (fmt.round(rng.standard_normal(s)) for s in shapes)
            w = w + 0.5
        if self.kind == "offset":
            x = x + rng.uniform(-10, 10, (batch, self.m, 1))
        elif self.kind == "constant":
            x = np.repeat(x[..., :1], self.e, -1)
        elif self.kind == "positive":
            w, x = np.abs(w), np.abs(x)
        elif self.kind.startswith("centred"):
            x = opposite_pairs(rng, x)
        factor = Numbers("normal", self.scale).factor(fmt)
        return [w * factor, x * factor, b * factor * factor]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, x, _ = arrays
        if not self.kind.startswith("centred"):
            return np.ones(len(w), bool)
        ascending = np.sort(x, -1)
        return np.asarray((ascending == -ascending[..., ::-1]).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> LayerData:
        return LayerData(*tensors)


def opposite_pairs(rng: np.random.Generator, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first half of the samples (..., e) and their opposites, in any order; for odd e a sample 0 besides."""
    half = x.shape[-1] // 2
    paired = np.concatenate((x[..., :half], -x[..., :half], np.zeros((*x.shape[:-1], x.shape[-1] % 2))), -1)
    return rng.permuted(paired, axis=-1)


@dataclasses.dataclass(frozen=True)
class ExactData(Regime):
    """A weight W (n, m) and data X (m, e) so small that every way to the covariance of W X is exact.

    X has entries -1, 0, 1 in opposite pairs, e is a power of two, and the rows of |W| sum up to sqrt(2^p / e) at most,
    p being the precision or 11 (TF32): no sum of products exceeds 2^p, and its quotient by e is exact.
    """

    n: int = 2
    m: int = 3
    e: int = 4
    names: ClassVar[tuple[str, ...]] = ("W", "X", "b")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if min(self.n, self.m, self.e) < 1 or self.e & (self.e - 1) or self.e > 256:
            raise ValueError(f"no exact data of {self.e} samples: a power of two up to 256")

    def size(self) -> int:
        return max(self.n, self.m) * max(self.m, self.e)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x = opposite_pairs(rng, rng.choice([-1.0, 0.0, 1.0], (batch, self.m, self.e), p=[0.4, 0.2, 0.4]))
        w = rng.integers(-3, 4, (batch, self.n, self.m)).astype(np.float64)
        w[np.cumsum(np.abs(w), -1) > self.most_weight(fmt)] = 0.0
        w = rng.permuted(w, axis=-1)
        return [w, x, np.zeros((batch, self.n))]

    def most_weight(self, fmt: Format) -> float:
        """The largest sum of |W| over a row."""
        return float(np.floor(np.sqrt(2.0 ** min(fmt.precision, 11) / self.e)))

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, x, _ = arrays
        whole = (w == np.rint(w)).all((-2, -1)) & np.isin(x, (-1.0, 0.0, 1.0)).all((-2, -1))
        admitted: NDArray[np.bool_] = whole & (x.sum(-1) == 0).all(-1)
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> LayerData:
        return LayerData(*tensors)


SIDES = st.sampled_from([2, 1, 3, 4, 5, 7, 17])
SCALES = st.sampled_from(["one", "one", "small", "large"])


def layer_data() -> Regimes:
    """Data of every kind; n, m and e mostly differ, or wrong divisors agree with the right one."""
    corners = (
        Data(),
        Data(1, 1, 1),
        Data(1, 2, 3, "normal"),
        Data(3, 1, 2, "normal"),
        Data(3, 3, 4, "normal"),
        Data(2, 3, 3, "normal"),
        Data(2, 5, 1, "offset"),
        Data(5, 4, 20, "offset"),
        Data(4, 2, 7, "centred"),
        Data(3, 5, 8, "centred integers"),
        Data(2, 3, 5, "constant"),
        Data(4, 130, 33, "normal"),
        Data(66, 5, 3, "normal"),
        Data(3, 2, 1025, "offset"),
        Data(2, 4, 129, "positive"),
        Data(3, 4, 6, "normal", "large"),
        Data(3, 4, 6, "offset", "small"),
    )
    return Regimes(st.builds(Data, SIDES, SIDES, SIDES, st.sampled_from(KINDS), SCALES), corners)


def exact_data() -> Regimes:
    """Data with exact covariances; corners: one sample pair, one weight, wide, tall, many samples."""
    corners = (
        ExactData(),
        ExactData(1, 1, 2),
        ExactData(1, 1, 1),
        ExactData(3, 1, 4),
        ExactData(1, 5, 8),
        ExactData(3, 3, 16),
        ExactData(5, 33, 8),
        ExactData(65, 3, 2),
        ExactData(3, 7, 128),
        ExactData(2, 130, 4),
    )
    powers = st.sampled_from([2, 4, 8, 16, 1, 32, 64])
    return Regimes(st.builds(ExactData, SIDES, SIDES, powers), corners)


def products() -> Regimes:
    """Weights and data of all sizes down to none."""
    corners = (
        Data(2, 3, 4),
        Data(3, 3, 3, "normal"),
        *(Data(n, m, e) for n, m, e in ((1, 1, 1), (0, 3, 2), (3, 0, 2), (3, 2, 0), (0, 0, 0))),
        *(
            Data(n, m, e, "normal")
            for n, m, e in ((6, 5, 4), (1, 6, 1), (5, 1, 6), (17, 33, 5), (5, 65, 66), (3, 1025, 2))
        ),
        Data(4, 129, 5, "positive"),
        Data(130, 2, 131, "normal"),
        Data(4, 5, 6, "normal", "tiny"),
        Data(4, 5, 6, "offset", "large"),
    )
    side = st.integers(0, 6)
    return Regimes(st.builds(Data, side, side, side, st.sampled_from(KINDS), SCALES), corners)


def only_kind(kind: str) -> Regimes:
    """Data of one kind, from a single number on."""
    corners = (Data(1, 1, 1, kind), Data(2, 3, 4, kind), Data(3, 2, 8, kind))
    return Regimes(st.builds(Data, SIDES, SIDES, SIDES, st.just(kind)), corners)
