"""Correct activations, derivatives and moments by other algorithms: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.chapters.activations import activate, activate_along
from tests.alternatives.initialization_xavier_derivation import mean_of_halves
from tests.alternatives.initialization_xavier_isotropy import normal_in_float64

ZERO, NEAR = ("activation-fixed-point-unit-slope",), ("activation-linearisation", "activation-moment-preservation")
LINEAR, MOMENTS = ("activation-linearisation",), ("activation-moment-preservation",)


def in_float64(x: Tensor, name: str) -> Tensor:
    """Rounded once; float64 as it is, but for hardsigmoid, whose gradient torch knows to float32 only."""
    z = x.double()
    return ((z + 3).clamp(0, 6) / 6 if name == "hardsigmoid" else activate(z, name)).to(x.dtype)


def tanh_by_exponentials(x: Tensor, name: str) -> Tensor:
    """tanh(x) = -expm1(-2x) / (2 + expm1(-2x)), asinh and arctan by logarithms and halves, in float64."""
    if name == "tanh":
        t = torch.expm1(-2 * x.double())
        return (-t / (2 + t)).to(x.dtype) if x.dtype != torch.float64 else activate(x, name)
    return activate(x, name)


def along_in_float64(x: Tensor, d: Tensor, name: str) -> Tensor:
    """Rounded once."""
    return activate_along(x.double(), d.double(), name).to(x.dtype)


def along_by_reverse_mode(x: Tensor, d: Tensor, name: str) -> Tensor:
    """The gradient times the direction."""
    with torch.enable_grad():
        leaf = x.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(activate(leaf, name).sum(), leaf)
    return gradient * d


ALTERNATIVES = [
    (ZERO, {"activate": in_float64}, "values in float64"),
    (NEAR, {"activate": in_float64}, "activations in float64"),
    (NEAR, {"activate": tanh_by_exponentials}, "tanh by exponentials"),
    (LINEAR, {"activate_along": along_in_float64}, "derivatives in float64"),
    (LINEAR, {"activate_along": along_by_reverse_mode}, "derivatives by reverse mode"),
    (MOMENTS, {"mean": mean_of_halves, "normal_": normal_in_float64}, "means of halves"),
]
