"""Wrong initial weights, and steps that tell like units apart."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor
from torch.nn import init

from claims import mutant
from claims.initialization.starting_point import init_null_space, symmetry_breaking_identical_units


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
