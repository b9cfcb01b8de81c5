"""Correct functions of one number by other formulas: no claim may fail on them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tests.alternatives.probability_independence import rounded

CLAIM = ("univariate-functions-in-ulps",)
SPECIAL = ("special-functions-in-ulps",)


def wide(x: Tensor) -> Tensor:
    """The numbers in float32, or in float64 if they are."""
    return x if x.dtype == torch.float64 else x.float()


def silu(x: Tensor) -> Tensor:
    """x sigma(x), of negative numbers by two roots of e^x, which do not underflow; 0 at minus infinity."""
    w = wide(x)
    return torch.where(x == -math.inf, 0.0, _times_exponential(w, torch.sigmoid(w.abs()))).to(x.dtype)


def _times_exponential(w: Tensor, factor: Tensor) -> Tensor:
    """w factor e^min(w, 0)."""
    root = (w.clamp(max=0) / 2).exp()
    return w * factor * root * root


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
    """x tanh(softplus(x)) without thresholds; below -50 the hyperbolic tangent is e^x; 0 at minus infinity."""
    w = wide(x)
    near = w * torch.tanh(softplus(w))
    y = torch.where(w < -50, _times_exponential(w, torch.ones_like(w)), near)
    return torch.where(x == -math.inf, 0.0, y).to(x.dtype)


def gelu(x: Tensor) -> Tensor:
    """x erfc(-x / sqrt(2)) / 2 in float64."""
    w = x.double()
    y = torch.where(w == -math.inf, 0.0, w * (torch.erfc(-w / math.sqrt(2)) / 2))
    return rounded(y.numpy(), x.dtype) if x.dtype != torch.float64 else y


def logit(x: Tensor) -> Tensor:
    """log(x) - log(1 - x)."""
    w = wide(x)
    return (torch.log(w) - torch.log1p(-w)).to(x.dtype)


def trigamma(x: Tensor) -> Tensor:
    """zeta(2, x) in float64; below 1/2 (pi / sin(pi r))^2 - zeta(2, 1 - x), r the distance to the nearest integer."""
    w = x.double()
    sine = torch.sin(math.pi * (w - torch.round(w)))
    mirrored = torch.where(sine == 0, math.inf, (math.pi / sine) ** 2 - torch.special.zeta(2.0, 1 - w.clamp(max=0.5)))
    far = 1 / w + 0.5 / (w * w)  # zeta takes powers that underflow
    y = torch.where(w > 2.0**30, far, torch.special.zeta(2.0, w.clamp(min=0.5)))
    y = torch.where(w < 0.5, torch.where(w == -math.inf, math.nan, mirrored), y)
    return rounded(y.numpy(), x.dtype) if x.dtype != torch.float64 else y


def leaky_relu(x: Tensor) -> Tensor:
    """max(x, x / 100), the quotient in float32 or wider."""
    w = wide(x)
    return torch.maximum(w, w * 0.01).to(x.dtype)


def log_ndtr(x: Tensor) -> Tensor:
    """log(erfcx(t) / 2) - t^2, t = -x / sqrt(2), up to 0; above log(1 - erfc(-t) / 2) by log1p: in float64."""
    t = -x.double() / math.sqrt(2)
    below = torch.log(torch.special.erfcx(t.clamp(min=0)) / 2) - t * t
    return torch.where(t > 0, below, torch.log1p(-torch.erfc(-t) / 2)).to(x.dtype)


def ndtri(x: Tensor) -> Tensor:
    """-sqrt(2) erfinv(1 - 2 p) between 1/4 and 3/4 in float64; else torch's own."""
    w = x.double()
    middle = math.sqrt(2) * torch.erfinv(2 * w - 1)
    return torch.where((w - 0.5).abs() < 0.25, middle, torch.special.ndtri(w)).to(x.dtype)


def doubled(name: str, module: object = torch):  # noqa: ANN201  a function of torch in float64, rounded once
    def evaluated(x: Tensor) -> Tensor:
        y = getattr(module, name)(x.double())
        return y if x.dtype == torch.float64 else rounded(y.numpy(), x.dtype)

    return evaluated


NAMES = ("exp", "log", "sin", "tan", "asin", "atan", "erf", "erfc", "lgamma", "digamma", "asinh", "log1p", "expm1")
ALTERNATIVES = [
    (CLAIM, {"silu": silu, "sigmoid": sigmoid, "softplus": softplus, "mish": mish}, "exponentials of -|x|"),
    (CLAIM, {"gelu": gelu, "logit": logit}, "complementary functions"),
    (CLAIM, {name: doubled(name) for name in NAMES}, "float64, rounded once"),
    (CLAIM, {"rsqrt": lambda x: torch.reciprocal(torch.sqrt(x)), "square": lambda x: x * x}, "by other operations"),
    (CLAIM, {"trigamma": trigamma}, "the zeta function of Hurwitz"),
    (CLAIM, {"hardshrink": lambda x: torch.where(x.abs() <= 0.5, 0.0, x), "leaky_relu": leaky_relu}, "selections"),
    (SPECIAL, {"log_ndtr": log_ndtr, "ndtri": ndtri}, "by erfcx, erfc and erfinv in float64"),
    (SPECIAL, {"erfcx": doubled("erfcx", torch.special)}, "erfcx in float64, rounded once"),
    (CLAIM, {"reciprocal": lambda x: 1 / x, "elu": lambda x: torch.where(x > 0, x, torch.expm1(x))}, "by definition"),
]
