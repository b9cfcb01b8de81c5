"""Jacobians of graphs in layers."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from reference.autodiff import accumulation as reference
from reference.formats import Arithmetic
from tests.benchmarks.row import Inputs, Row, Size

SIZES, AXES = ((2, 2), (4, 4)), "width x layers"
Float64 = NDArray[np.float64]
Edges = list[tuple[int, int]]


def layers(size: Size) -> Edges:
    """The edges of fully connected layers."""
    width, depth = size
    pairs = list(itertools.product(range(width), range(width)))
    return [(k * width + i, (k + 1) * width + j) for k in range(depth + 1) for i, j in pairs]


def eliminated(rng: np.random.Generator, size: Size) -> Inputs:
    """Elimination forward."""
    width, depth = size
    edges, vertices = layers(size), width * (depth + 2)
    weights = rng.integers(-1, 2, len(edges)).astype(np.float64)
    order = list(range(width, vertices - width))
    sizes = width, width, vertices
    return Inputs((weights, edges, order, *sizes), {}, (weights[None], edges, *sizes))


def differentiated(rng: np.random.Generator, size: Size) -> Inputs:
    """Reverse mode."""
    width, depth = size
    edges, vertices = layers(size), width * (depth + 2)
    weights, x = rng.integers(-1, 2, len(edges)).astype(np.float64), np.ones(width)
    return Inputs((weights, x, edges, width, vertices, "jacrev"), {}, (weights[None], edges, width, width, vertices))


def paths(weights: Float64, edges: Edges, inputs: int, outputs: int, vertices: int, how: Arithmetic) -> Float64:  # noqa: ARG001
    """Sums over all paths."""
    return reference.jacobian(weights, edges, inputs, outputs, vertices)


ROWS = (
    Row("eliminated_jacobian", SIZES, AXES, eliminated, paths, "sums over paths"),
    Row("jacobian_of_graph", SIZES, AXES, differentiated, paths, "sums over paths"),
)
