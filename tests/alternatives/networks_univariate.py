"""Correct functions of one number by other formulas: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tests.alternatives.probability_independence import rounded

CLAIM = ("univariate-functions-in-ulps",)


def wide(x: Tensor) -> Tensor:
    """The numbers in float32, or in float64 if they are."""
    return x if x.dtype == torch.float64 else x.float()


def silu(x: Tensor) -> Tensor:
    """x sigma(x), 0 at minus infinity."""
    w = wide(x)
    return torch.where(x == -math.inf, 0.0, w * torch.sigmoid(w)).to(x.dtype)


def sigmoid(x: Tensor) -> Tensor:
    """e / (1 + e) or 1 / (1 + e), e = exp(-|x|)."""
    w = wide(x)
    e = (-w.abs()).exp()
    return torch.where(w < 0, e / (1 + e), 1 / (1 + e)).to(x.dtype)


def softplus(x: Tensor) -> Tensor:
    """max(x, 0) + log(1 + exp(-|x|))."""
    w = wide(x)
    return (w.clamp(min=0) + torch.log1p((-w.abs()).exp())).to(x.dtype)


def mish(x: Tensor) -> Tensor:
    """x tanh(softplus(x)) without thresholds."""
    w = wide(x)
    return torch.where(x == -math.inf, 0.0, w * torch.tanh(softplus(w))).to(x.dtype)


def gelu(x: Tensor) -> Tensor:
    """x erfc(-x / sqrt(2)) / 2 in float64."""
    w = x.double()
    y = torch.where(w == -math.inf, 0.0, w * torch.erfc(-w / math.sqrt(2)) / 2)
    return rounded(y.numpy(), x.dtype) if x.dtype != torch.float64 else y


def logit(x: Tensor) -> Tensor:
    """log(x) - log(1 - x)."""
    w = wide(x)
    return (torch.log(w) - torch.log1p(-w)).to(x.dtype)


def doubled(name: str):  # noqa: ANN201  a function of torch in float64, rounded once
    def evaluated(x: Tensor) -> Tensor:
        y = getattr(torch, name)(x.double())
        return y if x.dtype == torch.float64 else rounded(y.numpy(), x.dtype)

    return evaluated


NAMES = ("exp", "log", "sin", "tan", "asin", "atan", "erf", "erfc", "lgamma", "digamma", "asinh", "log1p", "expm1")
ALTERNATIVES = [
    (CLAIM, {"silu": silu, "sigmoid": sigmoid, "softplus": softplus, "mish": mish}, "exponentials of -|x|"),
    (CLAIM, {"gelu": gelu, "logit": logit}, "complementary functions"),
    (CLAIM, {name: doubled(name) for name in NAMES}, "float64, rounded once"),
    (CLAIM, {"rsqrt": lambda x: torch.reciprocal(torch.sqrt(x)), "square": lambda x: x * x}, "by other operations"),
    (CLAIM, {"reciprocal": lambda x: 1 / x, "elu": lambda x: torch.where(x > 0, x, torch.expm1(x))}, "by definition"),
]
