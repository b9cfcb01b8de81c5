"""Linear regression with noise on its inputs, and with an L2 penalty."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def noisy_loss(x: Tensor, w: Tensor, y: Tensor, noise: Tensor) -> Tensor:
    """||(x + noise) w - y||^2 for x (..., m, n), w (..., n), y (..., m) and noise (K, 1 or m, n): (..., K)."""
    predicted = (x[..., None, :, :] + noise) @ w[..., None, :, None]
    return (predicted[..., 0] - y[..., None, :]).square().sum(-1)


def l2_penalised_loss(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    """||x w - y||^2 + penalty ||w||^2 for x (..., m, n), w (..., n), y (..., m): (...)."""
    missed = (x @ w[..., None])[..., 0] - y
    return missed.square().sum(-1) + penalty * w.square().sum(-1)


def with_normal_noise(x: Tensor, sigma: float, generator: torch.Generator | None = None) -> Tensor:
    """x plus independent normal noise of standard deviation sigma."""
    return x + sigma * torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)


ROWS = {
    "noisy_loss": Operation(
        noisy_loss,
        "(lambda x, w, y, noise: (((x[..., None, :, :] + noise) @ w[..., None, :, None])[..., 0]"
        " - y[..., None, :]).square().sum(-1))",
        axes=(2, 1, 1),
        product=True,
    ),
    "l2_penalised_loss": Operation(
        l2_penalised_loss,
        "(lambda x, w, y, c: ((x @ w[..., None])[..., 0] - y).square().sum(-1) + c * w.square().sum(-1))",
        axes=(2, 1, 1),
        product=True,
    ),
    "with_normal_noise": Operation(
        with_normal_noise,
        "(lambda x, s, generator=None: x + s * torch.randn(x.shape, dtype=x.dtype, device=x.device,"
        " generator=generator))",
    ),
}
