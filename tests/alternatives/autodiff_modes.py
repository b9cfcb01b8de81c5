"""Correct functions whose derivatives are composed of other formulas: no claim may fail on them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

FIRST, NESTED = ("forward-reverse-adjoint-identity",), ("derivatives-in-every-nesting",)
MATRICES = ("adjoint-identity-of-matrix-functions", "derivatives-of-matrix-functions-in-every-nesting")
BOTH = (*FIRST, *NESTED)


def softmax_by_division(x: Tensor, dim: int) -> Tensor:
    """exp(x - max x) / sum."""
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


def softmax_by_logarithms(x: Tensor, dim: int) -> Tensor:
    """exp of log-softmax."""
    return torch.log_softmax(x, dim).exp()


def layer_norm_composed(x: Tensor, w: None, b: None, *, eps: float, **options: Any) -> Tensor:  # noqa: ARG001  torch's
    """Without a formula of its own."""
    d = x - x.mean(-1, keepdim=True)
    return d * (d.square().mean(-1, keepdim=True) + eps).rsqrt()


def silu_by_the_sigmoid(x: Tensor) -> Tensor:
    """x sigma(x)."""
    return x * torch.sigmoid(x)


def tanh_by_the_sigmoid(x: Tensor) -> Tensor:
    """2 sigma(2 x) - 1, in float32 at least."""
    wide = x if x.dtype == torch.float64 else x.float()
    return (2 * torch.sigmoid(2 * wide) - 1).to(x.dtype)


def product_by_halves(x: Tensor) -> Tensor:
    """A tree of products."""
    return x[0] if len(x) == 1 else product_by_halves(x[: len(x) // 2]) * product_by_halves(x[len(x) // 2 :])


def variance_of_differences(x: Tensor) -> Tensor:
    """The sum of all squared differences over 2 n (n - 1)."""
    n = len(x)
    return (x[:, None] - x[None, :]).square().sum() / (2 * n * (n - 1))


def determinant_by_minors(a: Tensor) -> Tensor:
    """Along the first row, for order 3."""
    return (a[0] * torch.linalg.cross(a[1], a[2])).sum()


def inverse_by_the_adjugate(a: Tensor) -> Tensor:
    """Cross products of rows over the determinant."""
    rows = [torch.linalg.cross(a[(i + 1) % 3], a[(i + 2) % 3]) for i in range(3)]
    return torch.stack(rows, -1) / determinant_by_minors(a)


def product_by_outer_products(a: Tensor, b: Tensor) -> Tensor:
    """The sum of columns times rows."""
    return torch.stack([a[:, k, None] * b[None, k, :] for k in range(a.shape[1])]).sum(0)


ALTERNATIVES = [
    (BOTH, {"softmax": softmax_by_division}, "softmax-by-division"),
    (BOTH, {"softmax": softmax_by_logarithms}, "softmax-by-logarithms"),
    (BOTH, {"layer_norm": layer_norm_composed}, "layer-norm-composed"),
    (BOTH, {"silu": silu_by_the_sigmoid}, "silu-by-the-sigmoid"),
    (FIRST, {"tanh": tanh_by_the_sigmoid}, "tanh-by-the-sigmoid"),
    (BOTH, {"prod": product_by_halves}, "products-by-halves"),
    (BOTH, {"var": variance_of_differences}, "variance-of-differences"),
    (MATRICES, {"determinant": determinant_by_minors}, "determinant-by-minors"),
    (MATRICES, {"inv": inverse_by_the_adjugate}, "inverse-by-the-adjugate"),
    (MATRICES, {"matmul": product_by_outer_products}, "product-by-outer-products"),
]
