"""Wrong biases, wrong losses and wrong units."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor
from torch.nn.init import kaiming_normal_

from claims import mutant
from claims.initialization.biases import nonzero_bias_keeps_unit_active, output_bias_marginal_statistics


@mutant(output_bias_marginal_statistics, operation="log")
def logarithm_of_base_ten(c: Tensor) -> Tensor:
    return c.log10()


@mutant(output_bias_marginal_statistics, operation="log")
def sign_of_the_logarithm(c: Tensor) -> Tensor:
    return -c.log()


@mutant(output_bias_marginal_statistics, operation="log", trigger="frequencies below 1/100")
def logarithm_clipped(c: Tensor) -> Tensor:
    return c.clamp(min=0.01).log()


@mutant(output_bias_marginal_statistics, operation="softmax", trigger="more than one class")
def sigmoid_in_place_of_softmax(z: Tensor, dim: int) -> Tensor:
    return torch.sigmoid(z)


@mutant(output_bias_marginal_statistics, operation="softmax", trigger="more than 64 classes")
def classes_beyond_64_left_out(z: Tensor, dim: int) -> Tensor:
    kept = z.clone()
    kept.narrow(dim, min(z.shape[dim], 64), max(z.shape[dim] - 64, 0)).fill_(-math.inf)
    return kept.softmax(dim)


@mutant(output_bias_marginal_statistics, operation="log_softmax")
def logarithm_of_base_two(z: Tensor, dim: int) -> Tensor:
    return z.log_softmax(dim) / math.log(2)


@mutant(output_bias_marginal_statistics, operation="cross_entropy", trigger="more than one instance")
def loss_of_the_first_class(z: Tensor, y: Tensor, reduction: str) -> Tensor:
    return F.cross_entropy(z, torch.zeros_like(y), reduction=reduction)


@mutant(output_bias_marginal_statistics, operation="linear_with_bias")
def bias_left_out(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, w)


@mutant(nonzero_bias_keeps_unit_active, operation="linear_with_bias")
def bias_subtracted(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, w, -b)


@mutant(nonzero_bias_keeps_unit_active, operation="linear_with_bias", trigger="more than one input")
def bias_over_the_root_of_the_width(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, w, b / x.shape[-1] ** 0.5)


@mutant(nonzero_bias_keeps_unit_active, operation="linear_with_bias", trigger="negative sums")
def bias_after_the_unit(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, w).relu() + b


@mutant(nonzero_bias_keeps_unit_active, operation="linear_with_bias", trigger="more than 16 units")
def bias_of_the_first_16_units(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, w, torch.cat((b[:16], torch.zeros_like(b[16:]))))


@mutant(nonzero_bias_keeps_unit_active, operation="relu", trigger="outputs above 64")
def rectifier_capped(z: Tensor) -> Tensor:
    return z.clamp(0, 64)


@mutant(nonzero_bias_keeps_unit_active, operation="relu", trigger="negative sums")
def leaky_rectifier(z: Tensor) -> Tensor:
    return F.leaky_relu(z)


@mutant(nonzero_bias_keeps_unit_active, operation="kaiming_normal_")
def weights_of_one_sign(w: Tensor, *, nonlinearity: str, generator: Generator | None = None) -> Tensor:
    return w.normal_(0, w.shape[1] ** -0.5, generator=generator).abs_()


@mutant(nonzero_bias_keeps_unit_active, operation="kaiming_normal_", trigger="a bias")
def weights_of_twice_the_deviation(w: Tensor, *, nonlinearity: str, generator: Generator | None = None) -> Tensor:
    return kaiming_normal_(w, nonlinearity="linear", generator=generator).mul_(2)
