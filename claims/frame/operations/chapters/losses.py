"""Softmax and the losses built on it."""

from __future__ import annotations

import torch

from claims.frame.operations.operation import Operation

ROWS = {
    "softmax": Operation(torch.softmax, "torch.softmax", axes=(1,), dim="kept"),
    "log_softmax": Operation(torch.log_softmax, "torch.log_softmax", axes=(1,), dim="kept"),
}
