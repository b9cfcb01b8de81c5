"""Derivatives of elementary functions of any order."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def repeated_slope(x: Tensor, name: str, order: int) -> Tensor:
    """The derivative of an elementary function of every entry of x, by reverse mode as often as the order says."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "asinh": torch.asinh,
        "acosh": torch.acosh,
        "atan": torch.atan,
        "hypot": lambda t: torch.hypot(t, t.detach()),
        "atan2": lambda t: torch.atan2(t, t.detach()),
        "exp": torch.exp,
        "expm1": torch.expm1,
        "elu": F.elu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "logsigmoid": F.logsigmoid,
        "softplus": F.softplus,
        "sinc": torch.sinc,
        "i1": lambda t: torch.special.i1(t.to(torch.promote_types(t.dtype, torch.float32))),  # half types have no slope
        "power of 0": lambda t: torch.pow(torch.zeros_like(t), t),
    }
    leaf = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        y = functions[name.partition(",")[0]](leaf)
        for _ in range(order):
            (y,) = torch.autograd.grad(y, leaf, torch.ones_like(y), create_graph=True)
    return y.detach()


ROWS = {"repeated_slope": Operation(repeated_slope, "repeated_slope", axes=(1,))}
