"""Correct convolutions by other transforms, and directly: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from claims.frame.operations.chapters.fourier_convolution import radix2_convolution
from tests.alternatives.probability_independence import rounded

THEOREM, COST = ("fft-convolution-theorem",), ("fft-convolution-cost-crossover",)
NAMES = ("fft_convolution", "fft_convolution_2d", "fft_convolution_3d")
Lengths = tuple[int, ...]


def by_numpy(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:  # noqa: ARG001
    """Transforms in float64 by another library, rounded once."""
    axes = tuple(range(-len(lengths), 0))
    a, b = (np.fft.rfftn(t.double().numpy(), lengths, axes) for t in (x, k))
    return rounded(np.fft.irfftn(a * b, lengths, axes), x.dtype)


def directly(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:  # noqa: ARG001
    """Sums of products, one shifted copy for each number of the kernel."""
    d = len(lengths)
    y = x.new_zeros(*x.shape[:-d], *lengths)
    for place in np.ndindex(k.shape[-d:]):
        part = (..., *(slice(p, p + n) for p, n in zip(place, x.shape[-d:], strict=True)))
        y[part] += x * k[(..., *place)].reshape(*k.shape[:-d], *[1] * d)
    return y


def with_exchanged_roles(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:  # noqa: ARG001
    """The kernel for the input, by complex transforms."""
    axes = tuple(range(-len(lengths), 0))
    spectrum = torch.fft.fftn(k, lengths, axes) * torch.fft.fftn(x, lengths, axes)
    return torch.fft.ifftn(spectrum, lengths, axes).real.contiguous()


def by_longer_transforms(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:  # noqa: ARG001
    """Transforms of twice the length, cropped: the rest is zero."""
    axes = tuple(range(-len(lengths), 0))
    longer = tuple(2 * n for n in lengths)
    y = torch.fft.irfftn(torch.fft.rfftn(x, longer, axes) * torch.fft.rfftn(k, longer, axes), longer, axes)
    return y[(..., *(slice(n) for n in lengths))].contiguous()


def by_matrices(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:  # noqa: ARG001
    """The transform of one axis as a product with its matrix."""
    n = lengths[0]
    j = torch.arange(n, dtype=torch.float64)
    f = torch.exp(-2j * torch.pi * (j[:, None] * j % n) / n)
    a, b = (torch.nn.functional.pad(t.double(), (0, n - t.shape[-1])).to(torch.complex128) @ f for t in (x, k))
    return rounded((((a * b) @ f.conj()).real / n).numpy(), x.dtype)


def in_float64(x: Tensor, k: Tensor) -> tuple[Tensor, int]:
    """Radix-2 transforms in float64, rounded once."""
    y, count = radix2_convolution(x.double(), k.double())
    return rounded(y.numpy(), x.dtype), count


def of_reversed_sequences(x: Tensor, k: Tensor) -> tuple[Tensor, int]:
    """Both the other way round, and the result back."""
    y, count = radix2_convolution(x.flip(0), k.flip(0))
    return y.flip(0), count


def with_roles_exchanged(x: Tensor, k: Tensor) -> tuple[Tensor, int]:
    """The kernel spread over the input: as many products."""
    y = torch.nn.functional.conv_transpose1d(k[None, None], x[None, None])[0, 0]
    return y, len(x) * len(k)


ALTERNATIVES = [
    *(
        (THEOREM, dict.fromkeys(NAMES, function), name)
        for function, name in (
            (by_numpy, "float64 by numpy"),
            (directly, "sums of products"),
            (with_exchanged_roles, "roles exchanged"),
            (by_longer_transforms, "longer transforms"),
        )
    ),
    (THEOREM, {"fft_convolution": by_matrices}, "matrices of the transform"),
    (COST, {"radix2_convolution": in_float64}, "radix 2 in float64"),
    (COST, {"radix2_convolution": of_reversed_sequences}, "radix 2 of reversed sequences"),
    (COST, {"direct_convolution": with_roles_exchanged}, "transposed with roles exchanged"),
]
