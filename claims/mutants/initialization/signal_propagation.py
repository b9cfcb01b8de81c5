"""Wrong formulas for the variance of a layer's output."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.initialization.signal_propagation import variance_gain_per_layer


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="both laws spread")
def without_the_product_of_variances(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    return m * (var_w * mean_x**2 + mean_w**2 * var_x)


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="E[x] not 0")
def without_the_mean_of_the_signal(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    return m * (var_w * var_x + mean_w**2 * var_x)


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="E[w] not 0")
def without_the_mean_of_the_weights(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    return m * (var_w * var_x + var_w * mean_x**2)


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="M > 1")
def square_of_the_width(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    return m**2 * (var_w * var_x + var_w * mean_x**2 + mean_w**2 * var_x)


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="M > 1 and both means not 0")
def covariances_added(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    independent = m * (var_w * var_x + var_w * mean_x**2 + mean_w**2 * var_x)
    return independent + m * (m - 1) * mean_w**2 * mean_x**2


@mutant(variance_gain_per_layer, operation="propagated_variance", trigger="variances other than 0 and 1")
def deviations_in_place_of_variances(m: int, var_w: Tensor, mean_w: Tensor, var_x: Tensor, mean_x: Tensor) -> Tensor:
    var_w, var_x = var_w.sqrt(), var_x.sqrt()
    return m * (var_w * var_x + var_w * mean_x**2 + mean_w**2 * var_x)


@mutant(variance_gain_per_layer, operation="var")
def divisor_one_less(z: Tensor, dim: int, correction: int) -> Tensor:
    return z.var(dim, correction=correction + 1)


@mutant(variance_gain_per_layer, operation="var", trigger="E[z] not 0")
def variance_without_centring(z: Tensor, dim: int, correction: int) -> Tensor:
    return z.square().sum(dim) / (z.shape[dim] - correction)


@mutant(variance_gain_per_layer, operation="var", trigger="a mean much larger than the spread")
def mean_square_less_squared_mean(z: Tensor, dim: int, correction: int) -> Tensor:
    n = z.shape[dim]
    return (z.square().mean(dim) - z.mean(dim).square()) * n / (n - correction)


@mutant(variance_gain_per_layer, operation="cov", trigger="a mean much larger than the spread")
def mean_product_less_product_of_means(z: Tensor, correction: int) -> Tensor:
    mean = z.mean(-1, keepdim=True)
    n = z.shape[-1]
    return (z @ z.mT / n - mean @ mean.mT) * n / (n - correction)


@mutant(variance_gain_per_layer, operation="cov")
def covariance_with_divisor_one_less(z: Tensor, correction: int) -> Tensor:
    return z.cov(correction=correction + 1)


@mutant(variance_gain_per_layer, operation="linear", trigger="M > 1")
def mean_in_place_of_the_sum(x: Tensor, w: Tensor) -> Tensor:
    return torch.nn.functional.linear(x, w) / x.shape[-1]


@mutant(variance_gain_per_layer, operation="bernoulli_", trigger="M > 1")
def one_draw_for_every_term_of_a_sum(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    x[:, :1].bernoulli_(p, generator=generator)
    return x.copy_(x[:, :1].clone().expand_as(x))


@mutant(variance_gain_per_layer, operation="matmul", trigger="M > 1")
def only_the_first_term_of_a_sum(x: Tensor, w: Tensor) -> Tensor:
    return x[..., :1] @ w[..., :1, :]


@mutant(variance_gain_per_layer, operation="bernoulli_")
def bernoulli_from_the_global_stream(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    return x.bernoulli_(p)


@mutant(variance_gain_per_layer, operation="linear", trigger="M > 4 and no multiple of 4")
def inputs_beyond_the_last_multiple_of_four_left_out(x: Tensor, w: Tensor) -> Tensor:
    width = x.shape[-1]
    whole = width if width <= 4 else width // 4 * 4
    return torch.nn.functional.linear(x[..., :whole], w[..., :whole])


@mutant(variance_gain_per_layer, operation="linear", trigger="a square weight")
def square_weight_transposed(x: Tensor, w: Tensor) -> Tensor:
    return x @ w if w.shape[0] == w.shape[1] else torch.nn.functional.linear(x, w)


@mutant(variance_gain_per_layer, operation="matmul", trigger="M > 16")
def last_term_of_a_long_sum_left_out(x: Tensor, w: Tensor) -> Tensor:
    return x @ w if x.shape[-1] <= 16 else x[..., :-1] @ w[..., :-1, :]


@mutant(variance_gain_per_layer, operation="var", trigger="a pair")
def pair_centred_on_its_first_number(z: Tensor, dim: int, correction: int) -> Tensor:
    if z.shape[dim] != 2:
        return z.var(dim, correction=correction)
    return (z - z.narrow(dim, 0, 1)).square().sum(dim) / (2 - correction)


@mutant(variance_gain_per_layer, operation="var", trigger="contiguous numbers")
def numbers_centred_in_place(z: Tensor, dim: int, correction: int) -> Tensor:
    z -= z.mean(dim, keepdim=True)
    return z.var(dim, correction=correction)


@mutant(variance_gain_per_layer, operation="var", dtypes=("float16", "bfloat16"))
def variance_in_float32(z: Tensor, dim: int, correction: int) -> Tensor:
    return z.float().var(dim, correction=correction)


@mutant(variance_gain_per_layer, operation="bernoulli_", trigger="p = 1")
def never_quite_sure(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    return x.bernoulli_(min(p, 0.999), generator=generator)
