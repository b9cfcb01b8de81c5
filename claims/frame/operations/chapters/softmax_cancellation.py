"""The loss of a class without cancellation."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def log1p_loss(x: Tensor, target: Tensor) -> Tensor:
    """log(1 + sum of exp(x_j - x_target) over the other classes), of every row (..., n)."""
    place = target.unsqueeze(-1)
    ratios = torch.exp(x - x.gather(-1, place))
    return torch.log1p(ratios.scatter(-1, place, 0.0).sum(-1))


ROWS = {"log1p_loss": Operation(log1p_loss, "log1p_loss", axes=(1, 0))}
