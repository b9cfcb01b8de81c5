"""Convolutions over one to three axes: torch's functions, its layers and the transposed ones.

One instance is a batch of images (n, c, *sizes) with its kernels (o, c / groups, *kernel), those of transposed
convolutions (c, o / groups, *kernel), and a bias (o) or None. `form` says how the images come: "" as they are,
"unbatched" one example at a time, or in a memory format of torch ("channels_last", "channels_last_3d"), with their
kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def convolution(
    x: Tensor,
    w: Tensor,
    b: Tensor | None,
    *,
    stride: Sequence[int],
    padding: Sequence[int] | str,
    dilation: Sequence[int],
    groups: int,
    mode: str,
    form: str,
) -> Tensor:
    """F.conv1d, 2d or 3d; for other modes than zeros of what F.pad made."""
    f = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]
    if mode != "zeros":
        whole = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, w.shape[2:], strict=True)]
        ends = [(t // 2, t - t // 2) for t in whole] if isinstance(padding, str) else [(q, q) for q in padding]
        x, padding = F.pad(x, [q for pair in reversed(ends) for q in pair], mode=mode), "valid"
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    y = [f(e, w, b, stride, padding, dilation, groups) for e in (x if form == "unbatched" else [x])]
    return torch.stack(y) if form == "unbatched" else y[0]


def convolution_layer(
    x: Tensor,
    w: Tensor,
    b: Tensor | None,
    *,
    stride: Sequence[int],
    padding: Sequence[int] | str,
    dilation: Sequence[int],
    groups: int,
    mode: str,
    form: str,
) -> Tensor:
    """nn.Conv1d, 2d or 3d with these parameters; options that are the same for every axis as one number."""
    kind = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[w.ndim - 3]
    s, d, q = (a if isinstance(a, str) else a[0] if len(set(a)) == 1 else tuple(a) for a in (stride, dilation, padding))
    layer = kind(x.shape[1], w.shape[0], w.shape[2:], s, q, d, groups, b is not None, mode, device="meta")
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    parameters = {"weight": w} if b is None else {"weight": w, "bias": b}
    y = [torch.func.functional_call(layer, parameters, (e,)) for e in (x if form == "unbatched" else [x])]
    return torch.stack(y) if form == "unbatched" else y[0]


def transposed_convolution(
    x: Tensor,
    w: Tensor,
    b: Tensor | None,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    output_padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    form: str,
) -> Tensor:
    """F.conv_transpose1d, 2d or 3d."""
    f = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[w.ndim - 3]
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    examples = x if form == "unbatched" else [x]
    y = [f(e, w, b, stride, padding, output_padding, groups, dilation) for e in examples]
    return torch.stack(y) if form == "unbatched" else y[0]


def transposed_layer(
    x: Tensor,
    w: Tensor,
    b: Tensor | None,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    output_padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    form: str,
) -> Tensor:
    """nn.ConvTranspose1d, 2d or 3d with these parameters; options that are the same for every axis as one number."""
    kind = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[w.ndim - 3]
    s, q, r, d = (a[0] if len(set(a)) == 1 else tuple(a) for a in (stride, padding, output_padding, dilation))
    channels = w.shape[0], w.shape[1] * groups
    layer = kind(*channels, w.shape[2:], s, q, r, groups, b is not None, d, device="meta")
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    parameters = {"weight": w} if b is None else {"weight": w, "bias": b}
    y = [torch.func.functional_call(layer, parameters, (e,)) for e in (x if form == "unbatched" else [x])]
    return torch.stack(y) if form == "unbatched" else y[0]


def _rows(function: Callable[..., Any]) -> dict[str, Operation]:
    """One row for each number of axes; torch takes no batch of kernels."""
    name = function.__name__
    sizes = {d: (d + 2, d + 2, 1) for d in (1, 2, 3)}
    return {f"{name}{d}d": Operation(function, name, axes, batches=False, product=True) for d, axes in sizes.items()}


ROWS = {
    **_rows(convolution),
    **_rows(convolution_layer),
    **_rows(transposed_convolution),
    **_rows(transposed_layer),
}
