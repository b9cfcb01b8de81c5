"""Correct convolutions, paddings, counts and shifts by other algorithms: no claim may fail on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.convolution import convolution
from tests.alternatives.probability_independence import rounded

WIDTH, COST, PADDING, SHIFTS = (
    "kernel-width-parameters-and-output-size",
    "wider-kernel-increases-runtime",
    "implicit-zero-padding-keeps-size",
    "convolution-translation-equivariance",
)


def by_windows(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    """Windows of padded images times kernels, one group after another."""
    axes, groups, dilation, padding = w.ndim - 2, options["groups"], options["dilation"], options["padding"]
    whole = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, w.shape[2:], strict=True)]
    ends = [(t // 2, t - t // 2) for t in whole] if isinstance(padding, str) else [(q, q) for q in padding]
    mode = "constant" if options["mode"] == "zeros" else options["mode"]
    windows = torch.nn.functional.pad(x, [q for pair in reversed(ends) for q in pair], mode=mode)
    for axis, (k, s, d) in enumerate(zip(w.shape[2:], options["stride"], dilation, strict=True)):
        windows = windows.unfold(axis + 2, d * (k - 1) + 1, s)[..., ::d]
    flat = windows.flatten(axes + 2).double()
    parts = [
        torch.einsum("nc...k,ock->no...", one, kernels.flatten(2).double())
        for one, kernels in zip(flat.chunk(groups, 1), w.chunk(groups, 0), strict=True)
    ]
    y = torch.cat(parts, 1)
    y = y if b is None else y + b.double().view(-1, *[1] * axes)
    return rounded(y.detach().numpy(), x.dtype)


def one_channel_after_another(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    """Filters one by one."""
    groups = options["groups"]
    inputs, filters = x.shape[1] // groups, w.shape[0] // groups
    made = []
    for o in range(w.shape[0]):
        first = o // filters * inputs
        one = None if b is None else b[o : o + 1]
        made.append(convolution(x[:, first : first + inputs], w[o : o + 1], one, **options | {"groups": 1}))
    return torch.cat(made, 1)


def storage_by_formula(layer: str, sizes: tuple[Any, ...], *, dtype: torch.dtype, device: str) -> list[tuple[int, int]]:
    """From the sizes alone."""
    del layer, device
    inputs, outputs, kernel, *_, groups, bias = sizes
    numbers = [outputs * inputs // groups * math.prod(kernel)] + [outputs] * bias
    return [(n, n * dtype.itemsize) for n in numbers]


def into_zeros(x: Tensor, ends: Sequence[int], name: str = "") -> Tensor:  # noqa: ARG001
    """Copied into zeros."""
    axes = len(ends) // 2
    starts, behind = list(ends[::2])[::-1], list(ends[1::2])[::-1]
    sizes = [a + n + z for a, n, z in zip(starts, x.shape[-axes:], behind, strict=True)]
    made = x.new_zeros(*x.shape[:-axes], *sizes)
    made[(..., *(slice(a, a + n) for a, n in zip(starts, x.shape[-axes:], strict=True)))] = x
    return made


def counted_by_formula(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:  # noqa: ARG001
    """From the shapes alone."""
    counts = []
    for w in kernels:
        less = [k - 1 if padding == "valid" else 0 for k in w.shape[2:]]
        results = math.prod(n - k for n, k in zip(x.shape[2:], less, strict=True))
        counts.append((4 if backward else 2) * x.shape[0] * w.numel() * results)
    return counts


def depth_by_division(x: Tensor, w: Tensor) -> int:
    """How often k - 1 fits into n - 1."""
    return (x.shape[-1] - 1) // (w.shape[-1] - 1)


def rolled_by_index(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    """Places modulo the size."""
    for shift, dim in zip(shifts, dims, strict=True):
        n = x.shape[dim]
        x = x.index_select(dim, (torch.arange(n) - shift) % n) if n else x
    return x


def summed_along_diagonals(a: Tensor) -> Tensor:
    """The sum of each diagonal that goes around, at all of its places."""
    n = a.shape[-1]
    i = torch.arange(n)
    sums = a[..., i[:, None], (i[:, None] + i) % n].sum(-2)
    return sums[..., (i - i[:, None]) % n]


EVERY = (WIDTH, COST, PADDING, SHIFTS)
CONVOLUTIONS = [f"{name}{d}d" for name in ("convolution", "convolution_layer") for d in (1, 2, 3)]

ALTERNATIVES = [
    (EVERY, dict.fromkeys(CONVOLUTIONS, by_windows), "convolution by windows in float64"),
    (EVERY, dict.fromkeys(CONVOLUTIONS, one_channel_after_another), "one channel after another"),
    ((WIDTH,), {"layer_storage": storage_by_formula}, "storage by a formula"),
    ((WIDTH,), {"widened": into_zeros}, "kernels copied into zeros"),
    ((COST,), {"convolution_operations": counted_by_formula}, "operations by a formula"),
    ((PADDING,), {"with_zeros": into_zeros}, "images copied into zeros"),
    ((PADDING,), {"unpadded_layers": depth_by_division}, "depth by a division"),
    ((SHIFTS,), {"rolled": rolled_by_index}, "rolled by index"),
    ((SHIFTS,), {"shift_sum": summed_along_diagonals}, "sums along diagonals"),
]
