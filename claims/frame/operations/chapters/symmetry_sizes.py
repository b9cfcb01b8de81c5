"""A step of training in a network of linear units."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def linear_network_step(w: Tensor, v: Tensor, x: Tensor, t: Tensor, lr: float) -> Tensor:
    """W (..., h, m) after a step of SGD on ||X W^T V^T - T||^2 / 2, for V (..., p, h), X (..., k, m), T (..., k, p)."""
    moved = nn.Parameter(w.clone())
    missed = x @ moved.mT @ v.mT - t
    (missed.square().sum() / 2).backward()
    torch.optim.SGD([moved], lr=lr).step()
    return moved.detach()


ROWS = {
    "linear_network_step": Operation(linear_network_step, "linear_network_step", axes=(2, 2, 2, 2), product=True),
}
