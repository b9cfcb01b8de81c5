"""Correct functions of one number by other formulas, with the derivatives of these."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, special

HALF = ("adjoint-identity-of-univariate-functions", "derivatives-of-univariate-functions-in-every-nesting")
WIDE = ("adjoint-identity-of-special-functions", "derivatives-of-special-functions-in-every-nesting")


def widely(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """In float32 where the type is narrower."""
    return lambda x: function(x if x.dtype == torch.float64 else x.float()).to(x.dtype)


def tangent(x: Tensor) -> Tensor:
    """The sine over the cosine."""
    return torch.sin(x) / torch.cos(x)


def sinh_by_expm1(x: Tensor) -> Tensor:
    """(e + e / (1 + e)) / 2 for e = exp(x) - 1."""
    e = torch.expm1(x)
    return (e + e / (1 + e)) / 2


def asinh_by_log1p(x: Tensor) -> Tensor:
    """log(1 + |x| + x^2 / (1 + sqrt(1 + x^2))), odd."""
    a = x.abs()
    return torch.log1p(a + a * a / (1 + (1 + a * a).sqrt())) * x.sign()


def atanh_by_log1p(x: Tensor) -> Tensor:
    """Half of log(1 + 2 x / (1 - x))."""
    return torch.log1p(2 * x / (1 - x)) / 2


def digamma_by_its_recurrence(x: Tensor) -> Tensor:
    """psi(x + 1) - 1 / x."""
    return torch.digamma(x + 1) - 1 / x


def normal_cdf(x: Tensor) -> Tensor:
    """Phi by erfc."""
    return torch.erfc(-x / math.sqrt(2)) / 2


def scaled_erfc(x: Tensor) -> Tensor:
    """exp(x^2) erfc(x), for moderate x."""
    return (x * x).exp() * torch.erfc(x)


def quantile_by_erfinv(p: Tensor) -> Tensor:
    """The normal quantile."""
    return math.sqrt(2) * torch.erfinv(2 * p - 1)


ALTERNATIVES = [
    (HALF, {"tan": widely(tangent)}, "tangent-by-sine-and-cosine"),
    (HALF, {"sinh": widely(sinh_by_expm1)}, "sinh-by-expm1"),
    (HALF, {"asinh": widely(asinh_by_log1p)}, "asinh-by-log1p"),
    (HALF, {"atanh": widely(atanh_by_log1p)}, "atanh-by-log1p"),
    (HALF, {"exp2": widely(lambda x: torch.exp(math.log(2) * x))}, "exp2-by-exp"),
    (HALF, {"log10": widely(lambda x: torch.log(x) / math.log(10))}, "log10-by-log"),
    (HALF, {"acos": widely(lambda x: math.pi / 2 - torch.asin(x))}, "acos-by-asin"),
    (HALF, {"entr": widely(lambda x: -x * torch.log(x))}, "entropy-by-log"),
    (HALF, {"digamma": widely(digamma_by_its_recurrence)}, "digamma-by-its-recurrence"),
    (HALF, {"ndtr": widely(normal_cdf)}, "ndtr-by-erfc"),
    (HALF, {"hardshrink": lambda x: torch.where(x.abs() > 0.5, x, 0 * x)}, "hardshrink-by-where"),
    (WIDE, {"i1e": lambda x: special.i1(x) * (-x.abs()).exp()}, "i1e-by-i1"),
    (WIDE, {"erfcx": scaled_erfc}, "erfcx-by-erfc"),
    (WIDE, {"log_ndtr": lambda x: torch.log(normal_cdf(x))}, "log-ndtr-by-erfc"),
    (WIDE, {"ndtri": quantile_by_erfinv}, "ndtri-by-erfinv"),
]
