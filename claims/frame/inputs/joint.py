"""Laws of pairs that can be enumerated: a number with a random sign, and products of two marginals."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.samples import Sample, samples
from reference.formats import Format

MOST_ODDS = 4


class Grid(NamedTuple):
    """Points (batch, n) symmetric about 0, and the odds (batch, 2) of the signs +1 and -1."""

    x: Tensor
    odds: Tensor


class Marginals(NamedTuple):
    """Atoms x (batch, m) with whole-number weights c and probabilities p; atoms y (batch, n) with d and q."""

    x: Tensor
    c: Tensor
    p: Tensor
    y: Tensor
    d: Tensor
    q: Tensor


@dataclasses.dataclass(frozen=True)
class SignedGrid(Regime):
    """The grid -m/m, ..., m/m times a power of two, and the odds of the signs +1 and -1.

    `odds`: fair in every instance, or drawn from 1..4 each.
    """

    m: int = 1
    odds: str = "fair"
    names: ClassVar[tuple[str, ...]] = ("x", "odds of +1 and -1")
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.m < 1 or self.odds not in ("fair", "drawn"):
            raise ValueError(f"no grid of {self.m} steps with {self.odds!r} odds")

    def size(self) -> int:
        return 2 * (2 * self.m + 1)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        grid = np.arange(-self.m, self.m + 1) / self.m
        scale = 2.0 ** rng.integers(-2, 3, (batch, 1))
        odds = rng.integers(1, MOST_ODDS + 1, (batch, 2)) if self.odds == "drawn" else np.ones((batch, 2))
        return [grid * scale, odds.astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, odds = arrays
        admitted: NDArray[np.bool_] = ((odds >= 1) & (odds == np.rint(odds))).all(-1)
        admitted &= (x == -x[:, ::-1]).all(-1) & (x != 0).any(-1)
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> Grid:
        return Grid(*tensors)


@dataclasses.dataclass(frozen=True)
class ProductLaw(Regime):
    """Atoms x (m) and y (n) with whole-number weights: marginals p = weights / total of two independent variables.

    `degenerate` puts all the mass of x on one atom; some weights are zero anyway.
    """

    m: int = 2
    n: int = 2
    atoms: Numbers = Numbers()
    degenerate: bool = False
    names: ClassVar[tuple[str, ...]] = ("x", "weights of x", "p", "y", "weights of y", "q")
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if min(self.m, self.n) < 1:
            raise ValueError("a law has at least one atom")

    def size(self) -> int:
        return self.m * self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        made: Arrays = []
        for k, degenerate in ((self.m, self.degenerate), (self.n, False)):
            weights = rng.integers(0, MOST_ODDS + 1, (batch, k)).astype(np.float64)
            if degenerate:
                weights[:] = 0.0
            weights[np.arange(batch), rng.integers(0, k, batch)] += 1.0
            made += [self.atoms.fill(rng, (batch, k), fmt), weights, weights / weights.sum(-1, keepdims=True)]
        return made

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        _, c, p, _, d, q = arrays
        admitted = np.ones(len(c), bool)
        for weights in (c, d):
            admitted &= ((weights >= 0) & (weights == np.rint(weights))).all(-1) & (weights.sum(-1) >= 1)
        return admitted & (p >= 0).all(-1) & (q >= 0).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Marginals:
        return Marginals(*tensors)


def signed_grids(*odds: str) -> Regimes:
    """Grids with odds of these kinds."""
    draw = st.builds(SignedGrid, st.integers(1, 64), st.sampled_from(odds))
    return Regimes(draw, tuple(SignedGrid(m, kind) for kind in odds for m in (1, 5)))


def random_signs() -> Regimes:
    """A number and its copy with a random sign: on grids, and in samples up to one that tells q = 0.51 from 1/2.

    At n = 2^19 the signs of q = 0.51 are 14 standard deviations from fair ones (6.1 refute at 1e-9), and the
    covariance 0.0067 is 4 standard deviations beyond its radius 0.0040. Of many small samples most draws are what a
    loop over vectors leaves over.
    """
    corners = (
        SignedGrid(1),
        Sample(1000, "uniform"),
        Sample(1000, "rand"),
        SignedGrid(1, "drawn"),
        SignedGrid(2, "drawn"),
        SignedGrid(5),
        SignedGrid(5, "drawn"),
        SignedGrid(50, "drawn"),
        SignedGrid(64),
        SignedGrid(64, "drawn"),
        Sample(1, "uniform", 256),
        Sample(1 << 19, "uniform"),
        Sample(21, "rand", 256),
        Sample(1, "rand", 256),
        Sample((1 << 18) + 1, "rand"),
    )
    return Regimes(st.one_of(signed_grids("fair", "drawn").draw, samples("uniform", "rand").draw), corners)


def independent_pairs() -> Regimes:
    """Independent variables: products of marginals, and samples up to one that tells y = 0.99 v + 0.01 x from y = v.

    Its covariance 0.0033 is 7.9 standard deviations beyond the radius 0.0015 at n = 2^21. Of 2^19 normal numbers 1 %
    too large the sum of squares is 10 standard deviations off, and that of 3 2^18 coins with P(1) = 0.505
    is 8.9.
    """
    corners = (
        ProductLaw(2, 2, Numbers("integers")),
        Sample(1000, "uniform"),
        Sample(1000, "rand"),
        Sample(1000, "normal"),
        Sample(1000, "bernoulli"),
        ProductLaw(2, 3, Numbers("positive")),
        ProductLaw(1, 1, Numbers("positive")),
        ProductLaw(5, 1, Numbers("wide")),
        ProductLaw(4, 7, Numbers("normal"), degenerate=True),
        ProductLaw(17, 16, Numbers("positive")),
        ProductLaw(3, 33, Numbers("wide", "small")),
        ProductLaw(8, 8, Numbers("cancel", "large")),
        ProductLaw(3, 3, Numbers("constant")),
        Sample(1, "uniform", 256),
        Sample(1, "normal", 256),
        Sample(11, "normal", 256),
        Sample(11, "bernoulli", 256),
        Sample(3 << 17, "bernoulli"),
        Sample(1 << 21, "uniform"),
        Sample(1 << 18, "normal"),
        Sample(11, "rand", 256),
    )
    sides = st.sampled_from([2, 1, 3, 4, 5, 7, 8, 16, 17])
    atoms = numbers(("integers", "positive", "normal", "wide", "constant", "cancel"))
    laws = st.builds(ProductLaw, sides, sides, atoms, st.booleans())
    return Regimes(st.one_of(laws, samples("uniform", "rand", "normal", "bernoulli").draw), corners)
