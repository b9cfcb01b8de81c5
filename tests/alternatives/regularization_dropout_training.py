"""Correct losses, arrays of masks and minimisers by other ways: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

RIDGE = ("dropout-linear-regression-is-ridge",)
PAIRWISE = ("dropout-parameter-sharing-pairwise-masks",)
MONOTONE = ("dropout-rate-training-error-monotone",)


def masked_loss_in_float64(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    """One rounding at the end."""
    predicted = ((x.double()[..., None, :, :] * masks.double() / (1 - p)) @ w.double()[..., None, :, None])[..., 0]
    return (predicted - y.double()[..., None, :]).square().sum(-1).to(x.dtype)


def masked_loss_by_products(x: Tensor, w: Tensor, y: Tensor, masks: Tensor, p: float) -> Tensor:
    """Survivors times weights, added without a matrix product, the squares from the last example."""
    wide = x if x.dtype.itemsize == 8 else x.float()
    terms = (x[..., None, :, :] * masks * (1 / (1 - p))).to(wide.dtype) * w[..., None, None, :].to(wide.dtype)
    missed = terms.sum(-1).to(x.dtype) - y[..., None, :]
    return (missed * missed).flip(-1).sum(-1)


def ridge_loss_in_float64(x: Tensor, w: Tensor, y: Tensor, penalty: float) -> Tensor:
    """One rounding at the end."""
    x, w, y, dtype = x.double(), w.double(), y.double(), x.dtype
    missed = (x @ w[..., None])[..., 0] - y
    return (missed.square().sum(-1) + penalty * (x.square().sum(-2) * w.square()).sum(-1)).to(dtype)


def masks_by_parities(n: int, like: Tensor) -> Tensor:
    """The parity of the bits that the row and the unit have in common."""
    order = 1 << int(n).bit_length()
    common = torch.arange(order, device=like.device)[:, None] & torch.arange(1, n + 1, device=like.device)
    bits = (common[..., None] >> torch.arange(8, device=like.device)) & 1
    return (bits.sum(-1) % 2).to(like.dtype)


def solution_by_inverse_of_columns(x: Tensor, y: Tensor, p: float) -> Tensor:
    """The rows in reversed order."""
    gram = x.flip(-2).mT @ x.flip(-2)
    penalised = gram + torch.diag_embed(gram.diagonal(dim1=-2, dim2=-1) * (p / (1 - p)))
    return torch.linalg.solve(penalised, (x.flip(-2).mT @ y.flip(-1)[..., None])[..., 0])


def solution_in_float64(x: Tensor, y: Tensor, p: float) -> Tensor:
    """One rounding at the end, for float32."""
    x64, y64 = x.double(), y.double()
    gram = x64.mT @ x64
    penalised = gram + torch.diag_embed(gram.diagonal(dim1=-2, dim2=-1) * (p / (1 - p)))
    return torch.linalg.solve(penalised, (x64.mT @ y64[..., None])[..., 0]).to(x.dtype)


ALTERNATIVES = [
    (RIDGE + PAIRWISE, {"masked_loss": masked_loss_in_float64}, "one rounding of the loss"),
    (RIDGE + PAIRWISE, {"masked_loss": masked_loss_by_products}, "products added"),
    (RIDGE, {"ridge_loss": ridge_loss_in_float64}, "one rounding of the objective"),
    (PAIRWISE, {"orthogonal_masks": masks_by_parities}, "parities"),
    (MONOTONE, {"dropout_solution": solution_by_inverse_of_columns}, "reversed rows"),
    (MONOTONE, {"dropout_solution": solution_in_float64}, "float64"),
]
