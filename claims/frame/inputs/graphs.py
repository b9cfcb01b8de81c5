"""Acyclic graphs with inputs, inner vertices and outputs, and small whole numbers on their edges."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

WAYS = ("functional", "jacrev", "jacfwd", "vectorized", "rows")
COMPLETE = -1


class Weighted(NamedTuple):
    """Weights (batch, edges) of a graph, an input x (batch, inputs), and the way to differentiate."""

    weights: Tensor
    x: Tensor
    edges: tuple[tuple[int, int], ...]
    inputs: int
    outputs: int
    vertices: int
    way: str


@dataclasses.dataclass(frozen=True)
class Graph(Regime):
    """A graph whose edges ascend; bit k of `code` says whether the k-th possible edge, in order, is there.

    No edge runs into an input or out of an output, and one is left at least. The k-th edge beyond the code's bits is
    missing; of the code -1 all are there. `repeated`: all edges have the same weight. Weights are as large as keeps
    sums over all paths, in magnitude, exact: 1 to 3.
    """

    inputs: int = 1
    inner: int = 3
    outputs: int = 1
    code: int = COMPLETE
    way: str = "functional"
    repeated: bool = False
    names: ClassVar[tuple[str, ...]] = ("weights", "x")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if min(self.inputs, self.outputs) < 1 or not 0 <= self.inner <= 5 or not self.edges():
            raise ValueError("a graph has inputs, outputs, at most 5 inner vertices, and an edge")
        if self.way not in WAYS:
            raise ValueError(f"no way {self.way!r}")

    def vertices(self) -> int:
        """How many vertices there are, inputs first and outputs last."""
        return self.inputs + self.inner + self.outputs

    def edges(self) -> tuple[tuple[int, int], ...]:
        """Pairs of vertices, ascending."""
        n, most = self.vertices(), self.inputs + self.inner
        possible = [(i, j) for i in range(most) for j in range(max(i + 1, self.inputs), n)]
        return tuple(e for k, e in enumerate(possible) if self.code >> k & 1)

    def size(self) -> int:
        return len(self.edges())

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.size()
        largest = max((w for w in (2, 3) if w * (1 + w) ** self.inner <= 2**fmt.precision), default=1)
        weights = rng.integers(1, largest + 1, shape) * rng.choice([-1.0, 1.0], shape)
        if self.repeated:
            weights = np.broadcast_to(weights[:, :1], shape)
        return [weights, rng.integers(-2, 3, (batch, self.inputs)).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        weights, x = arrays
        whole = (weights == np.rint(weights)).all(-1) & (x == np.rint(x)).all(-1)
        return np.asarray(whole & (np.abs(weights) <= 3).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Weighted:
        weights, x = tensors
        return Weighted(weights, x, self.edges(), self.inputs, self.outputs, self.vertices(), self.way)


def graph_of(edges: Sequence[tuple[int, int]], inputs: int, inner: int, outputs: int, way: str = "functional") -> Graph:
    """The graph with these edges."""
    complete = Graph(inputs, inner, outputs).edges()
    return Graph(inputs, inner, outputs, sum(1 << complete.index(e) for e in edges), way)


NEITHER = graph_of([(0, 1), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)], 1, 3, 1)
"""One input, one output: forward 4 multiplications, reverse 5, the optimum 3."""

CHAIN = graph_of([(0, 1), (1, 2), (2, 3), (3, 4)], 1, 3, 1)
FAN_IN = graph_of([(0, 3), (1, 3), (2, 3), (3, 4), (4, 5)], 3, 2, 1)
FAN_OUT = graph_of([(0, 1), (1, 2), (2, 3), (2, 4), (2, 5)], 1, 2, 3)
GREEDY = graph_of([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 5), (2, 4), (3, 4)], 1, 3, 2)
"""Beginning with the vertex whose elimination costs least, 2 or 3, takes 6 multiplications; the optimum is 5."""


def graphs() -> Regimes:
    """Up to 3 inputs, 5 inner vertices and 3 outputs; corners: chains, fans, complete graphs, and `NEITHER`."""
    named = [dataclasses.replace(g, way=way) for g in (NEITHER, CHAIN, FAN_IN, FAN_OUT, GREEDY) for way in WAYS]
    complete = [
        Graph(inputs, inner, outputs, way=way, repeated=repeated)
        for (inputs, inner, outputs), way, repeated in (
            ((1, 0, 1), "rows", False),
            ((1, 1, 1), "jacfwd", False),
            ((2, 2, 2), "jacrev", True),
            ((3, 3, 1), "functional", False),
            ((1, 4, 3), "jacfwd", True),
            ((3, 5, 3), "vectorized", False),
            ((1, 5, 1), "rows", False),
        )
    ]
    drawn = st.builds(
        lambda inputs, inner, outputs, code, *rest: Graph(inputs, inner, outputs, code | 1, *rest),
        st.integers(1, 3),
        st.integers(2, 5),
        st.integers(1, 3),
        st.integers(0, 2**46 - 1),
        st.sampled_from(WAYS),
        st.booleans(),
    )
    return Regimes(drawn, (*named, *complete))
