"""Convolutions over one to three axes: torch's functions, its layers and the transposed ones.

One instance is a batch of images (n, c, *sizes) with its kernels (o, c / groups, *kernel), those of transposed
convolutions (c, o / groups, *kernel), and a bias (o) or None. `form` says how the images come: "" as they are,
"unbatched" one example at a time, "native" with oneDNN switched off (functions only), or in a memory format of torch
("channels_last", "channels_last_3d"), with their kernels.
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
    f: Callable[..., Tensor] = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]
    if mode != "zeros":
        whole = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, w.shape[2:], strict=True)]
        ends = [(t // 2, t - t // 2) for t in whole] if isinstance(padding, str) else [(q, q) for q in padding]
        x, padding = F.pad(x, [q for pair in reversed(ends) for q in pair], mode=mode), "valid"
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    backends: Any = torch.backends.mkldnn
    enabled = backends.enabled
    backends.enabled = enabled and form != "native"
    try:
        y = [f(e, w, b, stride, padding, dilation, groups) for e in (x if form == "unbatched" else [x])]
    finally:
        backends.enabled = enabled
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
    kind: Any = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[w.ndim - 3]
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
    f: Callable[..., Tensor] = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[w.ndim - 3]
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    examples = x if form == "unbatched" else [x]
    backends: Any = torch.backends.mkldnn
    enabled = backends.enabled
    backends.enabled = enabled and form != "native"
    try:
        y = [f(e, w, b, stride, padding, output_padding, groups, dilation) for e in examples]
    finally:
        backends.enabled = enabled
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
    kind: Any = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[w.ndim - 3]
    s, q, r, d = (a[0] if len(set(a)) == 1 else tuple(a) for a in (stride, padding, output_padding, dilation))
    channels = w.shape[0], w.shape[1] * groups
    layer = kind(*channels, w.shape[2:], s, q, r, groups, b is not None, d, device="meta")
    if form.startswith("channels_last"):
        x, w = (t.contiguous(memory_format=getattr(torch, form)) for t in (x, w))
    parameters = {"weight": w} if b is None else {"weight": w, "bias": b}
    y = [torch.func.functional_call(layer, parameters, (e,)) for e in (x if form == "unbatched" else [x])]
    return torch.stack(y) if form == "unbatched" else y[0]


def composed_kernels(a: Tensor, b: Tensor) -> Tensor:
    """The kernels (p, c, *) of one convolution that does what those with a (o, c, *), and then b (p, o, *), do.

    They are the convolved ones, kernels of b flipped: [a * b]_{pc} = sum_o b_{po} * a_{oc}.
    """
    f: Callable[..., Tensor] = (F.conv1d, F.conv2d, F.conv3d)[a.ndim - 3]
    ends = [k - 1 for k in b.shape[2:]]
    return f(a.transpose(0, 1), b.flip(list(range(2, b.ndim))), None, 1, ends).transpose(0, 1)


def learned_kernels(
    x: Tensor, w: Tensor, t: Tensor, *, optimiser: str, activation: str, flips: Sequence[int], steps: int
) -> Tensor:
    """The kernels (steps, o, c, *) of a learner that starts from w, after every step with the squares to targets t.

    It convolves images with its kernels flipped along the axes `flips`: with none, it takes cross-correlations.
    """
    f: Callable[..., Tensor] = (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3]
    kernel = nn.Parameter(w.detach().clone())
    rules: dict[str, Callable[..., Any]] = {
        "SGD": lambda p: torch.optim.SGD(p, lr=0.125),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.125, momentum=0.5, nesterov=True, weight_decay=0.25),
        "Adam": lambda p: torch.optim.Adam(p, lr=0.125),
        "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.125),
        "Adagrad": lambda p: torch.optim.Adagrad(p, lr=0.125),
        "AdamW": lambda p: torch.optim.AdamW(p, lr=0.125, amsgrad=True),
    }
    rule, learned = rules[optimiser]([kernel]), []
    for _ in range(steps):
        rule.zero_grad()
        y = f(x, kernel.flip(list(flips)) if flips else kernel)
        error = (torch.tanh(y) if activation == "tanh" else y) - t
        (error.square().sum() / 2).backward()
        rule.step()
        learned.append(kernel.detach().clone())
    return torch.stack(learned)


def _rows(function: Callable[..., Any], arguments: str = "xwb") -> dict[str, Operation]:
    """One row for each number of axes; torch takes no batch of kernels."""
    name = function.__name__
    axes = {d: tuple(1 if a == "b" else d + 2 for a in arguments) for d in (1, 2, 3)}
    return {f"{name}{d}d": Operation(function, name, axes[d], batches=False, product=True) for d in axes}


ROWS = {
    **_rows(convolution),
    **_rows(convolution_layer),
    **_rows(transposed_convolution),
    **_rows(transposed_layer),
    **_rows(composed_kernels, "ww"),
    **_rows(learned_kernels, "xwx"),
}
