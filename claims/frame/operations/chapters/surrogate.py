"""The 0-1 loss, functions that are constant between their jumps, and a descent that goes on after the last error."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from claims.frame.operations.operation import Operation


def zero_one_loss(x: Tensor, target: Tensor) -> Tensor:
    """1 where the largest logit is not that of the class, 0 elsewhere, without reductions."""
    return (x.argmax(-1) != target).to(x.dtype)


def separated_descent(w: Tensor, points: Tensor, *, rate: float, steps: int) -> Tensor:
    """torch.optim.SGD on the mean cross-entropy of the points (x_i, 0) with the labels x_i > 0, logits w_1 x_i + w_2 0.

    All iterates from w (..., 2), the start included: (..., steps + 1, 2).
    """
    w = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=rate)
    plane, labels = torch.stack((points, torch.zeros_like(points)), -1), (points > 0).to(points.dtype)
    iterates = [w.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        z = (w[..., None, :] * plane).sum(-1)
        F.binary_cross_entropy_with_logits(z, labels.expand_as(z), reduction="none").mean(-1).sum().backward()
        optimizer.step()
        iterates.append(w.detach().clone())
    return torch.stack(iterates, -2)


ROWS = {
    "zero_one_loss": Operation(zero_one_loss, "zero_one_loss", axes=(1, 0)),
    "argmax": Operation(torch.argmax, "torch.argmax", axes=(1,), dim="reduced"),
    "not_equal": Operation(torch.ne, "torch.ne", axes=(0, 0)),
    "floor": Operation(torch.floor, "torch.floor"),
    "ceil": Operation(torch.ceil, "torch.ceil"),
    "round": Operation(torch.round, "torch.round"),
    "trunc": Operation(torch.trunc, "torch.trunc"),
    "heaviside": Operation(torch.heaviside, "torch.heaviside"),
    "separated_descent": Operation(separated_descent, "separated_descent", axes=(1,)),
}
