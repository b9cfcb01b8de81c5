"""Derivatives by formulas that fail at extreme arguments."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.autodiff.extreme_derivatives import derivatives_hold_at_extremes as claim
from claims.frame.operations.chapters.extreme_derivatives import repeated_slope
from claims.mutants.autodiff.stable_slopes import stable_slope


@mutant(claim, operation="repeated_slope", trigger="sinc: sin(pi x) / (pi x) differentiated as it stands, 0/0 at 0")
def sinc_by_its_quotient(x: Tensor, name: str, order: int) -> Tensor:
    if not name.startswith("sinc"):
        return stable_slope(x, name, order)
    leaf = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        y = torch.sin(math.pi * leaf) / (math.pi * leaf)
        for _ in range(order):
            (y,) = torch.autograd.grad(y, leaf, torch.ones_like(y), create_graph=True)
    return y.detach()


@mutant(claim, operation="repeated_slope", trigger="asinh: 1 / sqrt(x^2 + 1), huge numbers")
def asinh_by_its_square(x: Tensor, name: str, order: int) -> Tensor:
    return (x * x + 1).rsqrt() if name == "asinh" else stable_slope(x, name, order)


@mutant(claim, operation="repeated_slope", trigger="the third derivative of I_1: constant beside 0")
def bessel_slopes_stop_at_zero(x: Tensor, name: str, order: int) -> Tensor:
    return x * 0.0 if name == "i1" else stable_slope(x, name, order)


@mutant(claim, operation="repeated_slope", trigger="softplus and logsigmoid: the sigmoid for their second derivatives")
def one_derivative_too_few(x: Tensor, name: str, order: int) -> Tensor:
    return repeated_slope(x, name, 1) if order == 2 and name == "softplus" else stable_slope(x, name, order)


@mutant(claim, operation="repeated_slope", trigger="a difference quotient of the derivative before it")
def difference_quotient(x: Tensor, name: str, order: int) -> Tensor:
    step = 2.0**-6
    if name != "exp":
        return stable_slope(x, name, order)
    return (torch.exp(x + step) - torch.exp(x - step)) / (2 * step)
