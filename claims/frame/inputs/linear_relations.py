"""Pairs of variables on equally likely points: uncorrelated, on a line, constant, or anything else."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("uncorrelated", "line", "random", "square", "flat", "upright", "point")
CONSTANT_X = ("upright", "point")
MEANS = ("none", "near", "far")


class Pair(NamedTuple):
    """Values x and y (batch, n), equally likely."""

    x: Tensor
    y: Tensor


@dataclasses.dataclass(frozen=True)
class LinearRelation(Regime):
    """`n` pairs of whole numbers up to 9, moved by means and scaled by powers of two: no number is rounded.

    uncorrelated: triples of numbers with sum 0 and others orthogonal to them and to 1, n a multiple of 3, and so the
    covariance is 0, but not by symmetry; line: y = a x + b with a from -3 to 3, not 0; square: y = x^2, x and -x
    equally often; flat: y constant; upright: x constant; point: both. Means are 0, up to 8, or up to 24 (bfloat16), 248
    (float16) and 1016.
    """

    n: int = 3
    kind: str = "uncorrelated"
    mean: str = "near"
    names: ClassVar[tuple[str, ...]] = ("x", "y")
    most: ClassVar[int] = 64

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.mean not in MEANS or self.n < 2:
            raise ValueError(f"no {self.n} pairs {self.kind!r} with means {self.mean!r}")
        if self.n % {"uncorrelated": 3, "square": 2}.get(self.kind, 1):
            raise ValueError(f"{self.kind!r} pairs do not come {self.n} at a time")

    def size(self) -> int:
        return 2 * self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        far = 2.0 ** (min(fmt.precision, 13) - 3) - 8
        reach = {"none": 0.0, "near": 8.0, "far": far}[self.mean]
        x, y = rng.integers(-6, 7, (batch, self.n)), rng.integers(-9, 10, (batch, self.n))
        x[:, 1] = x[:, 0] + rng.choice([-1, 1], batch)
        means = np.rint(rng.uniform(-reach, reach, (2, batch, 1)))
        scales = 2.0 ** rng.integers(-4, 1, (2, batch, 1))
        if self.kind == "uncorrelated":
            a, b = rng.choice([-3, -2, -1, 1, 2, 3], (2, batch, self.n // 3))
            x = np.stack((a, b, -a - b), -1).reshape(batch, self.n)
            y = np.stack((a + 2 * b, -2 * a - b, a - b), -1).reshape(batch, self.n)
            order = np.argsort(rng.random((batch, self.n)))
            x, y = (np.take_along_axis(v, order, -1) for v in (x, y))
        elif self.kind == "square":
            half = rng.integers(0, 4, (batch, self.n // 2)) + np.eye(1, self.n // 2, dtype=int)
            x = np.concatenate((half, -half), -1)
            return [x * scales[0], (x * scales[0]) ** 2]
        elif self.kind == "line":
            slope = rng.choice([-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0], (batch, 1))
            y, means[1] = slope * x, slope * means[0] + rng.integers(-8, 9, (batch, 1))
        if self.kind in CONSTANT_X:
            x = np.repeat(x[:, :1], self.n, -1)
        if self.kind in ("flat", "point"):
            y = np.repeat(y[:, :1], self.n, -1)
        return [(x + means[0]) * scales[0], (y + means[1]) * scales[1]]

    def admits(self, arrays: Arrays) -> Any:
        x, y = arrays
        grid = np.ones(len(x), bool)
        for v in arrays:
            grid &= (np.abs(v) <= 4096).all(-1) & (v * 256 == np.rint(v * 256)).all(-1)
        constant_x, constant_y = ((v == v[:, :1]).all(-1) for v in (x, y))
        sxy = self.n * (x * y).sum(-1) - x.sum(-1) * y.sum(-1)
        sxx, syy = (self.n * (v * v).sum(-1) - v.sum(-1) ** 2 for v in (x, y))
        kinds = {
            "uncorrelated": sxy == 0,
            "line": (sxy**2 == sxx * syy) & ~constant_y,
            "random": True,
            "square": (y == x * x).all(-1) & (sxy == 0),
            "flat": constant_y,
            "upright": True,
            "point": constant_y,
        }
        return grid & kinds[self.kind] & (constant_x == (self.kind in CONSTANT_X))

    def present(self, tensors: Sequence[Any], seed: int) -> Pair:
        return Pair(*tensors)


def linear_relations() -> Regimes:
    """Every kind with every mean; 2 pairs to 63."""
    corners = (
        LinearRelation(),
        LinearRelation(2, "line"),
        LinearRelation(4, "square"),
        LinearRelation(6, "uncorrelated", "none"),
        LinearRelation(9, "uncorrelated", "far"),
        LinearRelation(63, "uncorrelated", "near"),
        LinearRelation(33, "uncorrelated", "far"),
        LinearRelation(17, "line", "far"),
        LinearRelation(8, "line", "none"),
        LinearRelation(40, "square"),
        LinearRelation(5, "flat", "far"),
        LinearRelation(4, "upright"),
        LinearRelation(3, "point", "far"),
        LinearRelation(16, "random", "far"),
        LinearRelation(50, "random"),
    )
    mean = st.sampled_from(MEANS)
    drawn = st.one_of(
        st.builds(LinearRelation, st.sampled_from([3, 6, 9, 15, 24, 33]), st.just("uncorrelated"), mean),
        st.builds(LinearRelation, st.sampled_from([4, 2, 8, 18]), st.just("square"), mean),
        st.builds(
            LinearRelation,
            st.sampled_from([3, 2, 4, 5, 7, 8, 9, 16, 17, 33]),
            st.sampled_from(["line", "random", "flat", "upright", "point"]),
            mean,
        ),
    )
    return Regimes(drawn, corners)
