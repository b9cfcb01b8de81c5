"""Correct losses and noise by other ways: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

NOISE = ("input-noise-l2",)


def noisy_loss_in_float64(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    """One rounding at the end."""
    predicted = ((x.double()[..., None, :, :] + noise.double()) @ w.double()[..., None, :, None])[..., 0]
    return (predicted - y.double()[..., None, :]).square().sum(-1).to(x.dtype)


def noisy_loss_by_terms(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    """Products with the weights, added without a matrix product, the squares from the last example."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    inputs = (noise + x[..., None, :, :]).to(wide)
    missed = (inputs * w[..., None, None, :].to(wide)).flip(-1).sum(-1).to(x.dtype) - y[..., None, :]
    return (missed * missed).flip(-1).sum(-1)


def penalised_loss_in_float64(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    """One rounding at the end."""
    missed = (x.double() @ w.double()[..., None])[..., 0] - y.double()
    return (missed.square().sum(-1) + penalty * w.double().square().sum(-1)).to(x.dtype)


def noise_by_normal(x: Tensor, sigma: float, generator: Generator | None = None) -> Tensor:
    """Filled in place, with the deviation given to the generator."""
    return x + torch.empty_like(x).normal_(0, sigma, generator=generator)


ALTERNATIVES = [
    (NOISE, {"noisy_loss": noisy_loss_in_float64}, "one rounding of the noisy loss"),
    (NOISE, {"noisy_loss": noisy_loss_by_terms}, "terms added"),
    (NOISE, {"l2_penalised_loss": penalised_loss_in_float64}, "one rounding of the penalised loss"),
    (NOISE, {"with_normal_noise": noise_by_normal}, "noise filled in place"),
]
