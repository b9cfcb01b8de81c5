"""Legitimate but less accurate kernels, each with the class of bounds that it meets, and wrong ones beside them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from claims.frame.operations.chapters.convolution import convolution
from claims.frame.operations.chapters.moments import reduction

BLOCK = 16


def wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def _strassen(a: Tensor, b: Tensor) -> Tensor:
    (m, n), p = a.shape[-2:], b.shape[-1]
    if min(m, n, p) <= BLOCK:
        return a @ b
    a = torch.nn.functional.pad(a, (0, n % 2, 0, m % 2))
    b = torch.nn.functional.pad(b, (0, p % 2, 0, n % 2))
    (a11, a12), (a21, a22) = (rows.chunk(2, -1) for rows in a.chunk(2, -2))
    (b11, b12), (b21, b22) = (rows.chunk(2, -1) for rows in b.chunk(2, -2))
    p1, p2, p3 = _strassen(a11 + a22, b11 + b22), _strassen(a21 + a22, b11), _strassen(a11, b12 - b22)
    p4, p5 = _strassen(a22, b21 - b11), _strassen(a11 + a12, b22)
    p6, p7 = _strassen(a21 - a11, b11 + b12), _strassen(a12 - a22, b21 + b22)
    top, bottom = (p1 + p4 - p5 + p7, p3 + p5), (p2 + p4, p1 - p2 + p3 + p6)
    return torch.cat((torch.cat(top, -1), torch.cat(bottom, -1)), -2)[..., :m, :p]


def product_by_strassen(a: Tensor, b: Tensor) -> Tensor:
    """Seven products of halves instead of eight, down to blocks of 16; vectors as torch multiplies them."""
    if min(a.ndim, b.ndim) < 2:
        return a @ b
    return _strassen(wide(a), wide(b)).to(a.dtype)


def product_by_fourier(a: Tensor, b: Tensor) -> Tensor:
    """Each row as a polynomial times each column backwards: the coefficient of the middle power."""
    if min(a.ndim, b.ndim) < 2 or 0 in (*a.shape, *b.shape):
        return a @ b
    n = a.shape[-1]
    length = 1 << (2 * n - 1).bit_length()
    rows = torch.fft.rfft(wide(a), n=length)
    columns = torch.fft.rfft(wide(b).mT.flip(-1), n=length)
    products = rows[..., :, None, :] * columns[..., None, :, :]
    return torch.fft.irfft(products, n=length)[..., n - 1].to(a.dtype)


def product_with_a_wrong_term(a: Tensor, b: Tensor) -> Tensor:
    """The last inner index counts one part in a hundred too much."""
    weights = torch.ones(a.shape[-1], dtype=wide(a).dtype)
    weights[-1:] += 0.01
    return ((wide(a) * weights) @ wide(b)).to(a.dtype)


def convolution_by_fourier(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    """Of zeros at both ends, one group, and neither strides nor dilations; others as torch computes them."""
    d = w.ndim - 2
    plain = set(options["stride"]) | set(options["dilation"]) | {options["groups"]} == {1}
    if not plain or isinstance(options["padding"], str) or options["mode"] != "zeros" or 0 in x.shape:
        return convolution(x, w, b, **options)
    padded = torch.nn.functional.pad(wide(x), [q for p in reversed(options["padding"]) for q in (p, p)])
    sizes, axes = padded.shape[-d:], tuple(range(-d, 0))
    images, kernels = (torch.fft.rfftn(t, s=sizes, dim=axes) for t in (padded, wide(w)))
    y = torch.fft.irfftn(torch.einsum("nc...,oc...->no...", images, kernels.conj()), s=sizes, dim=axes)
    y = y[(..., *(slice(n - k + 1) for n, k in zip(sizes, w.shape[-d:], strict=True)))]
    return (y if b is None else y + wide(b).reshape(-1, *(1,) * d)).to(x.dtype)


def convolution_without_onednn(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    """By NNPACK's transforms of tiles, where torch has it: in float32, of 16 images or more."""
    with torch.backends.mkldnn.flags(enabled=False):
        return convolution(x, w, b, **options)


def convolution_of_a_smaller_kernel(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    """The last tap counts one part in a hundred less."""
    weights = torch.ones_like(w)
    weights.flatten(1)[:, -1:] -= 0.01
    return convolution(x, w * weights, b, **options)


def _moments(x: Tensor, dim: int, second: Tensor, first: Tensor, correction: float) -> Tensor:
    n = x.shape[dim]
    return (second - first.square()).clamp_min(0) * (n / (n - correction))


def _correction(options: dict[str, Any]) -> float:
    return float(options.get("correction", int(options.get("unbiased", True))))


def variance_in_one_pass(x: Tensor, name: str, spelling: str, dim: int, **options: Any) -> Tensor:
    """E[x^2] - E[x]^2, in the accumulator."""
    correction = _correction(options)
    if name == "mean" or x.shape[dim] <= correction or not x.isfinite().all():
        return reduction(x, name, spelling, dim, **options)
    y = wide(x)
    v = _moments(y, dim, y.square().mean(dim), y.mean(dim), correction)
    return (v if name == "var" else v.sqrt()).to(x.dtype)


def variance_about_zero(x: Tensor, name: str, spelling: str, dim: int, **options: Any) -> Tensor:
    """E[x^2]: the mean is forgotten."""
    correction = _correction(options)
    if name == "mean" or x.shape[dim] <= correction or not x.isfinite().all():
        return reduction(x, name, spelling, dim, **options)
    y = wide(x)
    v = _moments(y, dim, y.square().mean(dim), torch.zeros_like(y.mean(dim)), correction)
    return (v if name == "var" else v.sqrt()).to(x.dtype)


def covariance_in_one_pass(x: Tensor, **options: Any) -> Tensor:
    """E[x y] - E[x] E[y], in the accumulator."""
    correction = float(options.get("correction", 1))
    if x.ndim < 2 or x.shape[-1] <= correction or not x.isfinite().all():
        return torch.cov(x, **options)
    y, n = wide(x), x.shape[-1]
    mean = y.mean(-1)
    return ((y @ y.mT / n - mean[..., :, None] * mean[..., None, :]) * (n / (n - correction))).to(x.dtype)


def mean_in_stored_steps(x: Tensor, name: str, spelling: str, dim: int, **options: Any) -> Tensor:
    """One number after another is added, and each sum is rounded to the dtype."""
    if name != "mean" or not 0 < x.shape[dim] <= 256 or not x.isfinite().all():
        return reduction(x, name, spelling, dim, **options)
    total = torch.zeros_like(x.select(dim, 0))
    for part in x.unbind(dim):
        total = total + part
    return total / x.shape[dim]


def norm_in_stored_steps(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """Squares and sums of them rounded to the dtype."""
    if p != 2 or how or x.ndim == 0 or x.shape[dim] < 2 or not x.isfinite().all():
        return torch.linalg.vector_norm(x, p, dim=dim, **how)
    total = torch.zeros_like(x.select(dim, 0))
    for part in x.unbind(dim):
        total = total + part * part
    return total.sqrt()


def norm_without_its_last_entry(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """Of vectors with more entries than one."""
    if x.ndim and x.shape[dim] > 1:
        x = x.narrow(dim, 0, x.shape[dim] - 1)
    return torch.linalg.vector_norm(x, p, dim=dim, **how)


def unshifted_softmax(x: Tensor, dim: int) -> Tensor:
    """e^x / sum e^x, in the accumulator."""
    e = wide(x).exp()
    return (e / e.sum(dim, keepdim=True)).to(x.dtype)


def unshifted_log_softmax(x: Tensor, dim: int) -> Tensor:
    """x - log sum e^x, in the accumulator."""
    w = wide(x)
    return (w - w.exp().sum(dim, keepdim=True).log()).to(x.dtype)


def unshifted_logsumexp(x: Tensor, dim: int | tuple[int, ...], *, keepdim: bool = False) -> Tensor:
    """log sum e^x, in the accumulator."""
    return wide(x).exp().sum(dim, keepdim=keepdim).log().to(x.dtype)


def softmax_in_stored_steps(x: Tensor, dim: int) -> Tensor:
    """Shifted, each step rounded to the dtype."""
    if x.ndim and not x.shape[dim]:
        return x.clone()
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


def softmax_of_a_smaller_sum(x: Tensor, dim: int) -> Tensor:
    """The sum lacks one part in ten."""
    return (wide(x).softmax(dim) * 1.1).to(x.dtype)
