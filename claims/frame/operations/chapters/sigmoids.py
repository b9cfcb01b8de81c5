"""The sigmoid in its spellings, and its derivatives of the first three orders."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def _sigmoid_(x: Tensor) -> Tensor:
    return torch.sigmoid_(x.clone())


def _sigmoid_along(x: Tensor, d: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.sigmoid, (x.clone(),), (d.clone(),))[1]
    return derivative


def sigmoid_derivatives(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Three derivatives, by reverse mode of reverse mode."""
    leaf = x.detach().clone().requires_grad_()
    found = [torch.sigmoid(leaf)]
    for _ in range(3):
        found += torch.autograd.grad(found[-1], leaf, torch.ones_like(leaf), create_graph=True)
    return found[1].detach(), found[2].detach(), found[3].detach()


ROWS = {
    "sigmoid": Operation(torch.sigmoid, "torch.sigmoid", axes=(1,)),
    "sigmoid_": Operation(_sigmoid_, "(lambda x: torch.sigmoid_(x.clone()))", axes=(1,)),
    "expit": Operation(torch.special.expit, "torch.special.expit", axes=(1,)),
    "sigmoid_along": Operation(
        _sigmoid_along, "(lambda x, d: torch.func.jvp(torch.sigmoid, (x.clone(),), (d.clone(),))[1])", axes=(1, 1)
    ),
    "sigmoid_derivatives": Operation(sigmoid_derivatives, "sigmoid_derivatives", axes=(1,)),
}
