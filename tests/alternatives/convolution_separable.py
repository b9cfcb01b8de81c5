"""Correct convolutions with separable kernels by other means: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.separable_convolution import (
    convolution_cost,
    outer_product_convolution,
    separable_convolution,
)
from tests.alternatives.probability_independence import rounded

EQUAL, COST, RANK = (
    ("separable-convolution-equivalence",),
    ("separable-convolution-cost",),
    ("non-separable-kernels-exist",),
)
Vectors = Sequence[Tensor]


def each_axis(name: str, function: Any) -> dict[str, Any]:  # noqa: ANN401
    """The same function for one to three axes."""
    return {f"{name}{d}d": function for d in (1, 2, 3)}


def outer_product_by_einsum(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    """The kernel by torch.einsum."""
    names = "ijk"[: len(vectors)]
    k = torch.einsum(",".join(f"c{i}" for i in names) + f"->c{names}", *vectors)
    return (F.conv1d, F.conv2d, F.conv3d)[len(vectors) - 1](x, k[:, None], groups=len(k), **options)


def outer_product_in_float64(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    """Kernel and convolution in float64, rounded once."""
    return rounded(outer_product_convolution(x.double(), [v.double() for v in vectors], **options).numpy(), x.dtype)


def passes_in_float64(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    """All passes in float64, rounded once."""
    return rounded(separable_convolution(x.double(), [v.double() for v in vectors], **options).numpy(), x.dtype)


def passes_by_windows(
    x: Tensor,
    vectors: Vectors,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    order: Sequence[int],
    spelling: str,  # noqa: ARG001
) -> Tensor:
    """A product with the windows of each axis, by Tensor.unfold."""
    for i in order:
        v, d = vectors[i], x.ndim
        ends = [0, 0] * (d - 3 - i) + [padding[i], padding[i]]
        windows = F.pad(x, ends).unfold(i + 2, dilation[i] * (v.shape[-1] - 1) + 1, stride[i])[..., :: dilation[i]]
        x = (windows @ v.reshape(len(v), *[1] * (d - 3), -1, 1))[..., 0]
    return x


def one_channel_at_a_time(x: Tensor, kernels: Vectors, padding: Any, *, trained: bool) -> tuple[Tensor, int, int]:  # noqa: ANN401
    """Counts added up over channels."""
    parts = [
        convolution_cost(x[:, i : i + 1], [k[i : i + 1] for k in kernels], padding, trained=trained)
        for i in range(x.shape[1])
    ]
    return torch.cat([p[0] for p in parts], 1), sum(p[1] for p in parts), sum(p[2] for p in parts)


def nearest_by_eigenvectors(k: Tensor) -> Tensor:
    """K v v^T for the first eigenvector v of K^T K, in float64."""
    a = k.double()
    v = torch.linalg.eigh(a.mT @ a).eigenvectors[..., -1:]
    return rounded((a @ v @ v.mT).numpy(), k.dtype)


def terms_by_axes_exchanged(x: Tensor, k: Tensor, terms: int) -> Tensor:
    """Columns first, then rows, one term after the other."""
    u, s, vh = torch.linalg.svd(k, full_matrices=False)
    total = 0.0
    for i in range(terms):
        column = F.conv2d(x[None, None], (u[:, i] * s[i])[None, None, :, None])
        total = total + F.conv2d(column, vh[i][None, None, None])[0, 0]
    return total


def rank_by_values(k: Tensor, *, rtol: float) -> Tensor:
    """The number of singular values above the tolerance."""
    s = torch.linalg.svdvals(k)
    return (s > rtol * s[..., :1]).sum(-1)


ALTERNATIVES = [
    (EQUAL, each_axis("outer_product_convolution", outer_product_by_einsum), "outer product by einsum"),
    (EQUAL, each_axis("outer_product_convolution", outer_product_in_float64), "outer product in float64"),
    (EQUAL, each_axis("separable_convolution", passes_in_float64), "passes in float64"),
    (EQUAL, each_axis("separable_convolution", passes_by_windows), "passes by windows"),
    (COST, {"convolution_cost": one_channel_at_a_time}, "one channel at a time"),
    (RANK, {"best_separable_kernel": nearest_by_eigenvectors}, "nearest kernel by eigenvectors"),
    (RANK, {"sum_of_separable_convolutions": terms_by_axes_exchanged}, "columns first"),
    (RANK, {"matrix_rank": rank_by_values}, "rank by singular values"),
]
