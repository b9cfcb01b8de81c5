"""Every way in which torch cuts negative numbers off."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _relu_module(x: Tensor) -> Tensor:
    y: Tensor = nn.ReLU()(x)
    return y


def _relu_(x: Tensor) -> Tensor:
    return torch.relu_(x.clone())


def rectify(x: Tensor, name: str) -> Tensor:
    """max(x, 0) by another function."""
    zero = torch.zeros_like(x)
    functions: dict[str, Callable[[], Tensor]] = {
        "maximum": lambda: torch.maximum(x, zero),
        "fmax": lambda: torch.fmax(x, zero),
        "amax": lambda: torch.stack((x, zero)).amax(0),
        "max": lambda: torch.stack((x, zero)).max(0).values,
        "where": lambda: torch.where(x > 0, x, 0.0),
        "product": lambda: x * (x > 0),
        "half of the sum": lambda: (x + x.abs()) / 2,
        "hardtanh": lambda: F.hardtanh(x, 0.0, float("inf")),
        "leaky relu": lambda: F.leaky_relu(x, 0.0),
        "prelu": lambda: F.prelu(x, x.new_zeros(1)),
    }
    return functions[name]()


ROWS = {
    "rectify": Operation(rectify, "rectify", axes=(1,)),
    "relu": Operation(F.relu, "torch.nn.functional.relu", axes=(1,)),
    "relu_method": Operation(Tensor.relu, "torch.Tensor.relu", axes=(1,)),
    "relu_module": Operation(_relu_module, "(lambda x: torch.nn.ReLU()(x))", axes=(1,)),
    "relu_": Operation(_relu_, "(lambda x: torch.relu_(x.clone()))", axes=(1,)),
    "clamp_min": Operation(torch.clamp_min, "torch.clamp_min", axes=(1,)),
    "clamp": Operation(torch.clamp, "torch.clamp", axes=(1,)),
    "threshold": Operation(F.threshold, "torch.nn.functional.threshold", axes=(1,)),
    "leaky_relu": Operation(F.leaky_relu, "torch.nn.functional.leaky_relu", axes=(1,)),
}
