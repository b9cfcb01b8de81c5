"""Wrong matrices of convolutions, wrong patches, and wrong ties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.matrix_form import (
    conv_is_constrained_dense_layer,
    convolution_as_matrix_multiplication_im2col,
    convolution_toeplitz_matrix,
)
from claims.frame.operations.chapters.convolution import convolution, transposed_convolution
from claims.frame.operations.chapters.convolution_matrices import (
    convolution_jacobian,
    folded_patches,
    patches_of,
    summed_over_ties,
    tied_layer,
    tied_matrix,
    unfolded_convolution,
)

Options = Any


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian1d", trigger="the order of the kernel's numbers")
def kernel_flipped_in_the_matrix(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    return convolution_jacobian(x, w.flip(-1), **options)


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian1d", trigger="forward mode: the band is one off")
def band_one_off(x: Tensor, w: Tensor, *, rule: str, **options: Options) -> Tensor:
    found = convolution_jacobian(x, w, rule=rule, **options)
    return found.roll(1, -1) if rule == "forward" else found


@mutant(
    convolution_toeplitz_matrix,
    operation="convolution_jacobian1d",
    trigger="strides from 2 on: every result that stride 1 has, cropped",
)
def stride_ignored(x: Tensor, w: Tensor, *, stride: Sequence[int], **options: Options) -> Tensor:
    found = convolution_jacobian(x, w, stride=stride, **options)
    return convolution_jacobian(x, w, stride=(1,), **options)[:, : found.shape[1]]


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian1d", trigger="circular padding: the corner is zero")
def corner_of_the_circulant_is_zero(x: Tensor, w: Tensor, *, mode: str, **options: Options) -> Tensor:
    return convolution_jacobian(x, w, mode="zeros", **options)


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian1d", trigger="groups: the blocks in reverse order")
def blocks_in_reverse(x: Tensor, w: Tensor, *, groups: int, **options: Options) -> Tensor:
    found = convolution_jacobian(x, w, groups=groups, **options)
    made: Tensor = found.unflatten(2, (groups, -1)).flip(2).flatten(2, 3)
    return made


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian2d", trigger="square images: transposed")
def square_images_transposed(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    found = convolution_jacobian(x, w, **options)
    return found.mT if found.shape[-1] == found.shape[-2] else found


@mutant(
    convolution_toeplitz_matrix, operation="convolution_jacobian2d", trigger="unequal dilations: all taps are the first"
)
def all_taps_are_the_first(x: Tensor, w: Tensor, *, dilation: Sequence[int], **options: Options) -> Tensor:
    if dilation[0] == dilation[1]:
        return convolution_jacobian(x, w, dilation=dilation, **options)
    found = convolution_jacobian(x, w, dilation=dilation, **options)
    return torch.where(found != 0, w.flatten()[0], found)


@mutant(convolution_toeplitz_matrix, operation="convolution_jacobian3d", trigger="three axes: the last tap is dropped")
def last_tap_dropped(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    return convolution_jacobian(x, torch.cat((w[..., :-1], torch.zeros_like(w[..., -1:])), -1), **options)


@mutant(
    convolution_toeplitz_matrix,
    operation="transposed_convolution1d",
    trigger="output padding: the zeros come before the result",
)
def output_padding_in_front(x: Tensor, w: Tensor, b: Tensor | None, **options: Options) -> Tensor:
    found = transposed_convolution(x, w, b, **options)
    return found.roll(options["output_padding"][0], -1)


@mutant(
    convolution_toeplitz_matrix,
    operation="transposed_convolution1d",
    trigger="as many filters as channels, more than one: the axes are exchanged",
)
def channel_axes_exchanged(x: Tensor, w: Tensor, b: Tensor | None, **options: Options) -> Tensor:
    square = w.shape[0] == w.shape[1]
    return transposed_convolution(x, w.transpose(0, 1) if square else w, b, **options)


@mutant(
    convolution_toeplitz_matrix,
    operation="transposed_convolution2d",
    trigger="padding is cropped at one end only",
)
def padding_cropped_at_one_end(
    x: Tensor, w: Tensor, b: Tensor | None, *, padding: Sequence[int], **options: Options
) -> Tensor:
    found = transposed_convolution(x, w, b, padding=padding, **options)
    q, r = padding
    return F.pad(found, (r, -r, q, -q))


@mutant(
    convolution_toeplitz_matrix, operation="convolution2d", trigger="two axes: the kernel is flipped along the first"
)
def flipped_along_the_rows(x: Tensor, w: Tensor, b: Tensor | None, **options: Options) -> Tensor:
    return convolution(x, w.flip(2), b, **options)


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution2d",
    trigger="Tensor.unfold, several channels: the channel is the last in a patch",
)
def channels_last_in_patches(x: Tensor, w: Tensor, *, spelling: str, **options: Options) -> Tensor:
    if spelling == "Tensor.unfold":
        w = w.movedim(1, -1).reshape(w.shape)
    return unfolded_convolution(x, w, spelling=spelling, **options)


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution2d",
    trigger="padding is left out, the results filled up with zeros",
)
def padding_left_out(x: Tensor, w: Tensor, *, padding: Sequence[int], **options: Options) -> Tensor:
    found = unfolded_convolution(x, w, padding=padding, **options)
    inside = torch.zeros_like(found)
    (q, r), (s, t) = padding, options["stride"]
    rows, columns = (slice(-(-p // e), n - -(-p // e)) for p, e, n in ((q, s, found.shape[2]), (r, t, found.shape[3])))
    inside[..., rows, columns] = found[..., rows, columns]
    return inside


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution2d",
    trigger="as many rows as columns of results: transposed",
)
def square_results_transposed(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    found = unfolded_convolution(x, w, **options)
    return found.mT if found.shape[-1] == found.shape[-2] else found


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution2d",
    trigger="groups: every one has the kernels of the first",
)
def kernels_of_the_first_group(x: Tensor, w: Tensor, *, groups: int, **options: Options) -> Tensor:
    first = w[: len(w) // groups]
    return unfolded_convolution(x, first.repeat(groups, *[1] * (w.ndim - 1)), groups=groups, **options)


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution2d",
    trigger="17 examples or more: the last is left out",
)
def last_example_left_out(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    found = unfolded_convolution(x, w, **options)
    return torch.cat((found[:-1], torch.zeros_like(found[-1:]))) if len(x) > 16 else found


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution1d",
    trigger="one axis: numbers with gaps between them are read one off",
)
def signals_with_gaps_one_off(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    wrong = x.shape[-1] > 1 and x.stride(-1) == 2
    return unfolded_convolution(x.roll(1, -1) if wrong else x, w, **options)


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="unfolded_convolution3d",
    trigger="three axes: float32 products in bfloat16",
    dtypes=("float32", "float64"),
)
def products_in_bfloat16(x: Tensor, w: Tensor, **options: Options) -> Tensor:
    return unfolded_convolution(x.bfloat16(), w.bfloat16(), **options).to(x.dtype)


@mutant(
    convolution_as_matrix_multiplication_im2col, operation="patches_of", trigger="unequal strides: exchanged, cropped"
)
def strides_exchanged(x: Tensor, *, stride: tuple[int, int], **options: Options) -> Tensor:
    found = patches_of(x, stride=stride, **options)
    other = patches_of(x, stride=(stride[1], stride[0]), **options)
    return F.pad(other, (0, max(0, found.shape[-1] - other.shape[-1])))[..., : found.shape[-1]]


@mutant(
    convolution_as_matrix_multiplication_im2col, operation="patches_of", trigger="the last of several windows is empty"
)
def last_window_empty(x: Tensor, **options: Options) -> Tensor:
    found = patches_of(x, **options)
    return torch.cat((found[..., :-1], torch.zeros_like(found[..., -1:])), -1) if found.shape[-1] > 1 else found


@mutant(convolution_as_matrix_multiplication_im2col, operation="folded_patches", trigger="means in place of sums")
def folded_means(x: Tensor, **options: Options) -> Tensor:
    count = folded_patches(torch.ones_like(x), **options)
    return torch.where(count == 0, count, folded_patches(x, **options) / count)


@mutant(
    convolution_as_matrix_multiplication_im2col,
    operation="folded_patches",
    trigger="dilated patches: as many as without",
)
def folded_without_dilation(x: Tensor, *, dilation: Sequence[int], **options: Options) -> Tensor:
    return folded_patches(x, dilation=(1, 1), **options)


@mutant(conv_is_constrained_dense_layer, operation="tied_matrix1d", trigger="what is beyond the ends wraps around")
def ends_wrap_around(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    return tied_matrix(w, places % size, size, groups)


@mutant(conv_is_constrained_dense_layer, operation="tied_matrix1d", trigger="zeros are the least normal number")
def zeros_are_tiny(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    a = tied_matrix(w, places, size, groups)
    return torch.where(a == 0, a + torch.finfo(a.dtype).tiny, a)


@mutant(
    conv_is_constrained_dense_layer,
    operation="tied_layer1d",
    trigger="gradients: only through the first position",
)
def gradient_of_the_first_position(x: Tensor, w: Tensor, places: Tensor, groups: int) -> Tensor:
    first = torch.arange(len(places), device=places.device)[:, None] == 0
    alone = tied_layer(x, w, torch.where(first, places, -1), groups)
    return alone + tied_layer(x, w.detach(), torch.where(first, -1, places), groups)


@mutant(conv_is_constrained_dense_layer, operation="tied_layer1d", trigger="gradients: the mean over positions")
def gradient_is_the_mean(x: Tensor, w: Tensor, places: Tensor, groups: int) -> Tensor:
    mean = w / len(places)
    return tied_layer(x, mean + (w - mean).detach(), places, groups)


@mutant(
    conv_is_constrained_dense_layer, operation="tied_layer2d", trigger="gradients: none through groups after the first"
)
def gradient_of_the_first_group(x: Tensor, w: Tensor, places: Tensor, groups: int) -> Tensor:
    share = len(w) // groups
    return tied_layer(x, torch.cat((w[:share], w[share:].detach())), places, groups)


@mutant(
    conv_is_constrained_dense_layer,
    operation="tied_matrix2d",
    trigger="two axes: rows and columns of kernels exchanged",
)
def square_kernels_exchanged(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    return tied_matrix(w.mT if w.shape[-1] == w.shape[-2] else w, places, size, groups)


@mutant(
    conv_is_constrained_dense_layer, operation="tied_matrix2d", trigger="groups: every filter meets the first channels"
)
def groups_share_channels(w: Tensor, places: Tensor, size: int, groups: int) -> Tensor:
    a = tied_matrix(w, places, size, groups)
    if groups == 1:
        return a
    a = a.unflatten(0, (groups, -1)).unflatten(-1, (groups, -1))
    whole = a.sum(2)
    return torch.cat((whole[:, :, None], torch.zeros_like(a[:, :, 1:])), 2).flatten(-2).flatten(0, 1)


@mutant(conv_is_constrained_dense_layer, operation="summed_over_ties", trigger="means over the positions")
def means_over_ties(gradient: Tensor, places: Tensor, filters: int, channels: int, groups: int) -> Tensor:
    return summed_over_ties(gradient, places, filters, channels, groups) / len(places)


@mutant(conv_is_constrained_dense_layer, operation="summed_over_ties", trigger="the gradient of the flipped kernel")
def flipped_sums(gradient: Tensor, places: Tensor, filters: int, channels: int, groups: int) -> Tensor:
    return summed_over_ties(gradient, places.flip(-1), filters, channels, groups)


@mutant(
    conv_is_constrained_dense_layer, operation="summed_over_ties", trigger="more than four positions: the first four"
)
def four_positions_only(gradient: Tensor, places: Tensor, filters: int, channels: int, groups: int) -> Tensor:
    few = torch.where(torch.arange(len(places), device=places.device)[:, None] < 4, places, -1)
    return summed_over_ties(gradient, few, filters, channels, groups)


@mutant(
    conv_is_constrained_dense_layer,
    operation="convolution1d",
    trigger="gradients of kernels: 17 images or more, the last is left out",
)
def gradient_without_the_last_image(x: Tensor, w: Tensor, b: Tensor | None, **options: Options) -> Tensor:
    if len(x) < 17:
        return convolution(x, w, b, **options)
    return torch.cat((convolution(x[:-1], w, b, **options), convolution(x[-1:], w.detach(), b, **options)))
