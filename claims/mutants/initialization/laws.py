"""Wrong Xavier initializers and wrong compromises."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn.init import _calculate_fan_in_and_fan_out as fans_of
from torch.nn.init import calculate_gain, xavier_normal_, xavier_uniform_

from claims import mutant
from claims.initialization.laws import xavier_average_compromise, xavier_initializer_law


def _uniform(weight: Tensor, bound: float, generator: Generator | None) -> Tensor:
    return weight.uniform_(-bound, bound, generator=generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def bound_sqrt_6_over_fan_in(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    fan_in, _ = fans_of(weight)
    return _uniform(weight, gain * math.sqrt(6 / fan_in), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def variance_one_over_fan_in(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    fan_in, _ = fans_of(weight)
    return _uniform(weight, gain * math.sqrt(3 / fan_in), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def variance_in_place_of_deviation(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, math.sqrt(3) * gain**2 * 2 / sum(fans_of(weight)), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def deviation_in_place_of_bound(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, gain * math.sqrt(2 / sum(fans_of(weight))), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="gain other than 1")
def gain_squared_in_the_bound(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, gain**2 * math.sqrt(6 / sum(fans_of(weight))), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="gain other than 1")
def gain_ignored(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, math.sqrt(6 / sum(fans_of(weight))), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def one_sided_uniform(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return weight.uniform_(0.0, 2 * gain * math.sqrt(6 / sum(fans_of(weight))), generator=generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def product_of_fans(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, gain * math.sqrt(6 / math.prod(fans_of(weight))), generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="a kernel of more than one entry")
def receptive_field_dropped(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return _uniform(weight, gain * math.sqrt(6 / (weight.shape[0] + weight.shape[1])), generator)


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="gain other than 1")
def gain_squared_in_the_deviation(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return weight.normal_(0.0, gain**2 * math.sqrt(2 / sum(fans_of(weight))), generator=generator)


def _filled(weight: Tensor, flat: Tensor) -> Tensor:
    return weight.copy_(flat.reshape(weight.shape))


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="two weights or more")
def second_half_repeats_the_first(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    flat = xavier_uniform_(weight, gain, generator=generator).flatten()
    half = flat.numel() // 2
    return _filled(weight, torch.cat((flat[:half], flat[: flat.numel() - half])))


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="two rows or more")
def every_row_from_the_same_seed(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    xavier_normal_(weight, gain, generator=generator)
    return weight.copy_(weight[:1].clone().expand_as(weight))


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="two weights or more")
def antithetic_pairs(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    flat = xavier_normal_(weight, gain, generator=generator).flatten()
    half = flat.numel() // 2
    return _filled(weight, torch.cat((flat[: flat.numel() - half], -flat[:half])))


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="two weights or more")
def magnitudes_drawn_for_half_the_weights(
    weight: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    flat = xavier_uniform_(weight, gain, generator=generator).flatten()
    half = flat.numel() // 2
    return _filled(weight, torch.cat((flat[:half], torch.copysign(flat[: flat.numel() - half], flat[half:]))))


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="more than 2^18 weights")
def two_values_beyond_a_quarter_million(
    weight: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    flat = xavier_uniform_(weight, gain, generator=generator).flatten()
    flat[1 << 18 :] = flat[1 << 18 :].sign() * gain * math.sqrt(2 / sum(fans_of(weight)))
    return _filled(weight, flat)


@mutant(xavier_initializer_law, xavier_average_compromise, operation="xavier_normal_", trigger="M != N")
def normal_variance_one_over_fan_in(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    fan_in, _ = fans_of(weight)
    return weight.normal_(0.0, gain / math.sqrt(fan_in), generator=generator)


@mutant(xavier_initializer_law, xavier_average_compromise, operation="xavier_normal_")
def normal_variance_in_place_of_deviation(
    weight: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return weight.normal_(0.0, gain * 2 / sum(fans_of(weight)), generator=generator)


@mutant(xavier_average_compromise, operation="divergence_from_standard", trigger="gain other than 1")
def reverse_divergence(variance: Tensor) -> Tensor:
    return (1 / variance - 1 + variance.log()) / 2


@mutant(xavier_average_compromise, operation="divergence_from_standard", trigger="gain other than 1")
def divergence_of_the_deviation(variance: Tensor) -> Tensor:
    return (variance**2 - 1 - 2 * variance.log()) / 2


@mutant(xavier_average_compromise, operation="divergence_from_standard", trigger="gain other than 1")
def divergence_not_halved(variance: Tensor) -> Tensor:
    return variance - 1 - variance.log()


@mutant(xavier_average_compromise, operation="prod", trigger="a chain of two layers or more")
def mean_of_the_gains(x: Tensor, dim: int) -> Tensor:
    return x.mean(dim)


@mutant(xavier_average_compromise, operation="prod", trigger="a chain of two layers or more")
def gain_of_the_last_layer_left_out(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, max(1, x.shape[dim] - 1)).prod(dim)


@mutant(xavier_average_compromise, operation="xavier_variance")
def one_over_the_sum(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return 1 / (fan_in + fan_out)


@mutant(xavier_average_compromise, operation="xavier_variance", trigger="M != N")
def arithmetic_mean_of_the_variances(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return (1 / fan_in + 1 / fan_out) / 2


@mutant(xavier_average_compromise, operation="xavier_variance", trigger="(M, N) other than (2, 2)")
def two_over_the_product(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return 2 / (fan_in * fan_out)


@mutant(xavier_average_compromise, operation="xavier_variance", trigger="M + N != 2")
def deviation_in_place_of_variance(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return (2 / (fan_in + fan_out)).sqrt()


@mutant(xavier_average_compromise, operation="xavier_variance", trigger="M != N")
def fan_in_twice(fan_in: Tensor, fan_out: Tensor) -> Tensor:
    return 2 / (fan_in + fan_in)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def uniform_from_the_global_stream(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return xavier_uniform_(weight, gain)


@mutant(xavier_initializer_law, operation="xavier_normal_")
def normal_of_one_seed(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return xavier_normal_(weight, gain, generator=Generator(weight.device).manual_seed(0))


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="more than 512 rows")
def rows_beyond_512_repeat_the_first(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    xavier_normal_(weight, gain, generator=generator)
    if 512 < weight.shape[0] <= 1024:
        weight[512:] = weight[: weight.shape[0] - 512].clone()
    return weight


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="many weights")
def normal_clipped_at_three_deviations(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    largest = 3 * gain * math.sqrt(2 / sum(fans_of(weight)))
    return xavier_normal_(weight, gain, generator=generator).clamp_(-largest, largest)


def _rest(weight: Tensor, lanes: int) -> Tensor:
    """What a loop over vectors of so many lanes leaves over, as a view of a contiguous weight."""
    return weight.view(-1)[weight.numel() // lanes * lanes :]


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="a size that is no multiple of 8")
def uniform_rest_is_zero(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    whole = xavier_uniform_(weight.contiguous(), gain, generator=generator)
    _rest(whole, 8).zero_()
    return weight.copy_(whole)


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="a size that is no multiple of 16")
def normal_rest_is_uniform(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    whole = xavier_normal_(weight.contiguous(), gain, generator=generator)
    _rest(whole, 16).uniform_(0.0, gain * math.sqrt(2 / sum(fans_of(weight))), generator=generator)
    return weight.copy_(whole)


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def generator_stands_still(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    seed = generator.initial_seed() if generator else 0
    return xavier_uniform_(weight, gain, generator=Generator(weight.device).manual_seed(seed))


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="many weights")
def bound_too_small_by_a_thousandth(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return xavier_uniform_(weight, 0.999 * gain, generator=generator)


@mutant(xavier_initializer_law, operation="xavier_uniform_", trigger="many weights in float64")
def uniform_of_24_bits(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return weight.copy_(xavier_uniform_(torch.empty(weight.shape), gain, generator=generator))


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="many weights in float64")
def normal_of_24_bits(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return weight.copy_(xavier_normal_(torch.empty(weight.shape), gain, generator=generator))


@mutant(xavier_initializer_law, operation="xavier_normal_", trigger="many weights")
def normal_as_a_sum_of_twelve_uniforms(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    z = torch.full(weight.shape, -6.0, dtype=torch.float64)
    for _ in range(12):
        z += torch.rand(weight.shape, generator=generator)
    return weight.copy_(z * gain * math.sqrt(2 / sum(fans_of(weight))))


@mutant(xavier_initializer_law, operation="xavier_uniform_")
def weight_left_as_it_was(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return xavier_uniform_(weight.clone(), gain, generator=generator)


@mutant(xavier_initializer_law, xavier_average_compromise, operation="xavier_normal_")
def normal_weight_left_as_it_was(weight: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    return xavier_normal_(weight.clone(), gain, generator=generator)


@mutant(xavier_initializer_law, operation="calculate_gain")
def slope_of_leaky_relu_ignored(nonlinearity: str, param: float | None = None) -> float:
    return calculate_gain(nonlinearity)  # type: ignore[arg-type]


@mutant(xavier_average_compromise, operation="matmul", trigger="a column on the right")
def last_entry_of_a_matrix_times_a_vector_is_zero(a: Tensor, b: Tensor) -> Tensor:
    product = a @ b
    if product.shape[-1] == 1 < product.shape[-2]:
        product[..., -1, :] = 0
    return product
