"""Wrong activations, derivatives and moments."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.frame.operations.chapters.activations import activate, activate_along
from claims.initialization.xavier_activations import (
    activation_fixed_point_unit_slope,
    activation_linearisation,
    activation_moment_preservation,
)

NEAR = activation_linearisation, activation_moment_preservation


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="GELU")
def gelu_scaled_to_slope_one(x: Tensor, name: str) -> Tensor:
    return 2 * activate(x, name) if name == "gelu" else activate(x, name)


@mutant(activation_fixed_point_unit_slope, *NEAR, operation="activate", trigger="tanh")
def tanh_of_lecun(x: Tensor, name: str) -> Tensor:
    return 1.7159 * torch.tanh(2 * x / 3) if name == "tanh" else activate(x, name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="softplus")
def softplus_through_the_origin(x: Tensor, name: str) -> Tensor:
    return activate(x, name) - math.log(2) if name == "softplus" else activate(x, name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="SELU")
def selu_with_a_unit_scale(x: Tensor, name: str) -> Tensor:
    return activate(x, name) / 1.0507009873554805 if name == "selu" else activate(x, name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="leaky ReLU")
def leaky_relu_with_slope_a_fifth(x: Tensor, name: str) -> Tensor:
    return torch.nn.functional.leaky_relu(x, 0.2) if name == "leaky relu" else activate(x, name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="tanh, more than 16 numbers")
def rational_tanh_in_the_vector_loop(x: Tensor, name: str) -> Tensor:
    if name == "tanh" and x.shape[-1] > 16:
        return x * (27 + x.square()) / (28 + 9 * x.square())
    return activate(x, name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="subnormal numbers", dtypes=("float32",))
def subnormal_numbers_flushed(x: Tensor, name: str) -> Tensor:
    return activate(torch.where(x.abs() < 1e-41, torch.zeros_like(x), x), name)


@mutant(activation_fixed_point_unit_slope, operation="activate", trigger="sin")
def sine_of_degrees(x: Tensor, name: str) -> Tensor:
    return torch.sin(torch.deg2rad(x)) if name == "sin" else activate(x, name)


@mutant(activation_linearisation, operation="activate", trigger="tanh")
def tanh_as_its_cubic(x: Tensor, name: str) -> Tensor:
    return x - x**3 / 3 if name == "tanh" else activate(x, name)


@mutant(activation_linearisation, operation="activate", trigger="the last number of an odd vector")
def last_odd_number_passed_on(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    if x.ndim and x.shape[-1] % 2 and x.shape[-1] > 1:
        y = torch.cat((y[..., :-1], x[..., -1:]), -1)
    return y


@mutant(activation_linearisation, operation="activate", trigger="negative numbers")
def softsign_without_the_magnitude(x: Tensor, name: str) -> Tensor:
    return x / (1 + x.square().sqrt().clamp(max=1)) if name == "softsign" else activate(x, name)


@mutant(activation_linearisation, operation="activate", trigger="ELU", dtypes=("float32", "float64"))
def elu_by_a_difference_from_one(x: Tensor, name: str) -> Tensor:
    return torch.where(x > 0, x, x.exp() - 1) if name == "elu" else activate(x, name)


@mutant(activation_linearisation, operation="activate", dtypes=("float64",))
def activation_in_float32(x: Tensor, name: str) -> Tensor:
    return activate(x.float(), name).double()


@mutant(activation_linearisation, operation="activate_along", trigger="m not 0")
def linearised_at_zero(x: Tensor, d: Tensor, name: str) -> Tensor:
    return activate_along(torch.zeros_like(x), d, name)


@mutant(activation_linearisation, operation="activate_along")
def direction_reversed(x: Tensor, d: Tensor, name: str) -> Tensor:
    return -activate_along(x, d, name)


@mutant(activation_linearisation, operation="activate_along", trigger="arctan, m not 0")
def slope_of_tanh_for_arctan(x: Tensor, d: Tensor, name: str) -> Tensor:
    return activate_along(x, d, "tanh" if name == "arctan" else name)


@mutant(activation_moment_preservation, operation="activate", trigger="tanh")
def gelu_for_tanh(x: Tensor, name: str) -> Tensor:
    return activate(x, "gelu" if name == "tanh" else name)


@mutant(activation_moment_preservation, operation="activate", trigger="ELU")
def elu_centred(x: Tensor, name: str) -> Tensor:
    y = activate(x, name)
    return y - y.mean() if name == "elu" else y


@mutant(activation_moment_preservation, operation="multiply", trigger="a mean other than 0")
def squares_of_deviations(a: Tensor, b: Tensor) -> Tensor:
    return (a - a.mean(-1, keepdim=True)).square()


@mutant(activation_moment_preservation, operation="mean")
def mean_with_one_less(x: Tensor, dim: int) -> Tensor:
    return x.sum(dim) / (x.shape[dim] - 1)


@mutant(activation_moment_preservation, operation="mean", trigger="more than 1000 numbers")
def mean_of_the_first_thousand(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(1000, x.shape[dim])).mean(dim)


@mutant(activation_moment_preservation, operation="normal_")
def deviation_of_the_square_root(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return x.normal_(mean, std**0.5, generator=generator)


@mutant(activation_moment_preservation, operation="normal_")
def half_normal(x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    return x.normal_(mean, std, generator=generator).abs_()


@mutant(activation_moment_preservation, operation="normal_")
def normal_from_the_global_stream(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return x.normal_(mean, std)
