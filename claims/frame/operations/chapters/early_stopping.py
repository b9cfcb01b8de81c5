"""Gradient descent on a quadratic, and where its validation error stops it."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def descent_iterates(target: Tensor, lr: float, steps: int) -> Tensor:
    """SGD from 0 on ||w - target||^2 / 2 for target (..., n): all iterates, the start included, (..., steps + 1, n)."""
    w = torch.zeros_like(target, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    iterates = [w.detach().clone()]
    for _ in range(steps):
        w.grad = w.detach() - target
        optimizer.step()
        iterates.append(w.detach().clone())
    return torch.stack(iterates, -2)


def stopping_step(iterates: Tensor, validation: Tensor) -> Tensor:
    """The number of the iterate (..., steps + 1, n) with the least ||w - validation||^2, validation (..., n): (...)."""
    return (iterates - validation[..., None, :]).square().sum(-1).argmin(-1)


ROWS = {
    "descent_iterates": Operation(descent_iterates, "descent_iterates", axes=(1,)),
    "stopping_step": Operation(stopping_step, "stopping_step", axes=(2, 1)),
}
