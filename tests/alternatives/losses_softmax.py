"""Correct ways to evaluate softmax that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

SOFTMAX = ("softmax-definition-accuracy", "softmax-shift-invariance", "softmax-naive-failure")
LOGARITHM = ("log-softmax-accuracy", "softmax-shift-invariance", "softmax-definition-accuracy")
EMPTY = -float("inf")


def _wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def _largest(x: Tensor, dim: int) -> Tensor:
    return x.amax(dim, keepdim=True) if x.ndim == 0 or x.shape[dim] else x.sum(dim, keepdim=True)


def reversed_sum(e: Tensor, dim: int) -> Tensor:
    """One addition after the other, from the last entry to the first."""
    if e.ndim == 0 or not e.shape[dim]:
        return e.sum(dim, keepdim=True)
    return e.flip(dim).cumsum(dim).narrow(dim, e.shape[dim] - 1, 1)


def blocked_sum(e: Tensor, dim: int) -> Tensor:
    """Blocks of 64 entries, and the sum of their sums."""
    if e.ndim == 0:
        return e
    return torch.cat([block.sum(dim, keepdim=True) for block in e.split(64, dim)], dim).sum(dim, keepdim=True)


def online_sum(x: Tensor, dim: int) -> Tensor:
    """One pass over blocks of 64: the running sum is rescaled when the running maximum grows."""
    if x.ndim == 0:
        return torch.ones_like(x)
    blocks = [b for b in x.split(64, dim) if b.shape[dim]]
    shape = x.sum(dim, keepdim=True).shape
    largest, total = x.new_full(shape, EMPTY), x.new_zeros(shape)
    for block in blocks:
        now = torch.maximum(largest, _largest(block, dim))
        shift = torch.where(now == EMPTY, 0.0, now)  # all masked so far
        total = total * (largest - shift).exp() + (block - shift).exp().sum(dim, keepdim=True)
        largest = now
    return total


def _of_exponentials(sum_of: Callable[[Tensor, int], Tensor]) -> Callable[[Tensor, int], Tensor]:
    def total(x: Tensor, dim: int) -> Tensor:
        return sum_of((x - _largest(x, dim)).exp(), dim)

    return total


def softmax_by(total: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """Softmax whose sum of shifted exponentials is `total(x, dim)`."""

    def softmax(x: Tensor, dim: int) -> Tensor:
        w = _wide(x)
        return ((w - _largest(w, dim)).exp() / total(w, dim)).to(x.dtype)

    return softmax


def log_softmax_by(total: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """Log-softmax whose sum of shifted exponentials is `total(x, dim)`."""

    def log_softmax(x: Tensor, dim: int) -> Tensor:
        w = _wide(x)
        return (w - _largest(w, dim) - total(w, dim).log()).to(x.dtype)

    return log_softmax


def softmax_in_float64(x: Tensor, dim: int) -> Tensor:
    """Wider than it need be, rounded once."""
    return _rounded(x.double().softmax(dim), x.dtype)


def log_softmax_in_float64(x: Tensor, dim: int) -> Tensor:
    """Wider than it need be, rounded once."""
    return _rounded(x.double().log_softmax(dim), x.dtype)


def cross_entropy_by(log_softmax: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The loss per row, picked from a log-softmax."""

    def cross_entropy(x: Tensor, target: Tensor, reduction: str) -> Tensor:
        assert reduction == "none"
        return -log_softmax(x, -1).gather(-1, target[..., None])[..., 0]

    return cross_entropy


def _logarithms(log_softmax: Callable[..., Tensor]) -> dict[str, Callable[..., Tensor]]:
    return {"log_softmax": log_softmax, "cross_entropy": cross_entropy_by(log_softmax)}


def exp_in_float64(x: Tensor) -> Tensor:
    """Wider than it need be, rounded once."""
    return _rounded(x.double().exp(), x.dtype)


def _rounded(x: Tensor, dtype: torch.dtype) -> Tensor:
    """One rounding to half types too: torch converts through float32, which is made to round to odd first."""
    if dtype in (torch.float32, torch.float64):
        return x.to(dtype)
    nearest = x.float()
    towards_zero = torch.where(nearest.double().abs() > x.abs(), torch.nextafter(nearest, nearest * 0), nearest)
    odd = (towards_zero.view(torch.int32) | (towards_zero.double() != x).int()).view(torch.float32)
    return torch.where(x.isfinite() & nearest.isfinite(), odd, nearest).to(dtype)


SUMS = {
    "reversed": _of_exponentials(reversed_sum),
    "blocked": _of_exponentials(blocked_sum),
    "online": online_sum,
}

ALTERNATIVES = [
    *((SOFTMAX, {"softmax": softmax_by(total)}, f"softmax with a {name} sum") for name, total in SUMS.items()),
    *(
        (LOGARITHM, _logarithms(log_softmax_by(total)), f"log-softmax with a {name} sum")
        for name, total in SUMS.items()
    ),
    (SOFTMAX, {"softmax": softmax_in_float64}, "softmax in float64"),
    (LOGARITHM, _logarithms(log_softmax_in_float64), "log-softmax in float64"),
    (SOFTMAX[2:], {"exp": exp_in_float64}, "exponentials in float64"),
]
