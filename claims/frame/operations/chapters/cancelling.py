"""Programs with kinks that cancel, and their derivatives by forward mode, of reverse mode, too."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def cancelling(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    """A program, or with d its derivative along d by forward mode; of order 2: that of the slope of reverse mode."""
    programs: dict[str, Callable[[Tensor], Tensor]] = {
        "relu(x) - relu(-x)": lambda t: torch.relu(t) - torch.relu(-t),
        "x - relu(x) + relu(x)": lambda t: t - torch.relu(t) + torch.relu(t),
        "maximum(x, x)": lambda t: torch.maximum(t, t),
        "(|x| + x) / 2 - (|x| - x) / 2": lambda t: (t.abs() + t) / 2 - (t.abs() - t) / 2,
        "clamp(x, min=0) + clamp(x, max=0)": lambda t: torch.clamp(t, min=0) + torch.clamp(t, max=0),
        "where(x > 0, x, 0) - where(-x > 0, -x, 0)": lambda t: (
            torch.where(t > 0, t, 0.0) - torch.where(-t > 0, -t, 0.0)
        ),
        "maximum(x, -x) - |x| + x": lambda t: torch.maximum(t, -t) - t.abs() + t,
        "leaky_relu(leaky_relu(x, 1/4), 4)": lambda t: F.leaky_relu(F.leaky_relu(t, 0.25), 4.0),
        "hardtanh(x, -inf, 0) + relu(x)": lambda t: F.hardtanh(t, -float("inf"), 0.0) + torch.relu(t),
    }
    f = programs[name]
    if d is None:
        return f(x)
    g = f if order == 1 else torch.func.grad(lambda t: f(t).sum())
    derivative: Tensor = torch.func.jvp(g, (x.clone(),), (d.clone(),))[1]
    return derivative


ROWS = {"cancelling": Operation(cancelling, "cancelling", axes=(1, 1))}
