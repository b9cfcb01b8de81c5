"""Bagged ensembles over data sets small enough to enumerate, and training runs that visit examples."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

LEVELS = ("bits", "integers", "normal", "close", "small")


class Ensemble(NamedTuple):
    """What a property of bagging gets: the two equally likely numbers that data sets are made of, (batch, 2), sizes."""

    levels: Tensor
    examples: int
    members: int
    runs: int
    seed: int


@dataclasses.dataclass(frozen=True)
class BaggedMeans(Regime):
    """The mean of `members` bootstrap means, over all data sets of `examples` numbers and all resamples.

    A data set holds either of two numbers in every place; `levels`: bits (0 and 1), integers in -4..4, normal, close
    (1 and a number within 1 % of it, so that errors are much smaller than means), small (near the fourth root of the
    smallest normal number, so that squares are well above it). `runs` of the whole procedure are sampled besides.
    """

    examples: int = 2
    members: int = 2
    levels: str = "bits"
    runs: int = 500
    names: ClassVar[tuple[str, ...]] = ("levels",)

    def __post_init__(self) -> None:
        if self.levels not in LEVELS or not 1 <= self.examples <= 3 or not 1 <= self.members <= 4 or self.runs < 1:
            raise ValueError(f"no enumerable ensemble of {self.members} means of {self.examples} {self.levels!r}")

    def size(self) -> int:
        resamples = (1, 3, 10)[self.examples - 1]
        return int(2**self.examples * resamples**self.members)

    def batch(self, limit: int, elements: int) -> int:
        return super().batch(limit, elements // 8)  # the reference passes over every ensemble some dozen times

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        match self.levels:
            case "bits":
                x = np.broadcast_to([0.0, 1.0], (batch, 2)).copy()
            case "integers":
                x = rng.integers(-4, 5, (batch, 2)).astype(np.float64)
            case "close":
                x = 1 + rng.uniform(-0.01, 0.01, (batch, 2)) * [0, 1]
            case "small":
                x = rng.standard_normal((batch, 2)) * 2.0 ** (fmt.emin // 4)
            case _:
                x = rng.standard_normal((batch, 2))
        return [x]

    def present(self, tensors: Any, seed: int) -> Ensemble:
        return Ensemble(tensors[0], self.examples, self.members, self.runs, seed)


def bagged_means() -> Regimes:
    """Ensembles of 1 to 4 means of 1 to 3 numbers; corners: every pair of sizes, every kind of numbers."""
    drawn = st.builds(
        BaggedMeans, st.sampled_from((2, 3, 1)), st.sampled_from((2, 1, 3)), st.sampled_from(LEVELS), st.just(500)
    )
    corners = (
        BaggedMeans(),
        *(BaggedMeans(n, k) for n in (1, 2, 3) for k in (1, 2, 3, 4) if (n, k) != (2, 2)),
        *(BaggedMeans(3, 2, levels) for levels in LEVELS[1:]),
        BaggedMeans(2, 1, runs=4000),
        BaggedMeans(3, 3, runs=8000),
    )
    return Regimes(drawn, corners)


class Visits(NamedTuple):
    """What a property of sampling gets: examples, epochs, runs of training, drop probability, units, and a seed."""

    examples: int
    epochs: int
    runs: int
    p: float
    units: int
    seed: int

    @property
    def q(self) -> float:
        """The probability that a step trains the submodel in which all units are kept."""
        return (1 - self.p) ** self.units


@dataclasses.dataclass(frozen=True)
class TrainingRuns(Regime):
    """`runs` of `epochs` over `examples`, each step training the submodel in which all of `units` are kept, or not."""

    examples: int = 2
    epochs: int = 2
    runs: int = 200
    p: float = 0.5
    units: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 2 <= self.examples <= 3 or not 1 <= self.epochs <= 3 or self.runs < 1 or not 1 <= self.units <= 3:
            raise ValueError(f"visits to {self.examples} examples in {self.epochs} epochs are not enumerated")

    @property
    def enumerable(self) -> bool:
        """Whether every order with replacement can be combined with every pattern of masks."""
        return self.examples * self.epochs <= 6

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Any, seed: int) -> Visits:
        return Visits(self.examples, self.epochs, self.runs, self.p, self.units, seed)


def training_runs() -> Regimes:
    """2 or 3 examples, 1 to 3 epochs, a submodel that is met with a dyadic probability."""
    drawn = st.builds(
        TrainingRuns,
        st.sampled_from((2, 3)),
        st.sampled_from((2, 1, 3)),
        st.just(200),
        st.sampled_from((0.5, 0.25, 0.75)),
        st.sampled_from((1, 2)),
    )
    corners = (
        TrainingRuns(),
        TrainingRuns(2, 2, 1500),
        *(TrainingRuns(n, e) for n in (2, 3) for e in (1, 2, 3) if (n, e) not in ((2, 2), (3, 1))),
        TrainingRuns(3, 1, 5000),
        TrainingRuns(2, 2, p=0.75),
        TrainingRuns(2, 2, units=2),
    )
    return Regimes(drawn, corners)


class Draws(NamedTuple):
    """What a property of bootstrap samples gets: the number of examples, of independent samples, and a seed."""

    examples: int
    runs: int
    seed: int


@dataclasses.dataclass(frozen=True)
class Resamples(Regime):
    """`runs` bootstrap samples of `examples`."""

    examples: int = 2
    runs: int = 200
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.examples < 1 or self.runs < 1:
            raise ValueError("a bootstrap sample has examples")

    @property
    def enumerable(self) -> bool:
        """Whether all n^n samples are enumerated."""
        return self.examples <= 6

    def size(self) -> int:
        return self.examples * self.runs

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Any, seed: int) -> Draws:
        return Draws(self.examples, self.runs, seed)


def bootstrap_samples() -> Regimes:
    """1 to 1000 examples, up to 6 of them enumerated; sizes around powers of two."""
    sizes = st.sampled_from((2, 1, 3, 4, 5, 6, 7, 16, 17, 33, 64, 65))
    corners = (
        Resamples(),
        *(Resamples(n, 2000) for n in (1, 2, 3, 4, 5, 6)),
        Resamples(50, 1000),
        *(Resamples(n, 200) for n in (63, 64, 65, 128, 129)),
        Resamples(1000, 100),
    )
    return Regimes(st.builds(Resamples, sizes, st.just(200)), corners)


@dataclasses.dataclass(frozen=True)
class Predictions(Regime):
    """`members` predictions f (batch, k) of one target y (batch,).

    `around`: zero; thousand (all are moved by it, so that errors are much smaller than predictions); equal (members do
    not disagree); perfect (so are all members to the target).
    """

    members: int = 2
    numbers: Numbers = Numbers()
    around: str = "zero"
    names: ClassVar[tuple[str, ...]] = ("f", "y")

    def __post_init__(self) -> None:
        if self.members < 1 or self.around not in AROUND:
            raise ValueError(f"no {self.members} predictions around {self.around!r}")

    def size(self) -> int:
        return self.members + 1

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        f, y = (self.numbers.fill(rng, shape, fmt) for shape in ((batch, self.members), (batch, 1)))
        match self.around:
            case "thousand":
                f, y = f + 1000, y + 1000
            case "equal":
                f = np.repeat(f[:, :1], self.members, 1)
            case "perfect":
                f = np.repeat(y, self.members, 1)
        return [f, y[:, 0]]


AROUND = ("zero", "thousand", "equal", "perfect")


def predictions() -> Regimes:
    """1 to 129 members; corners: powers of two and their neighbours, every place, both scales, ties."""
    kinds = numbers(("integers", "normal", "wide", "ties", "positive"))
    drawn = st.builds(Predictions, st.sampled_from((2, 1, 3, 4, 5, 7, 8, 10)), kinds, st.sampled_from(AROUND))
    normal = Numbers("normal")
    corners = (
        Predictions(),
        *(Predictions(k, normal) for k in (1, 2, 3, 4, 10, 16, 33, 64, 65, 129)),
        *(Predictions(k) for k in (1, 3, 4, 8)),
        *(Predictions(5, normal, around) for around in AROUND[1:]),
        *(Predictions(64, normal, around) for around in AROUND[1:]),
        *(Predictions(7, Numbers("normal", scale)) for scale in ("small", "large")),
        Predictions(10, Numbers("wide")),
        Predictions(6, Numbers("ties")),
    )
    return Regimes(drawn, corners)
