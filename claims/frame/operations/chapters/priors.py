"""Weights with a prior: log densities by torch.distributions, a step of SGD and a choice by the posterior."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def prior_log_density(w: Tensor, s: Tensor, prior: str) -> Tensor:
    """log p(w) of every weight under a centred law with scale s, one for all weights (n,) of an instance."""
    laws = {"normal": torch.distributions.Normal, "laplace": torch.distributions.Laplace}
    scale = s[..., None].expand(w.shape)
    density: Tensor = laws[prior](torch.zeros_like(scale), scale, validate_args=False).log_prob(w)
    return density


def map_step(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    """A step of SGD on g.w minus the log density of all weights, by reverse mode."""
    laws = {"normal": torch.distributions.Normal, "laplace": torch.distributions.Laplace}
    p = w.clone().requires_grad_()
    scale = s[..., None].expand(w.shape)
    optimizer = torch.optim.SGD([p], lr=lr)
    ((g * p).sum() - laws[prior](torch.zeros_like(scale), scale, validate_args=False).log_prob(p).sum()).backward()
    optimizer.step()
    return p.detach()


def map_choice(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    """The number of the candidate w (n,) with the largest log p(w) - loss."""
    laws = {"normal": torch.distributions.Normal, "laplace": torch.distributions.Laplace}
    scale = s[..., None].expand(w.shape)
    return (laws[prior](torch.zeros_like(scale), scale, validate_args=False).log_prob(w) - losses).argmax(-1)


ROWS = {
    "prior_log_density": Operation(prior_log_density, "prior_log_density", axes=(1, 0)),
    "map_step": Operation(map_step, "map_step", axes=(1, 1, 0)),
    "map_choice": Operation(map_choice, "map_choice", axes=(1, 1, 0)),
}
