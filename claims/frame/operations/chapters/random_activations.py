"""Randomised leaky ReLU."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _rrelu(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y: Tensor = F.rrelu(x, lower, upper, training)
    return y


def _rrelu_module(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y: Tensor = nn.RReLU(lower, upper).train(training)(x)
    return y


def _rrelu_in_place(x: Tensor, lower: float, upper: float, *, training: bool) -> Tensor:
    y: Tensor = F.rrelu(x.clone(), lower, upper, training, inplace=True)
    return y


def _rrelu_along(x: Tensor, d: Tensor, lower: float, upper: float) -> Tensor:
    at, direction = (x.clone(),), (d.clone(),)
    return torch.cat(torch.func.jvp(lambda v: F.rrelu(v, lower, upper, True), at, direction), -1)  # noqa: FBT003


_CALL = "torch.nn.functional.rrelu(v, lower, upper, True)"

ROWS = {
    "rrelu": Operation(_rrelu, "torch.nn.functional.rrelu"),
    "rrelu_module": Operation(
        _rrelu_module, "(lambda x, lower, upper, training: torch.nn.RReLU(lower, upper).train(training)(x))"
    ),
    "rrelu_in_place": Operation(
        _rrelu_in_place,
        "(lambda x, lower, upper, training:"
        " torch.nn.functional.rrelu(x.clone(), lower, upper, training, inplace=True))",
    ),
    "rrelu_along": Operation(
        _rrelu_along,
        f"(lambda x, d, lower, upper: torch.cat(torch.func.jvp(lambda v: {_CALL}, (x.clone(),), (d.clone(),)), -1))",
    ),
}
