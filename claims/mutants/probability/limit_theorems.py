"""Wrong standardisations, normal laws, samplers and weights of summands."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.probability.limit_theorems import (
    central_limit_theorem_berry_esseen,
    clt_needs_finite_variance,
    clt_needs_negligible_summands,
)


@mutant(central_limit_theorem_berry_esseen, operation="standardised_sum", trigger="more than one summand")
def scaled_by_n(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    return (s - n * mean) / (deviation * n)


@mutant(
    central_limit_theorem_berry_esseen,
    clt_needs_negligible_summands,
    operation="standardised_sum",
    trigger="variance not 1",
)
def scaled_by_the_variance(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    found: Tensor = (s - n * mean) / (deviation**2 * n**0.5)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="standardised_sum", trigger="mean not 0")
def not_centred(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    found: Tensor = s / (deviation * n**0.5)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="standardised_sum", trigger="more than one summand")
def deviation_with_bessels_correction(s: Tensor, n: int, mean: float, deviation: float) -> Tensor:
    found: Tensor = (s - n * mean) / (deviation * max(n - 1, 1) ** 0.5)
    return found


@mutant(central_limit_theorem_berry_esseen, clt_needs_negligible_summands, operation="ndtr")
def error_function_without_the_root_of_two(z: Tensor) -> Tensor:
    return 0.5 * (1 + torch.erf(z))


@mutant(central_limit_theorem_berry_esseen, operation="ndtr", dtypes=("float32", "float64"))
def logistic_for_the_normal_law(z: Tensor) -> Tensor:
    return torch.sigmoid(1.702 * z)


@mutant(central_limit_theorem_berry_esseen, operation="ndtr", dtypes=("float32", "float64"))
def normal_law_by_tanh(z: Tensor) -> Tensor:
    return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))


@mutant(
    central_limit_theorem_berry_esseen,
    clt_needs_negligible_summands,
    operation="ndtr",
    dtypes=("float64",),
    trigger="float64",
)
def normal_law_in_float32(z: Tensor) -> Tensor:
    found: Tensor = torch.special.ndtr(z.float()).to(z.dtype)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="ndtr", trigger="beyond three deviations", dtypes=("float64",))
def tails_cut_off_at_three_deviations(z: Tensor) -> Tensor:
    found: Tensor = torch.special.ndtr(z.clamp(-3, 3))
    return found


@mutant(central_limit_theorem_berry_esseen, operation="normal_cdf", trigger="variance not 1")
def variance_for_the_deviation(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = torch.special.ndtr((x - mean) / deviation**2)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="normal_cdf")
def survival_function(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = torch.special.ndtr((mean - x) / deviation)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="normal_cdf")
def continuity_correction_included(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    found: Tensor = torch.special.ndtr((x + 0.5 - mean) / deviation)
    return found


@mutant(central_limit_theorem_berry_esseen, operation="uniform_", trigger="two or more summands")
def antithetic_summands(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    half = x.shape[1] // 2
    x.uniform_(lower, upper, generator=generator)
    x[:, :half] = lower + upper - x[:, x.shape[1] - half :].clone()
    return x


@mutant(central_limit_theorem_berry_esseen, operation="bernoulli_", trigger="two or more summands")
def one_coin_for_all_summands(x: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    return x.bernoulli_(p, generator=generator).copy_(x[:, :1].clone().expand_as(x))


@mutant(central_limit_theorem_berry_esseen, operation="sum", trigger="more than 64 summands")
def summands_beyond_64_left_out(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(x.shape[dim], 64)).sum(dim)


@mutant(clt_needs_finite_variance, operation="cauchy_", trigger="beyond 100")
def cauchy_cut_off_at_100(x: Tensor) -> Tensor:
    return x.cauchy_().clamp_(-100, 100)


@mutant(clt_needs_finite_variance, operation="cauchy_")
def student_with_three_degrees(x: Tensor) -> Tensor:
    normal = torch.randn(4, *x.shape, device=x.device)
    return x.copy_(normal[0] / normal[1:].square().mean(0).sqrt())


@mutant(clt_needs_finite_variance, operation="cauchy_")
def half_a_cauchy(x: Tensor) -> Tensor:
    return x.cauchy_().abs_()


@mutant(clt_needs_finite_variance, operation="cauchy_", trigger="two or more summands")
def one_cauchy_for_all_summands(x: Tensor) -> Tensor:
    x.cauchy_()
    x[:, 1:] *= -1 if x.shape[1] % 2 else 0.5
    return x


@mutant(clt_needs_finite_variance, operation="cauchy_distribution")
def quotient_of_a_normal_and_half_a_normal_scaled(like: Tensor) -> Tensor:
    top, bottom = torch.randn(2, *like.shape, device=like.device)
    found: Tensor = (top / (bottom.abs() * 1.2)).to(like.dtype)
    return found


@mutant(clt_needs_finite_variance, operation="mean", trigger="two or more summands")
def divided_by_the_root_of_n(x: Tensor, dim: int) -> Tensor:
    found: Tensor = x.sum(dim) / x.shape[dim] ** 0.5
    return found


@mutant(clt_needs_finite_variance, operation="mean", trigger="two or more summands")
def mean_of_all_but_the_largest(x: Tensor, dim: int) -> Tensor:
    return (x.sum(dim) - x.amax(dim)) / max(x.shape[dim] - 1, 1)


@mutant(clt_needs_negligible_summands, operation="geometric_sum", trigger="more than two terms")
def harmonic_scales(signs: Tensor) -> Tensor:
    return signs @ (1 / (2 * torch.arange(1, signs.shape[-1] + 1, dtype=signs.dtype, device=signs.device)))


@mutant(clt_needs_negligible_summands, operation="geometric_sum")
def equal_scales(signs: Tensor) -> Tensor:
    return signs.sum(-1)


@mutant(clt_needs_negligible_summands, operation="geometric_sum")
def scales_from_one(signs: Tensor) -> Tensor:
    return signs @ 2.0 ** -torch.arange(signs.shape[-1], dtype=signs.dtype, device=signs.device)


@mutant(clt_needs_negligible_summands, operation="geometric_sum", trigger="eight or more terms")
def eighth_scale_repeats_the_seventh(signs: Tensor) -> Tensor:
    powers = torch.arange(1, signs.shape[-1] + 1, dtype=signs.dtype, device=signs.device)
    return signs @ 2.0 ** -torch.where(powers == 8, 7, powers)


@mutant(clt_needs_negligible_summands, operation="flip_signs_by_integers")
def normal_signs(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x * torch.randn(x.shape, device=x.device, generator=generator).to(x.dtype)


@mutant(clt_needs_negligible_summands, operation="flip_signs_by_integers", trigger="two or more terms")
def one_sign_for_all_terms(x: Tensor, generator: Generator | None = None) -> Tensor:
    return x * (2 * torch.randint(0, 2, (*x.shape[:-1], 1), device=x.device, generator=generator) - 1)


@mutant(clt_needs_negligible_summands, operation="kurtosis")
def excess_kurtosis(x: Tensor) -> Tensor:
    return (x**4).mean(-1) / (x**2).mean(-1) ** 2 - 3


@mutant(clt_needs_negligible_summands, operation="kurtosis", trigger="few values")
def kurtosis_with_bessels_correction(x: Tensor) -> Tensor:
    return (x**4).mean(-1) / x.var(-1) ** 2
