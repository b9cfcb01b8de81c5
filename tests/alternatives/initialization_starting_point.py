"""Correct initial weights and layers that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from tests.alternatives.initialization_initializers import normal_of_numpy, uniform_of_numpy

RANK = ("init-null-space",)
APART = ("symmetry-of-units-apart",)
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


def trained_at_once(
    w: Tensor, v: Tensor, x: Tensor, t: Tensor, activation: str, optimiser: str, steps: int, **options: float
) -> tuple[Tensor, Tensor]:
    """The parameters of all units updated by the optimiser's kernels for lists, units in reverse in the sum."""
    incoming = [unit.clone().requires_grad_() for unit in w]
    outgoing = [unit.clone().requires_grad_() for unit in v.mT]
    training = getattr(torch.optim, optimiser)([*outgoing, *incoming], foreach=True, **options)
    for _ in range(steps):
        outputs = -t
        for unit, out in zip(reversed(incoming), reversed(outgoing), strict=True):
            outputs = outputs + getattr(torch, activation)((x * unit).sum(-1))[:, None] * out
        gradients = torch.autograd.grad(outputs.square().sum() / 2, [*incoming, *outgoing])
        for p, g in zip([*incoming, *outgoing], gradients, strict=True):
            p.grad = g
        training.step()
    return torch.stack([p.detach() for p in incoming]), torch.stack([p.detach() for p in outgoing], -1)


ALTERNATIVES = [
    (RANK, {"init_normal_": normal_of_numpy, "init_uniform_": uniform_of_numpy}, "draws of NumPy"),
    (RANK, {"eye_": identity_by_comparison}, "identity by comparison"),
    (RANK, {"xavier_normal_": normal_rows_in_reverse}, "rows in reverse"),
    (SYMMETRY, {"relu": rectifier_by_selection}, "rectifier by selection"),
    (SYMMETRY, {"linear": layer_by_products}, "layer by products"),
    (APART, {"trained_units": trained_at_once}, "trained at once"),
]
