"""Activation functions by name, and their derivative along a direction by forward mode."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def activate(x: Tensor, name: str) -> Tensor:
    """An activation function, entry by entry."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "identity": lambda t: t * 1,
        "tanh": torch.tanh,
        "softsign": F.softsign,
        "arctan": torch.atan,
        "asinh": torch.asinh,
        "sin": torch.sin,
        "hardtanh": F.hardtanh,
        "elu": F.elu,
        "celu": F.celu,
        "erf": torch.erf,
        "sigmoid": torch.sigmoid,
        "softplus": F.softplus,
        "logsigmoid": F.logsigmoid,
        "gelu": F.gelu,
        "gelu tanh": lambda t: F.gelu(t, approximate="tanh"),
        "silu": F.silu,
        "mish": F.mish,
        "hardswish": F.hardswish,
        "hardsigmoid": F.hardsigmoid,
        "tanhshrink": F.tanhshrink,
        "softshrink": F.softshrink,
        "hardshrink": F.hardshrink,
        "relu": torch.relu,
        "relu6": F.relu6,
        "leaky relu": F.leaky_relu,
        "prelu": lambda t: F.prelu(t, t.new_tensor([0.25])),
        "selu": torch.selu,
    }
    return functions[name](x)


def activate_along(x: Tensor, d: Tensor, name: str) -> Tensor:
    """act'(x) d by forward mode."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "identity": lambda t: t * 1,
        "tanh": torch.tanh,
        "softsign": F.softsign,
        "arctan": torch.atan,
        "asinh": torch.asinh,
        "sin": torch.sin,
        "elu": F.elu,
    }
    derivative: Tensor = torch.func.jvp(functions[name], (x.clone(),), (d.clone(),))[1]
    return derivative


ROWS = {
    "activate": Operation(activate, "activate", axes=(1,)),
    "activate_along": Operation(activate_along, "activate_along", axes=(1, 1)),
}
