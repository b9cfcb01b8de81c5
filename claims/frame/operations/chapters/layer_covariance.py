"""Covariances of the outputs of a linear layer, and the shape of its weight."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _image_covariance(w: Tensor, c: Tensor) -> Tensor:
    return w @ c @ w.mT


def _second_moment(w: Tensor, x: Tensor) -> Tensor:
    return w @ x @ x.mT @ w.mT / x.shape[-1]


def centred_product(z: Tensor) -> Tensor:
    """The covariance (..., n, n) of e samples (..., n, e), divisor e."""
    deviations = z - z.mean(-1, keepdim=True)
    return deviations @ deviations.mT / z.shape[-1]


def _linear_of_columns(w: Tensor, x: Tensor, b: Tensor) -> Tensor:
    return nn.functional.linear(x.mT, w, b).mT


def weight_shape(fan_in: int, fan_out: int) -> tuple[int, ...]:
    """The shape of the weight of a linear layer."""
    return tuple(nn.Linear(fan_in, fan_out, device="meta").weight.shape)


def _addmm_of_columns(w: Tensor, x: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(b[:, None], w, x)


_PAIR = (2, 2)
_AFFINE = (2, 2, 1)

ROWS = {
    "image_covariance": Operation(_image_covariance, "(lambda w, c: w @ c @ w.mT)", axes=_PAIR, product=True),
    "second_moment": Operation(
        _second_moment, "(lambda w, x: w @ x @ x.mT @ w.mT / x.shape[-1])", axes=_PAIR, product=True
    ),
    "centred_product": Operation(centred_product, "centred_product", axes=(2,), product=True),
    "linear_of_columns": Operation(
        _linear_of_columns,
        "(lambda w, x, b: torch.nn.functional.linear(x.mT, w, b).mT)",
        axes=_AFFINE,
        batches=False,
        product=True,
    ),
    "addmm_of_columns": Operation(
        _addmm_of_columns, "(lambda w, x, b: torch.addmm(b[:, None], w, x))", axes=_AFFINE, batches=False, product=True
    ),
    "weight_shape": Operation(weight_shape, "weight_shape"),
}
