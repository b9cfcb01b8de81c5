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


def decayed_steps(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object) -> Tensor:
    """The parameters w after a step of `torch.optim` for each of the gradients (steps, ...), with weight_decay."""
    p = w.clone().requires_grad_()
    optimizer = getattr(torch.optim, optimiser)([p], lr=lr, weight_decay=decay, **options)
    for gradient in gradients.unbind(-3):
        p.grad = gradient.clone()
        optimizer.step()
    return p.detach()


def penalised_steps(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object) -> Tensor:
    """Without weight_decay, on linear losses with decay ||w||^2 / 2 added, by reverse mode."""
    p = w.clone().requires_grad_()
    optimizer = getattr(torch.optim, optimiser)([p], lr=lr, weight_decay=0.0, **options)
    for gradient in gradients.unbind(-3):
        optimizer.zero_grad()
        ((gradient * p).sum() + decay / 2 * p.square().sum()).backward()
        optimizer.step()
    return p.detach()


def decoupled_steps(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object) -> Tensor:
    """Without weight_decay, the parameters multiplied by 1 - lr decay before every step."""
    p = w.clone().requires_grad_()
    optimizer = getattr(torch.optim, optimiser)([p], lr=lr, weight_decay=0.0, **options)
    for gradient in gradients.unbind(-3):
        p.grad = gradient.clone()
        with torch.no_grad():
            p.mul_(1 - lr * decay)
        optimizer.step()
    return p.detach()


def linear_complexity(x: Tensor, radius: Tensor) -> Tensor:
    """The empirical Rademacher complexity of x -> w.x, ||w|| <= radius, on the rows of x (n, d): all 2^n signs."""
    n = x.shape[-2]
    bits = torch.arange(2**n, device=x.device)[:, None] >> torch.arange(n, device=x.device)
    signs = (1 - 2 * (bits & 1)).to(x.dtype)
    lengths: Tensor = torch.linalg.vector_norm(signs @ x, dim=-1)
    return radius * lengths.mean(-1) / n


def degrees_of_freedom(d: Tensor, decay: float) -> Tensor:
    """sum d^2 / (d^2 + decay) over singular values d (k,)."""
    squares = d.square()
    return (squares / (squares + decay)).sum(-1)


def rescaled_network(x: Tensor, inner: Tensor, outer: Tensor, factor: Tensor) -> Tensor:
    """outer relu(inner x) on rows x (n, d), inner (h, d) multiplied and outer (h,) divided by a factor."""
    scale = factor[..., None, None]
    hidden = (x @ (inner * scale).mT).relu()
    return (hidden @ (outer[..., None] / scale))[..., 0]


_STEPS = (2, 3)

ROWS = {
    "linear_complexity": Operation(linear_complexity, "linear_complexity", axes=(2, 0), product=True),
    "degrees_of_freedom": Operation(degrees_of_freedom, "degrees_of_freedom", axes=(1,)),
    "rescaled_network": Operation(rescaled_network, "rescaled_network", axes=(2, 2, 1, 0), product=True),
    "decayed_steps": Operation(decayed_steps, "decayed_steps", axes=_STEPS),
    "penalised_steps": Operation(penalised_steps, "penalised_steps", axes=_STEPS),
    "decoupled_steps": Operation(decoupled_steps, "decoupled_steps", axes=_STEPS),
    "decayed_matrix_steps": Operation(decayed_steps, "decayed_steps", axes=_STEPS, batches=False),
    "decoupled_matrix_steps": Operation(decoupled_steps, "decoupled_steps", axes=_STEPS, batches=False),
    "penalised_solution": Operation(penalised_solution, "penalised_solution", axes=(2, 1)),
    "shrunk_coordinates": Operation(shrunk_coordinates, "shrunk_coordinates", axes=(2, 1), product=True),
    "decayed_descent": Operation(decayed_descent, "decayed_descent", axes=(2, 1), product=True),
    "penalised_choice": Operation(penalised_choice, "penalised_choice", axes=(1, 1)),
}
