"""Convolutions by other algorithms, in other orders and layouts: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.convolution import convolution, transposed_convolution

Bias = Tensor | None
CLAIMS = (
    "conv-forward-rounding-bound",
    "convolution-is-linear",
    "conv-is-cross-correlation",
    "convolution-commutativity",
    "kernel-flip-only-for-commutativity",
    "convolution-composed-with-nonlinearity-not-commutative",
)


def wide(t: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return t.float() if t.dtype.itemsize == 2 else t


def padded(x: Tensor, w: Tensor, options: dict[str, Any]) -> Tensor:
    """The images with their padding."""
    padding, mode = options["padding"], options["mode"]
    whole = [d * (k - 1) for d, k in zip(options["dilation"], w.shape[2:], strict=True)]
    ends = {"same": [(t // 2, t - t // 2) for t in whole], "valid": [(0, 0)] * len(whole)}.get(str(padding))
    ends = [(q, q) for q in padding] if ends is None else ends
    sides = [q for pair in reversed(ends) for q in pair]
    return F.pad(x, sides, mode="constant" if mode == "zeros" else mode)


def patches(x: Tensor, w: Tensor, options: dict[str, Any]) -> Tensor:
    """Images (n, c, *) as (n, c, *results, *kernel)."""
    x, d = padded(x, w, options), w.ndim - 2
    for axis, (k, s, i) in enumerate(zip(w.shape[2:], options["stride"], options["dilation"], strict=True), 2):
        x = x.unfold(axis, i * (k - 1) + 1, s)[..., ::i]
    assert x.ndim == 2 + 2 * d
    return x


def by_patches(add: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """Patches (n, g, p, ck) and kernels (g, ck, o) by some product of matrices, in the accumulator."""

    def convolved(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
        d, g = w.ndim - 2, options["groups"]
        if 0 in x.shape[:2]:
            return convolution(x, w, b, **options)
        met = patches(wide(x), w, options)
        sizes = met.shape[2 : 2 + d]
        columns = met.flatten(2 + d).flatten(2, 1 + d).unflatten(1, (g, -1)).movedim(2, 3).flatten(3)
        kernels = wide(w).flatten(1).unflatten(0, (g, -1)).mT
        y = add(columns, kernels).mT.flatten(1, 2).unflatten(2, sizes)
        return (y if b is None else y + wide(b).reshape(-1, *(1,) * d)).to(x.dtype)

    return convolved


def in_float64(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    """Rounded once."""
    return rounded(convolution(x.double(), w.double(), None if b is None else b.double(), **options), x.dtype)


def rounded(y: Tensor, dtype: torch.dtype) -> Tensor:
    """Through float32, to odd: torch rounds float64 to half types twice."""
    if dtype.itemsize > 2 or not y.numel():
        return y.to(dtype)
    bits = y.detach().float()
    exactly = bits.double() == y.detach()
    toward = torch.where(bits.double().abs() > y.detach().abs(), torch.nextafter(bits, torch.zeros_like(bits)), bits)
    odd = torch.where(exactly | ~bits.isfinite(), bits, (toward.view(torch.int32) | 1).view(torch.float32))
    return (y - y.detach()).to(dtype) + odd.to(dtype) if y.requires_grad else odd.to(dtype)


def channels_backwards(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    """Sums in another order."""
    if options["groups"] > 1:
        return convolution(x, w, b, **options)
    return convolution(x.flip(1), w.flip(1), b, **options)


def group_by_group(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    """One convolution for each group."""
    g = options["groups"]
    biases: Sequence[Bias] = [None] * g if b is None else b.chunk(g)
    parts = zip(x.chunk(g, 1), w.chunk(g), biases, strict=True)
    return (
        torch.cat([convolution(*part, **{**options, "groups": 1}) for part in parts], 1)
        if x.shape[1]
        else (convolution(x, w, b, **options))
    )


def always_channels_last(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    """In the other memory format."""
    form = {4: "channels_last", 5: "channels_last_3d"}.get(w.ndim, "")
    return convolution(x, w, b, **{**options, "form": form or options["form"]})


def in_blocks(columns: Tensor, kernels: Tensor) -> Tensor:
    """Four terms at a time."""
    parts = zip(columns.split(4, -1), kernels.split(4, -2), strict=True)
    return torch.stack([a @ k for a, k in parts]).sum(0)


def one_by_one(columns: Tensor, kernels: Tensor) -> Tensor:
    """Backwards, one product after the other."""
    y = columns[..., -1:] * kernels[..., -1:, :]
    for i in range(columns.shape[-1] - 2, -1, -1):
        y = y + columns[..., i : i + 1] * kernels[..., i : i + 1, :]
    return y


def transposed_with_zeros(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
    """Zeros between the numbers of the images, and a convolution with flipped kernels, in the accumulator."""
    d, g = w.ndim - 2, options["groups"]
    if 0 in x.shape[:2]:
        return transposed_convolution(x, w, b, **options)
    z, sides = wide(x), []
    for axis in range(d):
        n, s = x.shape[2 + axis], options["stride"][axis]
        z = torch.stack([z, *[torch.zeros_like(z)] * (s - 1)], 3 + axis).flatten(2 + axis, 3 + axis)
        z = z.narrow(2 + axis, 0, (n - 1) * s + 1)
        reach = options["dilation"][axis] * (w.shape[2 + axis] - 1)
        sides.append(
            (reach - options["padding"][axis], reach - options["padding"][axis] + options["output_padding"][axis])
        )
    z = F.pad(z, [q for pair in reversed(sides) for q in pair])
    kernels = wide(w).flip(list(range(2, w.ndim))).unflatten(0, (g, -1)).transpose(1, 2).flatten(0, 1)
    one = (1,) * d
    plain = {
        "stride": one,
        "padding": (0,) * d,
        "dilation": options["dilation"],
        "groups": g,
        "mode": "zeros",
        "form": "",
    }
    return by_patches(torch.matmul)(z, kernels, None if b is None else wide(b), **plain).to(x.dtype)


def everywhere(function: Callable[..., Tensor], *names: str) -> dict[str, Callable[..., Tensor]]:
    """For one to three axes; of images without channels, where torch departs, the biases."""

    def with_channels(x: Tensor, w: Tensor, b: Bias, **options: Any) -> Tensor:
        options = {**options, "form": options["form"].replace("native", "")}  # NNPACK is no correct alternative
        if x.shape[1]:
            return function(x, w, b, **options)
        g = options["groups"]
        image, kernel = x.new_zeros(len(x), g, *x.shape[2:]), w.new_zeros(len(w), 1, *w.shape[2:])
        return convolution(image, kernel, b, **options) + x.sum() + w.sum()

    return {f"{name}{d}d": with_channels for name in names for d in (1, 2, 3)}


BOTH = ("convolution", "convolution_layer")
ALTERNATIVES = [
    (CLAIMS, everywhere(by_patches(torch.matmul), "convolution"), "products of patches"),
    (CLAIMS[:3], everywhere(by_patches(in_blocks), *BOTH), "blocks of four terms"),
    (CLAIMS[:2], everywhere(by_patches(one_by_one), *BOTH), "one product after the other"),
    (CLAIMS, everywhere(in_float64, "convolution"), "in float64"),
    (CLAIMS[:4], everywhere(channels_backwards, "convolution"), "channels backwards"),
    (CLAIMS[:3], everywhere(group_by_group, "convolution"), "group by group"),
    (CLAIMS[:3], everywhere(always_channels_last, *BOTH), "always channels_last"),
    (
        ("conv-forward-rounding-bound",),
        everywhere(transposed_with_zeros, "transposed_convolution", "transposed_layer"),
        "zeros between numbers",
    ),
]
