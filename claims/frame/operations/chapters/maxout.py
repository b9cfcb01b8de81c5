"""Maxout units, the tangents that one is made of, and maxima by rectifiers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def maxout(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    """max_j w_j x + c_j for numbers x (..., n), slopes and intercepts (..., k)."""
    pieces = x[..., :, None] * w[..., None, :] + c[..., None, :]
    if name == "amax":
        return pieces.amax(-1)
    if name == "sort":
        return pieces.sort(-1).values[..., -1]
    found = pieces[..., 0]
    for piece in pieces.unbind(-1):
        found = torch.maximum(found, piece)
    return found


def tangents(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Slopes f'(t) by reverse mode, and intercepts f(t) - f'(t) t."""
    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "square": lambda v: v * v,
        "exp": torch.exp,
        "log cosh": lambda v: v.cosh().log(),
    }
    leaf = t.detach().clone().requires_grad_()
    y = functions[name](leaf)
    (slope,) = torch.autograd.grad(y, leaf, torch.ones_like(y))
    return slope, y.detach() - slope * t


def maximum_by_relu(a: Tensor, b: Tensor) -> Tensor:
    """relu(a - b) + b."""
    return torch.relu(a - b) + b


def maximum_of_all_by_relu(x: Tensor) -> Tensor:
    """The maximum along the last axis by a binary tree of relu(a - b) + b."""
    while x.shape[-1] > 1:
        half = x.shape[-1] // 2
        a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
        x = torch.cat((torch.relu(a - b) + b, rest), -1)
    return x[..., 0]


ROWS = {
    "maxout": Operation(maxout, "maxout", axes=(1, 1, 1)),
    "tangents": Operation(tangents, "tangents", axes=(1,)),
    "maximum_by_relu": Operation(maximum_by_relu, "maximum_by_relu", axes=(1, 1)),
    "maximum_of_all_by_relu": Operation(maximum_of_all_by_relu, "maximum_of_all_by_relu", axes=(1,)),
}
