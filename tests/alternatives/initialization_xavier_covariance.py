"""Correct products and covariances of a linear layer by other algorithms: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

SHAPES = ("dense-layer-shapes",)
COVARIANCE = ("linear-layer-covariance", "zero-mean-second-moment-covariance", "covariance-propagation-normalisation")
IMAGE = ("linear-layer-covariance", "covariance-propagation-normalisation")
MOMENT = ("zero-mean-second-moment-covariance", "covariance-propagation-normalisation")


def wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def summed_backwards(a: Tensor, b: Tensor) -> Tensor:
    """Outer products of columns and rows, the last first."""
    if a.shape[-1] != b.shape[-2]:
        raise RuntimeError("the inner dimensions differ")
    total = wide(a) @ wide(b) * 0
    for k in reversed(range(a.shape[-1])):
        total = total + wide(a)[..., :, k, None] * wide(b)[..., k, None, :]
    return total.to(a.dtype)


def linear_backwards(x: Tensor, w: Tensor) -> Tensor:
    """X W^T in the same way."""
    return summed_backwards(x, w.mT)


def bias_first(w: Tensor, x: Tensor, b: Tensor) -> Tensor:
    """The sums start with the bias."""
    total = wide(b)[:, None].expand(len(b), x.shape[-1])
    for k in range(w.shape[-1]):
        total = total + wide(w)[:, k, None] * wide(x)[k]
    return total.to(x.dtype)


def covariance_in_two_passes(x: Tensor, *, correction: int) -> Tensor:
    """Products of deviations, in the wide format."""
    deviations = wide(x) - wide(x).mean(-1, keepdim=True)
    c = (deviations @ deviations.mT / (x.shape[-1] - correction)).to(x.dtype)
    return c if len(x) > 1 else c[0, 0]


def covariance_sample_by_sample(x: Tensor, *, correction: int) -> Tensor:
    """One outer product after another."""
    deviations = wide(x) - wide(x).sum(-1, keepdim=True) / x.shape[-1]
    total = torch.zeros(len(x), len(x), dtype=deviations.dtype)
    for d in deviations.unbind(-1):
        total = total + torch.outer(d, d)
    c = (total / (x.shape[-1] - correction)).to(x.dtype)
    return c if len(x) > 1 else c[0, 0]


def image_from_the_right(w: Tensor, c: Tensor) -> Tensor:
    """W (C W^T)."""
    return w @ (c @ w.mT)


def second_moment_of_outputs(w: Tensor, x: Tensor) -> Tensor:
    """(W X)(W X)^T / e."""
    z = w @ x
    return z @ z.mT / x.shape[-1]


def second_moment_of_gram_matrix(w: Tensor, x: Tensor) -> Tensor:
    """W (X X^T) W^T / e."""
    return w @ (x @ x.mT) @ w.mT / x.shape[-1]


ALTERNATIVES = [
    (SHAPES, {"matmul": summed_backwards, "linear": linear_backwards}, "products summed backwards"),
    (SHAPES, {"linear_of_columns": bias_first, "addmm_of_columns": bias_first}, "bias first"),
    (COVARIANCE, {"cov": covariance_in_two_passes}, "covariance in two passes"),
    (COVARIANCE, {"cov": covariance_sample_by_sample}, "covariance sample by sample"),
    (IMAGE, {"image_covariance": image_from_the_right}, "image from the right"),
    (MOMENT, {"second_moment": second_moment_of_outputs}, "second moment of outputs"),
    (MOMENT, {"second_moment": second_moment_of_gram_matrix}, "second moment of the Gram matrix"),
]
