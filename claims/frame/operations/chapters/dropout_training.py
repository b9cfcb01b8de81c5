"""Linear regression with dropout on its inputs: its objective under given masks, and its minimiser."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def masked_loss(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    """||(x * mask / (1 - p)) w - y||^2 for x (..., m, n), w (..., n), y (..., m) and masks (K, 1 or m, n): (..., K)."""
    predicted = (x[..., None, :, :] * masks / (1 - p)) @ w[..., None, :, None]
    return (predicted[..., 0] - y[..., None, :]).square().sum(-1)


def ridge_loss(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    """||x w - y||^2 + penalty sum_j ||x_j||^2 w_j^2 for x (..., m, n), w (..., n), y (..., m): (...)."""
    missed = (x @ w[..., None])[..., 0] - y
    return missed.square().sum(-1) + penalty * (x.square().sum(-2) * w.square()).sum(-1)


def orthogonal_masks(n: int, like: Tensor) -> Tensor:
    """Masks (N, n) of n units, pairwise independent: columns of Sylvester's Hadamard matrix of order N > n."""
    hadamard = like.new_ones(1, 1)
    while len(hadamard) <= n:
        hadamard = torch.cat((torch.cat((hadamard, hadamard), 1), torch.cat((hadamard, -hadamard), 1)))
    return (1 + hadamard[:, 1 : n + 1]) / 2


def dropout_solution(x: Tensor, y: Tensor, p: float) -> Tensor:
    """The minimiser of the expected loss for x (..., m, n), y (..., m): (..., n)."""
    gram = x.mT @ x
    penalised = gram + torch.diag_embed(p / (1 - p) * gram.diagonal(dim1=-2, dim2=-1))
    solution: Tensor = torch.linalg.solve(penalised, (x.mT @ y[..., None])[..., 0])
    return solution


ROWS = {
    "masked_loss": Operation(
        masked_loss,
        "(lambda x, w, y, masks, p: (((x[..., None, :, :] * masks / (1 - p)) @ w[..., None, :, None])[..., 0]"
        " - y[..., None, :]).square().sum(-1))",
        axes=(2, 1, 1),
        product=True,
    ),
    "ridge_loss": Operation(
        ridge_loss,
        "(lambda x, w, y, c: ((x @ w[..., None])[..., 0] - y).square().sum(-1)"
        " + c * (x.square().sum(-2) * w.square()).sum(-1))",
        axes=(2, 1, 1),
        product=True,
    ),
    "orthogonal_masks": Operation(orthogonal_masks, "orthogonal_masks"),
    "dropout_solution": Operation(
        dropout_solution,
        "(lambda x, y, p: torch.linalg.solve(x.mT @ x + torch.diag_embed(p / (1 - p) * (x.mT @ x).diagonal(dim1=-2,"
        " dim2=-1)), (x.mT @ y[..., None])[..., 0]))",
        axes=(2, 1),
        product=True,
    ),
}
