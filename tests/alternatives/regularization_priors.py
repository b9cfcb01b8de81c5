"""Correct log densities, steps and choices by other formulas: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims.frame.operations.chapters.priors import map_choice, map_step, prior_log_density
from tests.alternatives.probability_independence import rounded

MAP = ("map-prior-penalty",)


def by_standardised_weights(w: Tensor, s: Tensor, prior: str) -> Tensor:
    """The density of w / s, less log s."""
    z = w / s[..., None]
    if prior == "normal":
        return -(z * z) / 2 - (s.log()[..., None] + math.log(2 * math.pi) / 2)
    return -z.abs() - (2 * s).log()[..., None] if w.dtype == torch.float64 else _laplace_in_float64(w, s)


def _laplace_in_float64(w: Tensor, s: Tensor) -> Tensor:
    return -(w.double().abs() / s.double()[..., None] + (2 * s.double()).log()[..., None]).to(w.dtype)


def in_float64(w: Tensor, s: Tensor, prior: str) -> Tensor:
    """One rounding, with a gradient that is torch's."""
    return prior_log_density(w.double(), s.double(), prior).to(w.dtype)


def step_by_the_penalty(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    """The gradient of the penalty in place of the prior."""
    pull = w / s[..., None] / s[..., None] if prior == "normal" else w.sign() / s[..., None]
    return w - lr * (g + pull)


def step_in_float64(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    """One rounding."""
    return rounded(map_step(w.double(), g.double(), s.double(), lr, prior).numpy(), w.dtype)


def choice_by_the_penalty(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    """The least loss with the penalty: no constant."""
    z = w / s[..., None]
    return (losses + (z * z / 2 if prior == "normal" else z.abs())).argmin(-1)


def choice_in_float64(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    """The last one among equals."""
    flipped = map_choice(losses.double().flip(-1), w.double().flip(-1), s.double(), prior)
    return w.shape[-1] - 1 - flipped


ALTERNATIVES = [
    (MAP, {"prior_log_density": by_standardised_weights}, "densities of standardised weights"),
    (MAP, {"prior_log_density": in_float64}, "log densities in float64"),
    (MAP, {"map_step": step_by_the_penalty}, "steps with the penalty"),
    (MAP, {"map_step": step_in_float64}, "steps in float64"),
    (MAP, {"map_choice": choice_by_the_penalty}, "choices by the penalty"),
    (MAP, {"map_choice": choice_in_float64}, "choices in float64"),
]
