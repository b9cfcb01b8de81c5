"""Wrong distances between points, and wrong norms of matrices."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.distances import matrix_norms_are_norms, norm_of_difference_is_a_metric
from claims.mutants.linear_algebra.norms import vector_norm


def _norm(a: Tensor, order: str | float) -> Tensor:
    norm: Tensor = torch.linalg.matrix_norm(a, order)
    return norm


@mutant(norm_of_difference_is_a_metric, operation="cdist", trigger="p = 2", provenance="own")
def distances_are_squared(x: Tensor, y: Tensor, p: float, *_: Any) -> Tensor:
    d: Tensor = torch.cdist(x, y, p, "donot_use_mm_for_euclid_dist")
    return d.square() if p == 2 else d


@mutant(norm_of_difference_is_a_metric, operation="cdist", trigger="different points", provenance="own")
def distances_ignore_negative_differences(x: Tensor, y: Tensor, p: float, *_: Any) -> Tensor:
    return vector_norm((x[..., :, None, :] - y[..., None, :, :]).clamp_min(0), p, dim=-1)


@mutant(norm_of_difference_is_a_metric, operation="cdist", trigger="p = 2 and nearly equal points", provenance="own")
def distances_are_expanded(x: Tensor, y: Tensor, p: float, *_: Any) -> Tensor:
    return torch.cdist(x, y, p, "use_mm_for_euclid_dist")


@mutant(matrix_norms_are_norms, operation="matrix_norm", trigger="the nuclear norm", provenance="own")
def nuclear_norm_sums_squares(a: Tensor, order: str | float = "fro") -> Tensor:
    values: Tensor = torch.linalg.svdvals(a)
    return values.square().sum(-1) if order == "nuc" else _norm(a, order)


@mutant(matrix_norms_are_norms, operation="matrix_norm", trigger="a negative determinant", provenance="own")
def nuclear_norm_takes_the_sign_of_the_determinant(a: Tensor, order: str | float = "fro") -> Tensor:
    square = order == "nuc" and a.shape[-1] == a.shape[-2]
    return _norm(a, order) * torch.linalg.det(a).sign() if square else _norm(a, order)


@mutant(matrix_norms_are_norms, operation="matrix_norm", trigger="order 2 and several rows", provenance="own")
def spectral_norm_is_the_smallest_singular_value(a: Tensor, order: str | float = "fro") -> Tensor:
    return torch.linalg.svdvals(a)[..., -1] if order == 2 else _norm(a, order)


@mutant(
    matrix_norms_are_norms, operation="matrix_norm", trigger="order inf and entries of both signs", provenance="own"
)
def row_sums_keep_their_signs(a: Tensor, order: str | float = "fro") -> Tensor:
    return a.sum(-1).amax(-1) if order == math.inf else _norm(a, order)


@mutant(
    matrix_norms_are_norms,
    operation="matrix_norm",
    trigger="order 2 and a square matrix that is not normal",
    provenance="own",
)
def spectral_norm_is_the_spectral_radius(a: Tensor, order: str | float = "fro") -> Tensor:
    square = order == 2 and a.shape[-1] == a.shape[-2]
    return torch.linalg.eigvals(a).abs().amax(-1) if square else _norm(a, order)
