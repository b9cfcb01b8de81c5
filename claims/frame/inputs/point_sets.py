"""Two sets of points, all distances between which are asked for."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.numbers import KINDS, SCALES, Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

RELATIONS = ("independent", "same", "near")
POINTS = (*KINDS, "cluster")
SWITCH = (1, 24, 25, 26, 40)
"""Numbers of points around 25, above which torch.cdist multiplies matrices."""
DRAWN = tuple(scale for scale in SCALES if scale != "huge")


@dataclasses.dataclass(frozen=True)
class PointSets(Regime):
    """`rows` points X and `cols` points Y with `n` coordinates.

    `kind`: those of `Numbers`, and cluster: around (1000, ..., 1000), so close that squared distances are about a
    quarter of the unit roundoff of squared norms. `relation`: independent; same (each point of Y is one of X, in
    turn); near (moved by a few roundings from there). `scale`: those of `Numbers`; distances of huge points overflow.
    """

    rows: int = 2
    cols: int = 3
    n: int = 2
    kind: str = "integers"
    relation: str = "independent"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("X", "Y")

    def __post_init__(self) -> None:
        if self.kind not in POINTS or self.relation not in RELATIONS or self.scale not in SCALES:
            raise ValueError(f"no points {self.kind!r}, {self.relation!r} at scale {self.scale!r}")
        if not self.rows or not self.cols:
            raise ValueError("a set of points is not empty")
        if self.kind == "cluster" and self.scale != "one":
            raise ValueError("a cluster has a scale of its own")

    def size(self) -> int:
        return max(1, self.rows * self.cols * self.n)  # as many differences are taken

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shapes = [(batch, count, self.n) for count in (self.rows, self.cols)]
        if self.kind == "cluster":
            x, y = (1000 * (1 + fmt.u**0.5 / 2 * rng.standard_normal(shape)) for shape in shapes)
        else:
            x, y = (Numbers(self.kind, self.scale).fill(rng, shape, fmt) for shape in shapes)
        if self.relation != "independent":
            y = fmt.round(x)[:, np.arange(self.cols) % self.rows]
        if self.relation == "near":
            y = y * (1 + 2 * fmt.u * rng.integers(-3, 4, y.shape))
        return [x, y]


def point_sets() -> Regimes:
    """Both sides of the switch to matrix products, clusters far from the origin, equal points, and either end."""
    corners = (
        PointSets(),
        *(PointSets(p, r, 3, "normal") for p in SWITCH for r in SWITCH if abs(p - r) <= 1 or 1 in (p, r)),
        *(PointSets(p, p, n, "normal", "same") for p, n in ((25, 3), (26, 3), (30, 40))),
        *(PointSets(p, p, 3, "cluster", relation) for p in (3, 26) for relation in RELATIONS),
        *(PointSets(3, 2, n, "normal", "near") for n in (1, 2, 8, 33, 257)),
        *(PointSets(2, 2, n, "normal") for n in (0, 1, 5, 17, 100, 1025, 4111)),
        PointSets(26, 1, 257, "normal", "near"),
        PointSets(65, 41, 3, "normal"),
        PointSets(41, 41, 41, "normal"),
        PointSets(1, 1, 4097, "normal"),
        PointSets(3, 3, 100, "absorb"),
        PointSets(26, 2, 33, "cancel"),
        PointSets(26, 26, 5, "constant", "same"),
        *(PointSets(2, 2, 3, "normal", scale=scale) for scale in SCALES[1:]),
        *(PointSets(26, 2, 3, "normal", scale=scale) for scale in DRAWN[1:]),
        PointSets(3, 2, 8, "wide"),
    )
    counts = st.sampled_from((2, 1, 3, *SWITCH[1:]))
    coordinates = st.sampled_from((2, 1, 3, 5, 8, 17, 33, 0))
    plain = st.builds(
        PointSets,
        counts,
        counts,
        coordinates,
        st.sampled_from(KINDS),
        st.sampled_from(RELATIONS),
        st.sampled_from(DRAWN),
    )
    clusters = st.builds(PointSets, counts, counts, coordinates, st.just("cluster"), st.sampled_from(RELATIONS))
    return Regimes(st.one_of(plain, clusters), corners)
