"""Correct inner products and cosines that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

PRODUCTS = ("squared-l2-norm-dot-product",)
ANGLES = ("dot-product-cosine",)


def wide(x: Tensor) -> Tensor:
    """The format in which torch accumulates."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def one_after_the_other(x: Tensor, y: Tensor) -> Tensor:
    """Left to right."""
    return F.pad((wide(x) * wide(y)).cumsum(-1), (1, 0))[..., -1].to(x.dtype)


def products_in_float64(x: Tensor, y: Tensor) -> Tensor:
    """Wider than it need be."""
    return (x.double() * y.double()).sum(-1).to(x.dtype)


def backwards(x: Tensor, y: Tensor, dim: int) -> Tensor:
    """The last entry first, no product rounded to a half type."""
    return (wide(x) * wide(y)).flip(dim).sum(dim).to(x.dtype)


def real_parts(x: Tensor, y: Tensor) -> Tensor:
    """conj(z) . z is real, exactly."""
    squares = (wide(x) * wide(x)).sum(-1) + (wide(y) * wide(y)).sum(-1)
    return torch.stack((squares, torch.zeros_like(squares)), -1).to(x.dtype)


def scaled_square(x: Tensor, dim: int) -> Tensor:
    """The norm with the largest entry as its scale."""
    if not x.shape[dim]:
        return x.sum(dim)
    size = wide(x).abs().amax(dim, keepdim=True)
    norm = size.squeeze(dim) * ((wide(x) / torch.where(size > 0, size, 1)).square().sum(dim)).sqrt()
    return norm.to(x.dtype) ** 2


def clamped_to_one(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    """A cosine that does not exceed 1."""
    return F.cosine_similarity(x, y, dim=dim, eps=eps).clamp(-1, 1)


def divided_last(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    """The products of the format's numbers are added first, in float64, and divided by both norms."""
    sizes = [torch.linalg.vector_norm(v.double(), dim=dim).clamp_min(eps) for v in (x, y)]
    return ((x.double() * y.double()).sum(dim) / sizes[0] / sizes[1]).to(x.dtype)


def angle_in_float64(x: Tensor, y: Tensor, dim: int) -> Tensor:
    """Of the cosine in float64."""
    return torch.acos(F.cosine_similarity(x.double(), y.double(), dim=dim).clamp(-1, 1)).to(x.dtype)


def loss_by_norms(x: Tensor, y: Tensor, target: float) -> Tensor:
    """The cosine by hand in float64."""
    sizes = [(v.double().square().sum(-1) + 1e-12).sqrt() for v in (x, y)]
    cosine = (x.double() * y.double()).sum(-1) / sizes[0] / sizes[1]
    return (1 - cosine if target > 0 else cosine.clamp_min(0)).to(x.dtype)


ALTERNATIVES = [
    (PRODUCTS, {"dot": one_after_the_other, "vdot": one_after_the_other}, "one_after_the_other"),
    (PRODUCTS, {"inner": products_in_float64, "dot_by_bmm": products_in_float64}, "products_in_float64"),
    (PRODUCTS, {"vecdot": backwards}, "backwards"),
    (PRODUCTS, {"complex_vdot": real_parts}, "real_parts"),
    (PRODUCTS, {"squared_vector_norm": scaled_square}, "scaled_square"),
    (ANGLES, {"cosine_similarity": clamped_to_one}, "clamped_to_one"),
    (ANGLES, {"cosine_similarity": divided_last}, "divided_last"),
    (ANGLES, {"angle": angle_in_float64}, "angle_in_float64"),
    (ANGLES, {"cosine_embedding_loss": loss_by_norms}, "loss_by_norms"),
]
