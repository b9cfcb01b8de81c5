"""Full convolution by Fourier transforms, and directly; with how many multiplications."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def fft_convolution(x: Tensor, k: Tensor, lengths: tuple[int, ...], spelling: str) -> Tensor:
    """x (..., *n) and k (..., *m) convolved around `lengths` N by transforms of the last axes: (..., *N)."""
    dims = tuple(range(-len(lengths), 0))
    y: Tensor = x
    if spelling == "complex":
        product = torch.fft.fftn(x, lengths, dims) * torch.fft.fftn(k, lengths, dims)
        y = torch.fft.ifftn(product, lengths, dims).real
    elif spelling == "real":
        product = torch.fft.rfftn(x, lengths, dims) * torch.fft.rfftn(k, lengths, dims)
        y = torch.fft.irfftn(product, lengths, dims)
    else:
        a, b = torch.fft.rfft(x, lengths[-1], norm="ortho"), torch.fft.rfft(k, lengths[-1])
        for d, n in zip(dims[:-1], lengths[:-1], strict=True):
            a, b = torch.fft.fft(a, n, d, norm="ortho"), torch.fft.fft(b, n, d)
        product = a * b
        for d, n in zip(dims[:-1], lengths[:-1], strict=True):
            product = torch.fft.ifft(product, n, d, norm="ortho")
        y = torch.fft.irfft(product, lengths[-1], norm="ortho")
    return y


def there_and_back(x: Tensor) -> Tensor:
    """The real transform along the last axis and its inverse, which is not told the length."""
    made: Tensor = torch.fft.irfft(torch.fft.rfft(x))
    return made


def radix2_convolution(x: Tensor, k: Tensor) -> tuple[Tensor, int]:
    """The full convolution of x (n,) and k (m,) by radix-2 transforms in real arithmetic, and how many products.

    torch's FLOP counter is told to count elementwise products. Weights are made beforehand; N is a power of 2.
    """
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  the function is shown on its own

    n = x.shape[-1] + k.shape[-1] - 1
    length = 1 << (n - 1).bit_length()
    stages = length.bit_length() - 1
    angle = torch.arange(length // 2, dtype=torch.float64, device=x.device) * (2 * torch.pi / length)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    order = torch.arange(length, device=x.device).reshape([2] * stages).permute(list(range(stages))[::-1]).flatten()

    def times(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
        return a * c - b * d, a * d + b * c

    def transform(re: Tensor, im: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
        half = 1
        re, im = re[..., order], im[..., order]
        while half < length:
            step = length // (2 * half)
            (a, p), (b, q) = (v.reshape(*v.shape[:-1], step, 2, half).unbind(-2) for v in (re, im))
            p, q = times(p, q, cos[::step], s[::step])
            re, im = torch.cat((a + p, a - p), -1).reshape(re.shape), torch.cat((b + q, b - q), -1).reshape(re.shape)
            half *= 2
        return re, im

    both = torch.stack([torch.nn.functional.pad(v, (0, length - v.shape[-1])) for v in (x, k)])
    counter = FlopCounterMode(
        display=False, custom_mapping={torch.ops.aten.mul: lambda *_, out_shape, **__: out_shape.numel()}
    )
    with counter:
        (a, c), (b, d) = transform(both, torch.zeros_like(both), -sin)
        y, _ = transform(*times(a, b, c, d), sin)
    return y[..., :n] / length, counter.get_total_flops()


def direct_convolution(x: Tensor, k: Tensor) -> tuple[Tensor, int]:
    """The full convolution of x (n,) and k (m,), and its products, two operations each for torch's FLOP counter."""
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  the function is shown on its own

    with FlopCounterMode(display=False) as counter:
        y = torch.nn.functional.conv_transpose1d(x[None, None], k[None, None])[0, 0]
    return y, counter.get_total_flops() // 2


def counted_fft(x: Tensor, k: Tensor) -> int:
    """What torch's FLOP counter counts for the full convolution of x (n,) and k (m,) by `torch.fft`."""
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  the function is shown on its own

    n = x.shape[-1] + k.shape[-1] - 1
    with FlopCounterMode(display=False) as counter:
        torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(k, n), n)
    made: int = counter.get_total_flops()
    return made


ROWS = {
    "fft_convolution": Operation(fft_convolution, "fft_convolution", axes=(1, 1), accumulator="stored"),
    "fft_convolution_2d": Operation(fft_convolution, "fft_convolution", axes=(2, 2), accumulator="stored"),
    "fft_convolution_3d": Operation(fft_convolution, "fft_convolution", axes=(3, 3), accumulator="stored"),
    "there_and_back": Operation(there_and_back, "there_and_back", axes=(1,)),
    "radix2_convolution": Operation(radix2_convolution, "radix2_convolution", accumulator="stored"),
    "direct_convolution": Operation(direct_convolution, "direct_convolution", product=True),
    "counted_fft": Operation(counted_fft, "counted_fft"),
}
