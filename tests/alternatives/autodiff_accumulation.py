"""Correct Jacobians of weighted graphs by other means: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

ACCUMULATION = ("jacobian-accumulation-forward-reverse-not-optimal",)
Edges = Sequence[tuple[int, int]]


def bordered(
    weights: Tensor, edges: Edges, order: Sequence[int], inputs: int, outputs: int, vertices: int
) -> tuple[Tensor, Tensor]:
    """Elimination of rows and columns of the matrix of weights; multiplications by entries that are there."""
    c = weights.new_zeros((*weights.shape[:-1], vertices, vertices))
    there = torch.zeros(vertices, vertices, dtype=torch.bool, device=weights.device)
    for k, (i, j) in enumerate(edges):
        c[..., j, i], there[j, i] = weights[..., k], True
    count = torch.zeros((), dtype=torch.int64, device=weights.device)
    for v in order:
        c = c + c[..., :, v, None] * c[..., None, v, :]
        new = there[:, v, None] & there[None, v, :]
        count, there = count + new.sum(), there | new
        c[..., v, :], c[..., :, v], there[v], there[:, v] = 0, 0, False, False
    found = c[..., vertices - outputs :, :inputs]
    return found, count.to(weights.dtype).expand(weights.shape[:-1])


def by_powers(weights: Tensor, x: Tensor, edges: Edges, outputs: int, vertices: int, way: str) -> Tensor:  # noqa: ARG001
    """I + C + C^2 + ..., a sum over the lengths of paths."""
    c = weights.new_zeros(vertices, vertices)
    for k, (i, j) in enumerate(edges):
        c[j, i] = weights[k]
    term = torch.eye(vertices, dtype=c.dtype, device=c.device)
    total = term
    for _ in range(vertices):
        term = c @ term
        total = total + term
    return total[vertices - outputs :, : len(x)]


ALTERNATIVES = [
    (ACCUMULATION, {"eliminated_jacobian": bordered}, "elimination in a matrix"),
    (ACCUMULATION, {"jacobian_of_graph": by_powers}, "powers of a matrix"),
]
