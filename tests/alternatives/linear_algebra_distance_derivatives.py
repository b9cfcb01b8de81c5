"""Correct derivatives of distances and unit vectors by other formulas than torch's: no claim may fail on them."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

DISTANCE = ("distance-gradient",)
DIRECTION = ("normalization-jacobian",)


def distance_in_float64(x: Tensor, y: Tensor, p: float) -> Tensor:
    """Norm and gradient from float64, rounded."""
    return torch.dist(x.double(), y.double(), p).to(x.dtype)


def distance_as_a_norm(x: Tensor, y: Tensor, p: float) -> Tensor:
    """The norm of the difference."""
    norm: Tensor = torch.linalg.vector_norm(x - y, p)
    return norm


def distance_along_in_float64(x: Tensor, y: Tensor, t: Tensor, s: Tensor, p: float) -> Tensor:
    """The inner product of the gradient with t - s."""
    d, direction = (x - y).double(), (t - s).double()
    size = d.abs()
    norm = torch.linalg.vector_norm(d, p)
    if not norm:
        return x.new_zeros(())
    largest = size == norm
    weights = largest / largest.double().sum() if p == math.inf else (size / norm) ** (p - 1)
    return (d.sign() * weights * direction).sum().to(x.dtype)


def root_of_products(x: Tensor, dim: int) -> Tensor:
    """The root of an inner product."""
    return torch.linalg.vecdot(x, x, dim=dim).sqrt()


def unit_vector_in_float64(x: Tensor, **how: Any) -> Tensor:
    """From float64, rounded."""
    return F.normalize(x.double(), **how).to(x.dtype)


def projected_in_float64(x: Tensor, t: Tensor, eps: float) -> Tensor:
    """(t - v <v, t>) / ||x|| by its formula."""
    wide, direction = x.double(), t.double()
    norm: Tensor = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
    v = wide / norm.clamp_min(eps)
    projected = (direction - v * (v * direction).sum(-1, keepdim=True)) / norm.clamp_min(eps)
    return torch.where(norm < eps, direction / eps, projected).to(x.dtype)


ALTERNATIVES = [
    (DISTANCE, {"dist": distance_in_float64}, "distance_in_float64"),
    (DISTANCE, {"dist": distance_as_a_norm}, "distance_as_a_norm"),
    (DISTANCE, {"distance_along": distance_along_in_float64}, "distance_along_in_float64"),
    (DISTANCE, {"root_of_squares": root_of_products}, "root_of_products"),
    (DIRECTION, {"normalize": unit_vector_in_float64}, "unit_vector_in_float64"),
    (DIRECTION, {"normalize_along": projected_in_float64}, "projected_in_float64"),
]
