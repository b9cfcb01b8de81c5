"""Correct ways to multiply matrices and sum diagonals that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

TRACE = ("trace-definition", "trace-cyclic-three", "trace-cyclic-chain", "trace-cyclic-shape-change")
PRODUCTS = TRACE[1:]


def _wide(a: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return a if a.dtype in (torch.float32, torch.float64) else a.float()


def matmul_one_column_at_a_time(a: Tensor, b: Tensor) -> Tensor:
    """Rank-one updates, from the last inner index to the first."""
    total = torch.zeros_like(_wide(a) @ _wide(b))
    for k in reversed(range(a.shape[-1])):
        total = total + _wide(a)[..., :, k, None] * _wide(b)[..., None, k, :]
    return total.to(a.dtype)


def matmul_in_blocks(a: Tensor, b: Tensor) -> Tensor:
    """Blocks of 16 inner indices, each by torch, summed in the wide format."""
    total = torch.zeros_like(_wide(a) @ _wide(b))
    for left, right in zip(a.split(16, -1), b.split(16, -2), strict=True):
        total = total + _wide(left) @ _wide(right)
    return total.to(a.dtype)


def matmul_in_float64(a: Tensor, b: Tensor) -> Tensor:
    """Wider than it need be."""
    return (a.double() @ b.double()).to(torch.float32).to(a.dtype) if a.dtype != torch.float64 else a @ b


def trace_in_order(a: Tensor) -> Tensor:
    """One entry after the other."""
    total = torch.zeros((), dtype=_wide(a).dtype, device=a.device)
    for entry in a.diagonal()[:4096]:
        total = total + _wide(entry)
    return (total + _wide(a.diagonal()[4096:]).sum()).to(a.dtype)


def trace_pairwise(a: Tensor) -> Tensor:
    """Halves, quarters, eighths."""
    d = _wide(a.diagonal())
    while len(d) > 1:
        half = len(d) // 2
        d = torch.cat([d[:half] + d[half : 2 * half], d[2 * half :]])
    return d.sum().to(a.dtype)


def multi_dot_from_the_right(factors: Sequence[Tensor], turn: int) -> Tensor:
    """The trace of the turned product, multiplied from the right."""
    turned = [*factors[turn:], *factors[:turn]]
    product = turned[-1]
    for factor in reversed(turned[:-1]):
        product = factor @ product
    return torch.trace(product)


def root_of_row_norms(a: Tensor) -> Tensor:
    """Sums of squares of the rows, added in the accumulator."""
    return _wide(a).square().sum(-1).sum().sqrt().to(a.dtype)


def root_of_summed_gram_diagonal(a: Tensor) -> Tensor:
    """The diagonal of the stored A A^T, added from its end."""
    return _wide((a @ a.mT).diagonal().flip(0)).sum().to(a.dtype).sqrt()


ALTERNATIVES = [
    *(
        (("frobenius-trace-identity",), {"root_of_trace": f}, f.__name__)
        for f in (root_of_row_norms, root_of_summed_gram_diagonal)
    ),
    (PRODUCTS, {"matmul": matmul_one_column_at_a_time}, "rank-one updates"),
    (PRODUCTS, {"matmul": matmul_in_blocks}, "blocked products"),
    (PRODUCTS, {"matmul": matmul_in_float64}, "float64 products"),
    (TRACE, {"trace": trace_in_order}, "trace in order"),
    (TRACE, {"trace": trace_pairwise}, "pairwise trace"),
    (TRACE[1:3], {"cyclic_trace": multi_dot_from_the_right}, "multiplied from the right"),
]
