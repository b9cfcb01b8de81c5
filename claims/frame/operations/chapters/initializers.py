"""More initializers, activations behind a layer, and formulas on first and second moments through one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _propagated_second_moment(
    fan_in: float, square_w: Tensor, mean_w: Tensor, square_x: Tensor, mean_x: Tensor
) -> Tensor:
    return fan_in * (square_w * square_x + (fan_in - 1) * mean_w**2 * mean_x**2)


ROWS = {
    "kaiming_normal_": Operation(nn.init.kaiming_normal_, "torch.nn.init.kaiming_normal_", in_place=True),
    "kaiming_uniform_": Operation(nn.init.kaiming_uniform_, "torch.nn.init.kaiming_uniform_", in_place=True),
    "relu": Operation(nn.functional.relu, "torch.nn.functional.relu"),
    "tanh": Operation(torch.tanh, "torch.tanh"),
    "selu": Operation(nn.functional.selu, "torch.nn.functional.selu"),
    "propagated_mean": Operation(lambda m, ew, ex: m * ew * ex, "(lambda m, ew, ex: m * ew * ex)"),
    "propagated_second_moment": Operation(
        _propagated_second_moment,
        "(lambda m, w2, ew, x2, ex: m * (w2 * x2 + (m - 1) * ew**2 * ex**2))",
    ),
}
