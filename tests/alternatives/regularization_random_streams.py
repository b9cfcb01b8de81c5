"""Correct draws of masks from a stream that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.regularization_submodels import dropout_by_bits

CLAIM = ("dropout-random-stream",)


def mask_by_uniforms(x: Tensor, p: float, *, generator: torch.Generator | None = None) -> Tensor:
    """Uniforms in float64, compared with p."""
    drawn = torch.rand(x.shape, dtype=torch.float64, device=x.device, generator=generator)
    return (drawn >= p).to(x.dtype)


def forked_by_bits(x: Tensor, p: float, *, training: bool) -> Tensor:
    """A fork around integers, and integers after it."""
    with torch.random.fork_rng(devices=[]):
        dropout_by_bits(x, p, training=training)
    return dropout_by_bits(x, p, training=training)


ALTERNATIVES = [
    (CLAIM, {"mask_of_generator": mask_by_uniforms}, "uniforms"),
    (CLAIM, {"dropout": dropout_by_bits, "forked_dropout": forked_by_bits}, "integers"),
]
