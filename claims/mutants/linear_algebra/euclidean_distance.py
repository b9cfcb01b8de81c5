"""Wrong distances between points."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.linear_algebra.euclidean_distance import DEFAULT, DIRECT, euclidean_distance

SINGLE = torch.float32


def _cdist(x: Tensor, y: Tensor, mode: str) -> Tensor:
    """torch's own, half types in float32."""
    wide = torch.promote_types(x.dtype, SINGLE)
    return torch.cdist(x.to(wide), y.to(wide), compute_mode=mode).to(x.dtype)


def _squares(x: Tensor, y: Tensor) -> Tensor:
    """The expanded square of every distance."""
    wide = torch.promote_types(x.dtype, SINGLE)
    x, y = x.to(wide), y.to(wide)
    products: Tensor = x @ y.mT
    norms = x.square().sum(-1)[..., :, None] + y.square().sum(-1)[..., None, :]
    return norms - 2 * products


def _pairwise(x: Tensor, y: Tensor, p: float, eps: float) -> Tensor:
    return F.pairwise_distance(x, y, p, eps)


@mutant(euclidean_distance, operation="euclidean_cdist", trigger="distances far below the norms, asked for directly")
def expanded_although_direct_is_asked_for(x: Tensor, y: Tensor, mode: str) -> Tensor:
    return _squares(x, y).clamp_min(0).sqrt().to(x.dtype) if mode == DIRECT else _cdist(x, y, mode)


@mutant(
    euclidean_distance,
    operation="euclidean_cdist",
    dtypes=("float32", "float64"),
    trigger="equal points: a negative square has no root",
)
def square_not_clamped(x: Tensor, y: Tensor, mode: str) -> Tensor:
    return _cdist(x, y, mode) if mode == DIRECT else _squares(x, y).sqrt()


@mutant(euclidean_distance, operation="dist", trigger="a distance other than 0 and 1")
def root_missing(x: Tensor, y: Tensor) -> Tensor:
    return (x - y).square().sum()


@mutant(euclidean_distance, operation="pairwise_distance", trigger="an eps, and more than one coordinate")
def eps_added_after_the_root(x: Tensor, y: Tensor, p: float, eps: float) -> Tensor:
    return _pairwise(x, y, p, 0.0) + eps


@mutant(euclidean_distance, operation="pairwise_distance_layer", trigger="an eps and a negative difference")
def eps_added_to_the_magnitude(x: Tensor, y: Tensor, eps: float) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm((x - y).abs() + eps, dim=-1)
    return norm


@mutant(euclidean_distance, operation="norm_of_difference", trigger="points that differ in more than one coordinate")
def sum_of_magnitudes(x: Tensor, y: Tensor, dim: int) -> Tensor:
    return (x - y).abs().sum(dim)


@mutant(
    euclidean_distance,
    operation="euclidean_cdist",
    trigger="26 to 31 points on a side by default: expanded, but two squared norms exchanged",
    provenance="own",
)
def norms_of_the_wrong_points(x: Tensor, y: Tensor, mode: str) -> Tensor:
    found = _cdist(x, y, mode)
    if mode == DEFAULT and 25 < max(x.shape[-2], y.shape[-2]) < 32:
        found = torch.cat((found[..., :, :-1], found[..., :, :1]), -1)
    return found


@mutant(euclidean_distance, operation="euclidean_cdist", trigger="more than 32 points: the rest not filled in")
def points_after_the_32nd_left_out(x: Tensor, y: Tensor, mode: str) -> Tensor:
    found = _cdist(x, y, mode)
    found[..., 32:, :] = 0
    return found


@mutant(euclidean_distance, operation="pdist", trigger="three points or more: columns before rows", provenance="own")
def lower_triangle_instead_of_upper(x: Tensor) -> Tensor:
    every = _cdist(x, x, DIRECT)
    i, j = torch.tril_indices(len(x), len(x), -1)
    return every[i, j]


@mutant(euclidean_distance, operation="dist", trigger="n above 1024: the last coordinates", provenance="own")
def first_block_of_coordinates(x: Tensor, y: Tensor) -> Tensor:
    return torch.dist(x[:1024], y[:1024])


@mutant(euclidean_distance, operation="norm_of_difference", trigger="n not a multiple of 8, above it", provenance="own")
def tail_of_the_coordinates_left_out(x: Tensor, y: Tensor, dim: int) -> Tensor:
    n = x.shape[dim]
    norm: Tensor = torch.linalg.vector_norm((x - y).narrow(dim, 0, n - n % 8 if n > 8 else n), dim=dim)
    return norm


@mutant(
    euclidean_distance, operation="dist", dtypes=("float64",), trigger="float64: in single precision", provenance="own"
)
def distance_in_single_precision(x: Tensor, y: Tensor) -> Tensor:
    return torch.dist(x.to(SINGLE), y.to(SINGLE)).to(x.dtype)
