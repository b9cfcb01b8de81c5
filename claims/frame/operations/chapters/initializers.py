"""More initializers, activations behind a layer, and formulas on first and second moments through one."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _propagated_second_moment(
    fan_in: float, square_w: Tensor, mean_w: Tensor, square_x: Tensor, mean_x: Tensor
) -> Tensor:
    return fan_in * (square_w * square_x + (fan_in - 1) * mean_w**2 * mean_x**2)


def default_parameters(layer: str, sizes: tuple[int, ...], *, dtype: torch.dtype, device: str) -> list[Tensor]:
    """Weight and bias of a layer as its constructor leaves them; sizes are the arguments of that."""
    made = getattr(nn, layer)(*sizes, dtype=dtype, device=device)
    return [p.detach() for p in list(made.parameters())]


def conv(x: Tensor, w: Tensor, groups: int) -> Tensor:
    """Without padding, in one or two dimensions."""
    return (F.conv1d if w.ndim == 3 else F.conv2d)(x, w, groups=groups)


def conv_transpose(x: Tensor, w: Tensor, groups: int) -> Tensor:
    """The adjoint: its weight has the inputs as its first axis."""
    return (F.conv_transpose1d if w.ndim == 3 else F.conv_transpose2d)(x, w, groups=groups)


ROWS = {
    "init_uniform_": Operation(nn.init.uniform_, "torch.nn.init.uniform_", in_place=True),
    "init_normal_": Operation(nn.init.normal_, "torch.nn.init.normal_", in_place=True),
    "trunc_normal_": Operation(nn.init.trunc_normal_, "torch.nn.init.trunc_normal_", in_place=True),
    "sparse_": Operation(nn.init.sparse_, "torch.nn.init.sparse_", in_place=True),
    "constant_": Operation(nn.init.constant_, "torch.nn.init.constant_", in_place=True),
    "zeros_": Operation(nn.init.zeros_, "torch.nn.init.zeros_", in_place=True),
    "ones_": Operation(nn.init.ones_, "torch.nn.init.ones_", in_place=True),
    "eye_": Operation(nn.init.eye_, "torch.nn.init.eye_", in_place=True),
    "dirac_": Operation(nn.init.dirac_, "torch.nn.init.dirac_", in_place=True),
    "default_parameters": Operation(default_parameters, "default_parameters"),
    "conv": Operation(conv, "conv", product=True),
    "conv_transpose": Operation(conv_transpose, "conv_transpose", product=True),
    "kaiming_normal_": Operation(nn.init.kaiming_normal_, "torch.nn.init.kaiming_normal_", in_place=True),
    "kaiming_uniform_": Operation(nn.init.kaiming_uniform_, "torch.nn.init.kaiming_uniform_", in_place=True),
    "tanh": Operation(torch.tanh, "torch.tanh"),
    "selu": Operation(nn.functional.selu, "torch.nn.functional.selu"),
    "propagated_mean": Operation(lambda m, ew, ex: m * ew * ex, "(lambda m, ew, ex: m * ew * ex)"),
    "propagated_second_moment": Operation(
        _propagated_second_moment,
        "(lambda m, w2, ew, x2, ex: m * (w2 * x2 + (m - 1) * ew**2 * ex**2))",
    ),
}
