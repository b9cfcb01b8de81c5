"""What pooling is invariant to: orders of a few numbers, shifted images, filters turned by a group, pooled features."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.convolution.pooling_invariance import GROUPS
from reference.formats import Format

Float64 = NDArray[np.float64]


class Orderings(NamedTuple):
    """Every order of width + 1 numbers as a channel: x (1, (width + 1)!, width + 1)."""

    x: Tensor
    width: int


@dataclasses.dataclass(frozen=True)
class EveryOrder(Regime):
    """The numbers 0 to `width` in every order, times a positive factor, or on either side of 0."""

    width: int = 2
    factor: float = 1.0
    centred: bool = False
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.width <= 6 or self.factor <= 0:
            raise ValueError(f"no orders of {self.width} + 1 numbers")

    def size(self) -> int:
        return math.factorial(self.width + 1) * (self.width + 1)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        orders = np.array(list(itertools.permutations(range(self.width + 1))), np.float64)[None]
        return [(orders - (self.width / 2 if self.centred else 0)) * self.factor]

    def admits(self, arrays: Arrays) -> bool:
        every = {tuple(np.argsort(np.argsort(row))) for row in arrays[0][0]}
        return len(every) == math.factorial(self.width + 1)

    def present(self, tensors: Sequence[Any], seed: int) -> Orderings:
        return Orderings(tensors[0], self.width)


class Shifted(NamedTuple):
    """Images x (batch, channels, n) of `sizes`, a window, and how far each axis is shifted."""

    x: Tensor
    sizes: tuple[int, ...]
    window: tuple[int, ...]
    shift: tuple[int, ...]


KINDS = ("normal", "integers", "ties", "constant", "NaN", "-inf", "large")


@dataclasses.dataclass(frozen=True)
class ShiftedImages(Regime):
    """Images of `sizes` with a window that fits, and a shift along each axis.

    `kind`: normal, integers, ties (0 and 1), constant, NaN, -inf (one of five beside normal numbers), large (an eighth
    of the largest at most).
    """

    sizes: tuple[int, ...] = (6,)
    window: tuple[int, ...] = (2,)
    shift: tuple[int, ...] = (1,)
    channels: int = 1
    kind: str = "normal"
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if not 1 <= len(self.sizes) == len(self.window) == len(self.shift) <= 3 or self.kind not in KINDS:
            raise ValueError(f"no {self.kind} images of sizes {self.sizes}")
        if self.channels < 1 or any(not 1 <= w <= n for w, n in zip(self.window, self.sizes, strict=True)):
            raise ValueError(f"no window {self.window} in {self.sizes}")

    def size(self) -> int:
        return self.channels * math.prod(self.sizes) * math.prod(self.window)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.channels, math.prod(self.sizes))
        x = rng.standard_normal(shape)
        match self.kind:
            case "integers":
                x = rng.integers(-4, 5, shape).astype(np.float64)
            case "ties":
                x = rng.integers(0, 2, shape).astype(np.float64)
            case "constant":
                x = np.broadcast_to(x[..., :1], shape).copy()
            case "NaN" | "-inf":
                x = np.where(rng.random(shape) < 0.2, float(self.kind), x)
            case "large":
                x = rng.uniform(-1, 1, shape) * (fmt.largest / 8)
        return [x]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(arrays[0]).all((1, 2)) | (self.kind in ("NaN", "-inf")))

    def present(self, tensors: Sequence[Any], seed: int) -> Shifted:
        return Shifted(tensors[0], self.sizes, self.window, self.shift)


class Turned(NamedTuple):
    """Patches x and filters w, both (batch, side, side), and the name of a group that turns them."""

    x: Tensor
    w: Tensor
    group: str


@dataclasses.dataclass(frozen=True)
class TurnedFilters(Regime):
    """A filter and a patch of `side` x `side` numbers: integers from -3 to 3, or normal."""

    side: int = 3
    group: str = "rotations"
    kind: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("x", "w")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.side < 1 or self.group not in GROUPS or self.kind not in ("integers", "normal"):
            raise ValueError(f"no {self.kind} filters of side {self.side} for {self.group}")

    def size(self) -> int:
        return 16 * self.side**2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.side, self.side)
        if self.kind == "integers":
            return [rng.integers(-3, 4, shape).astype(np.float64) for _ in range(2)]
        return [rng.standard_normal(shape) for _ in range(2)]

    def present(self, tensors: Sequence[Any], seed: int) -> Turned:
        return Turned(tensors[0], tensors[1], self.group)


class Features(NamedTuple):
    """A design X (n, d) with orthogonal columns of n signs, weights w (d,), and noise of size sigma.

    Features come in blocks of `block`, whose mean is pooled.
    """

    X: Tensor
    w: Tensor
    sigma: float
    block: int


@dataclasses.dataclass(frozen=True)
class PooledFeatures(Regime):
    """`n` observations of d features, columns of a Hadamard matrix with random signs, and weights in eighths.

    `target` says how the weights of a block differ: equal (invariant), by an eighth (mild), or by 8 (strong).
    """

    n: int = 4
    d: int = 2
    block: int = 2
    target: str = "invariant"
    sigma: float = 1.0
    names: ClassVar[tuple[str, ...]] = ("X", "w")
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        powers = (self.n, self.d, self.block)
        if min(powers) < 1 or any(p & (p - 1) for p in powers) or not self.block <= self.d <= self.n <= 8:
            raise ValueError(f"no {self.d} features of {self.n} observations in blocks of {self.block}")
        if self.target not in ("invariant", "mild", "strong") or not 0 < self.sigma <= 4:
            raise ValueError(f"no {self.target} target with noise {self.sigma}")

    def size(self) -> int:
        return self.n << self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        hadamard = np.ones((1, 1))
        while len(hadamard) < self.n:
            hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
        columns = rng.permutation(self.n)[: self.d]
        design = hadamard[rng.permutation(self.n)][:, columns] * rng.choice([-1.0, 1.0], (self.n, 1))
        means = np.repeat(rng.integers(-8, 9, self.d // self.block) / 8, self.block)
        steps = {"invariant": 0.0, "mild": 0.125, "strong": 8.0}[self.target]
        return [design, means + steps * np.resize([1.0, -1.0], self.d)]

    def admits(self, arrays: Arrays) -> bool:
        design, w = arrays
        orthogonal = bool((design.T @ design == self.n * np.eye(self.d)).all())
        return orthogonal and bool((np.abs(design) == 1).all()) and bool((w * 8 == np.rint(w * 8)).all())

    def present(self, tensors: Sequence[Any], seed: int) -> Features:
        return Features(tensors[0], tensors[1], self.sigma, self.block)


class Weighting(NamedTuple):
    """Images x (batch, images, channels, n), weights w (batch, k) of a window around each place, and the regime."""

    x: Tensor
    w: Tensor
    given: WeightedWindows


WEIGHTS = ("binomial", "radial", "box")
NUMBERS = ("integers", "normal", "constant", "ramp")


@dataclasses.dataclass(frozen=True)
class WeightedWindows(Regime):
    """Windows of odd sides over images, with weights by the distance from the centre that sum up to 1.

    `weights`: binomial (1, 2, 1)/4 or (1, 4, 6, 4, 1)/16 along each axis, exact in every format; radial (random, one
    for each distance), box (equal weights).
    `numbers`: integers from -8 to 8, normal, constant integers, ramps of integers.
    """

    sizes: tuple[int, ...] = (5,)
    window: tuple[int, ...] = (3,)
    stride: int = 1
    images: int = 1
    channels: int = 1
    weights: str = "binomial"
    numbers: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("x", "w")
    most: ClassVar[int] = 6

    def __post_init__(self) -> None:
        if not 1 <= len(self.sizes) == len(self.window) <= 3 or min(self.images, self.channels, self.stride) < 1:
            raise ValueError(f"no images of {self.sizes}")
        if any(k % 2 == 0 or not 1 <= k <= n for k, n in zip(self.window, self.sizes, strict=True)):
            raise ValueError(f"no window {self.window} around places of {self.sizes}")
        if self.weights not in WEIGHTS or self.numbers not in NUMBERS:
            raise ValueError(f"no {self.weights} weights of {self.numbers}")
        if self.weights == "binomial" and max(self.window) > 5:
            raise ValueError("binomial weights are of sides up to 5")

    def size(self) -> int:
        return self.images * self.channels * math.prod(self.sizes) * math.prod(self.window)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = (batch, self.images, self.channels, math.prod(self.sizes))
        x = {
            "integers": rng.integers(-8, 9, shape),
            "normal": rng.standard_normal(shape),
            "constant": np.broadcast_to(rng.integers(-8, 9, (*shape[:-1], 1)), shape),
            "ramp": rng.integers(-8, 9, (*shape[:-1], 1)) + np.arange(shape[-1]) % 17,
        }[self.numbers]
        return [x.astype(np.float64), self._weights(rng, batch).reshape(batch, -1)]

    def _weights(self, rng: np.random.Generator, batch: int) -> Float64:
        if self.weights == "binomial":
            rows = [np.array([math.comb(k - 1, i) for i in range(k)]) / 2 ** (k - 1) for k in self.window]
            return np.broadcast_to(math.prod(np.ix_(*rows), start=np.ones(())), (batch, *self.window)).copy()
        if self.weights == "box":
            return np.full((batch, *self.window), 1 / math.prod(self.window))
        far = np.asarray(sum(np.ix_(*[(np.arange(k) - k // 2) ** 2 for k in self.window])))
        made = rng.uniform(0.1, 1, (batch, int(far.max()) + 1))[:, far]
        weights: Float64 = made / made.sum(tuple(range(1, made.ndim)), keepdims=True)
        return weights

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w = arrays[1].reshape(-1, *self.window)
        flipped = all(np.array_equal(w, np.flip(w, a)) for a in range(1, w.ndim))
        admitted: NDArray[np.bool_] = (w >= 0).all(tuple(range(1, w.ndim))) & (np.abs(arrays[1].sum(-1) - 1) < 0.05)
        return admitted & flipped

    def present(self, tensors: Sequence[Any], seed: int) -> Weighting:
        return Weighting(tensors[0], tensors[1], self)


SIDES = st.sampled_from((4, 1, 2, 3, 5, 7, 13, 16, 17))


@st.composite
def _images(draw: st.DrawFn, kinds: Sequence[str], most: int) -> ShiftedImages:
    """Images of one to `most` axes, and any window and shift."""
    axes = draw(st.integers(1, most))
    sizes = tuple(draw(SIDES) for _ in range(axes))
    window = tuple(draw(st.integers(1, min(n, 6))) for n in sizes)
    shift = tuple(draw(st.integers(0, n)) for n in sizes)
    return ShiftedImages(sizes, window, shift, draw(st.sampled_from((1, 2, 3, 17))), draw(st.sampled_from(kinds)))


def translations() -> Regimes:
    """All orders of up to seven numbers, and shifted signals and images."""
    corners = (
        *(EveryOrder(w) for w in (2, 1, 3, 4, 5)),
        EveryOrder(2, 0.25, centred=True),
        EveryOrder(3, 2.0, centred=True),
        ShiftedImages(),
        ShiftedImages((17,), (3,), (1,), 2, "integers"),
        ShiftedImages((16,), (5,), (2,), 17, "ties"),
        ShiftedImages((7,), (1,), (1,), 1, "normal"),
        ShiftedImages((33,), (4,), (1,), 1, "-inf"),
        ShiftedImages((5, 9), (2, 3), (0, 1), 3, "normal"),
        ShiftedImages((7, 6), (3, 2), (2, 1), 17, "ties"),
        ShiftedImages((4, 8), (4, 4), (0, 1), 1, "integers"),
    )
    kinds = ("normal", "integers", "ties", "constant", "-inf")
    orders = st.builds(EveryOrder, st.integers(1, 5), st.sampled_from((1.0, 0.5, 4.0)), st.booleans())
    images = _images(kinds, 2)
    return Regimes(st.one_of(orders, images, images), corners)


def circular_shifts() -> Regimes:
    """Images of one to three axes shifted by any distance."""
    corners = (
        ShiftedImages(),
        ShiftedImages((1,), (1,), (0,), 1, "integers"),
        ShiftedImages((17,), (2,), (5,), 3, "normal"),
        ShiftedImages((13, 17), (2, 2), (6, 9), 1, "normal"),
        ShiftedImages((16, 16), (2, 2), (8, 15), 17, "ties"),
        ShiftedImages((5, 7), (1, 1), (1, 6), 3, "NaN"),
        ShiftedImages((4, 9), (1, 1), (3, 4), 8, "-inf"),
        ShiftedImages((64, 33), (1, 1), (32, 1), 1, "normal"),
        ShiftedImages((3, 4, 5), (1, 1, 1), (1, 2, 3), 2, "integers"),
        ShiftedImages((2, 3), (1, 1), (1, 1), 1, "large"),
        ShiftedImages((9, 11), (1, 1), (2, 3), 1, "constant"),
        ShiftedImages((17, 17), (1, 1), (9, 9), 33, "normal"),
    )
    return Regimes(_images(tuple(k for k in KINDS if k != "large"), 2), corners)


def turned_filters() -> Regimes:
    """Every group, filters of one to nine places along a side."""
    corners = (
        TurnedFilters(),
        *(TurnedFilters(side, group) for group in GROUPS for side in (2, 3)),
        *(TurnedFilters(5, group, "normal") for group in GROUPS),
        TurnedFilters(1, "rotations"),
        TurnedFilters(9, "symmetries", "normal"),
    )
    every = dict.fromkeys(corners)
    side, kind = st.sampled_from((3, 1, 2, 4, 5, 7)), st.sampled_from(("integers", "normal"))
    return Regimes(st.builds(TurnedFilters, side, st.sampled_from(sorted(GROUPS)), kind), tuple(every))


def pooled_features() -> Regimes:
    """Targets that are invariant, and targets that are not, for blocks of one feature to all of them."""
    corners = (
        PooledFeatures(),
        PooledFeatures(8, 4, 4),
        PooledFeatures(8, 4, 4, "mild"),
        PooledFeatures(8, 4, 4, "strong"),
        PooledFeatures(8, 4, 2, "strong", 0.5),
        PooledFeatures(8, 8, 4, "invariant", 2.0),
        PooledFeatures(8, 8, 1, "mild"),
        PooledFeatures(4, 4, 2, "mild", 0.25),
        PooledFeatures(2, 1, 1),
        PooledFeatures(4, 1, 1, "strong"),
    )
    sizes = st.sampled_from(((4, 2, 2), (4, 4, 2), (4, 4, 4), (8, 4, 2), (8, 4, 4), (8, 8, 2), (8, 8, 8), (2, 2, 2)))
    targets, sigmas = st.sampled_from(("invariant", "mild", "strong")), st.sampled_from((1.0, 0.5, 2.0))
    return Regimes(st.builds(lambda s, t, v: PooledFeatures(s[0], s[1], s[2], t, v), sizes, targets, sigmas), corners)


@st.composite
def _weighted(draw: st.DrawFn) -> WeightedWindows:
    axes, weights = draw(st.integers(1, 3)), draw(st.sampled_from(WEIGHTS))
    sizes = tuple(draw(st.sampled_from((5, 3, 4, 7) if axes > 1 else (5, 3, 7, 17, 33))) for _ in range(axes))
    window = tuple(draw(st.sampled_from([k for k in (3, 1, 5) if k <= n])) for n in sizes)
    images, channels, stride = draw(st.integers(1, 2)), draw(st.sampled_from((1, 2, 3, 17))), draw(st.integers(1, 3))
    return WeightedWindows(sizes, window, stride, images, channels, weights, draw(st.sampled_from(NUMBERS)))


def weighted_windows() -> Regimes:
    """Weights of every kind over one to three axes; corners: constants, tails of channels, strides, large windows."""
    corners = (
        WeightedWindows(),
        WeightedWindows((9,), (5,), 2, 2, 3, "radial", "normal"),
        WeightedWindows((7,), (3,), 1, 1, 2, "binomial", "constant"),
        WeightedWindows((5, 6), (3, 3), 1, 2, 17, "binomial", "integers"),
        WeightedWindows((6, 6), (5, 3), 2, 1, 3, "radial", "normal"),
        WeightedWindows((5, 5), (5, 5), 1, 1, 33, "binomial", "constant"),
        WeightedWindows((7, 8), (3, 5), 1, 3, 2, "radial", "ramp"),
        WeightedWindows((3, 4, 5), (3, 3, 3), 1, 1, 2, "binomial", "integers"),
        WeightedWindows((4, 3, 5), (3, 1, 3), 2, 2, 3, "radial", "normal"),
        WeightedWindows((33,), (17,), 1, 1, 8, "radial", "normal"),
        WeightedWindows((17, 18), (7, 7), 3, 2, 3, "box", "normal"),
        WeightedWindows((4,), (1,), 1, 1, 1, "radial", "normal"),
    )
    return Regimes(_weighted(), corners)
