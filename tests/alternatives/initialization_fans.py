"""Correct layers and initializers that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from claims.frame.operations.chapters.initializers import default_parameters
from tests.alternatives.initialization_initializers import kaiming_uniform_of_numpy
from tests.alternatives.initialization_laws import stored

FANS = ("fan-in-fan-out-convention",)
DEFAULT = ("fan-in-uniform-default",)
GLOROT = ("glorot-fan-compromise",)


def convolution_by_groups(x: Tensor, w: Tensor, groups: int) -> Tensor:
    """Each group by itself."""
    conv = F.conv1d if w.ndim == 3 else F.conv2d
    parts = zip(x.chunk(groups, 1), w.chunk(groups, 0), strict=True)
    return torch.cat([conv(a, b) for a, b in parts], 1)


def defaults_in_float64(layer: str, sizes: tuple[int, ...], *, dtype: torch.dtype, device: str) -> list[Tensor]:
    """Drawn in float64 and rounded."""
    made = default_parameters(layer, sizes, dtype=torch.float64, device=device)
    return [stored(p, torch.empty(p.shape, dtype=dtype, device=device)) for p in made]


def uniform_in_float64(w: Tensor, gain: float, *, generator: Generator) -> Tensor:
    """Drawn in float64 and rounded."""
    bound = gain * math.sqrt(6 / sum(w.shape))
    wide = torch.empty(w.shape, dtype=torch.float64).uniform_(-bound, bound, generator=generator)
    return stored(wide, w)


def harmonic_compromise(m: Tensor, n: Tensor, **_: Any) -> Tensor:
    """The reciprocal of the mean of the widths."""
    return 1 / ((m + n) / 2)


ALTERNATIVES = [
    (FANS, {"conv": convolution_by_groups}, "groups apart"),
    (FANS, {"kaiming_uniform_": kaiming_uniform_of_numpy}, "fans, uniform of NumPy"),
    (DEFAULT, {"default_parameters": defaults_in_float64}, "defaults in float64"),
    (GLOROT, {"xavier_uniform_": uniform_in_float64}, "Xavier in float64"),
    (GLOROT, {"xavier_variance": harmonic_compromise}, "reciprocal mean width"),
]
