"""Correct soft thresholding by other formulas: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from tests.alternatives.probability_independence import rounded

VALUES, BOTH = ("l1-soft-threshold",), ("l1-soft-threshold", "soft-threshold-slope")


def by_moreau(x: Tensor, t: float) -> Tensor:
    """x - clip(x, -t, t), in float32 where the format is narrower."""
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide - wide.clamp(-t, t)).to(x.dtype)


def by_two_rectifiers(x: Tensor, t: float) -> Tensor:
    """max(x - t, 0) - max(-x - t, 0)."""
    wide = x if x.dtype == torch.float64 else x.float()
    return ((wide - t).relu() - (-wide - t).relu()).to(x.dtype)


def by_the_magnitude(x: Tensor, t: float) -> Tensor:
    """sign(x) max(|x| - t, 0) in float64, rounded once; infinities stay."""
    wide = x.detach().double()
    y = rounded((wide.sign() * (wide.abs() - t).relu()).numpy(), x.dtype)
    return torch.where(x.isnan(), x, torch.where(wide.abs() > t, x - x.detach() + y if x.requires_grad else y, 0 * y))


def minimiser_in_float64(w: Tensor, h: Tensor, penalty: float) -> Tensor:
    """By one division."""
    threshold = torch.full_like(h, penalty, dtype=torch.float64) / h.double()
    return rounded(
        by_two_rectifiers(w.double(), 0.0).sign().mul((w.double().abs() - threshold).relu()).numpy(), w.dtype
    )


def minimiser_by_scaling(w: Tensor, h: Tensor, penalty: float) -> Tensor:
    """S_penalty(h w) / h, in extended precision: what h w loses is relative to w, which may exceed the result."""
    a, b = (np.asarray(t.double().numpy(), np.longdouble) for t in (h, w))
    z = a * b
    return rounded(np.asarray((z - np.clip(z, -penalty, penalty)) / a, np.float64), w.dtype)


def proximal_by_weights(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    """The gradient step as a mean of both points, weighted with lr h."""
    path = [w]
    for _ in range(steps):
        path.append(by_moreau(torch.lerp(path[-1], w, lr * h), lr * penalty))
    return torch.stack(path, -2)


def subgradient_by_hand(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    """The subgradient from its formula."""
    path = [w]
    for _ in range(steps):
        v = path[-1]
        path.append(v - lr * (h * (v - w) + penalty * v.sign()))
    return torch.stack(path, -2)


ALTERNATIVES = [
    (BOTH, {"softshrink": by_moreau, "softshrink_module": by_moreau}, "x less its clipped value"),
    (VALUES, {"softshrink": by_two_rectifiers, "softshrink_module": by_two_rectifiers}, "two rectifiers"),
    (VALUES, {"softshrink": by_the_magnitude}, "the magnitude in float64"),
    (VALUES, {"soft_threshold": minimiser_in_float64}, "the minimiser in float64"),
    (VALUES, {"soft_threshold": minimiser_by_scaling}, "the minimiser by scaling"),
    (VALUES, {"proximal_path": proximal_by_weights}, "proximal steps by a weighted mean"),
    (VALUES, {"subgradient_path": subgradient_by_hand}, "subgradients by hand"),
]
