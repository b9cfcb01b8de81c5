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


def adaptive_log_softmax(x: Tensor) -> Tensor:
    """nn.AdaptiveLogSoftmaxWithLoss.log_prob with the identity as its head and the last class alone in its cluster.

    So it is the log-softmax of x, which has two classes or more.
    """
    n = x.shape[-1]
    layer = nn.utils.skip_init(
        nn.AdaptiveLogSoftmaxWithLoss, n, n, [n - 1], div_value=1.0, dtype=x.dtype, device=x.device
    )
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.head.weight.fill_diagonal_(1.0)
        return layer.log_prob(x.reshape(-1, n)).reshape(x.shape)  # type: ignore[no-any-return]


def masked_softmax(x: Tensor, mask: Tensor, dim: int) -> Tensor:
    """torch.masked.softmax, over the entries where the mask is true."""
    return torch.masked.softmax(x, dim, mask=mask)


def masked_log_softmax(x: Tensor, mask: Tensor, dim: int) -> Tensor:
    """torch.masked.log_softmax, over the entries where the mask is true."""
    return torch.masked.log_softmax(x, dim, mask=mask)


def soft_cross_entropy_layer(x: Tensor, target: Tensor) -> Tensor:
    """nn.CrossEntropyLoss of logits and probabilities, a number for every row."""
    return nn.CrossEntropyLoss(reduction="none")(x, target)  # type: ignore[no-any-return]


def softmax_jacobian(x: Tensor, mode: str) -> Tensor:
    """The Jacobian of softmax at every row, by torch.func.jacrev or jacfwd, which refuses expanded tensors."""
    transform = torch.func.jacrev if mode == "reverse" else torch.func.jacfwd
    jacobian = transform(lambda row: torch.softmax(row, -1))
    return torch.func.vmap(jacobian)(x.clone()) if x.ndim == 2 else jacobian(x.clone())  # type: ignore[no-any-return]


ROWS = {
    "softmax": Operation(torch.softmax, "torch.softmax", axes=(1,), dim="kept"),
    "functional_softmax": Operation(F.softmax, "torch.nn.functional.softmax", axes=(1,), dim="kept"),
    "special_softmax": Operation(torch.special.softmax, "torch.special.softmax", axes=(1,), dim="kept"),
    "softmax_layer": Operation(softmax_layer, "(lambda x, dim: torch.nn.Softmax(dim)(x))", axes=(1,), dim="kept"),
    "softmin_layer": Operation(softmin_layer, "(lambda x, dim: torch.nn.Softmin(dim)(x))", axes=(1,), dim="kept"),
    "softmax_2d": Operation(softmax_2d, "torch.nn.Softmax2d()", axes=(3,)),
    "softmax_jacobian": Operation(softmax_jacobian, "softmax_jacobian", axes=(1,)),
    "log_softmax": Operation(torch.log_softmax, "torch.log_softmax", axes=(1,), dim="kept"),
    "functional_log_softmax": Operation(F.log_softmax, "torch.nn.functional.log_softmax", axes=(1,), dim="kept"),
    "log_softmax_layer": Operation(
        log_softmax_layer, "(lambda x, dim: torch.nn.LogSoftmax(dim)(x))", axes=(1,), dim="kept"
    ),
    "adaptive_log_softmax": Operation(adaptive_log_softmax, "adaptive_log_softmax", axes=(1,)),
    "logsumexp": Operation(torch.logsumexp, "torch.logsumexp", axes=(1,), dim="reduced"),
    "special_logsumexp": Operation(torch.special.logsumexp, "torch.special.logsumexp", axes=(1,), dim="reduced"),
    "logcumsumexp": Operation(torch.logcumsumexp, "torch.logcumsumexp", axes=(1,), dim="kept"),
    "logaddexp": Operation(torch.logaddexp, "torch.logaddexp", axes=(1, 1)),
    "masked_softmax": Operation(masked_softmax, "masked_softmax", axes=(1, 1), dim="kept"),
    "masked_log_softmax": Operation(masked_log_softmax, "masked_log_softmax", axes=(1, 1), dim="kept"),
    "cross_entropy": Operation(F.cross_entropy, "torch.nn.functional.cross_entropy", axes=(1, 0)),
    "soft_cross_entropy": Operation(F.cross_entropy, "torch.nn.functional.cross_entropy", axes=(1, 1)),
    "soft_cross_entropy_layer": Operation(soft_cross_entropy_layer, "soft_cross_entropy_layer", axes=(1, 1)),
    "soft_cross_entropy_reduced": Operation(F.cross_entropy, "torch.nn.functional.cross_entropy"),
    "scaled_dot_product_attention": Operation(
        F.scaled_dot_product_attention, "torch.nn.functional.scaled_dot_product_attention", axes=(2, 2, 2, 2)
    ),
}
