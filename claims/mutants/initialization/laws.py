"""Wrong Xavier initializers and wrong compromises."""

from __future__ import annotations

import math

from torch import Generator, Tensor
from torch.nn.init import _calculate_fan_in_and_fan_out as fans_of

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
