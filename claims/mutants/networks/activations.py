"""Wrong sigmoids and rectifiers, and wrong derivatives of right ones."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.rectifiers import rectify
from claims.frame.operations.chapters.sigmoids import sigmoid_derivatives
from claims.mutants.networks.slopes import sloped
from claims.networks.activations import relu_unit_derivative, sigmoid_derivative


@mutant(sigmoid_derivative, operation="sigmoid", trigger="the gradient: the square of the value")
def slope_is_the_square(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return sloped(y, x, y * y)


@mutant(sigmoid_derivative, operation="expit", trigger="the gradient: that of tanh")
def slope_of_tanh(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return sloped(y, x, 1 - y * y)


@mutant(sigmoid_derivative, operation="sigmoid_", trigger="the gradient: 1 - sigma")
def slope_is_the_complement(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return sloped(y, x, 1 - y)


@mutant(sigmoid_derivative, operation="sigmoid", trigger="the gradient: twice as much")
def twice_the_slope(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return sloped(y, x, 2 * y * (1 - y))


@mutant(sigmoid_derivative, operation="sigmoid", trigger="the gradient of more than 16 numbers: from the rounded input")
def slope_in_bfloat16(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    coarse = torch.sigmoid(x.bfloat16().to(x.dtype))
    return sloped(y, x, coarse * (1 - coarse)) if x.shape[-1] > 16 else y


@mutant(sigmoid_derivative, operation="sigmoid", trigger="numbers above 88: exp(z) / (1 + exp(z))", dtypes=("float32",))
def exponential_overflows(x: Tensor) -> Tensor:
    return x.exp() / (1 + x.exp())


@mutant(sigmoid_derivative, operation="sigmoid", trigger="numbers far below 0: absolute accuracy", dtypes=("float64",))
def sigmoid_by_tanh(x: Tensor) -> Tensor:
    return (torch.tanh(x / 2) + 1) / 2


@mutant(sigmoid_derivative, operation="expit", trigger="numbers beyond 15, which are clipped")
def clipped_argument(x: Tensor) -> Tensor:
    return torch.sigmoid(x.clamp(-15, 15))


@mutant(sigmoid_derivative, operation="expit", trigger="float64 computed in float32", dtypes=("float64",))
def sigmoid_in_float32(x: Tensor) -> Tensor:
    return torch.sigmoid(x.float()).double()


@mutant(sigmoid_derivative, operation="sigmoid_", trigger="the last of an odd number of entries")
def last_odd_entry_passes(x: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return torch.cat((y[..., :-1], x[..., -1:]), -1) if x.shape[-1] % 2 else y


@mutant(sigmoid_derivative, operation="sigmoid", trigger="NaN, which becomes 1/2")
def nan_becomes_a_half(x: Tensor) -> Tensor:
    return torch.sigmoid(torch.where(x.isnan(), 0.0, x))


@mutant(sigmoid_derivative, operation="sigmoid_along", trigger="in forward mode: 1 + sigma")
def one_more_than_the_value(x: Tensor, d: Tensor) -> Tensor:
    y = torch.sigmoid(x)
    return d * y * (1 + y)


@mutant(sigmoid_derivative, operation="sigmoid_derivatives", trigger="the second order: sigma' (1 - sigma)")
def second_derivative_of_a_product(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    first, _, third = sigmoid_derivatives(x)
    return first, first * (1 - torch.sigmoid(x)), third


@mutant(sigmoid_derivative, operation="sigmoid_derivatives", trigger="the third order: sigma' (1 - 4 sigma')")
def third_derivative_with_another_factor(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    first, second, _ = sigmoid_derivatives(x)
    return first, second, first * (1 - 4 * first)


@mutant(relu_unit_derivative, operation="relu", trigger="the gradient of more than 16 numbers: leaks")
def leak_in_the_vector_loop(x: Tensor) -> Tensor:
    y = torch.relu(x)
    return sloped(y, x, torch.where(x > 0, 1.0, 0.01).to(x.dtype)) if x.shape[-1] > 16 else y


@mutant(relu_unit_derivative, operation="relu", trigger="the gradient: that of softplus")
def slope_of_softplus(x: Tensor) -> Tensor:
    return sloped(torch.relu(x), x, torch.sigmoid(x))


@mutant(relu_unit_derivative, operation="relu_", trigger="negative numbers: the magnitude")
def magnitude(x: Tensor) -> Tensor:
    return x.abs()


@mutant(relu_unit_derivative, operation="clamp_min", trigger="the gradient at subnormal numbers")
def subnormal_numbers_lose_their_slope(x: Tensor, least: float) -> Tensor:
    y = torch.clamp_min(x, least)
    return sloped(y, x, (x >= torch.finfo(x.dtype).tiny).to(x.dtype))


@mutant(relu_unit_derivative, operation="clamp", trigger="the gradient of numbers above 6")
def slope_ends_at_six(x: Tensor, least: float) -> Tensor:
    return sloped(torch.clamp(x, least), x, ((x > 0) & (x < 6)).to(x.dtype))


@mutant(relu_unit_derivative, operation="relu", trigger="the gradient at 0: the slopes of both sides added")
def two_slopes_at_zero(x: Tensor) -> Tensor:
    return sloped(torch.relu(x), x, (x >= 0).to(x.dtype) + (x == 0).to(x.dtype))


@mutant(relu_unit_derivative, operation="threshold", trigger="NaN, which becomes 0")
def nan_is_cut_off(x: Tensor, threshold: float, value: float) -> Tensor:
    return torch.where(x > threshold, x, value)


@mutant(relu_unit_derivative, operation="rectify", trigger="max along an axis: the gradient goes to both")
def both_arguments_of_the_maximum_get_the_gradient(x: Tensor, name: str) -> Tensor:
    y = rectify(x, name)
    return sloped(y, x, torch.ones_like(x)) if name == "max" else y


@mutant(relu_unit_derivative, operation="rectify", trigger="where: numbers below the unit roundoff")
def where_with_a_margin(x: Tensor, name: str) -> Tensor:
    return torch.where(x > torch.finfo(x.dtype).eps, x, 0.0 * x) if name == "where" else rectify(x, name)


@mutant(relu_unit_derivative, operation="rectify", trigger="hardtanh: the largest numbers")
def hardtanh_with_a_finite_end(x: Tensor, name: str) -> Tensor:
    return F.hardtanh(x, 0.0, torch.finfo(x.dtype).max / 2) if name == "hardtanh" else rectify(x, name)
