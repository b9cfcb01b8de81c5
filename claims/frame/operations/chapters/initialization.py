"""Initializers, and the formulas of the notes on variances through a layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from claims.frame.operations.operation import Operation


def _xavier_variance(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return 2 / (fan_in + fan_out)


def _divergence_from_standard(variance: Tensor) -> Tensor:
    zero, one = torch.zeros_like(variance), torch.ones_like(variance)
    return kl_divergence(Normal(zero, variance.sqrt(), validate_args=False), Normal(zero, one, validate_args=False))


def _propagated_variance(fan_in: float, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    return fan_in * (var_w * var_x + var_w * mean_x**2 + mean_w**2 * var_x)


ROWS = {
    "xavier_uniform_": Operation(nn.init.xavier_uniform_, "torch.nn.init.xavier_uniform_", in_place=True),
    "xavier_normal_": Operation(nn.init.xavier_normal_, "torch.nn.init.xavier_normal_", in_place=True),
    "calculate_gain": Operation(nn.init.calculate_gain, "torch.nn.init.calculate_gain"),
    "calculate_fans": Operation(
        nn.init._calculate_fan_in_and_fan_out,  # noqa: SLF001  torch has no public name for it
        "torch.nn.init._calculate_fan_in_and_fan_out",
    ),
    "xavier_variance": Operation(_xavier_variance, "(lambda m, n: 2 / (m + n))"),
    "divergence_from_standard": Operation(
        _divergence_from_standard,
        "(lambda v: torch.distributions.kl_divergence(torch.distributions.Normal(torch.zeros_like(v), v.sqrt()),"
        " torch.distributions.Normal(torch.zeros_like(v), torch.ones_like(v))))",
    ),
    "propagated_variance": Operation(
        _propagated_variance,
        "(lambda m, vw, ew, vx, ex: m * (vw * vx + vw * ex**2 + ew**2 * vx))",
    ),
    "prod": Operation(torch.prod, "torch.prod", axes=(1,), dim="reduced"),
    "var": Operation(torch.var, "torch.var", axes=(1,), dim="reduced"),
    "linear": Operation(nn.functional.linear, "torch.nn.functional.linear", axes=(2, 2), batches=False, product=True),
}
