"""Other conventions at kinks, each a subgradient: no claim may fail on them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.chapters.kinks import curve, of_vectors
from claims.mutants.autodiff.kinks import bent, spread, tied

CLAIM = ("nondifferentiable-points-conventions",)
SAME = {
    "hypot": "vector_norm 2",
    "scatter_reduce, an equal number excluded": "amax",
    **dict.fromkeys(("cdist inf", "pdist inf"), "vector_norm inf"),
}


def mended(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """Curves without the departures of torch: roots at 0 in place of -0, the slope of hardsigmoid by a division."""
    if name != "hardsigmoid":
        return curve(x + 0.0 if name.endswith("at -0") else x, d, name)
    return F.hardtanh(x, -3.0, 3.0) / 6 + 0.5 if d is None else d * (x.abs() < 3) / 6


def mended_vectors(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """Functions of vectors by others that do not depart."""
    return of_vectors(x, d, SAME.get(name, name))


def upper_slopes(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """The slope to the right for the magnitude."""
    if name != "abs":
        return mended(x, d, name)
    return bent(x, d, name, "abs", lambda t: torch.where(t >= 0, 1.0, -1.0))


def steep(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """The slope 1 of a leaky rectifier at 0, in both modes."""
    if name != "leaky_relu":
        return mended(x, d, name)
    slope = torch.where(x >= 0, 1.0, 0.25).to(x.dtype)
    return bent(x, d, name, name, lambda _: slope.detach()) if d is None else d * slope


def last_winner(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """The gradient of the maximum for the last of those that tie."""

    def weights(t: Tensor) -> Tensor:
        place = torch.arange(t.shape[-1], device=t.device)
        return place == (tied(t) * (place + 1)).amax(-1, keepdim=True) - 1

    return spread(x, d, name, "amax", weights) if name == "amax" else mended_vectors(x, d, name)


def unit_vector(x: Tensor, d: Tensor | None, name: str) -> Tensor:
    """The first unit vector as the gradient of a norm at 0."""
    if name != "norm 2":
        return mended_vectors(x, d, name)
    return spread(x, d, name, name, lambda t: torch.arange(t.shape[-1], device=t.device).expand(t.shape) == 0)


ALTERNATIVES = [
    (CLAIM, {"curve": upper_slopes, "of_vectors": last_winner}, "upper slopes and last winners"),
    (CLAIM, {"curve": steep, "of_vectors": unit_vector}, "another slope and a unit vector"),
]
