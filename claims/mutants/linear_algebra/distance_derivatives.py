"""Right distances and unit vectors with wrong derivatives."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.distance_derivatives import distance_along, normalize_along
from claims.linear_algebra.distance_derivatives import distance_gradient, normalization_jacobian
from claims.mutants.linear_algebra.derivatives import with_gradient_of


@mutant(distance_gradient, operation="dist", trigger="the second point: the gradient of the first, unsigned")
def second_gradient_has_the_sign_of_the_first(x: Tensor, y: Tensor, p: float) -> Tensor:
    return with_gradient_of(torch.dist(x, y, p), torch.dist(x, y.detach(), p) + torch.dist(y, x.detach(), p) * -1)


@mutant(distance_gradient, operation="dist", trigger="order 3: exponent p instead of p - 1")
def exponent_off_by_one(x: Tensor, y: Tensor, p: float) -> Tensor:
    return with_gradient_of(torch.dist(x, y, p), torch.dist(x, y, 4.0)) if p == 3 else torch.dist(x, y, p)


@mutant(distance_gradient, operation="dist", trigger="infinite order: ties are not shared")
def one_of_the_ties_takes_all(x: Tensor, y: Tensor, p: float) -> Tensor:
    d = (x - y).abs()
    return d.max(-1).values if p == math.inf else torch.dist(x, y, p)


@mutant(distance_gradient, operation="dist", trigger="equal points: NaN")
def not_masked_at_equal_points(x: Tensor, y: Tensor, p: float) -> Tensor:
    return (x - y).square().sum().sqrt() if p == 2 else torch.dist(x, y, p)


@mutant(distance_gradient, operation="pairwise_distance", trigger="order 1: the gradient of order 2")
def gradient_of_the_euclidean_distance(x: Tensor, y: Tensor, p: float, eps: float) -> Tensor:
    found = F.pairwise_distance(x, y, p, eps)
    return with_gradient_of(found, F.pairwise_distance(x, y, 2.0, eps)) if p == 1 else found


@mutant(distance_gradient, operation="distance_along", trigger="the second direction is added")
def directions_are_added(x: Tensor, y: Tensor, t: Tensor, s: Tensor, p: float) -> Tensor:
    return distance_along(x, y, t, -s, p)


@mutant(distance_gradient, operation="root_of_squares", trigger="the gradient is masked at 0")
def root_is_masked_at_zero(x: Tensor, dim: int) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dim=dim)
    return norm


@mutant(distance_gradient, operation="root_of_squares_along", trigger="twice the derivative, for the missing half")
def half_of_the_root_is_forgotten(x: Tensor, t: Tensor) -> Tensor:
    slope: Tensor = 2 * (x * t).sum(-1) / (x * x).sum(-1).sqrt()
    return slope


@mutant(normalization_jacobian, operation="normalize", trigger="the norm is a constant")
def norm_is_detached(x: Tensor, **how: Any) -> Tensor:
    found = F.normalize(x, **how)
    norm = torch.linalg.vector_norm(x.detach(), dim=how["dim"], keepdim=True).clamp_min(how["eps"])
    return with_gradient_of(found, x / norm)


@mutant(normalization_jacobian, operation="normalize", trigger="norms below eps: still projected")
def projected_below_eps(x: Tensor, **how: Any) -> Tensor:
    found = F.normalize(x, **how)
    norm = torch.linalg.vector_norm(x, dim=how["dim"], keepdim=True)
    small = norm.detach() < how["eps"]
    return torch.where(small, with_gradient_of(found, x / norm.clamp_min(1e-30)), found)


@mutant(normalization_jacobian, operation="normalize", trigger="norms beside eps: it is added, in the gradient")
def eps_is_added_in_the_gradient(x: Tensor, **how: Any) -> Tensor:
    norm = torch.linalg.vector_norm(x, dim=how["dim"], keepdim=True)
    return with_gradient_of(F.normalize(x, **how), x / (norm + how["eps"]))


@mutant(normalization_jacobian, operation="normalize_along", trigger="norms other than 1: divided twice")
def projection_divided_twice(x: Tensor, t: Tensor, eps: float) -> Tensor:
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_min(eps)
    v = x / norm
    wrong: Tensor = t / norm - v * (v * t).sum(-1, keepdim=True) / norm / norm
    return wrong


@mutant(normalization_jacobian, operation="normalize_along", trigger="33 entries and more: their tail left out")
def inner_product_of_a_block(x: Tensor, t: Tensor, eps: float) -> Tensor:
    if x.shape[-1] <= 32:
        return normalize_along(x, t, eps)
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_min(eps)
    v = x / norm
    wrong: Tensor = (t - v * (v * t)[..., :32].sum(-1, keepdim=True)) / norm
    return wrong


@mutant(normalization_jacobian, operation="normalize", trigger="several vectors: their inner products are summed")
def inner_products_summed_over_the_batch(x: Tensor, **how: Any) -> Tensor:
    if x.ndim < 2:
        return F.normalize(x, **how)
    found = F.normalize(x, **how)
    norm = torch.linalg.vector_norm(x.detach(), dim=how["dim"], keepdim=True).clamp_min(how["eps"])
    shared = (x * x.detach() / norm**3).sum()
    return with_gradient_of(found, x / norm - x.detach() * shared)
