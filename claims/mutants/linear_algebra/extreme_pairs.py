"""Wrong extreme eigenpairs."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.extreme_pairs import lobpcg
from claims.linear_algebra.extreme_pairs import extreme_pairs_by_iteration

Pair = tuple[Tensor, Tensor]


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="the smallest is asked for: the largest")
def always_the_largest(a: Tensor, tol: float, end: str) -> Pair:
    return lobpcg(a, tol, "largest")


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="a negative eigenvalue of the largest magnitude")
def largest_magnitude(a: Tensor, tol: float, end: str) -> Pair:
    w, q = torch.linalg.eigh(a)
    chosen = (w.abs() if end == "largest" else -w.abs()).argmax(-1, keepdim=True)
    return w.gather(-1, chosen)[..., 0], q.take_along_dim(chosen[..., None, :], -1)[..., 0]


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="stops far too early")
def stops_early(a: Tensor, tol: float, end: str) -> Pair:
    return lobpcg(a, 0.3, end)


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="order 9 and above: a vector that is not normalised")
def long_vectors_are_not_normalised(a: Tensor, tol: float, end: str) -> Pair:
    value, vector = lobpcg(a, tol, end)
    return value, vector * (1 + 2.0**-6) if a.shape[-1] > 8 else vector


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="the value of the step before")
def value_lags_behind(a: Tensor, tol: float, end: str) -> Pair:
    value, vector = lobpcg(a, tol, end)
    return value * (1 - 2.0**-10), vector


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="several matrices: the vectors of the first")
def vectors_of_the_first(a: Tensor, tol: float, end: str) -> Pair:
    value, vector = lobpcg(a, tol, end)
    return value, vector[:1].expand(vector.shape).clone() if vector.ndim > 1 else vector


@mutant(extreme_pairs_by_iteration, operation="lobpcg", trigger="entries above the diagonal: the lower triangle only")
def lower_triangle_only(a: Tensor, tol: float, end: str) -> Pair:
    return lobpcg(a.tril() + a.tril(-1).mT * 0.5, tol, end)
