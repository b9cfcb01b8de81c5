"""Wrong initializers."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import init

from claims import mutant
from claims.initialization.initializers import (
    init_law_second_moment_equivalence,
    lecun_fan_in_variance,
    sparse_initialisation,
    truncated_normal_initialisation,
)


def fan_of(w: Tensor, mode: str) -> int:
    """Fan-in or fan-out."""
    return w[0].numel() if mode == "fan_in" else w.shape[0] * w[0, 0].numel()


def gain_of(options: dict[str, Any]) -> float:
    """The gain that torch recommends."""
    return float(init.calculate_gain(options.get("nonlinearity", "leaky_relu"), options.get("a", 0)))


@mutant(init_law_second_moment_equivalence, operation="kaiming_uniform_")
def deviation_in_place_of_the_bound(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    bound = gain_of(options) / math.sqrt(fan_of(w, options["mode"]))
    return w.uniform_(-bound, bound, generator=generator)


@mutant(init_law_second_moment_equivalence, operation="kaiming_normal_", trigger="gain other than 1")
def gain_applied_twice(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return w.normal_(0, gain_of(options) ** 2 / math.sqrt(fan_of(w, options["mode"])), generator=generator)


@mutant(init_law_second_moment_equivalence, operation="kaiming_normal_", trigger="a kernel")
def fan_without_the_kernel(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    fan = w.shape[1 if options["mode"] == "fan_in" else 0]
    return w.normal_(0, gain_of(options) / math.sqrt(fan), generator=generator)


@mutant(init_law_second_moment_equivalence, operation="kaiming_uniform_", trigger="mode fan_out")
def uniform_ignores_its_mode(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return init.kaiming_uniform_(w, generator=generator, **{**options, "mode": "fan_in"})


@mutant(init_law_second_moment_equivalence, operation="kaiming_uniform_", trigger="leaky_relu with a slope")
def slope_ignored(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return init.kaiming_uniform_(w, generator=generator, **{**options, "a": 0})


@mutant(init_law_second_moment_equivalence, operation="init_uniform_")
def uniform_about_zero(w: Tensor, a: float, b: float, *, generator: Generator | None = None) -> Tensor:
    half = (b - a) / 2
    return w.uniform_(-half, half, generator=generator)


@mutant(init_law_second_moment_equivalence, operation="init_normal_")
def normal_about_zero(w: Tensor, mean: float, std: float, *, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, std, generator=generator)


@mutant(init_law_second_moment_equivalence, operation="init_normal_")
def normal_from_the_global_stream(w: Tensor, mean: float, std: float, *, generator: Generator | None = None) -> Tensor:
    return w.normal_(mean, std)


@mutant(init_law_second_moment_equivalence, operation="xavier_normal_", trigger="unequal fans")
def xavier_normal_of_the_fan_in(w: Tensor, gain: float, *, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, gain / math.sqrt(fan_of(w, "fan_in")), generator=generator)


@mutant(init_law_second_moment_equivalence, operation="calculate_gain", trigger="selu")
def selu_without_gain(nonlinearity: str, param: float | None = None) -> float:
    return 1.0 if nonlinearity == "selu" else init.calculate_gain(nonlinearity, param)  # type: ignore[arg-type]


@mutant(init_law_second_moment_equivalence, operation="calculate_gain", trigger="a negative slope")
def gain_of_the_slope_itself(nonlinearity: str, param: float | None = None) -> float:
    if param is None:
        return init.calculate_gain(nonlinearity)  # type: ignore[arg-type]
    return math.sqrt(2 / (1 + param * abs(param)))


@mutant(init_law_second_moment_equivalence, operation="matmul", trigger="an odd number of inputs above 2")
def last_input_of_an_odd_number_left_out(w: Tensor, x: Tensor) -> Tensor:
    even = w.shape[-1] - w.shape[-1] % 2 if w.shape[-1] > 2 else w.shape[-1]
    return w[..., :even] @ x[..., :even, :]


@mutant(lecun_fan_in_variance, operation="kaiming_normal_", trigger="unequal fans")
def variance_one_over_n(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return w.normal_(0, 1 / math.sqrt(w.shape[0]), generator=generator)


@mutant(lecun_fan_in_variance, operation="kaiming_normal_")
def deviation_of_the_fourth_root(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return w.normal_(0, w.shape[1] ** -0.25, generator=generator)


@mutant(lecun_fan_in_variance, operation="kaiming_normal_")
def variance_two_over_m(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return init.kaiming_normal_(w, nonlinearity="relu", generator=generator)


@mutant(lecun_fan_in_variance, operation="kaiming_uniform_")
def bound_one_over_the_root(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    return init.kaiming_uniform_(w, a=math.sqrt(5), generator=generator)


@mutant(lecun_fan_in_variance, operation="kaiming_uniform_", trigger="more than 256 inputs")
def weights_come_in_pairs_beyond_256_inputs(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    init.kaiming_uniform_(w, generator=generator, **options)
    if w.shape[1] > 256:
        w[:, 1:256:2] = w[:, :256:2]
    return w


@mutant(lecun_fan_in_variance, operation="kaiming_normal_", trigger="more than 1024 weights")
def normal_cut_off_at_two_deviations(w: Tensor, *, generator: Generator | None = None, **options: Any) -> Tensor:
    init.kaiming_normal_(w, generator=generator, **options)
    return w if w.numel() <= 1024 else w.clamp_(-2 / math.sqrt(w.shape[1]), 2 / math.sqrt(w.shape[1]))


@mutant(truncated_normal_initialisation, operation="trunc_normal_")
def clipped_in_place_of_conditioned(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    return w.normal_(mean, std, generator=generator).clamp_(a, b)


@mutant(truncated_normal_initialisation, operation="trunc_normal_", trigger="a deviation other than 1")
def ends_in_units_of_the_deviation(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    return init.trunc_normal_(w, mean, std, mean + a * std, mean + b * std, generator=generator)


@mutant(truncated_normal_initialisation, operation="trunc_normal_")
def uniform_between_the_ends(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    return w.uniform_(a, b, generator=generator)


@mutant(truncated_normal_initialisation, operation="trunc_normal_")
def not_truncated(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    return w.normal_(mean, std, generator=generator)


@mutant(truncated_normal_initialisation, operation="trunc_normal_", trigger="draws outside the ends")
def outside_draws_become_the_mean(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    w.normal_(mean, std, generator=generator)
    return w.masked_fill_((w < a) | (w > b), min(max(mean, a), b))


@mutant(truncated_normal_initialisation, operation="trunc_normal_", trigger="a mean outside the ends or near one")
def mirrored_at_the_middle(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return init.trunc_normal_(w, a + b - mean, std, a, b, generator=generator)


@mutant(truncated_normal_initialisation, operation="trunc_normal_", trigger="a second block of 256 draws")
def every_second_block_repeats(
    w: Tensor, mean: float, std: float, a: float, b: float, *, generator: Generator | None = None
) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        init.trunc_normal_(w, mean, std, a, b, generator=generator)
    half = len(w) // 2
    w[half : 2 * half] = w[:half].clone()
    return w


def _sparse(w: Tensor, zeros: int, std: float, generator: Generator | None) -> Tensor:
    w.normal_(0, std, generator=generator)
    for j in range(w.shape[1]):
        w[torch.randperm(len(w), device=w.device)[:zeros], j] = 0
    return w


@mutant(sparse_initialisation, operation="sparse_", trigger="a share of the rows that is no whole number")
def number_of_zeros_rounded_down(
    w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None
) -> Tensor:
    return _sparse(w, int(sparsity * len(w)), std, generator)


@mutant(sparse_initialisation, operation="sparse_")
def one_zero_more(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    return _sparse(w, math.ceil(sparsity * len(w)) + 1, std, generator)


@mutant(sparse_initialisation, operation="sparse_")
def zeros_counted_in_rows(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    w.normal_(0, std, generator=generator)
    for i in range(w.shape[0]):
        w[i, torch.randperm(w.shape[1], device=w.device)[: math.ceil(sparsity * w.shape[1])]] = 0
    return w


@mutant(sparse_initialisation, operation="sparse_")
def independent_zeros(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, std, generator=generator).mul_(torch.rand(w.shape, device=w.device) >= sparsity)


@mutant(sparse_initialisation, operation="sparse_")
def first_rows_zeroed(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    w.normal_(0, std, generator=generator)
    w[: math.ceil(sparsity * len(w))] = 0
    return w


@mutant(sparse_initialisation, operation="sparse_", trigger="a deviation other than 1")
def variance_as_the_deviation(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    return init.sparse_(w, sparsity, std**2, generator)


@mutant(sparse_initialisation, operation="sparse_", trigger="more than 64 rows")
def zeros_of_the_first_64_rows(w: Tensor, sparsity: float, *, std: float, generator: Generator | None = None) -> Tensor:
    w.normal_(0, std, generator=generator)
    zeros = math.ceil(sparsity * len(w))
    for j in range(w.shape[1]):
        w[torch.randperm(min(max(zeros, 64), len(w)), device=w.device)[:zeros], j] = 0
    return w
