"""Images and kernels of several convolutions: whole numbers, linear combinations, compositions, learners."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.convolutions import Convolution, Convolved, convolutions
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

MOST = 64
"""Products of two numbers of -2..2 that add up to 256 at most, which bfloat16 holds."""


class Combination(NamedTuple):
    """A convolution, further images y and kernels v, and factors p and q of both (batch, 1, ..., 1)."""

    given: Convolution
    y: Tensor
    v: Tensor
    p: Tensor
    q: Tensor


@dataclasses.dataclass(frozen=True)
class Combined(Regime):
    """Images and kernels of one convolution twice, and factors in quarters from -4 to 4 to add them with."""

    of: Convolved = Convolved()
    names: ClassVar[tuple[str, ...]] = ("x", "w", "b", "c", "y", "v", "p", "q")
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if not self.of.channels or self.of.form == "native":
            raise ValueError("nothing to combine")

    def size(self) -> int:
        return 2 * self.of.size()

    def batch(self, limit: int, elements: int) -> int:
        return min(self.most, self.of.batch(limit, elements))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        x, w, b, c = self.of.arrays(rng, batch, fmt)
        y, v, _, _ = self.of.arrays(rng, batch, fmt)
        p, q = rng.integers(-16, 17, (2, batch, *(1,) * (x.ndim - 1))) / 4.0
        return [x, w, b, c, y, v, p, q]

    def present(self, tensors: Sequence[Any], seed: int) -> Combination:
        return Combination(self.of.present(tensors[:4], seed), *tensors[4:])


def combinations() -> Regimes:
    """Combinations for convolutions with any options."""
    every = convolutions()
    corners = [c for c in every.corners if isinstance(c, Convolved) and c.channels and c.n and c.size() < 300]
    corners.append(Convolved(2, groups=3, extent=(5,), kernel=(3,)))  # depthwise
    return Regimes(st.builds(Combined, every.draw), tuple(Combined(c) for c in corners))


def whole_numbers(*, alone: bool = False, kinds: tuple[str, ...] = ("integers",)) -> Regimes:
    """Images and kernels of any sizes with padding k - 1, so that every product counts.

    `alone`: one channel of one image. Integers so few that every sum is exact in every format.
    """
    sides, kernels = {1: (1, 6), 2: (1, 5), 3: (1, 3)}, {1: (1, 5), 2: (1, 4), 3: (1, 3)}

    def made(d: int, n: int, c: int, o: int, sizes: Sequence[int], kind: str, form: str) -> Convolved:
        def within(numbers: Sequence[int], least: int, most: int) -> tuple[int, ...]:
            return tuple(least + i % (most - least + 1) for i in numbers[:d])

        extent, kernel = within(sizes[:3], *sides[d]), within(sizes[3:], *kernels[d])
        c = 1 if alone or math.prod(kernel) * c > MOST else c
        form = form if form == "unbatched" else {"": "", "last": ("", "channels_last", "channels_last_3d")[d - 1]}[form]
        padding = tuple(k - 1 for k in kernel)
        n, o = (1, 1) if alone else (n, o)
        return Convolved(n, c, o, extent=extent, kernel=kernel, padding=padding, kind=kind, form=form)

    corners = (
        made(1, 1, 1, 1, (2, 0, 0, 1, 0, 0), kinds[0], ""),
        *(
            made(d, n, c, o, sizes, kind, form)
            for kind in kinds
            for d, n, c, o, sizes, form in (
                (1, 2, 2, 3, (5, 0, 0, 3, 0, 0), ""),
                (1, 1, 1, 1, (1, 0, 0, 3, 0, 0), ""),
                (1, 17, 8, 2, (4, 0, 0, 2, 0, 0), "unbatched"),
                (2, 2, 2, 2, (3, 4, 0, 2, 2, 0), "last"),
                (2, 1, 3, 2, (2, 4, 0, 1, 2, 0), ""),
                (2, 16, 1, 7, (4, 4, 0, 2, 2, 0), ""),
                (3, 2, 2, 2, (1, 2, 1, 1, 2, 1), ""),
                (3, 1, 1, 1, (2, 1, 2, 0, 1, 2), "last"),
                (3, 2, 1, 2, (1, 0, 0, 0, 1, 2), ""),  # longer kernels than images along the last axis
            )
        ),
    )
    numbers, count = st.tuples(*[st.integers(0, 11)] * 6), st.sampled_from((1, 2, 3, 1, 2, 8, 17))
    draw = st.builds(
        made,
        st.sampled_from((1, 2, 1, 2, 3)),
        count,
        count,
        count,
        numbers,
        st.sampled_from(kinds),
        st.sampled_from(("", "", "last", "unbatched")),
    )
    return Regimes(draw, tuple(dict.fromkeys(corners)))


class Composition(NamedTuple):
    """Images (batch, n, c, *), and kernels of two convolutions, a (batch, o, c, *) and then b (batch, p, o, *)."""

    x: Tensor
    a: Tensor
    b: Tensor


@dataclasses.dataclass(frozen=True)
class Composed(Regime):
    """`n` images and two convolutions, of `channels`, `between` and `filters`; all numbers are -1, 0 or 1."""

    n: int = 1
    channels: int = 1
    between: int = 1
    filters: int = 1
    extent: tuple[int, ...] = (3,)
    first: tuple[int, ...] = (2,)
    second: tuple[int, ...] = (2,)
    names: ClassVar[tuple[str, ...]] = ("x", "a", "b")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        counts = (self.n, self.channels, self.between, self.filters, *self.extent, *self.first, *self.second)
        if min(counts) < 1 or len({len(s) for s in (self.extent, self.first, self.second)}) > 1:
            raise ValueError("no composition")
        if max(self.channels * math.prod(self.first), self.between * math.prod(self.second)) > MOST:
            raise ValueError("more products than every format can add")

    def size(self) -> int:
        return self.n * self.channels * math.prod(self.extent) + self.between * math.prod(self.first)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = (
            (self.n, self.channels, *self.extent),
            (self.between, self.channels, *self.first),
            (self.filters, self.between, *self.second),
        )
        return [rng.integers(-1, 2, (batch, *s)).astype(np.float64) for s in shapes]

    def present(self, tensors: Sequence[Any], seed: int) -> Composition:
        return Composition(*tensors)


def compositions() -> Regimes:
    """Two convolutions of one and of several channels, over one to three axes."""
    corners = (
        Composed(),
        Composed(1, 1, 1, 1, (1,), (1,), (3,)),
        Composed(2, 2, 3, 2, (5,), (3,), (2,)),
        Composed(1, 1, 1, 1, (3, 4), (2, 3), (3, 1)),
        Composed(2, 2, 2, 3, (4, 3), (3, 2), (2, 2)),
        Composed(1, 1, 2, 1, (2, 3, 2), (2, 1, 2), (2, 2, 1)),
        Composed(17, 2, 2, 2, (5, 5), (3, 3), (3, 3)),
        Composed(1, 9, 9, 8, (4,), (3,), (3,)),
    )
    side, count = st.integers(1, 5), st.sampled_from((1, 2, 1, 3))

    def made(counts: Sequence[int], d: int, sizes: Sequence[int]) -> Composed:
        extent, first, second = (tuple(min(s, 7 - 2 * d) for s in sizes[i : i + d]) for i in (0, 3, 6))
        n, c, o, p = counts if d < 3 else (1, 1, 2, 1)
        return Composed(n, c, o, p, extent, first, second)

    return Regimes(
        st.builds(made, st.tuples(*[count] * 4), st.sampled_from((1, 2, 1, 2, 3)), st.tuples(*[side] * 9)), corners
    )


OPTIMISERS = ("SGD", "momentum", "Adam", "RMSprop", "Adagrad", "AdamW")


class Learner(NamedTuple):
    """Images (batch, n, c, *), first kernels (batch, o, c, *), targets of the results, and how to learn."""

    x: Tensor
    w: Tensor
    t: Tensor
    given: Learners


@dataclasses.dataclass(frozen=True)
class Learners(Regime):
    """A learner of kernels with an optimiser, an activation ("none", "tanh") and so many steps, of small integers."""

    optimiser: str = "SGD"
    activation: str = "none"
    steps: int = 2
    channels: int = 1
    filters: int = 1
    extent: tuple[int, ...] = (5,)
    kernel: tuple[int, ...] = (2,)
    names: ClassVar[tuple[str, ...]] = ("x", "w", "t")
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        known = self.optimiser in OPTIMISERS and self.activation in ("none", "tanh") and self.steps > 0
        sizes = zip(self.extent, self.kernel, strict=True)
        if not known or min(self.channels, self.filters) < 1 or any(not 1 <= k <= n for n, k in sizes):
            raise ValueError(f"no learner by {self.optimiser!r}")

    def size(self) -> int:
        return 2 * self.channels * math.prod(self.extent) * self.steps

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        results = tuple(n - k + 1 for n, k in zip(self.extent, self.kernel, strict=True))
        shapes = (2, self.channels, *self.extent), (self.filters, self.channels, *self.kernel)
        x, w, t = (rng.integers(-1, 2, (batch, *s)) for s in (*shapes, (2, self.filters, *results)))
        return [x.astype(np.float64), w.astype(np.float64), t / 2.0]

    def present(self, tensors: Sequence[Any], seed: int) -> Learner:
        x, w, t = tensors
        return Learner(x, w, t, self)


def learners() -> Regimes:
    """Every optimiser, with and without an activation, over one to three axes."""
    corners = (
        Learners(),
        Learners("SGD", "none", 1, 2, 2, (6,), (3,)),
        Learners("SGD", "none", 1, 1, 2, (4, 5), (2, 3)),
        *(Learners(o, "tanh", 4, 2, 1, (8,), (5,)) for o in OPTIMISERS),
        *(Learners(o, "tanh", 2, 1, 2, (4, 4), (3, 2)) for o in OPTIMISERS[1:4]),
        Learners("Adam", "tanh", 3, 1, 1, (3, 3, 3), (2, 2, 2)),
        Learners("SGD", "tanh", 20, 1, 1, (9,), (4,)),
    )
    shapes = st.sampled_from([((6,), (1,)), ((7,), (4,)), ((9,), (3,)), ((4, 5), (2, 3)), ((5, 3), (3, 3))])
    count, activations = st.sampled_from((1, 2)), st.sampled_from(("tanh", "none"))

    def made(optimiser: str, activation: str, steps: int, c: int, o: int, shape: tuple[Any, Any]) -> Learners:
        return Learners(optimiser, activation, steps if activation == "tanh" else 1, c, o, *shape)

    draw = st.builds(made, st.sampled_from(OPTIMISERS), activations, st.integers(1, 4), count, count, shapes)
    return Regimes(draw, corners)
