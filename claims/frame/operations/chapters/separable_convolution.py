"""Convolution with outer products of vectors, at once and one axis after the other, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def outer_product_convolution(
    x: Tensor, vectors: Sequence[Tensor], *, stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int]
) -> Tensor:
    """Images x (n, c, *sizes), each channel with the outer product of its vectors (c, w_i), one for each axis."""
    k = vectors[0]
    for v in vectors[1:]:
        k = k[..., None] * v.reshape(len(v), *[1] * (k.ndim - 1), -1)
    f = (F.conv1d, F.conv2d, F.conv3d)[len(vectors) - 1]
    return f(x, k[:, None], None, stride, padding, dilation, len(k))


def separable_convolution(
    x: Tensor,
    vectors: Sequence[Tensor],
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    order: Sequence[int],
    spelling: str,
) -> Tensor:
    """The same in one pass for each axis, in any order: with kernels of one long side, or by F.conv1d."""
    d = len(vectors)
    for i in order:
        v, s, q, e = vectors[i], stride[i], padding[i], dilation[i]
        if spelling == "conv1d":
            rows = x.movedim((1, i + 2), (-2, -1))
            y = F.conv1d(rows.flatten(0, -3), v[:, None], None, s, q, e, len(v))
            x = y.unflatten(0, rows.shape[:-2]).movedim((-2, -1), (1, i + 2))
        else:
            f = (F.conv1d, F.conv2d, F.conv3d)[d - 1]
            sizes, steps, ends, gaps = (
                [b if j == i else a for j in range(d)] for a, b in ((1, -1), (1, s), (0, q), (1, e))
            )
            x = f(x, v.reshape(len(v), 1, *sizes), None, steps, ends, gaps, len(v))
    return x


def convolution_cost(
    x: Tensor, kernels: Sequence[Tensor], padding: Sequence[Sequence[int]], *, trained: bool
) -> tuple[Tensor, int, int]:
    """x (n, c, *sizes) convolved with kernels (c, 1, *kernel), one after the other; products and parameters.

    Products are those that torch's FLOP counter counts, two operations each; if `trained`, with those of the gradients.
    """
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  the function is shown on its own

    f = (F.conv1d, F.conv2d, F.conv3d)[x.ndim - 3]
    leaves = [t.detach().clone().requires_grad_(trained) for t in (x, *kernels)]
    with FlopCounterMode(display=False) as counter:
        y = leaves[0]
        for k, q in zip(leaves[1:], padding, strict=True):
            y = f(y, k, None, 1, q, 1, len(k))
        if trained:
            torch.autograd.grad(y, leaves, torch.ones_like(y))
    return y.detach(), counter.get_total_flops() // 2, sum(k.numel() for k in kernels)


def best_separable_kernel(k: Tensor) -> Tensor:
    """The outer product that is nearest to k (..., m, n): s_1 u_1 v_1^T of its singular value decomposition."""
    u, s, vh = torch.linalg.svd(k, full_matrices=False)
    made: Tensor = u[..., :, :1] * s[..., :1, None] * vh[..., :1, :]
    return made


def sum_of_separable_convolutions(x: Tensor, k: Tensor, terms: int) -> Tensor:
    """Images x (h, w) convolved with the first `terms` terms of the decomposition of k (m, n), in two passes each."""
    u, s, vh = torch.linalg.svd(k, full_matrices=False)
    rows, columns = vh[:terms, None, None, :], (u * s).mT[:terms, None, :, None]
    return F.conv2d(F.conv2d(x[None, None], rows), columns, groups=len(rows)).sum(1)[0]


def plain_convolution(x: Tensor, k: Tensor) -> Tensor:
    """Images x (h, w) convolved with k (m, n) where it fits."""
    return F.conv2d(x[None, None], k[None, None])[0, 0]


def _rows(function: Callable[..., Any]) -> dict[str, Operation]:
    """One row for each number of axes; torch takes no batch of kernels."""
    name = function.__name__
    return {f"{name}{d}d": Operation(function, name, axes=(d + 2, 2), batches=False, product=True) for d in (1, 2, 3)}


ROWS = {
    **_rows(outer_product_convolution),
    **_rows(separable_convolution),
    "convolution_cost": Operation(convolution_cost, "convolution_cost", product=True),
    "best_separable_kernel": Operation(best_separable_kernel, "best_separable_kernel", axes=(2,)),
    "sum_of_separable_convolutions": Operation(
        sum_of_separable_convolutions, "sum_of_separable_convolutions", axes=(2, 2), batches=False, product=True
    ),
    "plain_convolution": Operation(plain_convolution, "plain_convolution", axes=(2, 2), batches=False, product=True),
}
