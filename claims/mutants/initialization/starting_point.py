"""Wrong initial weights, and steps that tell like units apart."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor
from torch.nn import init

from claims import mutant
from claims.frame.operations.chapters.starting_point import trained_units
from claims.initialization.starting_point import (
    init_null_space,
    symmetry_breaking_identical_units,
    symmetry_of_units_apart,
)


@mutant(init_null_space, operation="init_normal_")
def one_number_for_all(w: Tensor, mean: float, std: float, *, generator: Generator | None = None) -> Tensor:
    return w.fill_(float(torch.randn((), generator=generator)))


@mutant(init_null_space, operation="init_normal_", trigger="two rows or more")
def first_row_twice(w: Tensor, mean: float, std: float, *, generator: Generator | None = None) -> Tensor:
    w.normal_(mean, std, generator=generator)
    w[-1] = w[0]
    return w


@mutant(init_null_space, operation="kaiming_uniform_", trigger="17 columns or more")
def columns_repeat_after_sixteen(w: Tensor, *, generator: Generator | None = None) -> Tensor:
    init.kaiming_uniform_(w, generator=generator)
    return w.copy_(w[:, torch.arange(w.shape[1], device=w.device) % 16].clone())


@mutant(init_null_space, operation="xavier_normal_", trigger="a square weight")
def square_weights_of_low_rank(w: Tensor, *, generator: Generator | None = None) -> Tensor:
    init.xavier_normal_(w, generator=generator)
    return w.sub_(w.mT.clone()) if w.shape[0] == w.shape[1] and w.shape[0] % 2 else _last_column_lost(w)


def _last_column_lost(w: Tensor) -> Tensor:
    if w.shape[0] == w.shape[1]:
        w[:, -1] = 2 * w[:, 0]
    return w


@mutant(init_null_space, operation="eye_", trigger="more rows than columns")
def identity_of_the_columns_only(w: Tensor) -> Tensor:
    init.eye_(w)
    return w if w.shape[0] <= w.shape[1] else w.copy_(w.roll(1, 0))


@mutant(init_null_space, operation="dirac_", trigger="a kernel of more than one entry")
def dirac_at_the_start_of_the_kernel(w: Tensor) -> Tensor:
    return w.copy_(init.dirac_(w).roll(-1, -1))


@mutant(init_null_space, operation="constant_")
def constant_of_the_opposite_sign(w: Tensor, value: float) -> Tensor:
    return w.fill_(-value)


@mutant(init_null_space, operation="zeros_")
def tiny_in_place_of_zero(w: Tensor) -> Tensor:
    return w.fill_(1e-4)


@mutant(init_null_space, operation="ones_", trigger="the last row")
def ones_but_for_the_last_row(w: Tensor) -> Tensor:
    w.fill_(1)
    w[-1] = 0
    return w


@mutant(symmetry_breaking_identical_units, operation="relu", trigger="the last unit")
def last_unit_dropped(z: Tensor) -> Tensor:
    return torch.cat((z[..., :-1].relu(), 0 * z[..., -1:]), -1)


@mutant(symmetry_breaking_identical_units, operation="relu", trigger="negative sums")
def identity_in_place_of_the_rectifier(z: Tensor) -> Tensor:
    return z.clone()


@mutant(symmetry_breaking_identical_units, operation="relu", trigger="sums of 0")
def gradient_one_at_zero(z: Tensor) -> Tensor:
    return torch.where(z >= 0, z, 0 * z.detach())


@mutant(symmetry_breaking_identical_units, operation="multiply", trigger="the first unit")
def rates_that_differ_by_unit(g: Tensor, rate: float) -> Tensor:
    scaled = g * rate
    scaled[..., 0, :] *= 2
    return scaled


@mutant(symmetry_breaking_identical_units, operation="subtract")
def step_uphill(a: Tensor, b: Tensor) -> Tensor:
    return a + b


@mutant(symmetry_breaking_identical_units, operation="linear", trigger="more than 16 inputs")
def inputs_of_a_layer_beyond_16_left_out(x: Tensor, w: Tensor) -> Tensor:
    return F.linear(x[..., :16], w[..., :16])


@mutant(symmetry_breaking_identical_units, operation="linear", trigger="a square weight")
def square_layer_transposed(x: Tensor, w: Tensor) -> Tensor:
    return F.linear(x, w.mT if w.shape[-1] == w.shape[-2] else w)


@mutant(symmetry_of_units_apart, operation="trained_units")
def outgoing_weights_start_apart(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    unlike = torch.cat((1.25 * v[:, :1], v[:, 1:]), 1)
    return trained_units(w, unlike, x, t, activation, optimiser, steps, **options)


@mutant(symmetry_of_units_apart, operation="trained_units", trigger="more than one step")
def units_are_dropped_at_random(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    kept = torch.ones_like(v)
    kept[:, 0] = 0
    w, dropped = trained_units(w, v * kept, x, t, activation, optimiser, 1, **options)
    return trained_units(w, dropped + v * (1 - kept), x, t, activation, optimiser, max(steps - 1, 1), **options)


@mutant(symmetry_of_units_apart, operation="trained_units")
def steps_have_noise_of_each_unit(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    w, v = trained_units(w, v, x, t, activation, optimiser, steps, **options)
    return w * (1 + 0.01 * torch.arange(len(w), device=w.device).to(w.dtype))[:, None], v


@mutant(symmetry_of_units_apart, operation="trained_units", trigger="the last unit")
def the_last_unit_has_half_the_rate(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    after, out = trained_units(w, v, x, t, activation, optimiser, steps, **options)
    return torch.cat((after[:-1], (after[-1:] + w[-1:]) / 2)), out


@mutant(symmetry_of_units_apart, operation="trained_units")
def nothing_is_trained(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    return w.clone(), v.clone()


@mutant(symmetry_of_units_apart, operation="trained_units", trigger="17 units or more")
def units_beyond_16_rest(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    after, out = trained_units(w, v, x, t, activation, optimiser, steps, **options)
    return torch.cat((after[:16], w[16:])), out


@mutant(symmetry_of_units_apart, operation="trained_units")
def the_last_unit_has_another_activation(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    other = "sigmoid" if activation == "tanh" else "tanh"
    after, out = trained_units(w, v, x, t, activation, optimiser, steps, **options)
    last, _ = trained_units(w, v, x, t, other, optimiser, steps, **options)
    return torch.cat((after[:-1], last[-1:])), out
