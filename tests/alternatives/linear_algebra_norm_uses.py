"""Correct condition numbers, pooled norms and renormalisations that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

CONDITION = ("condition-number-orders",)
POOLED = ("pooled-windows-have-norms",)
BALL = ("renormalisation-to-a-ball",)

Order = float | str | None


def condition_by_numpy(a: Tensor, p: Order = None) -> Tensor:
    """NumPy's, of matrices one by one."""
    found = np.linalg.cond(a.numpy(), 2 if p is None else p)  # type: ignore[arg-type]
    return torch.from_numpy(np.asarray(found, a.numpy().dtype))


def windows_as_rows(x: Tensor, p: float, size: int) -> Tensor:
    """torch's norm of every window."""
    windows = x.unfold(-1, size, size)
    norms: Tensor = torch.linalg.vector_norm(windows, p, dim=-1)
    return norms


def scaled_where_long(x: Tensor, p: float, largest: float) -> Tensor:
    """r / ||x|| in float64, with nothing added."""
    wide = x.double()
    norm: Tensor = torch.linalg.vector_norm(wide, p, dim=-1, keepdim=True)
    return torch.where(norm > largest, wide * (largest / norm), wide).to(x.dtype)


ALTERNATIVES = [
    (CONDITION, {"cond": condition_by_numpy}, "condition_by_numpy"),
    (POOLED, {"pooled_norms": windows_as_rows}, "windows_as_rows"),
    (BALL, {"renormed": scaled_where_long}, "scaled_where_long"),
]
