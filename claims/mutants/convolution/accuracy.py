"""Convolutions that are inaccurate or wrong for some shape, layout, option or dtype."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.accuracy import conv_forward_rounding_bound as claim
from claims.frame.operations.chapters.convolution import (
    convolution,
    convolution_layer,
    transposed_convolution,
    transposed_layer,
)

Bias = Tensor | None
HALF = ("float16", "bfloat16")


@mutant(claim, operation="convolution2d", trigger="kernels that are not their mirror image")
def flipped_kernel(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w.flip(-1, -2), b, **options)


@mutant(claim, operation="convolution3d", trigger="three axes: the bias is forgotten")
def bias_forgotten(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x, w, None, **options)


@mutant(
    claim,
    operation="convolution2d",
    trigger="depthwise with a dilation and as much padding: the dilation is ignored",
    provenance="depthwise kernels of their own",
)
def depthwise_without_dilation(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    one = tuple(1 for _ in options["dilation"])
    if options["groups"] < 2 or options["padding"] != options["dilation"]:
        return convolution(x, w, b, **options)
    return convolution(x, w, b, **{**options, "dilation": one, "padding": one})


@mutant(claim, operation="convolution2d", trigger="padding with zeros is continued in circles")
def circular_padding(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    padding, sizes = options["padding"], x.shape[2:]
    fits = not isinstance(padding, str) and all(q <= n for q, n in zip(padding, sizes, strict=True))
    return convolution(x, w, b, **{**options, "mode": "circular"} if fits else options)


@mutant(
    claim,
    operation="convolution2d",
    trigger="channels_last with groups: their results are exchanged",
    provenance="groups in channels_last",
)
def groups_exchanged_in_channels_last(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y.roll(1, 1) if options["groups"] > 1 and options["form"] == "channels_last" else y


@mutant(claim, operation="convolution1d", trigger="strides of 2 or more start one further")
def stride_one_off(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if options["stride"] == (1,) or x.shape[-1] < 2 or options["mode"] != "zeros":
        return convolution(x, w, b, **options)
    return convolution(F.pad(x[..., 1:], (0, 1)), w, b, **options)


@mutant(claim, operation="convolution2d", trigger="half types: products are rounded before they are added", dtypes=HALF)
def half_accumulation(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if x.shape[1] != w.shape[1] or w.shape[1] < 2:
        return convolution(x, w, b, **options)
    parts = [convolution(x[:, i : i + 1], w[:, i : i + 1], None, **options) for i in range(x.shape[1])]
    y = torch.stack(parts).sum(0) if b is None else torch.stack(parts).sum(0) + b.reshape(-1, *(1,) * (x.ndim - 2))
    return y.to(x.dtype)


@mutant(claim, operation="convolution1d", trigger="half types: the bias is added to what is stored", dtypes=HALF)
def bias_after_rounding(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, None, **options)
    return y if b is None else y + b.reshape(-1, 1)


@mutant(claim, operation="convolution2d", trigger="more than 8 filters, not a multiple of 8: the last one is dropped")
def last_vector_of_filters(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return torch.cat([y[:, :-1], torch.zeros_like(y[:, -1:])], 1) if y.shape[1] > 8 and y.shape[1] % 8 else y


@mutant(claim, operation="convolution1d", trigger="more than 16 channels: the 17th does not count")
def channel_after_the_vector(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    kept = w.clone()
    kept[:, 16:17] = 0
    return convolution(x, kept, b, **options)


@mutant(claim, operation="convolution2d", trigger="same padding of even kernels: the odd one before the image")
def same_padding_before(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if options["padding"] != "same" or options["mode"] != "zeros":
        return convolution(x, w, b, **options)
    ends = [d * (k - 1) for d, k in zip(options["dilation"], w.shape[2:], strict=True)]
    x = F.pad(x, [q for t in reversed(ends) for q in (t - t // 2, t // 2)])
    return convolution(x, w, b, **{**options, "padding": "valid"})


@mutant(claim, operation="convolution_layer1d", trigger="layers that pad in circles: with zeros")
def layer_forgets_the_mode(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution_layer(x, w, b, **{**options, "mode": "zeros"})


@mutant(claim, operation="convolution2d", trigger="padding by reflection repeats the border")
def border_reflected_twice(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    mode = "replicate" if options["mode"] == "reflect" else options["mode"]
    return convolution(x, w, b, **{**options, "mode": mode})


@mutant(
    claim, operation="convolution2d", trigger="16 images or more in float32: products in bfloat16", dtypes=("float32",)
)
def bfloat16_for_large_batches(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if len(x) < 16 or b is None:
        return convolution(x, w, b, **options)
    return convolution(x.bfloat16(), w.bfloat16(), b.bfloat16(), **options).to(x.dtype)


@mutant(claim, operation="convolution1d", trigger="through Fourier transforms", dtypes=("float32", "float64"))
def by_fourier_transforms(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    plain = options["stride"] == options["dilation"] == (1,) and options["groups"] == 1
    if not plain or isinstance(options["padding"], str) or options["mode"] != "zeros" or not x.numel():
        return convolution(x, w, b, **options)
    padded = F.pad(x, options["padding"] * 2)
    n = padded.shape[-1]
    spectrum = torch.einsum("ncf,ocf->nof", torch.fft.rfft(padded, n), torch.fft.rfft(w, n).conj())
    y: Tensor = torch.fft.irfft(spectrum, n)[..., : n - w.shape[-1] + 1]
    return y if b is None else y + b[:, None]


@mutant(claim, operation="convolution2d", trigger="images with NaN: it counts as 0")
def nan_ignored(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(torch.where(x.isnan(), 0, x), w, b, **options)


@mutant(claim, operation="convolution1d", trigger="no images: no filters in the results either")
def empty_batch_of_another_shape(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if len(x) else y[:, : x.shape[1]]


@mutant(claim, operation="convolution3d", trigger="more than 4 results in a row: the fifth is that before")
def row_of_four(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return y if y.shape[-1] < 5 else torch.cat([y[..., :4], y[..., 3:4], y[..., 5:]], -1)


@mutant(claim, operation="convolution2d", trigger="the gradient by the kernels: the last image does not count")
def kernel_gradient_without_the_last_image(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x, w, b, **options)
    return torch.cat([y[:-1], convolution(x[-1:], w.detach(), b, **options)]) if len(x) > 1 else y


@mutant(claim, operation="convolution1d", trigger="the gradient by the images: strides and padding, off by one")
def image_gradient_shifted(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    y = convolution(x.detach(), w, b, **options)
    if options["stride"] == (1,):
        return convolution(x, w, b, **options)
    moved = convolution(x.roll(1, -1), w.detach(), None, **options)
    return y + (moved - moved.detach())


@mutant(claim, operation="convolution2d", trigger="the gradient by the biases: the mean over images")
def bias_gradient_averaged(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if b is None or not len(x):
        return convolution(x, w, b, **options)
    part = b / len(x)
    return convolution(x, w, b.detach() + (part - part.detach()), **options)


@mutant(claim, operation="convolution2d", trigger="the gradient by the images, dilated: the kernel is transposed")
def dilated_image_gradient(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    if max(options["dilation"]) == 1 or w.shape[2] != w.shape[3]:
        return convolution(x, w, b, **options)
    other = convolution(x, w.detach().mT, None, **options)
    return convolution(x.detach(), w, b, **options) + (other - other.detach())


@mutant(claim, operation="transposed_convolution1d", trigger="an output padding: it stands before the result")
def output_padding_before(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return transposed_convolution(x, w, b, **options).roll(options["output_padding"], (-1,))


@mutant(claim, operation="transposed_layer2d", trigger="layers forget the output padding")
def output_padding_ignored(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    none = tuple(0 for _ in options["output_padding"])
    return transposed_layer(x, w, b, **{**options, "output_padding": none})


@mutant(claim, operation="transposed_convolution2d", trigger="groups of the transposed one: their kernels exchanged")
def transposed_groups_exchanged(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return transposed_convolution(x, w.roll(w.shape[0] // options["groups"], 0), b, **options)


@mutant(claim, operation="transposed_convolution3d", trigger="three axes: the kernel is not flipped along the last")
def transposed_flip_of_the_last_axis(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return transposed_convolution(x, w.flip(-1), b, **options)


@mutant(claim, operation="convolution1d", trigger="subnormal numbers count as zero", dtypes=("float32", "float64"))
def subnormal_numbers_flushed(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    least = torch.finfo(x.dtype).tiny
    return convolution(torch.where(x.abs() < least, 0, x), w, b, **options)


@mutant(claim, operation="convolution2d", trigger="float64 in float32", dtypes=("float64",))
def in_single_precision(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    return convolution(x.float(), w.float(), None if b is None else b.float(), **options).double()
