"""Arithmetic of single numbers and conversions, used by every chapter."""

from __future__ import annotations

import torch

from claims.frame.operations.operation import Operation

ROWS = {
    "add": Operation(torch.add, "torch.add"),
    "subtract": Operation(torch.sub, "torch.sub"),
    "multiply": Operation(torch.mul, "torch.mul"),
    "divide": Operation(torch.div, "torch.div"),
    "abs": Operation(torch.abs, "torch.abs"),
    "exp": Operation(torch.exp, "torch.exp"),
    "log": Operation(torch.log, "torch.log"),
    "sqrt": Operation(torch.sqrt, "torch.sqrt"),
    "power": Operation(torch.pow, "torch.pow"),
    "sum": Operation(torch.sum, "torch.sum", axes=(1,), dim="reduced"),
    "mean": Operation(torch.mean, "torch.mean", axes=(1,), dim="reduced"),
}
