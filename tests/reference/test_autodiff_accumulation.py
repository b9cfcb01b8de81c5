"""Elimination of vertices: known costs, the optimum by dynamic programming, and Jacobians by a linear system."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.autodiff import accumulation as reference

NEITHER = ((0, 1), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4))
GREEDY = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 5), (2, 4), (3, 4))


def graph(rng: np.random.Generator, inputs: int, inner: int, outputs: int) -> tuple[reference.Edge, ...]:
    n = inputs + inner + outputs
    possible = [(i, j) for i in range(inputs + inner) for j in range(max(i + 1, inputs), n)]
    return tuple(e for e in possible if rng.random() < 0.6)


def test_neither_mode_is_optimal() -> None:
    assert reference.inner(NEITHER, 1) == (1, 2, 3)
    assert reference.cost(NEITHER, (1, 2, 3)) == 4
    assert reference.cost(NEITHER, (3, 2, 1)) == 5
    assert reference.extremes(NEITHER, 1) == ((3, (2, 1, 3)), (6, (3, 1, 2)))


def test_the_cheapest_vertex_may_be_a_bad_one_to_begin_with() -> None:
    assert [reference.degrees(GREEDY, v) for v in (1, 2, 3)] == [3, 2, 2]
    assert reference.cost(GREEDY, reference.cheapest_first(GREEDY, 1)) == 6
    assert reference.extremes(GREEDY, 1)[0][0] == 5


def test_elimination_joins_predecessors_to_successors() -> None:
    assert reference.neighbours(NEITHER, 1) == ([0], [2, 3])
    assert reference.without(NEITHER, 1) == {(0, 2), (0, 3), (2, 3), (3, 4)}


@pytest.mark.parametrize("seed", range(20))
def test_the_optimum_is_that_of_subsets(seed: int) -> None:
    """What is left after a set of vertices does not depend on their order, so the least cost of sets is a recursion."""
    edges = graph(np.random.default_rng(seed), 2, 4, 2)
    vertices = reference.inner(edges, 2)
    best = {frozenset[int](): (0, set(edges))}
    for size in range(1, len(vertices) + 1):
        for chosen in map(frozenset, itertools.combinations(vertices, size)):
            found = [(best[chosen - {v}], v) for v in chosen]
            least = min(total + reference.degrees(left, v) for (total, left), v in found)
            rests = [reference.without(left, v) for (_, left), v in found]
            assert all(rest == rests[0] for rest in rests)
            best[chosen] = least, rests[0]
    assert reference.extremes(edges, 2)[0][0] == best[frozenset(vertices)][0]


@pytest.mark.parametrize("seed", range(5))
def test_the_jacobian_solves_a_linear_system(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = graph(rng, 2, 4, 2)
    weights = rng.integers(-3, 4, (3, len(edges))).astype(np.float64)
    found = reference.jacobian(weights, edges, 2, 2, 8)
    for w, jacobian in zip(weights, found, strict=True):
        c = np.zeros((8, 8))
        for k, (i, j) in enumerate(edges):
            c[j, i] = w[k]
        paths = sum(np.linalg.matrix_power(c, k) for k in range(8))
        assert np.array_equal(jacobian, paths[6:, :2])
