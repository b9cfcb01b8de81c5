"""Correct running statistics, computed otherwise."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

CLAIMS = ("batch-norm-running-statistics-mismatch",)


def by_steps_to_the_new_value(x: Tensor, *, momentum: float | None, **_: Any) -> Tensor:
    """r + rho (s - r)."""
    z = x.float() if x.dtype.itemsize == 2 else x
    kept = torch.stack([torch.zeros_like(z[..., 0, 0]), torch.ones_like(z[..., 0, 0])], -1)
    for k, batch in enumerate(z.unbind(-2)):
        v, mean = torch.var_mean(batch, -1)
        kept = torch.lerp(kept, torch.stack([mean, v], -1), 1 / (k + 1) if momentum is None else momentum)
    return kept.to(x.dtype)


def evaluated_in_float64(x: Tensor, buffers: Tensor, *, eps: float, **_: Any) -> Tensor:
    """Rounded once."""
    mean, v = buffers.double().unbind(-1)
    return ((x.double() - mean[..., None]) / (v[..., None] + eps).sqrt()).to(x.dtype)


ALTERNATIVES = [
    (CLAIMS, {"running_statistics": by_steps_to_the_new_value}, "steps to the new value"),
    (CLAIMS, {"evaluated": evaluated_in_float64}, "evaluation in float64"),
]
