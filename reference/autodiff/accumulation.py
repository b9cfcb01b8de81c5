"""Jacobians by elimination of vertices: what every order costs, and the exact sums over paths.

A. Griewank, A. Walther, Evaluating Derivatives (2nd ed., 2008), chapter 9. Eliminating a vertex joins each edge into it
with each edge out of it, one multiplication for each pair. U. Naumann, Optimal Jacobian accumulation is NP-complete,
Mathematical Programming 112 (2008).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Edge = tuple[int, int]
Order = tuple[int, ...]


def inner(edges: Iterable[Edge], inputs: int) -> Order:
    """The vertices between inputs and outputs, in topological order: those with an edge out, but for the inputs."""
    return tuple(sorted({i for i, _ in edges} - set(range(inputs))))


def neighbours(edges: Iterable[Edge], vertex: int) -> tuple[list[int], list[int]]:
    """Where the edges into a vertex come from, and where those out of it go."""
    return [i for i, j in edges if j == vertex], [j for i, j in edges if i == vertex]


def without(edges: Iterable[Edge], vertex: int) -> set[Edge]:
    """The edges after the elimination of a vertex: each of its predecessors joined to each of its successors."""
    return {e for e in edges if vertex not in e} | set(itertools.product(*neighbours(edges, vertex)))


def degrees(edges: Iterable[Edge], vertex: int) -> int:
    """What the elimination of a vertex costs: in-degree times out-degree."""
    into, out = neighbours(edges, vertex)
    return len(into) * len(out)


def cost(edges: Iterable[Edge], order: Order) -> int:
    """The multiplications of an elimination in this order: the sum of in-degree times out-degree."""
    left, total = set(edges), 0
    for vertex in order:
        total += degrees(left, vertex)
        left = without(left, vertex)
    return total


def cheapest_first(edges: Iterable[Edge], inputs: int) -> Order:
    """The order that eliminates a vertex of least cost next, the first of those that tie (Markowitz' rule)."""
    left, order, waiting = set(edges), [], list(inner(edges, inputs))
    while waiting:
        order.append(min(waiting, key=lambda v: degrees(left, v)))
        waiting.remove(order[-1])
        left = without(left, order[-1])
    return tuple(order)


@functools.cache
def extremes(edges: tuple[Edge, ...], inputs: int) -> tuple[tuple[int, Order], tuple[int, Order]]:
    """The least and the greatest cost over all orders, each with an order that has it."""
    found = [(cost(edges, order), order) for order in itertools.permutations(inner(edges, inputs))]
    return min(found), max(found)


def jacobian(weights: Float64, edges: Sequence[Edge], inputs: int, outputs: int, vertices: int) -> Float64:
    """Sums over all paths of the products of weights (batch, edges): (batch, outputs, inputs).

    Inputs are the first of the vertices, outputs the last, and every edge ascends. Exact for small whole numbers.
    """
    paths = np.zeros((len(weights), vertices, inputs))
    paths[:, np.arange(inputs), np.arange(inputs)] = 1
    for place in sorted(range(len(edges)), key=lambda k: edges[k][1]):
        i, j = edges[place]
        paths[:, j] += weights[:, place, None] * paths[:, i]
    return paths[:, vertices - outputs :]
