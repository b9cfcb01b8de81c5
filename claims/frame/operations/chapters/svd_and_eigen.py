"""Magnitudes of eigenvalues in the order of singular values, and what else both kinds of values give."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def svd_by_eigh(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """U, S and V^T of a symmetric matrix Q L Q^T: Q sign(L), |L| and Q^T in the order of descending |L|."""
    values, q = torch.linalg.eigh(a)
    s, order = values.abs().sort(descending=True)
    v = q.take_along_dim(order[..., None, :], -1)
    sign = torch.copysign(torch.ones_like(s), values.gather(-1, order))
    return v * sign[..., None, :], s, v.mT


ROWS = {
    "absolute_eigenvalues": Operation(
        lambda a: torch.linalg.eigvalsh(a).abs().sort(descending=True).values,
        "(lambda a: torch.linalg.eigvalsh(a).abs().sort(descending=True).values)",
        axes=(2,),
    ),
    "moduli_of_eigenvalues": Operation(
        lambda a: torch.linalg.eigvals(a).abs().sort(descending=True).values,
        "(lambda a: torch.linalg.eigvals(a).abs().sort(descending=True).values)",
        axes=(2,),
    ),
    "svd_by_eigh": Operation(svd_by_eigh, "svd_by_eigh", axes=(2,)),
    "product_of_singular_values": Operation(
        lambda a: torch.linalg.svdvals(a).prod(-1), "(lambda a: torch.linalg.svdvals(a).prod(-1))", axes=(2,)
    ),
    "cond": Operation(torch.linalg.cond, "torch.linalg.cond", axes=(2,)),
}
