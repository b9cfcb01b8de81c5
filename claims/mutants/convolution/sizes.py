"""Wrong sizes, parameters, paddings and counts of convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.sizes import (
    implicit_zero_padding_keeps_size,
    kernel_width_parameters_and_output_size,
    wider_kernel_increases_runtime,
)
from claims.frame.operations.chapters.convolution import convolution, convolution_layer
from claims.frame.operations.chapters.convolution_sizes import (
    convolution_operations,
    layer_storage,
    unpadded_layers,
    widened,
    with_zeros,
)

WIDTH, COST, PADDING = (
    kernel_width_parameters_and_output_size,
    wider_kernel_increases_runtime,
    implicit_zero_padding_keeps_size,
)


@mutant(WIDTH, operation="layer_storage", trigger="several outputs: the weight of one")
def weights_of_one_output(layer: str, sizes: tuple[Any, ...], **where: Any) -> list[tuple[int, int]]:
    found = layer_storage(layer, sizes, **where)
    return [(n // sizes[1], size // sizes[1]) for n, size in found[:1]] + found[1:]


@mutant(WIDTH, operation="layer_storage", trigger="groups: parameters of one dense layer")
def parameters_without_groups(layer: str, sizes: tuple[Any, ...], **where: Any) -> list[tuple[int, int]]:
    return layer_storage(layer, (*sizes[:6], 1, *sizes[7:]), **where)


@mutant(WIDTH, operation="layer_storage", trigger="a bias where none was asked for")
def bias_always(layer: str, sizes: tuple[Any, ...], **where: Any) -> list[tuple[int, int]]:
    return layer_storage(layer, (*sizes[:7], True), **where)


@mutant(WIDTH, operation="layer_storage", trigger="two axes: a square of the first width")
def square_kernel(layer: str, sizes: tuple[Any, ...], **where: Any) -> list[tuple[int, int]]:
    square: Any = (sizes[2][0],) * len(sizes[2])
    return layer_storage(layer, (*sizes[:2], square, *sizes[3:]), **where)


@mutant(WIDTH, operation="layer_storage", trigger="parameters in float32", dtypes=("float16", "float64"))
def parameters_in_float32(layer: str, sizes: tuple[Any, ...], **where: Any) -> list[tuple[int, int]]:
    return layer_storage(layer, sizes, dtype=torch.float32, device=where["device"])


@mutant(WIDTH, operation="widened", trigger="even widths: all zeros on the other side")
def zeros_on_the_other_side(w: Tensor, ends: Sequence[int]) -> Tensor:
    return F.pad(w, [n for i in range(0, len(ends), 2) for n in (ends[i + 1], ends[i])])


@mutant(WIDTH, operation="widened", trigger="two axes that widen differently: the first as the last")
def axes_of_zeros_exchanged(w: Tensor, ends: Sequence[int]) -> Tensor:
    around = widened(w, [max(ends)] * len(ends))
    starts = [max(ends) - n for n in ends[::2]]  # of the last axis first, where it should be the first
    sizes = widened(w, ends).shape[-len(starts) :]
    place: Any = (..., *(slice(s, s + n) for s, n in zip(starts, sizes, strict=True)))
    return around[place]


@mutant(WIDTH, operation="widened", trigger="ones in place of zeros")
def widened_with_ones(w: Tensor, ends: Sequence[int]) -> Tensor:
    return F.pad(w, ends, value=1.0)


@mutant(WIDTH, operation="convolution1d", trigger="an even kernel: `same` pads more in front")
def same_pads_in_front(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    k = w.shape[-1]
    if options["padding"] != "same" or k % 2:
        return convolution(x, w, b, **options)
    return convolution(F.pad(x, (k // 2, k // 2 - 1)), w, b, **options | {"padding": "valid"})


@mutant(WIDTH, operation="convolution2d", trigger="`same` for even kernels: half a kernel on either side")
def half_a_kernel_on_either_side(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if options["padding"] != "same":
        return convolution(x, w, b, **options)
    return convolution(x, w, b, **options | {"padding": [k // 2 for k in w.shape[2:]]})


@mutant(WIDTH, operation="convolution_layer1d", trigger="`valid` is taken for `same`")
def valid_pads(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    return convolution_layer(x, w, b, **options | {"padding": "same"})


@mutant(WIDTH, operation="convolution1d", trigger="kernels wider than 4: the last tap is lost", dtypes=("float32",))
def taps_beyond_four_lost(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if w.shape[-1] > 4:
        w = torch.cat((w[..., :-1], torch.zeros_like(w[..., -1:])), -1)
    return convolution(x, w, b, **options)


@mutant(COST, operation="convolution_operations", trigger="without padding: as many results as inputs")
def every_place_has_a_result(
    x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool
) -> list[int]:
    return convolution_operations(x, kernels, "same", groups, backward=backward)


@mutant(COST, operation="convolution_operations", trigger="multiplications without additions")
def multiplications_only(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:
    return [n // 2 for n in convolution_operations(x, kernels, padding, groups, backward=backward)]


@mutant(COST, operation="convolution_operations", trigger="without padding: a result too few")
def a_result_too_few(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:
    counts = convolution_operations(x, kernels, padding, groups, backward=backward)
    sizes = [max(x.shape[-1] - w.shape[-1] + 1, 1) for w in kernels]
    return [n // p * (p - 1) for n, p in zip(counts, sizes, strict=True)] if padding == "valid" else counts


@mutant(COST, operation="convolution_operations", trigger="groups: counted as one")
def groups_counted_as_one(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:
    return [n * groups for n in convolution_operations(x, kernels, padding, groups, backward=backward)]


@mutant(COST, operation="convolution_operations", trigger="backward: only one of the two gradients")
def one_gradient_only(x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool) -> list[int]:
    return convolution_operations(x, kernels, padding, groups, backward=False)


@mutant(COST, operation="convolution_operations", trigger="several images: those of one")
def operations_of_one_image(
    x: Tensor, kernels: list[Tensor], padding: str, groups: int, *, backward: bool
) -> list[int]:
    return convolution_operations(x[:1], kernels, padding, groups, backward=backward)


@mutant(COST, operation="convolution2d", trigger="images without padding: the last row is left out")
def last_row_left_out(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y[:, :, :-1] if options["padding"] == "valid" and y.shape[2] > 1 else y


@mutant(COST, operation="convolution1d", trigger="more than 32 places: a tap too few")
def long_rows_lose_a_tap(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if x.shape[-1] > 32 and w.shape[-1] > 1:
        w = torch.cat((w[..., :-1], torch.zeros_like(w[..., -1:])), -1)
    return convolution(x, w, b, **options)


@mutant(PADDING, operation="convolution1d", trigger="a stride that leaves a rest: sizes are rounded up")
def sizes_rounded_up(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if isinstance(options["padding"], str) or options["stride"][0] == 1 or options["mode"] != "zeros":
        return convolution(x, w, b, **options)
    return convolution(F.pad(x, (0, options["stride"][0] - 1)), w, b, **options)


@mutant(PADDING, operation="convolution1d", trigger="padding on one side only")
def padded_on_one_side(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    if isinstance(options["padding"], str):
        return convolution(x, w, b, **options)
    return convolution(F.pad(x, (2 * options["padding"][0], 0)), w, b, **options | {"padding": "valid"})


@mutant(PADDING, operation="convolution_layer2d", trigger="padding with the border's numbers, in two axes")
def padded_with_the_border(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    small = isinstance(options["padding"], str) or options["mode"] != "zeros"
    return convolution_layer(x, w, b, **options if small else options | {"mode": "replicate"})


@mutant(PADDING, operation="convolution1d", trigger="dilation is ignored in the size: results are cut off")
def dilation_ignored_in_the_size(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if options["dilation"][0] == 1 or options["stride"][0] > 1 else F.pad(y, (0, w.shape[-1] - 1))


@mutant(PADDING, operation="convolution2d", trigger="two axes padded differently: exchanged")
def paddings_exchanged(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    padding = options["padding"]
    return convolution(x, w, b, **options if isinstance(padding, str) else options | {"padding": padding[::-1]})


@mutant(PADDING, operation="convolution3d", trigger="channels last in three axes: nothing is padded behind")
def nothing_padded_behind(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    if options["form"] != "channels_last_3d" or isinstance(options["padding"], str):
        return y
    return torch.cat((y[..., :-1], torch.zeros_like(y[..., -1:])), -1) if y.shape[-1] > 1 else y


@mutant(PADDING, operation="with_zeros", trigger="the layer: one more zero than F.pad has before")
def layer_pads_the_other_way(x: Tensor, ends: Sequence[int], name: str) -> Tensor:
    return with_zeros(x, ends[::-1] if name == "layer" else ends, name)


@mutant(PADDING, operation="with_zeros", trigger="the smallest positive number in place of zero")
def tiny_padding(x: Tensor, ends: Sequence[int], name: str) -> Tensor:
    return F.pad(x, list(ends), value=torch.finfo(x.dtype).tiny)


@mutant(PADDING, operation="with_zeros", trigger="infinities: padding is made of products of the image with zero")
def padding_spoilt_by_infinities(x: Tensor, ends: Sequence[int], name: str) -> Tensor:
    zeros = with_zeros(torch.zeros_like(x), ends, name)
    return with_zeros(x, ends, name) + zeros + 0 * x.sum()


@mutant(PADDING, operation="convolution1d", trigger="an infinity: the explicit zeros of a wide product meet it")
def infinities_meet_zeros(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    return convolution(x, w, b, **options) + (0 * x.sum(-1, keepdim=True).sum(1, keepdim=True))


@mutant(PADDING, operation="unpadded_layers", trigger="a layer too many")
def depth_counts_the_image(x: Tensor, w: Tensor) -> int:
    return unpadded_layers(x, w) + 1


@mutant(PADDING, operation="unpadded_layers", trigger="kernels that fill the image exactly are not counted")
def last_layer_not_counted(x: Tensor, w: Tensor) -> int:
    rest = (x.shape[-1] - 1) % (w.shape[-1] - 1)
    return unpadded_layers(x, w) - (rest == 0 and x.shape[-1] > 1)


@mutant(PADDING, operation="unpadded_layers", trigger="layers that take a whole kernel each")
def layers_side_by_side(x: Tensor, w: Tensor) -> int:
    return x.shape[-1] // w.shape[-1]
