"""Shifts of images, and what they average matrices to."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def shift_sum(a: Tensor) -> Tensor:
    """sum_s tau^-s a tau^s for matrices (..., n, n), over all n shifts of rows and columns together."""
    return torch.stack([a.roll((-s, -s), (-2, -1)) for s in range(a.shape[-1])]).sum(0)


ROWS = {
    "rolled": Operation(torch.roll, "torch.roll"),
    "rotated": Operation(torch.rot90, "torch.rot90"),
    "shift_sum": Operation(shift_sum, "shift_sum", axes=(2,)),
}
