"""Wrong Gram matrices, moments, and initializers."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.initialization.xavier_derivation import weight_gram_expectation, xavier_distribution_preservation

BOTH = weight_gram_expectation, xavier_distribution_preservation


@mutant(weight_gram_expectation, operation="matmul", trigger="as many rows as columns")
def columns_in_place_of_rows(a: Tensor, b: Tensor) -> Tensor:
    return b @ a if a.shape[-1] == a.shape[-2] == b.shape[-1] else a @ b


@mutant(weight_gram_expectation, operation="matmul", trigger="more than one row")
def diagonal_only(a: Tensor, b: Tensor) -> Tensor:
    product = a @ b
    return product * torch.eye(*product.shape[-2:], dtype=a.dtype, device=a.device)


@mutant(weight_gram_expectation, operation="matmul", trigger="rows other than columns")
def divided_by_the_rows_times_the_columns(a: Tensor, b: Tensor) -> Tensor:
    return a @ b * (a.shape[-2] / a.shape[-1])


@mutant(weight_gram_expectation, operation="mean", trigger="an odd number of outcomes")
def mean_with_one_less(x: Tensor, dim: int) -> Tensor:
    n = x.shape[dim]
    return x.sum(dim) / (n - n % 2 if n > 1 else n)


@mutant(weight_gram_expectation, operation="var")
def variance_with_divisor_one_less(x: Tensor, dim: int, correction: int) -> Tensor:
    return x.var(dim, correction=correction + (x.shape[dim] > 1))


@mutant(weight_gram_expectation, operation="var", trigger="a diagonal entry")
def second_moment_in_place_of_the_variance(x: Tensor, dim: int, correction: int) -> Tensor:
    return x.square().sum(dim) / (x.shape[dim] - correction)


@mutant(weight_gram_expectation, operation="sum", trigger="more than one row")
def only_the_trace_of_the_variances(x: Tensor, dim: int) -> Tensor:
    entries = x.movedim(dim, -1)
    return entries[..., :: math.isqrt(x.shape[dim]) + 1].sum(-1)


@mutant(weight_gram_expectation, operation="xavier_normal_", trigger="a weight with more than 100 inputs")
def variance_of_the_fan_in(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return w.normal_(0.0, gain / math.sqrt(w.shape[1]), generator=generator)


@mutant(*BOTH, operation="xavier_normal_")
def deviation_taken_for_the_variance(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return w.normal_(0.0, gain * 2 / sum(w.shape), generator=generator)


@mutant(weight_gram_expectation, operation="xavier_normal_", trigger="more than one row")
def rows_that_share_a_part(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    torch.nn.init.xavier_normal_(w, gain, generator)
    w[1:] = 0.8 * w[1:] + 0.6 * w[:1]
    return w


@mutant(weight_gram_expectation, operation="xavier_normal_", trigger="more than two rows")
def first_rows_orthogonal(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    torch.nn.init.xavier_normal_(w, gain, generator)
    w[1:] -= (w[1:] @ w[:1].mT) * w[:1] / w[:1].square().sum()
    return w


@mutant(*BOTH, operation="xavier_normal_")
def normal_from_the_global_stream(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.xavier_normal_(w, gain)


@mutant(xavier_distribution_preservation, operation="xavier_normal_")
def variance_doubled(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.xavier_normal_(w, gain * math.sqrt(2), generator)


@mutant(xavier_distribution_preservation, operation="xavier_normal_")
def gain_of_tanh(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.xavier_normal_(w, 5 / 3, generator)


@mutant(xavier_distribution_preservation, operation="xavier_normal_", dtypes=("float32", "float64"))
def orthogonal_in_place_of_independent(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.orthogonal_(w, gain, generator)


@mutant(xavier_distribution_preservation, operation="xavier_normal_", trigger="more than one layer")
def one_weight_for_all_layers(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.xavier_normal_(w, gain, torch.Generator(w.device).manual_seed(0))


@mutant(xavier_distribution_preservation, operation="xavier_normal_", trigger="more than one unit")
def frobenius_norm_fixed(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    torch.nn.init.xavier_normal_(w, gain, generator)
    return w.copy_(w * (len(w) ** 0.5 / w.square().sum().sqrt()))


@mutant(xavier_distribution_preservation, operation="matmul", trigger="a square layer")
def signal_normalised_in_every_layer(a: Tensor, b: Tensor) -> Tensor:
    image = a @ b
    if a.shape[-1] != a.shape[-2]:
        return image
    before, after = (v.square().sum(-2, keepdim=True).sqrt() for v in (b, image))
    return image * (before / after)


@mutant(xavier_distribution_preservation, operation="matmul", trigger="more than 64 units")
def units_beyond_64_left_out(a: Tensor, b: Tensor) -> Tensor:
    return a[..., :64] @ b[..., :64, :]


@mutant(xavier_distribution_preservation, operation="multiply", trigger="squares of squares")
def cubes_in_place_of_fourth_powers(a: Tensor, b: Tensor) -> Tensor:
    return a * b.sqrt() if a is b and bool((a >= 0).all()) else a * b


@mutant(xavier_distribution_preservation, operation="sum", trigger="more than one output")
def largest_square_in_place_of_the_sum(x: Tensor, dim: int) -> Tensor:
    return x.amax(dim)


@mutant(xavier_distribution_preservation, operation="mean", trigger="more than 256 outcomes")
def mean_of_the_first_256(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(x.shape[dim], 256)).mean(dim)
