"""Correct Gaussian losses by other formulas: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims.frame.operations.chapters.gaussian_nll import gaussian_nll

LOSS = ("gaussian-nll-with-learned-variance",)


def _reduced(each: Tensor, reduction: str) -> Tensor:
    return {"none": lambda: each, "sum": lambda: each.sum(-1), "mean": lambda: each.mean(-1)}[reduction]()


def by_normal_laws(
    mean: Tensor, target: Tensor, variance: Tensor, *, eps: float, full: bool = False, reduction: str = "none"
) -> Tensor:
    """The log density of the standardised residual; the clamp is left out of the derivative.

    In float32 where the format is narrower: a residual by the square of a variance leaves the range of float16.
    """
    dtype = mean.dtype
    mean, target, variance = (t if dtype == torch.float64 else t.float() for t in (mean, target, variance))
    variance = variance if variance.ndim == mean.ndim else variance[..., None]
    clamped = variance + (variance.detach().clamp(min=eps) - variance.detach())
    clamped = torch.where(variance.detach() < eps, clamped - clamped.detach() + eps, clamped)
    each = (clamped.log() + (mean - target) / clamped * (mean - target)) * 0.5
    return _reduced(each + math.log(2 * math.pi) / 2 if full else each, reduction).to(dtype)


def in_float64(
    mean: Tensor, target: Tensor, variance: Tensor, *, eps: float, full: bool = False, reduction: str = "none"
) -> Tensor:
    """torch's, rounded once."""
    wide = (t.double() for t in (mean, target, variance))
    return gaussian_nll(*wide, eps=eps, full=full, reduction=reduction).to(mean.dtype)


def module_in_float64(mean: Tensor, target: Tensor, variance: Tensor, *, full: bool, eps: float) -> Tensor:
    """The same without a reduction."""
    return in_float64(mean, target, variance, full=full, eps=eps)


ALTERNATIVES = [
    (LOSS, {"gaussian_nll": by_normal_laws, "gaussian_nll_reduced": by_normal_laws}, "other quotients"),
    (LOSS, {"gaussian_nll": in_float64, "gaussian_nll_module": module_in_float64}, "the loss in float64"),
    (LOSS, {"gaussian_nll_shared": by_normal_laws}, "one variance by broadcasting"),
    (LOSS, {"gaussian_nll_reduced": in_float64}, "sums in float64"),
]
