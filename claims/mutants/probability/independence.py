"""Wrong signs, samplers, joint laws and covariances."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.probability.independence import independence_implies_zero_covariance, uniform_random_sign_example


@mutant(uniform_random_sign_example, operation="flip_signs", trigger="a sample of more than one")
def one_sign_for_the_whole_sample(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    one = torch.full((), probability, dtype=x.dtype, device=x.device)
    return x * (2 * torch.bernoulli(one, generator=generator) - 1)


@mutant(uniform_random_sign_example, operation="flip_signs")
def sign_with_probability_051(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    heads = torch.bernoulli(torch.full_like(x, probability + 0.01), generator=generator)
    return x * (2 * heads - 1)


@mutant(uniform_random_sign_example, operation="flip_signs")
def sign_of_x_itself(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    return x.abs() * x.sign()


@mutant(uniform_random_sign_example, operation="flip_signs", trigger="negative x")
def sign_that_makes_y_positive(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    return x.abs()


@mutant(uniform_random_sign_example, operation="flip_signs", trigger="a sample of more than one")
def alternating_signs(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    return x * (1 - 2 * (torch.arange(x.numel(), device=x.device) % 2))


@mutant(uniform_random_sign_example, operation="flip_signs", trigger="a sample of more than one")
def signs_of_the_second_half_repeated(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    heads = torch.bernoulli(torch.full_like(x, probability), generator=generator)
    half = x.numel() // 2
    return x * (2 * torch.cat((heads[:half], heads[: x.numel() - half])) - 1)


@mutant(uniform_random_sign_example, operation="flip_signs_by_integers")
def signs_from_zero_to_one(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x * torch.randint(0, 2, x.shape, device=x.device, generator=generator)


@mutant(uniform_random_sign_example, operation="flip_signs_by_integers")
def upper_end_of_the_integers_left_out(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x * (2 * torch.randint(0, 1, x.shape, device=x.device, generator=generator) - 1)


@mutant(uniform_random_sign_example, operation="uniform_", trigger="a sample of more than one")
def second_half_of_the_sample_repeated(
    x: Tensor, lower: float, upper: float, generator: Generator | None = None
) -> Tensor:
    half = x.numel() // 2
    x.uniform_(lower, upper, generator=generator)[x.numel() - half :] = x[:half].clone()
    return x


@mutant(uniform_random_sign_example, operation="uniform_")
def uniform_on_the_unit_interval(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    return x.uniform_(0.0, 1.0, generator=generator)


@mutant(independence_implies_zero_covariance, operation="outer", trigger="E[X] E[Y] not 0")
def joint_law_scaled_by_two(p: Tensor, q: Tensor) -> Tensor:
    return 2 * torch.outer(p, q)


@mutant(independence_implies_zero_covariance, operation="outer", trigger="two or more atoms on both sides")
def comonotone_coupling(p: Tensor, q: Tensor) -> Tensor:
    upper_p, upper_q = p.cumsum(0)[:, None], q.cumsum(0)[None, :]
    overlap = torch.minimum(upper_p, upper_q) - torch.maximum(upper_p - p[:, None], upper_q - q[None, :])
    return overlap.clamp(min=0)


@mutant(independence_implies_zero_covariance, operation="weighted_covariance", trigger="E[X] E[Y] not 0")
def covariance_without_centring(x: Tensor, weights: Tensor) -> Tensor:
    return (x * weights) @ x.mT / weights.sum()


@mutant(independence_implies_zero_covariance, operation="uniform_")
def one_seed_for_both_samples(rows: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    rows[:1].uniform_(lower, upper, generator=generator)
    return rows.copy_(rows[:1].clone().expand_as(rows))


@mutant(independence_implies_zero_covariance, operation="uniform_")
def one_percent_of_x_leaks_into_y(
    rows: Tensor, lower: float, upper: float, generator: Generator | None = None
) -> Tensor:
    x, v = rows.uniform_(lower, upper, generator=generator)
    return rows.copy_(torch.stack((x, 0.99 * v + 0.01 * x)))


@mutant(uniform_random_sign_example, independence_implies_zero_covariance, operation="uniform_")
def uniform_from_the_global_stream(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    return x.uniform_(lower, upper)


@mutant(uniform_random_sign_example, operation="rand")
def rand_from_the_global_stream(n: int, dtype: torch.dtype, device: str, generator: Generator | None = None) -> Tensor:
    return torch.rand(n, dtype=dtype, device=device)


@mutant(independence_implies_zero_covariance, operation="normal_")
def normal_from_the_global_stream(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x.normal_()


@mutant(independence_implies_zero_covariance, operation="normal_", trigger="many draws")
def normal_one_percent_too_wide(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x.normal_(0.0, 1.01, generator=generator)


@mutant(independence_implies_zero_covariance, operation="bernoulli_", trigger="many draws")
def bernoulli_with_probability_0505(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    return x.bernoulli_(1.01 * p, generator=generator)


@mutant(uniform_random_sign_example, operation="uniform_", trigger="many draws in float32 or float64")
def uniform_of_sixteen_bits(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    x.uniform_(0.0, 1.0, generator=generator)
    return x.mul_(65536).floor_().mul_((upper - lower) / 65536).add_(lower)


def _rest(x: Tensor, lanes: int) -> Tensor:
    """What a loop over vectors of so many lanes leaves over, as a view of contiguous numbers."""
    return x.view(-1)[x.numel() // lanes * lanes :]


@mutant(uniform_random_sign_example, operation="uniform_", trigger="a size that is no multiple of 16")
def uniform_rest_is_positive(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    whole = x.contiguous().uniform_(lower, upper, generator=generator)
    _rest(whole, 16).abs_()
    return x.copy_(whole)


@mutant(uniform_random_sign_example, independence_implies_zero_covariance, operation="uniform_", trigger="many draws")
def upper_end_too_small_by_a_thousandth(
    x: Tensor, lower: float, upper: float, generator: Generator | None = None
) -> Tensor:
    return x.uniform_(lower, upper - 0.001 * (upper - lower), generator=generator)


@mutant(uniform_random_sign_example, operation="uniform_", trigger="many draws in float64")
def uniform_of_32_bits(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    bits = torch.randint(0, 1 << 32, x.shape, device=x.device, generator=generator)
    return x.copy_(bits.double() / 2**32 * (upper - lower) + lower)


@mutant(uniform_random_sign_example, operation="flip_signs_by_integers")
def last_sign_never_flipped(x: Tensor, generator: Generator | None = None) -> Tensor:
    signs = 2 * torch.randint(0, 2, x.shape, device=x.device, generator=generator) - 1
    signs[-1] = 1
    return x * signs


@mutant(uniform_random_sign_example, operation="flip_signs")
def signs_from_the_global_stream(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    return x * (2 * torch.bernoulli(torch.full_like(x, probability)) - 1)


@mutant(independence_implies_zero_covariance, operation="normal_", trigger="a size that is no multiple of 16")
def normal_rest_is_uniform(x: Tensor, generator: Generator | None = None) -> Tensor:
    whole = x.contiguous().normal_(generator=generator)
    _rest(whole, 16).uniform_(generator=generator)
    return x.copy_(whole)


@mutant(independence_implies_zero_covariance, operation="bernoulli_", trigger="a size that is no multiple of 8")
def bernoulli_rest_is_zero(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    whole = x.contiguous().bernoulli_(p, generator=generator)
    _rest(whole, 8).zero_()
    return x.copy_(whole)


@mutant(independence_implies_zero_covariance, operation="uniform_distribution")
def uniform_distribution_on_the_unit_interval(like: Tensor) -> Tensor:
    return torch.rand_like(like)
