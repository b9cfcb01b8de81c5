"""Correct iterates and stopping steps by other ways: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

STOPPING = ("early-stopping-large-gradient",)


def iterates_in_float64(target: Tensor, lr: float, steps: int) -> Tensor:
    """The closed form, rounded once."""
    powers = (1 - lr) ** torch.arange(steps + 1, dtype=torch.float64, device=target.device)
    return ((1 - powers)[:, None] * target.double()[..., None, :]).to(target.dtype)


def iterates_by_autograd(target: Tensor, lr: float, steps: int) -> Tensor:
    """Reverse mode through the loss."""
    w = torch.zeros_like(target)
    iterates = [w]
    for _ in range(steps):
        leaf = w.clone().requires_grad_()
        (gradient,) = torch.autograd.grad((leaf - target).square().sum() / 2, leaf)
        w = w - lr * gradient
        iterates.append(w)
    return torch.stack(iterates, -2)


def last_of_the_best(iterates: Tensor, validation: Tensor) -> Tensor:
    """Ties broken the other way."""
    errors = (iterates - validation[..., None, :]).square().sum(-1)
    return errors.shape[-1] - 1 - errors.flip(-1).argmin(-1)


def ridge_by_cholesky(h: Tensor, b: Tensor, decay: float) -> Tensor:
    """R^T R = H + lambda I."""
    penalised = h + decay * torch.eye(h.shape[-1], dtype=h.dtype, device=h.device)
    return torch.cholesky_solve(b[..., None], torch.linalg.cholesky(penalised))[..., 0]


def descent_of_the_distance(h: Tensor, w: Tensor, lr: float, _decay: float, steps: int) -> Tensor:
    """The distance from the minimum, multiplied by I - lr H; without decay."""
    missed = w
    for _ in range(steps):
        missed = missed - lr * (h @ missed[..., None])[..., 0]
    return w - missed


FILTERS = ("early-stopping-l2-filter",)

ALTERNATIVES = [
    (FILTERS, {"penalised_solution": ridge_by_cholesky}, "ridge_by_cholesky"),
    (FILTERS, {"decayed_descent": descent_of_the_distance}, "descent_of_the_distance"),
    *((STOPPING, {"descent_iterates": f}, f.__name__) for f in (iterates_in_float64, iterates_by_autograd)),
    (STOPPING, {"stopping_step": last_of_the_best}, "last_of_the_best"),
]
