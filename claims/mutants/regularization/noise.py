"""Noise of another law or in another place, and other penalties."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.frame.operations.chapters.noise import l2_penalised_loss, noisy_loss, with_normal_noise
from claims.regularization.noise import input_noise_l2


@mutant(input_noise_l2, operation="noisy_loss")
def the_noise_is_on_the_targets(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    missed = (x @ w[..., None])[..., 0] - y
    return (missed[..., None, :] + noise.sum(-1)).square().sum(-1)


@mutant(input_noise_l2, operation="noisy_loss", trigger="one input or more")
def the_first_input_has_no_noise(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x, w, y, torch.cat((0 * noise[..., :1], noise[..., 1:]), -1))


@mutant(input_noise_l2, operation="noisy_loss", trigger="two inputs or more")
def inputs_share_the_noise_of_the_first(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x, w, y, noise[..., :1].expand_as(noise))


@mutant(input_noise_l2, operation="noisy_loss")
def the_noise_multiplies_inputs(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    inputs = x[..., None, :, :] * (1 + noise)
    return ((inputs @ w[..., None, :, None])[..., 0] - y[..., None, :]).square().sum(-1)


@mutant(input_noise_l2, operation="noisy_loss")
def the_noise_has_a_mean(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x, w, y, noise.abs())


@mutant(input_noise_l2, operation="noisy_loss", trigger="noise of each example")
def examples_share_the_noise_of_the_first(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x, w, y, torch.where(noise[:, :1, :1] > 0, noise.abs(), noise))


@mutant(input_noise_l2, operation="noisy_loss", trigger="two examples or more")
def squares_are_averaged(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x, w, y, noise) / x.shape[-2]


@mutant(input_noise_l2, operation="noisy_loss", trigger="the gradient")
def the_gradient_is_that_without_noise(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    clean = noisy_loss(x, w, y, torch.zeros_like(noise))
    return noisy_loss(x, w.detach(), y, noise) + clean - clean.detach()


@mutant(input_noise_l2, operation="noisy_loss", trigger="17 examples or more")
def examples_beyond_16_are_left_out(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    return noisy_loss(x[..., :16, :], w, y[..., :16], noise[:, :16])


@mutant(input_noise_l2, operation="l2_penalised_loss", trigger="a norm other than 0 and 1")
def the_norm_is_not_squared(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return l2_penalised_loss(x, w, y, 0.0) + penalty * w.square().sum(-1).sqrt()


@mutant(input_noise_l2, operation="l2_penalised_loss", trigger="a weight other than 0, 1 and -1")
def the_penalty_is_that_of_l1(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return l2_penalised_loss(x, w, y, 0.0) + penalty * w.abs().sum(-1)


@mutant(input_noise_l2, operation="l2_penalised_loss", trigger="sigma > 0")
def the_penalty_has_a_factor_of_one_half(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return l2_penalised_loss(x, w, y, penalty / 2)


@mutant(input_noise_l2, operation="l2_penalised_loss", trigger="9 inputs or more")
def weights_beyond_8_have_no_penalty(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    return l2_penalised_loss(x, w, y, 0.0) + penalty * w[..., :8].square().sum(-1)


@mutant(input_noise_l2, operation="with_normal_noise", trigger="some thousand draws")
def the_noise_is_uniform(x: Tensor, sigma: float, generator: Generator | None = None) -> Tensor:
    draws = torch.rand(x.shape, dtype=x.dtype, device=x.device, generator=generator)
    return x + sigma * 12**0.5 * (draws - 0.5)


@mutant(input_noise_l2, operation="with_normal_noise", trigger="some thousand draws")
def the_noise_has_the_variance_of_its_name(x: Tensor, sigma: float, generator: Generator | None = None) -> Tensor:
    return with_normal_noise(x, sigma**0.5, generator)


@mutant(input_noise_l2, operation="with_normal_noise", trigger="two inputs or more")
def every_input_has_the_same_noise(x: Tensor, sigma: float, generator: Generator | None = None) -> Tensor:
    return with_normal_noise(x[..., :1], sigma, generator).expand_as(x)


@mutant(input_noise_l2, operation="flip_signs", trigger="some hundred draws")
def signs_are_seldom_negative(x: Tensor, probability: float, generator: Generator | None = None) -> Tensor:
    return x * (2 * torch.bernoulli(torch.full_like(x, probability + 0.2), generator=generator) - 1)
