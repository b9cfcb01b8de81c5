"""Convolutions that do not commute with shifts, and wrong shifts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.equivariance import convolution_translation_equivariance as claim
from claims.frame.operations.chapters.convolution import convolution, convolution_layer
from claims.frame.operations.chapters.equivariance import shift_sum


@mutant(claim, operation="convolution2d", trigger="circular padding on images: it is reflected")
def reflected_border(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    room = options["padding"] == "same" or all(q < n for q, n in zip(options["padding"], x.shape[2:], strict=True))
    narrow = room and all(k <= n for k, n in zip(w.shape[2:], x.shape[2:], strict=True))
    mode = "reflect" if options["mode"] == "circular" and narrow else options["mode"]
    return convolution(x, w, b, **options | {"mode": mode})


@mutant(claim, operation="convolution_layer1d", trigger="the layer pads with zeros whatever the mode")
def layer_pads_with_zeros(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    return convolution_layer(x, w, b, **options | {"mode": "zeros"})


@mutant(claim, operation="convolution1d", trigger="a bias that depends on the place")
def bias_of_places(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if b is None else y + b[:, None] * torch.arange(y.shape[-1], device=y.device).to(y.dtype)


@mutant(claim, operation="convolution1d", trigger="the kernel is flipped at odd places")
def kernel_flipped_at_odd_places(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y, flipped = convolution(x, w, b, **options), convolution(x, w.flip(-1), b, **options)
    return torch.where(torch.arange(y.shape[-1], device=y.device) % 2 == 1, flipped, y)


@mutant(claim, operation="convolution1d", trigger="even kernels: padded on the other side in circles")
def even_kernels_on_the_other_side(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    even = options["mode"] == "circular" and w.shape[-1] % 2 == 0
    return convolution(x.roll(1, -1) if even else x, w, b, **options)


@mutant(claim, operation="convolution2d", trigger="channels last: the last column is that of the first")
def last_column_in_channels_last(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return torch.cat((y[..., :-1], y[..., :1]), -1) if options["form"] == "channels_last" else y


@mutant(claim, operation="convolution1d", trigger="a stride: windows start at the end of a step")
def strides_from_the_end(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    step = options["stride"][0]
    return convolution(x.roll(1 - step, -1) if options["mode"] == "circular" else x, w, b, **options)


@mutant(claim, operation="convolution3d", trigger="three axes: only the last is a circle")
def two_axes_padded_with_zeros(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if options["mode"] != "circular" or options["padding"] != "same":
        return convolution(x, w, b, **options)
    k = w.shape[-1]
    wide = F.pad(x, ((k - 1) // 2, k // 2, 0, 0, 0, 0), mode="circular")
    rest = [n for j in reversed(w.shape[2:4]) for n in ((j - 1) // 2, j // 2)]
    return convolution(F.pad(wide, (0, 0, *rest)), w, b, **options | {"mode": "zeros", "padding": "valid"})


@mutant(claim, operation="rolled", trigger="two axes: rolled by the shift of the other")
def shifts_exchanged(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    return torch.roll(x, list(shifts)[::-1], list(dims))


@mutant(claim, operation="rolled", trigger="one axis: that of the channels")
def channels_rolled(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    return torch.roll(x, list(shifts), [d - 1 for d in dims])


@mutant(claim, operation="rolled", trigger="shifts back: the sign is lost")
def shifts_back_go_forth(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    return torch.roll(x, [abs(s) for s in shifts], list(dims))


@mutant(claim, operation="rolled", trigger="shifts by more than the size: they stop at its end")
def shifts_stop_at_the_end(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    return torch.roll(x, [max(-x.shape[d], min(s, x.shape[d])) for s, d in zip(shifts, dims, strict=True)], list(dims))


@mutant(claim, operation="rolled", trigger="zeros come in")
def zeros_come_in(x: Tensor, shifts: Sequence[int], dims: Sequence[int]) -> Tensor:
    y = torch.roll(x, list(shifts), list(dims))
    n, s = x.shape[-1], shifts[-1]
    inside = torch.arange(n, device=x.device)
    return torch.where((inside >= s) & (inside < n + s), y, 0)


@mutant(claim, operation="shift_sum", trigger="the last shift is left out")
def last_shift_left_out(a: Tensor) -> Tensor:
    n = a.shape[-1]
    return shift_sum(a) - a.roll((1 - n, 1 - n), (-2, -1))


@mutant(claim, operation="shift_sum", trigger="only the columns are shifted")
def columns_shifted_only(a: Tensor) -> Tensor:
    return torch.stack([a.roll(-s, -1) for s in range(a.shape[-1])]).sum(0)


@mutant(claim, operation="matmul", trigger="17 rows or more: those after the sixteenth are 0")
def sixteen_rows_only(a: Tensor, b: Tensor) -> Tensor:
    y = torch.matmul(a, b)
    return torch.cat((y[..., :16, :], torch.zeros_like(y[..., 16:, :])), -2)
