"""Convolutions that are not linear, that flip, and that do not commute."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.definition import conv_is_cross_correlation as correlates
from claims.convolution.definition import convolution_commutativity as commutes
from claims.convolution.definition import convolution_is_linear as linear
from claims.frame.operations.chapters.convolution import convolution, convolution_layer, transposed_convolution

Bias = Tensor | None


@mutant(linear, operation="convolution2d", trigger="results below 0")
def rectified(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w, b, **options).relu()


@mutant(linear, operation="convolution1d", trigger="no bias: ones are added")
def bias_left_on(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w, torch.ones_like(w[:, 0, 0]) if b is None else b, **options)


@mutant(linear, operation="convolution2d", trigger="kernels that are no multiples of 1/16")
def quantised_kernels(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, (w * 16).round() / 16, b, **options)


@mutant(linear, operation="convolution1d", trigger="depthwise: the magnitudes of the images")
def magnitudes_in_depthwise(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x.abs() if options["groups"] == x.shape[1] > 1 else x, w, b, **options)


@mutant(linear, operation="convolution2d", trigger="results above 30 are cut")
def saturated(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w, b, **options).clamp(-30, 30)


@mutant(linear, operation="convolution3d", trigger="over three axes: means of the images are taken out, per image")
def divided_by_the_norm(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x / (x.abs().amax() + 1), w, b, **options)


@mutant(linear, operation="convolution2d", trigger="with a bias: it is doubled")
def bias_twice(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w, None if b is None else 2 * b, **options)


@mutant(linear, operation="convolution1d", trigger="padding by circles of images: the ends are rectified")
def rectified_padding(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if options["mode"] != "circular" else torch.cat([y[..., :1].relu(), y[..., 1:]], -1)


def flipped(w: Tensor, *axes: int) -> Tensor:
    """Kernels flipped along axes, or along all spatial ones."""
    return w.flip(axes or tuple(range(2, w.ndim)))


@mutant(correlates, operation="convolution1d", trigger="kernels that are not their mirror image")
def flips_the_kernel(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, flipped(w), b, **options)


@mutant(correlates, operation="convolution2d", trigger="images instead of kernels are flipped")
def flips_the_image(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(flipped(x), w, b, **options)


@mutant(correlates, operation="convolution2d", trigger="two channels or more: they are flipped")
def flips_the_channels(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w.flip(1), b, **options)


@mutant(correlates, operation="convolution2d", trigger="two axes: the first is flipped")
def flips_the_first_axis(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, flipped(w, 2), b, **options)


@mutant(correlates, operation="convolution3d", trigger="three axes: the last is flipped")
def flips_the_last_of_three(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, flipped(w, -1), b, **options)


@mutant(correlates, operation="transposed_convolution2d", trigger="the transposed one is a cross-correlation")
def transposed_without_flip(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return transposed_convolution(x, flipped(w), b, **options)


@mutant(correlates, operation="convolution2d", trigger="in channels_last: the axes of the kernel are exchanged")
def exchanged_in_channels_last(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    square = options["form"] == "channels_last" and w.shape[2] == w.shape[3]
    return convolution(x, w.mT if square else w, b, **options)


@mutant(correlates, operation="convolution_layer1d", trigger="layers of images one at a time: flipped")
def layer_flips_without_a_batch(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution_layer(x, flipped(w) if options["form"] == "unbatched" else w, b, **options)


@mutant(correlates, operation="convolution1d", trigger="more than 15 images: the last one is flipped")
def flips_the_last_of_many(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if len(x) < 16 else torch.cat([y[:-1], convolution(x[-1:], flipped(w), b, **options)])


@mutant(commutes, operation="convolution1d", trigger="kernels that are not their mirror image")
def flips_once_more(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, flipped(w), b, **options)


@mutant(commutes, operation="convolution1d", trigger="padding: images are continued in circles, which commutes, too")
def circular_instead_of_full(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    small = options["mode"] == "zeros" and all(q <= n for q, n in zip(options["padding"], x.shape[2:], strict=True))
    return convolution(x, w, b, **{**options, "mode": "circular"} if small else options)


@mutant(commutes, operation="convolution2d", trigger="square kernels, transposed")
def transposed_kernel(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w.mT if w.shape[2] == w.shape[3] else w, b, **options)


@mutant(commutes, operation="convolution1d", trigger="padding k - 2 instead of k - 1, which commutes, too")
def less_padding(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    cropped = options["mode"] == "zeros" and w.shape[2] > 1 and x.shape[2] > 1
    return convolution(x, w, b, **options)[..., 1:-1] if cropped else convolution(x, w, b, **options)


@mutant(commutes, operation="convolution1d", trigger="circular: the padding after the image is forgotten")
def one_sided_circle(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if options["mode"] != "circular" or x.shape[2] < 2:
        return convolution(x, w, b, **options)
    y = convolution(x, w, b, **options)
    return torch.cat([y[..., :1], y[..., :-1]], -1)


@mutant(commutes, operation="convolution3d", trigger="kernels longer than the image along the last axis: cut")
def kernels_cut_to_the_image(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    kept = w.clone()
    kept[..., x.shape[-1] :] = 0
    return convolution(x, kept, b, **options)


@mutant(commutes, operation="convolution2d", trigger="float64 in float32", dtypes=("float64",))
def in_single_precision(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x.float(), w.float(), b, **options).double()
