"""Masks from a generator of one's own, and dropout inside a fork of the random stream."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def mask_of_generator(x: Tensor, p: float, *, generator: torch.Generator | None = None) -> Tensor:
    """A mask of the shape of x, in which a unit is kept with probability 1 - p, drawn from `generator`."""
    return torch.empty_like(x).bernoulli_(1 - p, generator=generator)


def forked_dropout(x: Tensor, p: float, *, training: bool) -> Tensor:
    """`F.dropout` with another seed inside `torch.random.fork_rng`, and then once more outside, which is returned."""
    devices = [x.device] if x.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(torch.initial_seed() ^ 1)
        F.dropout(x, p, training)
    return F.dropout(x, p, training)


ROWS = {
    "mask_of_generator": Operation(
        mask_of_generator,
        "(lambda x, p, generator=None: torch.empty_like(x).bernoulli_(1 - p, generator=generator))",
    ),
    "forked_dropout": Operation(forked_dropout, "forked_dropout"),
}
