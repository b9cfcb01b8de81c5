"""Softmax in all its spellings, and the losses built on it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from claims.frame.operations.operation import Operation


def softmax_layer(x: Tensor, dim: int) -> Tensor:
    """nn.Softmax of logits."""
    return nn.Softmax(dim)(x)  # type: ignore[no-any-return]


def softmin_layer(x: Tensor, dim: int) -> Tensor:
    """nn.Softmin, the softmax of -x."""
    return nn.Softmin(dim)(x)  # type: ignore[no-any-return]


def softmax_2d(x: Tensor) -> Tensor:
    """nn.Softmax2d: softmax over the channels of images (batch, channels, height, width)."""
    return nn.Softmax2d()(x)  # type: ignore[no-any-return]


def log_softmax_layer(x: Tensor, dim: int) -> Tensor:
    """nn.LogSoftmax of logits."""
    return nn.LogSoftmax(dim)(x)  # type: ignore[no-any-return]


ROWS = {
    "softmax": Operation(torch.softmax, "torch.softmax", axes=(1,), dim="kept"),
    "functional_softmax": Operation(F.softmax, "torch.nn.functional.softmax", axes=(1,), dim="kept"),
    "special_softmax": Operation(torch.special.softmax, "torch.special.softmax", axes=(1,), dim="kept"),
    "softmax_layer": Operation(softmax_layer, "(lambda x, dim: torch.nn.Softmax(dim)(x))", axes=(1,), dim="kept"),
    "softmin_layer": Operation(softmin_layer, "(lambda x, dim: torch.nn.Softmin(dim)(x))", axes=(1,), dim="kept"),
    "softmax_2d": Operation(softmax_2d, "torch.nn.Softmax2d()", axes=(3,)),
    "log_softmax": Operation(torch.log_softmax, "torch.log_softmax", axes=(1,), dim="kept"),
    "functional_log_softmax": Operation(F.log_softmax, "torch.nn.functional.log_softmax", axes=(1,), dim="kept"),
    "log_softmax_layer": Operation(
        log_softmax_layer, "(lambda x, dim: torch.nn.LogSoftmax(dim)(x))", axes=(1,), dim="kept"
    ),
    "logsumexp": Operation(torch.logsumexp, "torch.logsumexp", axes=(1,), dim="reduced"),
    "cross_entropy": Operation(F.cross_entropy, "torch.nn.functional.cross_entropy", axes=(1, 0)),
    "scaled_dot_product_attention": Operation(
        F.scaled_dot_product_attention, "torch.nn.functional.scaled_dot_product_attention", axes=(2, 2, 2, 2)
    ),
}
