"""Wrong stacks of layers, wrong extents of receptive fields, wrong depths."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.receptive_field import (
    indirect_connectivity_depth,
    receptive_field_growth,
    stride_and_pooling_enlarge_receptive_field,
)
from claims.frame.operations.chapters.receptive_field import (
    Layers,
    connecting_depth,
    receptive_extents,
    stack_of_layers,
)

BOTH = receptive_field_growth, stride_and_pooling_enlarge_receptive_field


@mutant(*BOTH, operation="receptive_extents", trigger="a stride before another layer")
def strides_forgotten(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    return receptive_extents(kernel, torch.ones_like(stride), dilation)


@mutant(*BOTH, operation="receptive_extents", trigger="a stride in a layer wider than 1")
def stride_counts_for_its_own_layer(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    return 1 + ((kernel - 1) * dilation * stride.cumprod(-1)).cumsum(-1)


@mutant(*BOTH, operation="receptive_extents", trigger="dilation above 1")
def dilation_forgotten(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    return receptive_extents(kernel, stride, torch.ones_like(dilation))


@mutant(*BOTH, operation="receptive_extents")
def sum_of_kernels(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    return kernel.cumsum(-1)


@mutant(*BOTH, operation="receptive_extents", trigger="two strides before another layer: only the last one counts")
def only_the_stride_before(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    jump = torch.cat((torch.ones_like(stride[..., :1]), stride[..., :-1]), -1)
    return 1 + ((kernel - 1) * dilation * jump).cumsum(-1)


@mutant(*BOTH, operation="receptive_extents", trigger="several layers: the largest step in place of the sum")
def largest_layer_only(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    found = receptive_extents(kernel, stride, dilation)
    return 1 + found.diff(dim=-1, prepend=torch.ones_like(found[..., :1])).cummax(-1).values


@mutant(*BOTH, operation="receptive_extents", trigger="a stride before another layer: it widens the kernel itself")
def stride_times_kernel(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    jump = torch.cat((torch.ones_like(stride[..., :1]), stride[..., :-1].cumprod(-1)), -1)
    return 1 + ((kernel * jump - 1) * dilation).cumsum(-1)


@mutant(
    stride_and_pooling_enlarge_receptive_field,
    operation="receptive_extents",
    trigger="a dilated layer with a stride, which is taken for its dilation",
)
def stride_in_place_of_dilation(kernel: Tensor, stride: Tensor, dilation: Tensor) -> Tensor:
    return receptive_extents(kernel, stride, torch.maximum(dilation, stride))


def padded_otherwise(x: Tensor, weights: list[Any], layers: Layers, memory: str, **how: Any) -> Tensor:
    """A stack whose convolutions are padded by F.pad."""
    for w, (kind, kernel, stride, padding, dilation) in zip(weights, layers, strict=True):
        here = kind == "conv" and any(padding)
        wide = torch.nn.functional.pad(x, [n for q in reversed(padding) for n in (q, q)], **how) if here else x
        rest = (0,) * len(padding) if here else padding
        x = stack_of_layers(wide, [w], [(kind, kernel, stride, rest, dilation)], memory)
    return x


@mutant(
    receptive_field_growth,
    operation="stack_of_layers",
    trigger="padding, which is seen as ones",
)
def ones_beyond_the_border(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    return padded_otherwise(x, weights, layers, memory, value=1.0)


@mutant(receptive_field_growth, operation="stack_of_layers", trigger="padding, which repeats the border")
def border_repeated(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    return padded_otherwise(x, weights, layers, memory, mode="replicate")


@mutant(receptive_field_growth, operation="stack_of_layers", trigger="channels last: images are rolled by one")
def rolled_in_channels_last(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    return stack_of_layers(x.roll(1, -1) if memory == "channels_last" else x, weights, layers, memory)


@mutant(receptive_field_growth, operation="stack_of_layers", trigger="a kernel of 3: its last tap is lost")
def last_tap_lost(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    def lost(w: Tensor | None) -> Tensor | None:
        return w if w is None or w.shape[-1] < 3 else torch.cat((w[..., :-1], torch.zeros_like(w[..., -1:])), -1)

    return stack_of_layers(x, [lost(w) for w in weights], layers, memory)


@mutant(
    receptive_field_growth, operation="stack_of_layers", trigger="images of an odd width: their last column is lost"
)
def odd_column_lost(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    if x.shape[-1] % 2 and x.shape[-1] > 1:
        x = torch.cat((x[..., :-1], torch.zeros_like(x[..., -1:])), -1)
    return stack_of_layers(x, weights, layers, memory)


@mutant(receptive_field_growth, operation="stack_of_layers", trigger="NaN, which is taken for 0")
def undefined_numbers_vanish(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    return stack_of_layers(x.nan_to_num(0.0), weights, layers, memory)


@mutant(
    receptive_field_growth,
    operation="stack_of_layers",
    trigger="a NaN: tiles of 16 outputs, as of a fast algorithm, are spoilt",
    provenance="NNPACK",
)
def undefined_numbers_spread(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    y = stack_of_layers(x, weights, layers, memory)
    n = y.shape[-1] // 4 * 4
    spread = y[..., :n].unflatten(-1, (-1, 4)).sum(-1, keepdim=True).expand(*y.shape[:-1], n // 4, 4).flatten(-2)
    return torch.cat((y[..., :n].where(~spread.isnan(), spread), y[..., n:]), -1) if n else y


@mutant(receptive_field_growth, operation="stack_of_layers", trigger="the gradient: only the first channel has one")
def gradient_of_one_channel(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    y = stack_of_layers(x, weights, layers, memory)
    return torch.cat((y[..., :1], y[..., 1:].detach()), -1)


@mutant(
    stride_and_pooling_enlarge_receptive_field,
    operation="stack_of_layers",
    trigger="strided pooling: its stride is that of a copy, windows of one number",
)
def strided_pooling_without_windows(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    for w, one in zip(weights, layers, strict=True):
        kind, kernel, stride, padding, _ = one
        if kind in {"max", "avg"} and max(stride) > 1:
            y = stack_of_layers(x, [w], [one], memory)
            thin = stack_of_layers(x, [w], [(kind, (1,) * len(kernel), stride, padding, (1,) * len(kernel))], memory)
            x = thin[tuple(slice(n) for n in y.shape)]
        else:
            x = stack_of_layers(x, [w], [one], memory)
    return x


@mutant(
    stride_and_pooling_enlarge_receptive_field,
    operation="stack_of_layers",
    trigger="dilation together with a stride: windows without gaps, from the same place",
)
def dilation_lost_with_a_stride(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    for w, one in zip(weights, layers, strict=True):
        kind, kernel, stride, padding, dilation = one
        y = stack_of_layers(x, [w], [one], memory)
        if max(dilation) > 1 and any(layers[0][2][0] > 1 for _ in kernel):
            dense = stack_of_layers(x, [w], [(kind, kernel, stride, padding, (1,) * len(kernel))], memory)
            y = dense[tuple(slice(n) for n in y.shape)]
        x = y
    return x


@mutant(indirect_connectivity_depth, operation="connecting_depth", trigger="n - 1 not divisible by k - 1")
def depth_rounded_down(n: Tensor, k: Tensor) -> Tensor:
    return ((n - 1) / (k - 1)).floor()


@mutant(indirect_connectivity_depth, operation="connecting_depth", trigger="n - 1 divisible by k - 1")
def one_layer_too_many(n: Tensor, k: Tensor) -> Tensor:
    return ((n - 1) / (k - 1)).floor() + 1


@mutant(indirect_connectivity_depth, operation="connecting_depth")
def windows_that_do_not_overlap(n: Tensor, k: Tensor) -> Tensor:
    return (n / k).ceil()


@mutant(indirect_connectivity_depth, operation="connecting_depth")
def logarithm_of_the_size(n: Tensor, k: Tensor) -> Tensor:
    return (n.log() / k.log()).ceil()


@mutant(indirect_connectivity_depth, operation="connecting_depth", trigger="kernels of 1")
def kernels_of_one_see_everything_at_once(n: Tensor, k: Tensor) -> Tensor:
    return torch.where(k == 1, n, connecting_depth(n, k))


@mutant(indirect_connectivity_depth, operation="stack_of_layers", trigger="even kernels: padded the other way round")
def even_kernels_padded_before(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    if layers[0][1][0] % 2:
        return stack_of_layers(x, weights, layers, memory)
    axes = tuple(range(2, x.ndim))
    return stack_of_layers(x.flip(axes), weights, layers, memory).flip(axes)


@mutant(indirect_connectivity_depth, operation="stack_of_layers", trigger="kernels above 1: nothing is padded")
def nothing_is_padded(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    bare = [("conv", kernel, stride, padding, dilation) for _, kernel, stride, padding, dilation in layers]
    enough = (min(x.shape[2:]) - 1) // max(layers[0][1][0] - 1, 1)
    return stack_of_layers(x, weights[:enough], bare[:enough], memory)


@mutant(indirect_connectivity_depth, operation="stack_of_layers", trigger="more than 8 layers: the ninth is left out")
def ninth_layer_left_out(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    kept = [i for i in range(len(layers)) if i != 8]
    return stack_of_layers(x, [weights[i] for i in kept], [layers[i] for i in kept], memory)


@mutant(indirect_connectivity_depth, operation="stack_of_layers", trigger="circular padding: everyone is near")
def circular_border(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    for w, (_, kernel, stride, _, dilation) in zip(weights, layers, strict=True):
        pads = [n for k in reversed(kernel) for n in ((k - 1) // 2, k // 2)]
        wide = torch.nn.functional.pad(x, pads, mode="circular") if max(pads) <= x.shape[-1] else x
        if wide is x and max(pads):
            return torch.ones_like(x)
        x = stack_of_layers(wide, [w], [("conv", kernel, stride, (0,) * len(kernel), dilation)], memory)
    return x


@mutant(indirect_connectivity_depth, operation="stack_of_layers", trigger="several channels: only the last one passes")
def channels_kept_apart_in_one_layer(x: Tensor, weights: list[Any], layers: Layers, memory: str) -> Tensor:
    first = weights[0]
    if first.shape[0] > 1:
        kept = torch.zeros_like(first)
        kept[-1, -1] = first[-1, -1]
        kept[-1, -1, ..., 0] = 0
        weights = [kept, *weights[1:]]
    return stack_of_layers(x, weights, layers, memory)
