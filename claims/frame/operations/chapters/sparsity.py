"""Soft thresholding, and two methods that look for the minimiser with an L1 penalty."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _softshrink_module(x: Tensor, t: float) -> Tensor:
    y: Tensor = nn.Softshrink(t)(x)
    return y


def _softshrink_(x: Tensor, t: float) -> Tensor:
    written: Tensor = torch.ops.aten.softshrink.out(x, t, out=x)
    return written


def _softshrink_along(x: Tensor, d: Tensor, t: float) -> Tensor:
    derivative: Tensor = torch.func.jvp(lambda v: F.softshrink(v, t), (x.clone(),), (d.clone(),))[1]
    return derivative


def soft_threshold(w: Tensor, h: Tensor, penalty: float) -> Tensor:
    """sign(w) max(|w| - penalty / h, 0), entry by entry."""
    return w.sign() * (w.abs() - penalty / h).clamp(min=0)


def proximal_path(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    """Iterative soft thresholding from w on sum h (v - w)^2 / 2 + penalty |v|: all iterates (..., steps + 1, n)."""
    path = [w]
    for _ in range(steps):
        path.append(F.softshrink(path[-1] - lr * (h * (path[-1] - w)), lr * penalty))
    return torch.stack(path, -2)


def subgradient_path(w: Tensor, h: Tensor, penalty: float, lr: float, steps: int) -> Tensor:
    """SGD from w on the same sum, differentiated through the magnitudes: all iterates (..., steps + 1, n)."""
    v = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([v], lr=lr)
    path = [w]
    for _ in range(steps):
        optimizer.zero_grad()
        ((h / 2 * (v - w).square()).sum() + penalty * v.abs().sum()).backward()
        optimizer.step()
        path.append(v.detach().clone())
    return torch.stack(path, -2)


ROWS = {
    "softshrink": Operation(F.softshrink, "torch.nn.functional.softshrink", axes=(1,)),
    "softshrink_module": Operation(_softshrink_module, "(lambda x, t: torch.nn.Softshrink(t)(x))", axes=(1,)),
    "softshrink_": Operation(
        _softshrink_, "(lambda x, t: torch.ops.aten.softshrink.out(x, t, out=x))", axes=(1,), in_place=True
    ),
    "softshrink_along": Operation(
        _softshrink_along,
        "(lambda x, d, t: torch.func.jvp("
        "lambda v: torch.nn.functional.softshrink(v, t), (x.clone(),), (d.clone(),))[1])",
        axes=(1, 1),
    ),
    "soft_threshold": Operation(soft_threshold, "soft_threshold", axes=(1, 1)),
    "proximal_path": Operation(proximal_path, "proximal_path", axes=(1, 1)),
    "subgradient_path": Operation(subgradient_path, "subgradient_path", axes=(1, 1)),
}
