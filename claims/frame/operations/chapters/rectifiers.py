"""Every way in which torch cuts negative numbers off."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _relu_module(x: Tensor) -> Tensor:
    y: Tensor = nn.ReLU()(x)
    return y


def _relu_(x: Tensor) -> Tensor:
    return torch.relu_(x.clone())


ROWS = {
    "relu": Operation(F.relu, "torch.nn.functional.relu", axes=(1,)),
    "relu_method": Operation(Tensor.relu, "torch.Tensor.relu", axes=(1,)),
    "relu_module": Operation(_relu_module, "(lambda x: torch.nn.ReLU()(x))", axes=(1,)),
    "relu_": Operation(_relu_, "(lambda x: torch.relu_(x.clone()))", axes=(1,)),
    "clamp_min": Operation(torch.clamp_min, "torch.clamp_min", axes=(1,)),
    "clamp": Operation(torch.clamp, "torch.clamp", axes=(1,)),
    "threshold": Operation(F.threshold, "torch.nn.functional.threshold", axes=(1,)),
    "leaky_relu": Operation(F.leaky_relu, "torch.nn.functional.leaky_relu", axes=(1,)),
}
