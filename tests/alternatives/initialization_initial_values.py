"""Correct descents that compute their gradients otherwise: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

SENSITIVITY = ("initial-value-sensitivity",)


def wells_by_powers(start: Tensor, lr: float, steps: int) -> Tensor:
    """The gradient x^3 - x by hand, and the step as an expression."""
    x = [start]
    for _ in range(steps):
        x.append(x[-1] - lr * (x[-1] * x[-1] * x[-1] - x[-1]))
    return torch.stack(x, -2)


def wells_in_float64(start: Tensor, lr: float, steps: int) -> Tensor:
    """Every iterate rounded once from one of float64."""
    return wells_by_powers(start.double(), lr, steps).to(start.dtype)


def quadratic_by_rows(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    """The gradient H (x - c) by hand, row by row and its terms in reverse."""
    x = [start]
    for _ in range(steps):
        terms = (h * (x[-1] - minimum)[..., None, :]).flip(-1)
        x.append(x[-1] - lr * terms.sum(-1))
    return torch.stack(x, -2)


def quadratic_in_float64(h: Tensor, minimum: Tensor, start: Tensor, lr: float, steps: int) -> Tensor:
    """Every iterate rounded once from one of float64."""
    return quadratic_by_rows(h.double(), minimum.double(), start.double(), lr, steps).to(start.dtype)


ALTERNATIVES = [
    (SENSITIVITY, {"double_well_descent": wells_by_powers}, "wells by powers"),
    (SENSITIVITY, {"double_well_descent": wells_in_float64}, "wells in float64"),
    (SENSITIVITY, {"quadratic_descent": quadratic_by_rows}, "quadratic by rows"),
    (SENSITIVITY, {"quadratic_descent": quadratic_in_float64}, "quadratic in float64"),
]
