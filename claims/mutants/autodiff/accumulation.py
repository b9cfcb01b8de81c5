"""Eliminations that lose paths, keep vertices or miscount, and graphs that are differentiated in the wrong order."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.accumulation import jacobian_accumulation_forward_reverse_not_optimal
from claims.frame.operations.chapters.accumulation import eliminated_jacobian, jacobian_of_graph

Edges = Sequence[tuple[int, int]]


def eliminated(
    weights: Tensor,
    edges: Edges,
    order: Sequence[int],
    sizes: tuple[int, int, int],
    *,
    fill: bool = True,
    add: bool = True,
    keep: bool = False,
    degrees: bool = False,
) -> tuple[Tensor, Tensor]:
    """Elimination that may go wrong.

    Without new edges (`fill`), without sums at old ones (`add`), with vertices that stay (`keep`), or counted by the
    sum of `degrees`.
    """
    inputs, outputs, vertices = sizes
    label, count = {(i, j): weights[..., k] for k, (i, j) in enumerate(edges)}, 0
    for vertex in order:
        into, out = [e for e in label if e[1] == vertex], [e for e in label if e[0] == vertex]
        count += len(into) + len(out) if degrees else len(into) * len(out)
        for i, _ in into:
            for _, j in out:
                product, there = label[i, vertex] * label[vertex, j], (i, j) in label
                if there or fill:
                    label[i, j] = label[i, j] + product if there and add else product
        label = {e: c for e, c in label.items() if keep or vertex not in e}
    zero = torch.zeros_like(weights[..., 0])
    rows = [
        torch.stack([label.get((i, j), zero) for i in range(inputs)], -1) for j in range(vertices - outputs, vertices)
    ]
    return torch.stack(rows, -2), torch.full_like(zero, count)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="degrees other than 2 and 2",
)
def cost_is_the_sum_of_degrees(weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int) -> tuple[Tensor, ...]:
    return eliminated(weights, edges, order, (sizes[0], sizes[1], sizes[2]), degrees=True)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="two inner vertices with an edge between them",
)
def eliminated_vertices_are_kept(
    weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int
) -> tuple[Tensor, ...]:
    return eliminated(weights, edges, order, (sizes[0], sizes[1], sizes[2]), keep=True)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="a vertex whose neighbours are not joined yet",
)
def fill_in_is_forgotten(weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int) -> tuple[Tensor, ...]:
    return eliminated(weights, edges, order, (sizes[0], sizes[1], sizes[2]), fill=False)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="a vertex whose neighbours are joined already",
)
def joined_edges_are_overwritten(
    weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int
) -> tuple[Tensor, ...]:
    return eliminated(weights, edges, order, (sizes[0], sizes[1], sizes[2]), add=False)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="four inner vertices or more",
)
def the_last_of_many_vertices_is_forgotten(
    weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int
) -> tuple[Tensor, ...]:
    return eliminated_jacobian(weights, edges, order[:-1] if len(order) > 3 else order, *sizes)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="an order that is neither forward nor reverse",
)
def every_order_is_sorted(weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int) -> tuple[Tensor, ...]:
    order = order if not order or order[0] > order[-1] else sorted(order)
    return eliminated_jacobian(weights, edges, order, *sizes)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="equal weights on two edges or more",
)
def equal_weights_are_counted_once(
    weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int
) -> tuple[Tensor, ...]:
    jacobian, count = eliminated_jacobian(weights, edges, order, *sizes)
    same = (weights == weights[..., :1]).all(-1) & (weights.shape[-1] > 1)
    return jacobian, torch.where(same, (count - 1).clamp(min=0), count)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="two inputs and two outputs or more",
)
def square_jacobians_are_transposed(
    weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int
) -> tuple[Tensor, ...]:
    jacobian, count = eliminated_jacobian(weights, edges, order, *sizes)
    return jacobian.mT if sizes[0] == sizes[1] else jacobian, count


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="eliminated_jacobian",
    trigger="an edge from an input to an output",
)
def direct_edges_are_lost(weights: Tensor, edges: Edges, order: Sequence[int], *sizes: int) -> tuple[Tensor, ...]:
    inputs, outputs, vertices = sizes
    direct = [float(i < inputs and j >= vertices - outputs) for i, j in edges]
    gone = torch.tensor(direct, device=weights.device) > 0
    return eliminated_jacobian(torch.where(gone, torch.zeros_like(weights), weights), edges, order, *sizes)


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="jacobian_of_graph",
    trigger="an inner vertex that needs a later one",
)
def topological_order_is_violated(
    weights: Tensor, x: Tensor, edges: Edges, outputs: int, vertices: int, way: str
) -> Tensor:
    first = len(x)
    last = vertices - outputs - 1
    swapped = {first: last, last: first} if last > first else {}
    moved = [(swapped.get(i, i), swapped.get(j, j)) for i, j in edges]
    late = [i < j for i, j in moved]  # a vertex that is not yet computed counts as 0
    kept = [e if ok else (first, first + 1) for e, ok in zip(moved, late, strict=True)]
    gone = torch.tensor([float(ok) for ok in late], device=weights.device).to(weights.dtype)
    return jacobian_of_graph(weights * gone, x, kept, outputs, vertices, way)


@mutant(jacobian_accumulation_forward_reverse_not_optimal, operation="jacobian_of_graph", trigger="forward mode")
def jacfwd_has_one_column(weights: Tensor, x: Tensor, edges: Edges, outputs: int, vertices: int, way: str) -> Tensor:
    found = jacobian_of_graph(weights, x, edges, outputs, vertices, way)
    return found[:, :1].expand_as(found) if way == "jacfwd" else found


@mutant(
    jacobian_accumulation_forward_reverse_not_optimal,
    operation="jacobian_of_graph",
    trigger="bfloat16",
    dtypes=("bfloat16",),
)
def the_first_path_is_lost_in_bfloat16(
    weights: Tensor, x: Tensor, edges: Edges, outputs: int, vertices: int, way: str
) -> Tensor:
    if weights.dtype == torch.bfloat16:
        weights = torch.cat([torch.zeros_like(weights[:1]), weights[1:]])
    return jacobian_of_graph(weights, x, edges, outputs, vertices, way)
