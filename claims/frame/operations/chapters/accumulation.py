"""Jacobians of graphs whose edges multiply by a weight: by elimination of vertices, and by reverse and forward mode."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def eliminated_jacobian(
    weights: Tensor, edges: Sequence[tuple[int, int]], order: Sequence[int], inputs: int, outputs: int, vertices: int
) -> tuple[Tensor, Tensor]:
    """The Jacobian (..., outputs, inputs) of a graph with weights (..., edges), and the number of multiplications.

    In the given order, every vertex between inputs (first) and outputs (last) is replaced by edges past it.
    """
    label = {(i, j): weights[..., k] for k, (i, j) in enumerate(edges)}
    products = 0
    for vertex in order:
        into, out = [e for e in label if e[1] == vertex], [e for e in label if e[0] == vertex]
        for i, _ in into:
            for _, j in out:
                product = label[i, vertex] * label[vertex, j]
                label[i, j] = label[i, j] + product if (i, j) in label else product
                products += 1
        label = {e: c for e, c in label.items() if vertex not in e}
    zero = torch.zeros_like(weights[..., 0])
    rows = [
        torch.stack([label.get((i, j), zero) for i in range(inputs)], -1) for j in range(vertices - outputs, vertices)
    ]
    return torch.stack(rows, -2), torch.full_like(zero, products)


def jacobian_of_graph(
    weights: Tensor, x: Tensor, edges: Sequence[tuple[int, int]], outputs: int, vertices: int, way: str
) -> Tensor:
    """The Jacobian (outputs, inputs) at x (inputs,) of the program that a graph with weights (edges,) stands for.

    Every vertex after the inputs is the sum of weight times vertex over the edges into it.
    """

    def program(x: Tensor) -> Tensor:
        values = list(x.unbind())
        for vertex in range(len(values), vertices):
            terms = [weights[k] * values[i] for k, (i, j) in enumerate(edges) if j == vertex]
            values.append(torch.stack(terms).sum(0) if terms else 0 * values[0])
        return torch.stack(values[vertices - outputs :])

    found: Tensor
    match way:
        case "jacrev":
            found = torch.func.jacrev(program)(x)
        case "jacfwd":
            found = torch.func.jacfwd(program)(x)
        case "functional":
            found = torch.autograd.functional.jacobian(program, x)
        case "vectorized":
            found = torch.autograd.functional.jacobian(program, x, vectorize=True)
        case _:
            leaf = x.detach().clone().requires_grad_()
            found = torch.stack([torch.autograd.grad(y, leaf, retain_graph=True)[0] for y in program(leaf).unbind()])
    return found


ROWS = {
    "eliminated_jacobian": Operation(eliminated_jacobian, "eliminated_jacobian", axes=(1,)),
    "jacobian_of_graph": Operation(jacobian_of_graph, "jacobian_of_graph", axes=(1, 1), batches=False),
}
