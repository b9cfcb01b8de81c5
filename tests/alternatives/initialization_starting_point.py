"""Correct initial weights and layers that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from tests.alternatives.initialization_initializers import normal_of_numpy, uniform_of_numpy

RANK = ("init-null-space",)
SYMMETRY = ("symmetry-breaking-identical-units",)


def identity_by_comparison(w: Tensor) -> Tensor:
    """Where the indices agree."""
    rows, columns = (torch.arange(k, device=w.device) for k in w.shape)
    return w.copy_(rows[:, None] == columns)


def normal_rows_in_reverse(w: Tensor, *, generator: Generator) -> Tensor:
    """Drawn from the last row to the first."""
    for row in reversed(range(len(w))):
        w[row].normal_(0, (2 / sum(w.shape)) ** 0.5, generator=generator)
    return w


def rectifier_by_selection(z: Tensor) -> Tensor:
    """Gradient 0 at 0."""
    return torch.where(z > 0, z, torch.zeros_like(z))


def layer_by_products(x: Tensor, w: Tensor) -> Tensor:
    """A matrix product with the transpose."""
    return x @ w.mT


ALTERNATIVES = [
    (RANK, {"init_normal_": normal_of_numpy, "init_uniform_": uniform_of_numpy}, "draws of NumPy"),
    (RANK, {"eye_": identity_by_comparison}, "identity by comparison"),
    (RANK, {"xavier_normal_": normal_rows_in_reverse}, "rows in reverse"),
    (SYMMETRY, {"relu": rectifier_by_selection}, "rectifier by selection"),
    (SYMMETRY, {"linear": layer_by_products}, "layer by products"),
]
