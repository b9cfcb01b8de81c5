"""Minimisers of penalised quadratics, and optimisers with weight decay."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def penalised_solution(h: Tensor, b: Tensor, decay: float) -> Tensor:
    """The minimiser of w^T H w / 2 - b^T w + decay ||w||^2 / 2."""
    w: Tensor = torch.linalg.solve(h + decay * torch.eye(h.shape[-1], dtype=h.dtype, device=h.device), b)
    return w


def shrunk_coordinates(h: Tensor, w: Tensor, decay: float) -> Tensor:
    """w with its coordinate along every eigenvector of H scaled by s / (s + decay), s the eigenvalue."""
    s, v = torch.linalg.eigh(h)
    shrunk: Tensor = (v @ ((s / (s + decay))[..., None] * (v.mT @ w[..., None])))[..., 0]
    return shrunk


def decayed_descent(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    """So many steps of SGD with weight decay from 0, on the quadratic of H with its minimum at w."""
    found = torch.zeros_like(w, requires_grad=True)
    optimizer = torch.optim.SGD([found], lr=lr, weight_decay=decay)
    for _ in range(steps):
        found.grad = (h @ (found.detach() - w)[..., None])[..., 0]
        optimizer.step()
    return found.detach()


def penalised_choice(losses: Tensor, penalties: Tensor, decay: float) -> Tensor:
    """The penalty of the candidate that minimises loss + decay penalty, over the last axis."""
    best = (losses + decay * penalties).argmin(-1, keepdim=True)
    return penalties.gather(-1, best)[..., 0]


ROWS = {
    "penalised_solution": Operation(penalised_solution, "penalised_solution", axes=(2, 1)),
    "shrunk_coordinates": Operation(shrunk_coordinates, "shrunk_coordinates", axes=(2, 1), product=True),
    "decayed_descent": Operation(decayed_descent, "decayed_descent", axes=(2, 1), product=True),
    "penalised_choice": Operation(penalised_choice, "penalised_choice", axes=(1, 1)),
}
