"""Wrong initializers of deep chains, wrong layers and wrong formulas of their moments."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Generator, Tensor
from torch.nn.init import kaiming_normal_, xavier_normal_

from claims import mutant
from claims.initialization.depth import (
    init_scale_depth_growth,
    larger_matrix_entries_larger_output,
    weight_mean_growth,
)

Mode = Literal["fan_in", "fan_out"]
Kind = Literal["linear", "relu"]


@mutant(init_scale_depth_growth, operation="kaiming_normal_", trigger="fan-in other than 1")
def variance_one_over_the_root_of_the_width(
    w: Tensor, *, mode: Mode, nonlinearity: Kind, generator: Generator | None = None
) -> Tensor:
    fan = w.shape[1 if mode == "fan_in" else 0]
    return w.normal_(0, fan**-0.25, generator=generator)


@mutant(init_scale_depth_growth, operation="kaiming_normal_", trigger="mode fan_out, a rectangular layer")
def mode_ignored(w: Tensor, *, mode: Mode, nonlinearity: Kind, generator: Generator | None = None) -> Tensor:
    return kaiming_normal_(w, nonlinearity=nonlinearity, generator=generator)


@mutant(init_scale_depth_growth, operation="kaiming_normal_", trigger="mode fan_in, a rectangular layer")
def mean_of_the_fans(w: Tensor, *, mode: Mode, nonlinearity: Kind, generator: Generator | None = None) -> Tensor:
    if mode == "fan_out":
        return kaiming_normal_(w, mode=mode, nonlinearity=nonlinearity, generator=generator)
    return xavier_normal_(w, generator=generator)


@mutant(init_scale_depth_growth, operation="kaiming_normal_", trigger="a second layer of the same shape")
def weights_shared_between_layers(
    w: Tensor, *, mode: Mode, nonlinearity: Kind, generator: Generator | None = None
) -> Tensor:
    shared = torch.Generator(w.device).manual_seed(w.numel())
    return kaiming_normal_(w, mode=mode, nonlinearity=nonlinearity, generator=shared)


@mutant(init_scale_depth_growth, operation="xavier_normal_", trigger="a rectangular layer")
def fan_in_in_place_of_both(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, gain / math.sqrt(w.shape[1]), generator=generator)


@mutant(init_scale_depth_growth, operation="xavier_normal_", trigger="gain other than 1")
def gain_squared_in_a_deep_chain(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return xavier_normal_(w, gain**2, generator=generator)


@mutant(init_scale_depth_growth, operation="normal_")
def uniform_up_to_the_deviation(w: Tensor, mean: float, std: float, *, generator: Generator | None = None) -> Tensor:
    return w.uniform_(mean - std, mean + std, generator=generator)


@mutant(init_scale_depth_growth, operation="normal_")
def variance_in_place_of_the_deviation(
    w: Tensor, mean: float, std: float, *, generator: Generator | None = None
) -> Tensor:
    return w.normal_(mean, std**2, generator=generator)


@mutant(init_scale_depth_growth, operation="matmul")
def every_layer_normalised(w: Tensor, h: Tensor) -> Tensor:
    y = w @ h
    sizes = [v.float().norm(dim=-2, keepdim=True) for v in (h, y)]
    normalised: Tensor = y.float() * sizes[0] / sizes[1].clamp(min=1e-30)
    return normalised.to(y.dtype)


@mutant(init_scale_depth_growth, operation="matmul", trigger="more than 64 inputs")
def inputs_beyond_64_left_out(w: Tensor, h: Tensor) -> Tensor:
    return w[..., :64] @ h[..., :64, :]


@mutant(init_scale_depth_growth, operation="matmul", trigger="a square layer")
def square_layers_transposed(w: Tensor, h: Tensor) -> Tensor:
    return (w.mT if w.shape[-1] == w.shape[-2] else w) @ h


@mutant(weight_mean_growth, operation="propagated_mean", trigger="M > 1")
def mean_without_the_width(m: int, mean_w: Tensor, mean_x: Tensor) -> Tensor:
    return mean_w * mean_x


@mutant(weight_mean_growth, operation="propagated_mean", trigger="E[w] < 0")
def size_of_the_mean_weight(m: int, mean_w: Tensor, mean_x: Tensor) -> Tensor:
    return m * mean_w.abs() * mean_x


@mutant(weight_mean_growth, operation="propagated_mean", trigger="M > 1")
def mean_by_the_squared_width(m: int, mean_w: Tensor, mean_x: Tensor) -> Tensor:
    return m**2 * mean_w * mean_x


@mutant(weight_mean_growth, operation="propagated_second_moment", trigger="M > 1 and both means not 0")
def second_moment_without_cross_terms(m: int, w2: Tensor, mean_w: Tensor, x2: Tensor, mean_x: Tensor) -> Tensor:
    return m * w2 * x2


@mutant(weight_mean_growth, operation="propagated_second_moment", trigger="both means not 0")
def as_many_cross_terms_as_squares(m: int, w2: Tensor, mean_w: Tensor, x2: Tensor, mean_x: Tensor) -> Tensor:
    return m * w2 * x2 + m * m * mean_w**2 * mean_x**2


@mutant(weight_mean_growth, operation="propagated_second_moment", trigger="E[w] not 0")
def variance_in_place_of_the_second_moment(m: int, w2: Tensor, mean_w: Tensor, x2: Tensor, mean_x: Tensor) -> Tensor:
    return m * ((w2 - mean_w**2) * x2 + (m - 1) * mean_w**2 * mean_x**2)


@mutant(weight_mean_growth, operation="linear", trigger="M > 2")
def third_input_and_later_left_out(x: Tensor, w: Tensor) -> Tensor:
    return torch.nn.functional.linear(x[..., :2], w[..., :2])


@mutant(weight_mean_growth, operation="mean", trigger="more than 16 outcomes")
def mean_of_the_first_outcomes(z: Tensor, dim: int) -> Tensor:
    return z.narrow(dim, 0, min(z.shape[dim], 16)).mean(dim)


@mutant(weight_mean_growth, operation="mean", dtypes=("float16", "bfloat16"), trigger="many outcomes")
def mean_of_a_running_sum_in_half(z: Tensor, dim: int) -> Tensor:
    total = torch.zeros_like(z.select(dim, 0))
    for entry in z.unbind(dim):
        total = total + entry
    return total / z.shape[dim]


@mutant(larger_matrix_entries_larger_output, operation="matmul", trigger="a square matrix of more than one entry")
def transposed_square_matrix(w: Tensor, x: Tensor) -> Tensor:
    return w.mT @ x if w.shape[-1] == w.shape[-2] and w.shape[-1] > 1 and w.abs().max() > 8 else w @ x


@mutant(larger_matrix_entries_larger_output, operation="multiply")
def factor_squared(w: Tensor, factor: Tensor) -> Tensor:
    return w * factor**2


@mutant(larger_matrix_entries_larger_output, operation="multiply", trigger="a negative factor")
def size_of_the_factor(w: Tensor, factor: Tensor) -> Tensor:
    return w * factor.abs()


@mutant(larger_matrix_entries_larger_output, operation="multiply", trigger="negative entries")
def sizes_of_the_entries(w: Tensor, factor: Tensor) -> Tensor:
    return w.abs() * factor


@mutant(larger_matrix_entries_larger_output, operation="multiply", trigger="more than 64 columns")
def only_the_first_64_columns_scaled(w: Tensor, factor: Tensor) -> Tensor:
    return torch.cat((w[..., :64] * factor, w[..., 64:] * torch.ones_like(factor)), -1)


@mutant(larger_matrix_entries_larger_output, operation="matmul", trigger="entries above 8")
def entries_clipped_at_eight(w: Tensor, x: Tensor) -> Tensor:
    return w.clamp(-8, 8) @ x


@mutant(larger_matrix_entries_larger_output, operation="vector_norm", trigger="norms above 64")
def norm_clipped_at_64(x: Tensor, dim: int) -> Tensor:
    size: Tensor = torch.linalg.vector_norm(x, dim=dim)
    return size.clamp(max=64)


@mutant(larger_matrix_entries_larger_output, operation="vector_norm", trigger="more than one entry")
def mean_square_in_place_of_the_sum(x: Tensor, dim: int) -> Tensor:
    size: Tensor = torch.linalg.vector_norm(x, dim=dim)
    return size / x.shape[dim] ** 0.5 if size.numel() and size.max() > 32 else size
