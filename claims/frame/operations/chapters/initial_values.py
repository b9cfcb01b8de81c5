"""Gradient descent from a given start: on a double well in every coordinate, and on a quadratic."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def double_well_descent(start: Tensor, lr: float, steps: int) -> Tensor:
    """SGD on sum_i (x_i^2 - 1)^2 / 4 from start (..., n): all iterates, the start included, (..., steps + 1, n)."""
    x = nn.Parameter(start.clone())
    optimizer = torch.optim.SGD([x], lr=lr)
    iterates = [start.clone()]
    for _ in range(steps):
        x.grad = None
        ((x * x - 1).square() / 4).sum().backward()
        optimizer.step()
        iterates.append(x.detach().clone())
    return torch.stack(iterates, -2)


def quadratic_descent(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    """SGD on (x - c)^T H (x - c) / 2 from start (..., n), for H (..., n, n), c (..., n): (..., steps + 1, n)."""
    x = nn.Parameter(start.clone())
    optimizer = torch.optim.SGD([x], lr=lr)
    iterates = [start.clone()]
    for _ in range(steps):
        x.grad = None
        missed = x - minimum
        ((missed * (h @ missed[..., None])[..., 0]).sum() / 2).backward()
        optimizer.step()
        iterates.append(x.detach().clone())
    return torch.stack(iterates, -2)


ROWS = {
    "double_well_descent": Operation(double_well_descent, "double_well_descent", axes=(1,)),
    "quadratic_descent": Operation(quadratic_descent, "quadratic_descent", axes=(2, 1, 1), product=True),
}
