"""Correct slopes by other formulas: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.activations import activate
from claims.mutants.networks.slopes import sloped
from tests.alternatives.networks_activations import by_the_magnitude
from tests.alternatives.probability_independence import rounded

CLAIM = ("saturated-unit-loses-gradient",)


def sigmoid_by_the_magnitude(x: Tensor, name: str) -> Tensor:
    """A slope that is not 0 before it underflows."""
    return by_the_magnitude(x) if name == "sigmoid" else activate(x, name)


def tanh_by_the_magnitude(x: Tensor, name: str) -> Tensor:
    """4 e / (1 + e)^2 with e = exp(-2 |z|), in float64."""
    if name != "tanh":
        return activate(x, name)
    e = (-2 * x.detach().double().abs()).exp()
    return sloped(torch.tanh(x), x, rounded((4 * e / (1 + e) ** 2).numpy(), x.dtype))


def hard_units_by_comparison(x: Tensor, name: str) -> Tensor:
    """min(max(z, low), high) by torch.where, with slopes at the ends."""
    ends = {"relu6": (0.0, 6.0), "hardtanh": (-1.0, 1.0)}
    if name not in ends:
        return activate(x, name)
    low, high = ends[name]
    return sloped(x.detach().clamp(low, high), x, ((x >= low) & (x <= high)).to(x.dtype))


ALTERNATIVES = [
    (CLAIM, {"activate": sigmoid_by_the_magnitude}, "sigmoid by the magnitude"),
    (CLAIM, {"activate": tanh_by_the_magnitude}, "tanh by the magnitude"),
    (CLAIM, {"activate": hard_units_by_comparison}, "hard units by comparison"),
]
