"""Euclidean distances between points."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


# on the CPU torch has no direct distances of half types, hence at least float32
def _euclidean_cdist(x: Tensor, y: Tensor, mode: str) -> Tensor:
    wide = torch.promote_types(x.dtype, torch.float32)
    return torch.cdist(x.to(wide), y.to(wide), compute_mode=mode).to(x.dtype)


def _pdist(x: Tensor) -> Tensor:
    return torch.pdist(x.to(torch.promote_types(x.dtype, torch.float32))).to(x.dtype)


def _pairwise_distance_layer(x: Tensor, y: Tensor, eps: float) -> Tensor:
    distance: Tensor = nn.PairwiseDistance(2.0, eps)(x, y)
    return distance


def _norm_of_difference(x: Tensor, y: Tensor, dim: int) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x - y, dim=dim)
    return norm


ROWS = {
    "euclidean_cdist": Operation(_euclidean_cdist, "_euclidean_cdist", axes=(2, 2), product=True),
    "pdist": Operation(_pdist, "_pdist", axes=(2,), batches=False),
    "pairwise_distance_layer": Operation(_pairwise_distance_layer, "_pairwise_distance_layer", axes=(1, 1)),
    "norm_of_difference": Operation(_norm_of_difference, "_norm_of_difference", axes=(1, 1), dim="reduced"),
}
