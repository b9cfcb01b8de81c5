"""Probability vectors, weights that are not normalised, and pairs of probability vectors."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("dirichlet", "peaked", "flat", "sparse", "one-hot", "uniform", "dyadic", "tiny", "weights")
OTHERS = ("independent", "same", "near", "beyond")
WIDTHS = (2, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64, 65, 100, 129, 300, 511, 513, 1000, 1023, 1025, 2049)
NUMBERS_A_TRIAL = 1 << 11
CONCENTRATION = {"peaked": 0.02, "flat": 100.0}


@dataclasses.dataclass(frozen=True)
class Probabilities(Regime):
    """Probability vectors of `width` entries, rounded to the format, so that they sum to 1 up to rounding.

    `kind`: dirichlet (uniform on the simplex), peaked and flat (concentrations 0.02 and 100), sparse (half of the
    entries exactly 0), one-hot, uniform, dyadic (1/2, 1/4, ..., the last one twice: they sum to 1), tiny (all but one
    are 1 to 16 times the smallest number of the format), weights (exponential, not normalised).
    """

    width: int = 2
    kind: str = "dirichlet"
    names: ClassVar[tuple[str, ...]] = ("p",)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.width < 1:
            raise ValueError(f"no probabilities of {self.width} entries of kind {self.kind!r}")

    def size(self) -> int:
        return self.width

    def batch(self, limit: int, elements: int) -> int:
        return super().batch(limit, min(elements, NUMBERS_A_TRIAL))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [self._drawn(rng, (batch, self.width), fmt)]

    def admits(self, arrays: Arrays) -> Any:
        p = arrays[0]
        return np.all((p >= 0) & (p <= 64), axis=-1) & (p.sum(-1) > 0.5)

    def _drawn(self, rng: np.random.Generator, shape: tuple[int, int], fmt: Format) -> NDArray[np.float64]:
        batch, width = shape
        rows, one = np.arange(batch), rng.integers(0, width, batch)
        match self.kind:
            case "one-hot":
                p = np.zeros(shape)
                p[rows, one] = 1.0
                return p
            case "uniform":
                return np.full(shape, 1 / width)
            case "dyadic":
                p = np.broadcast_to(2.0 ** -np.minimum(np.arange(1, width + 1), max(width - 1, 0)), shape)
                return rng.permuted(p, axis=-1)
            case "tiny":
                p = fmt.eta * rng.integers(1, 17, shape).astype(np.float64)
                p[rows, one] = 1.0
                return p
            case "weights":
                return rng.exponential(size=shape) + 0.5 / width
        p = rng.standard_gamma(CONCENTRATION.get(self.kind, 1.0), shape) + 1e-300
        if self.kind == "sparse":
            p[rng.random(shape) < 0.5] = 0.0
            p[rows, one] = 1.0
        return np.asarray(p / p.sum(-1, keepdims=True))


@dataclasses.dataclass(frozen=True)
class ProbabilityPairs(Probabilities):
    """Two probability vectors p and q of `width` entries; p as above.

    `other`: independent (q of the same kind), same (q = p), near (p times 1 + 0.03 normal numbers), beyond (q is
    uniform, but 0 where p is largest, if there is more than one entry).
    """

    other: str = "independent"
    names: ClassVar[tuple[str, ...]] = ("p", "q")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.other not in OTHERS:
            raise ValueError(f"no pair of kind {self.other!r}")

    def size(self) -> int:
        return 2 * self.width

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.width
        p = self._drawn(rng, shape, fmt)
        match self.other:
            case "same":
                q = p
            case "near":
                q = p * (1 + 0.03 * np.clip(rng.standard_normal(shape), -3, 3))
            case "beyond":
                q = np.full(shape, 1 / self.width)
                if self.width > 1:
                    q[np.arange(batch), p.argmax(-1)] = 0.0
            case _:
                q = self._drawn(rng, shape, fmt)
        return [p, q]

    def admits(self, arrays: Arrays) -> Any:
        p, q = arrays
        return super().admits([p]) & np.all((q >= 0) & (q <= 64), axis=-1)


SUPPORTS = {
    "inside": ((0.5, 0.25, 0.25), (0.25, 0.5, 0.25)),
    "outside": ((0.5, 0.5, 0.0), (0.25, 0.75, 0.0)),
    "outside p": ((0.5, 0.5, 0.0), (0.25, 0.5, 0.25)),
    "small": ((0.5, 0.25, 0.25), (0.5, 0.5, 0.0)),
}


@dataclasses.dataclass(frozen=True)
class Supports(Regime):
    """Two laws p and q of three outcomes.

    `kind`: inside (both everywhere positive), outside (the last outcome impossible by both), outside p (by p only),
    small (its q is sixteen times the smallest number of the format).
    """

    kind: str = "inside"
    names: ClassVar[tuple[str, ...]] = ("p", "q")

    def __post_init__(self) -> None:
        if self.kind not in SUPPORTS:
            raise ValueError(f"no supports of kind {self.kind!r}")

    def size(self) -> int:
        return 3

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        p, q = (np.tile(row, (batch, 1)) for row in SUPPORTS[self.kind])
        if self.kind == "small":
            q[:, -1] = 16 * fmt.eta
        return [p, q]

    def admits(self, arrays: Arrays) -> Any:
        p, q = arrays
        return np.all((p >= 0) & (q >= 0), axis=-1)


def supports() -> Regimes:
    """Every pair of supports."""
    corners = tuple(map(Supports, SUPPORTS))
    return Regimes(st.just(corners[0]), corners)


def _kind(i: int) -> str:
    return KINDS[i % len(KINDS)]


def probabilities() -> Regimes:
    """Rows of up to 2049 entries; corners: every width, every kind narrow and as wide as several vectors."""
    drawn = st.builds(Probabilities, st.sampled_from(WIDTHS), st.sampled_from(KINDS))
    corners = (
        Probabilities(),
        *(Probabilities(n, _kind(i)) for i, n in enumerate(WIDTHS)),
        *(Probabilities(n, kind) for n in (3, 17) for kind in KINDS),
    )
    return Regimes(drawn, tuple(dict.fromkeys(corners)))


def positive_probabilities() -> Regimes:
    """Narrow rows without zeros, uniform on the simplex."""
    return Regimes(st.builds(Probabilities, st.integers(2, 9)), (Probabilities(2), Probabilities(5)))


def one_hot_rows() -> Regimes:
    """One entry is 1, the others are 0."""
    drawn = st.builds(Probabilities, st.integers(2, 9), st.just("one-hot"))
    return Regimes(drawn, (Probabilities(3, "one-hot"),))


def probability_pairs() -> Regimes:
    """Pairs of up to 2049 entries; corners: every width, and every kind with every other one on narrow rows."""
    drawn = st.builds(ProbabilityPairs, st.sampled_from(WIDTHS), st.sampled_from(KINDS), st.sampled_from(OTHERS))
    corners = (
        ProbabilityPairs(),
        *(ProbabilityPairs(n, _kind(i), OTHERS[i % 3]) for i, n in enumerate(WIDTHS)),
        *(ProbabilityPairs(3 + 4 * i, kind, other) for i, other in enumerate(OTHERS) for kind in KINDS),
    )
    return Regimes(drawn, tuple(dict.fromkeys(corners)))


def positive_pairs() -> Regimes:
    """Narrow pairs without zeros."""
    drawn = st.builds(ProbabilityPairs, st.integers(2, 9))
    return Regimes(drawn, (ProbabilityPairs(2), ProbabilityPairs(5)))


def same_pairs() -> Regimes:
    """Narrow pairs of equal vectors."""
    drawn = st.builds(ProbabilityPairs, st.integers(2, 9), st.just("dirichlet"), st.just("same"))
    return Regimes(drawn, (ProbabilityPairs(5, "dirichlet", "same"),))


def small_pairs() -> Regimes:
    """Three outcomes, of which q nearly excludes the last."""
    return Regimes(st.just(Supports("small")), (Supports("small"),))
