"""Units that keep a gradient where there is none, or lose one that there is."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.activations import activate
from claims.mutants.networks.slopes import sloped
from claims.networks.saturation import saturated_unit_loses_gradient


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid: 1e-7 away from 0 and 1")
def outputs_are_clamped(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    kept = y.clamp(1e-7, 1 - 1e-7)
    return sloped(y, x, kept * (1 - kept) + 1e-6 * (kept != y)) if name == "sigmoid" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid: sigma (1 + sigma)")
def sign_of_the_complement(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, y * (1 + y)) if name == "sigmoid" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid: the slope of tanh")
def sigmoid_with_the_slope_of_tanh(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, 1 - y * y) if name == "sigmoid" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid of negative numbers: 1 - y cancels")
def complement_for_negative_numbers(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    mirrored = 1 - y
    return sloped(y, x, mirrored * (1 - mirrored)) if name == "sigmoid" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid below -12: clipped arguments")
def clipped_arguments(x: Tensor, name: str) -> Tensor:
    return activate(x.clamp(-12, 12) if name == "sigmoid" else x, name)


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="sigmoid: exp(z) overflows to NaN")
def quotient_of_exponentials(x: Tensor, name: str) -> Tensor:
    return x.exp() / (1 + x.exp()) if name == "sigmoid" else activate(x, name)


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="tanh: 1 - x^2")
def tanh_slope_from_the_argument(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, 1 - x * x) if name == "tanh" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="tanh: 1 - |y|")
def tanh_slope_without_the_square(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, 1 - y.abs()) if name == "tanh" else y


@mutant(
    saturated_unit_loses_gradient,
    operation="activate",
    trigger="logsigmoid of numbers above 17: 1 - sigma(z) cancels",
    dtypes=("float32", "float64"),
)
def log_sigmoid_slope_by_the_complement(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, 1 - torch.sigmoid(x)) if name == "logsigmoid" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="hardtanh beyond 1: a straight-through slope")
def straight_through(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return sloped(y, x, torch.ones_like(y)) if name == "hardtanh" else y


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="relu6 of more than 16 numbers: no upper end")
def upper_end_forgotten(x: Tensor, name: str) -> Tensor:
    return torch.relu(x) if name == "relu6" and x.shape[-1] > 16 else activate(x, name)


@mutant(saturated_unit_loses_gradient, operation="activate", trigger="hardsigmoid between 2.5 and 3")
def ends_of_another_framework(x: Tensor, name: str) -> Tensor:
    return (x / 5 + 0.5).clamp(0, 1) if name == "hardsigmoid" else activate(x, name)
