"""Convolution as a matrix: by derivatives, on unfolded patches, as a tied dense layer, and from priors on one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation

Pair = tuple[int, int]


def convolution_jacobian(
    x: Tensor,
    w: Tensor,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    mode: str,
    rule: str,
) -> Tensor:
    """The derivative (o, *results, c, *sizes) of the convolution of the first image, in reverse or forward mode."""
    f = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]

    def convolved(image: Tensor) -> Tensor:
        if mode == "zeros":
            return f(image[None], w, None, stride, padding, dilation, groups)[0]
        ends = [q for p in reversed(padding) for q in (p, p)]
        return f(F.pad(image[None], ends, mode=mode), w, None, stride, 0, dilation, groups)[0]

    derivative = torch.func.jacrev(convolved) if rule == "reverse" else torch.func.jacfwd(convolved)
    made: Tensor = derivative(x[0])
    return made


def unfolded_convolution(
    x: Tensor,
    w: Tensor,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    spelling: str,
) -> Tensor:
    """Images (n, c, *sizes) convolved with kernels (o, c / groups, *kernel) by a product of matrices.

    Patches by `F.unfold` over one or two axes, or by `Tensor.unfold` over any number.
    """
    d, o = w.ndim - 2, len(w)
    kernel = w.shape[2:]
    axes = zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    sizes = [(n + 2 * q - e * (k - 1) - 1) // s + 1 for n, k, s, q, e in axes]
    if spelling == "F.unfold":
        two = [(1,) * (2 - d) + tuple(a) for a in (kernel, dilation, stride)]
        ends = (0,) * (2 - d) + tuple(padding)
        patches = F.unfold(x.reshape(*x.shape[:2], *[1] * (2 - d), *x.shape[2:]), two[0], two[1], ends, two[2])
    else:
        patches = F.pad(x, [q for p in reversed(padding) for q in (p, p)])
        for i, (k, s, e) in enumerate(zip(kernel, stride, dilation, strict=True)):
            patches = patches.unfold(i + 2, e * (k - 1) + 1, s)[..., ::e]
        # (n, c, *results, *kernel) to (n, c, *kernel, *results)
        patches = patches.permute(0, 1, *range(d + 2, 2 * d + 2), *range(2, d + 2))
    patches = patches.reshape(len(x), groups, -1, w[0].numel(), max(1, torch.Size(sizes).numel())).flatten(2, -2)
    return (w.reshape(groups, o // groups, -1) @ patches).reshape(len(x), o, *sizes)


def patches_of(x: Tensor, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Tensor:
    """`F.unfold` of images (n, c, h, w): (n, c kh kw, results)."""
    return F.unfold(x, kernel, dilation, padding, stride)


def folded_patches(x: Tensor, *, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Tensor:
    """`F.fold` of `F.unfold` of images (n, c, h, w)."""
    patches = F.unfold(x, kernel, dilation, padding, stride)
    return F.fold(patches, (x.shape[2], x.shape[3]), kernel, dilation, padding, stride)


def tied_matrix(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    """The dense matrix (o P, c size) with kernels w (o, c / groups, *kernel) at places (P, taps), -1 for none."""
    o, c = w.shape[:2]
    filters, channels = torch.arange(o, device=w.device), torch.arange(c, device=w.device)
    rows = torch.arange(len(places), device=w.device)
    met = filters[:, None] // (o // groups) * c + channels
    index = filters[:, None, None, None], rows[:, None], met[:, :, None, None], places % (size + 1)
    a = w.new_zeros(o, len(places), c * groups, size + 1)
    a = a.index_put(index, w.flatten(2)[:, :, None].expand(o, c, *places.shape), accumulate=True)
    return a[..., :-1].reshape(o * len(places), c * groups * size)


def tied_layer(x: Tensor, w: Tensor, places: Tensor, groups: int) -> Tensor:
    """Images (n, c, *sizes) through a dense layer with kernels w at their places, see `tied_matrix`: (n, o P)."""
    o, c, size = len(w), w.shape[1], x[0, 0].numel()
    filters, channels = torch.arange(o, device=w.device), torch.arange(c, device=w.device)
    rows = torch.arange(len(places), device=w.device)
    met = filters[:, None] // (o // groups) * c + channels
    index = filters[:, None, None, None], rows[:, None], met[:, :, None, None], places % (size + 1)
    a = w.new_zeros(o, len(places), c * groups, size + 1)
    a = a.index_put(index, w.flatten(2)[:, :, None].expand(o, c, *places.shape), accumulate=True)
    return F.linear(x.flatten(1), a[..., :-1].reshape(o * len(places), -1))


def summed_over_ties(gradient: Tensor, places: Tensor, filters: int, channels: int, groups: int) -> Tensor:
    """Sums of the gradient (o P, c size) over the places (P, taps) of each number: (o, c / groups, taps)."""
    size = gradient.shape[-1] // (channels * groups)
    a = F.pad(gradient.reshape(filters, len(places), channels * groups, size), (0, 1))
    met = torch.arange(filters, device=a.device)[:, None] // (filters // groups) * channels
    met = met + torch.arange(channels, device=a.device)
    rows = torch.arange(len(places), device=a.device)
    each = torch.arange(filters, device=a.device)[:, None, None, None]
    return a[each, rows[:, None], met[:, :, None, None], places % (size + 1)].sum(-2)


def prior_solution(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    """argmin |X W^T - Y|^2 / 2 + strength |P W|^2 / 2 over dense W (m, n), X (e, n), Y (e, m).

    P takes out the part along convolution matrices with n - m + 1 taps, the means of the diagonals.
    """
    m, n = y.shape[-1], x.shape[-1]
    offset = (torch.arange(n, device=x.device) - torch.arange(m, device=x.device)[:, None]).flatten()
    tied = (offset >= 0) & (offset <= n - m) & (offset[:, None] == offset)
    one = torch.eye(m * n, dtype=x.dtype, device=x.device)
    matrix = torch.kron(torch.eye(m, dtype=x.dtype, device=x.device), x.mT @ x) + strength * (
        one - tied.to(x.dtype) / m
    )
    made: Tensor = torch.linalg.solve(matrix, (y.mT @ x).flatten()).reshape(m, n)
    return made


def _rows(function: Callable[..., Any]) -> dict[str, Operation]:
    """One row for each number of axes; torch takes no batch of kernels."""
    name = function.__name__
    return {
        f"{name}{d}d": Operation(function, name, axes=(d + 2, d + 2), batches=False, product=True) for d in (1, 2, 3)
    }


ROWS = {
    **_rows(convolution_jacobian),
    **_rows(unfolded_convolution),
    "patches_of": Operation(patches_of, "patches_of", axes=(4,), batches=False),
    "folded_patches": Operation(folded_patches, "folded_patches", axes=(4,), batches=False),
    "tied_matrix1d": Operation(tied_matrix, "tied_matrix", axes=(3,), batches=False),
    "tied_matrix2d": Operation(tied_matrix, "tied_matrix", axes=(4,), batches=False),
    "tied_layer1d": Operation(tied_layer, "tied_layer", axes=(3, 3), batches=False, product=True),
    "tied_layer2d": Operation(tied_layer, "tied_layer", axes=(4, 4), batches=False, product=True),
    "summed_over_ties": Operation(summed_over_ties, "summed_over_ties", axes=(2,), batches=False),
    "prior_solution": Operation(prior_solution, "prior_solution", axes=(2, 2, 0), batches=False, product=True),
}
