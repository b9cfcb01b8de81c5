"""Joint laws of two variables on finite supports: independent, uncorrelated or neither."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("random", "product", "uncorrelated", "diagonal", "cubic")
SHARE = {"random": 1, "product": 1, "uncorrelated": 2, "diagonal": 1, "cubic": 32}
"""The total of the counts is a multiple of this."""
MOST_TOTAL = 200
"""Sums of so many products of deviations up to 17 stay in the range of float16: 200 17^2 < 65504."""


class Joint(NamedTuple):
    """Atoms x (batch, m) and y (batch, n), counts (batch, m, n) of their pairs, and probabilities P, counts / total."""

    x: Tensor
    y: Tensor
    counts: Tensor
    P: Tensor


@dataclasses.dataclass(frozen=True)
class JointCounts(Regime):
    """Distinct whole numbers x (m) and y (n) up to m and n, and how often each pair occurs, `total` in all.

    `kind`: random (every instance favours some cells, others stay empty); product (counts c_i d_j, the totals of c and
    d being two factors of `total`); uncorrelated (x symmetric about 0, and each y equally often with x and -x);
    diagonal (y determined by x and x by y, m = n); cubic (x = -3, -1, 1, 3, with n = 2: every polynomial of x of degree
    up to 2 is uncorrelated with y, that of degree 3 is not; total 32).
    """

    m: int = 2
    n: int = 2
    kind: str = "random"
    total: int = 16
    names: ClassVar[tuple[str, ...]] = ("x", "y", "counts", "P")
    most: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if self.kind not in KINDS or min(self.m, self.n) < 1:
            raise ValueError(f"no {self.kind!r} law on {self.m} times {self.n} points")
        if not 1 <= self.total <= MOST_TOTAL or self.total % SHARE[self.kind]:
            raise ValueError(f"no {self.kind!r} law of {self.total} pairs")
        if (self.kind == "diagonal" and self.m != self.n) or (
            self.kind == "cubic" and (self.m, self.n, self.total) != (4, 2, 32)
        ):
            raise ValueError(f"no {self.kind!r} law on {self.m} times {self.n} points")

    def size(self) -> int:
        return (self.m * self.n) ** 2  # numbers in the products of indicators

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        m, n = self.m, self.n
        x, y = (rng.permuted(np.tile(np.arange(-k, k + 1.0), (batch, 1)), axis=1)[:, :k] for k in (m, n))
        if self.kind == "uncorrelated":
            x = np.tile(2 * np.arange(m) - (m - 1.0), (batch, 1))
            half = self._multinomial(rng, batch, (m, n), self.total // 2)
            counts = half + half[:, ::-1]
        elif self.kind == "product":
            left = next(k for k in range(int(self.total**0.5), 0, -1) if self.total % k == 0)
            c = self._multinomial(rng, batch, (m,), left)
            counts = c[:, :, None] * self._multinomial(rng, batch, (n,), self.total // left)[:, None, :]
        elif self.kind == "diagonal":
            counts = self._multinomial(rng, batch, (m,), self.total)[:, :, None] * np.eye(m)
        elif self.kind == "cubic":
            x = np.tile([-3.0, -1.0, 1.0, 3.0], (batch, 1))
            sign = rng.choice([-1.0, 1.0], (batch, 1, 1))
            counts = 4 + sign * np.array([[1, -1], [-3, 3], [3, -3], [-1, 1]])
        else:
            counts = self._multinomial(rng, batch, (m, n), self.total)
        return [x, y, counts, counts / self.total]

    @staticmethod
    def _multinomial(rng: np.random.Generator, batch: int, shape: tuple[int, ...], total: int) -> Any:
        """Counts (batch, *shape) with this total; their probabilities are uneven."""
        odds = rng.gamma(0.5, 1.0, (batch, int(np.prod(shape)))) + 1e-3
        return rng.multinomial(total, odds / odds.sum(-1, keepdims=True)).reshape(batch, *shape).astype(np.float64)

    def admits(self, arrays: Arrays) -> Any:
        x, y, counts, P = arrays
        admitted = ((counts >= 0) & (counts == np.rint(counts))).all((-2, -1)) & (counts.sum((-2, -1)) == self.total)
        for atoms in (x, y):
            admitted &= (np.diff(np.sort(atoms, -1), axis=-1) > 0).all(-1)
        if self.kind in ("uncorrelated", "cubic"):
            admitted &= (x == -x[:, ::-1]).all(-1)
        if self.kind == "uncorrelated":
            admitted &= (counts == counts[:, ::-1]).all((-2, -1))
        # P was rounded into the format
        return admitted & (np.abs(P - counts / self.total) <= 2.0**-8 * counts / self.total).all((-2, -1))

    def present(self, tensors: Sequence[Any], seed: int) -> Joint:
        return Joint(*tensors)


def joint_counts() -> Regimes:
    """Laws on up to 17 times 17 points; corners: every kind, totals that are powers of two and others, one point."""
    corners = (
        JointCounts(),
        JointCounts(3, 2),
        JointCounts(2, 3, "product"),
        JointCounts(4, 2, "cubic", 32),
        JointCounts(3, 4, "uncorrelated"),
        JointCounts(5, 5, "diagonal"),
        JointCounts(1, 1, total=1),
        JointCounts(1, 5, total=8),
        JointCounts(7, 1, total=12),
        JointCounts(2, 5, "product", 36),
        JointCounts(4, 4, "product"),
        JointCounts(3, 5, total=100),
        JointCounts(3, 3, total=2),
        JointCounts(8, 9, total=128),
        JointCounts(17, 16, total=199),
        JointCounts(16, 5, "uncorrelated", 150),
        JointCounts(13, 13, "diagonal", 200),
        JointCounts(9, 8),
    )
    side = st.sampled_from([2, 1, 3, 4, 5, 7, 8, 9, 16, 17])
    total = st.sampled_from([16, 1, 2, 3, 4, 6, 8, 10, 12, 32, 64, 100, 128])
    laws = st.one_of(
        st.builds(JointCounts, side, side, st.sampled_from(["random", "product"]), total),
        st.builds(JointCounts, side, side, st.just("uncorrelated"), total.filter(lambda t: t % 2 == 0)),
        side.flatmap(lambda k: st.builds(JointCounts, st.just(k), st.just(k), st.just("diagonal"), total)),
    )
    return Regimes(laws, corners)
