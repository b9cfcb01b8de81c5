"""Programs of kinks with other conventions at 0, right or wrong there: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.cancelling import cancelling
from claims.mutants.autodiff.differentiable_points import steep

CLAIM = ("autograd-wrong-at-differentiable-points",)


def half_at_zero(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    """relu'(0) = 1/2, which makes relu(x) - relu(-x) right."""
    return steep(x, d, name, order, torch.ones_like(x))


def one_at_zero(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    """relu'(0) = 1: twice the derivative of relu(x) - relu(-x)."""
    most = 2.0 if name == "relu(x) - relu(-x)" else 1.0
    return steep(x, d, name, order, torch.where(x == 0, most, 1.0))


def simplified(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:  # noqa: ARG001  as it is called
    """x, before anything is differentiated."""
    if d is None:
        return x + 0.0
    return d.clone() if order == 1 else torch.zeros_like(x)


def other_convention_of_the_magnitude(x: Tensor, d: Tensor | None, name: str, order: int = 1) -> Tensor:
    """|x|'(0) = 1, which cancels."""
    if d is not None or not name.startswith("(|x|"):
        return cancelling(x, d, name, order)
    size = torch.where(x >= 0, x, -x)
    return (size + x) / 2 - (size - x) / 2


ALTERNATIVES = [
    (CLAIM, {"cancelling": half_at_zero}, "relu'(0) = 1/2"),
    (CLAIM, {"cancelling": one_at_zero}, "relu'(0) = 1"),
    (CLAIM, {"cancelling": simplified}, "simplified"),
    (CLAIM, {"cancelling": other_convention_of_the_magnitude}, "|x|'(0) = 1"),
]
