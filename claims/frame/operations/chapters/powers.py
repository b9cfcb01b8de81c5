"""Powers of matrices, by repeated products and by eigenvectors."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def applied_repeatedly(w: Tensor, x: Tensor, t: int) -> Tensor:
    """W (W (... (W x)))."""
    for _ in range(t):
        x = (w @ x[..., None])[..., 0]
    return x.clone()


def _chained_power(w: Tensor, t: int) -> Tensor:
    product: Tensor = torch.linalg.multi_dot([w] * t)
    return product


def _synthesised_power(v: Tensor, w: Tensor, inverse: Tensor, t: int) -> Tensor:
    product: Tensor = (v * w[..., None, :] ** t) @ inverse
    return product


def _power_by_eig(w: Tensor, t: int) -> Tensor:
    values, vectors = torch.linalg.eig(w)
    power: Tensor = ((vectors * values[..., None, :] ** t) @ torch.linalg.inv(vectors)).real
    return power


ROWS = {
    "applied_repeatedly": Operation(applied_repeatedly, "applied_repeatedly", axes=(2, 1), product=True),
    "chained_power": Operation(
        _chained_power, "(lambda w, t: torch.linalg.multi_dot([w] * t))", axes=(2,), batches=False, product=True
    ),
    "synthesised_power": Operation(
        _synthesised_power,
        "(lambda v, w, inverse, t: (v * w[..., None, :] ** t) @ inverse)",
        axes=(2, 1, 2),
        product=True,
    ),
    "power_by_eig": Operation(
        _power_by_eig,
        "(lambda w, t: (lambda e: ((e[1] * e[0][..., None, :] ** t) @ torch.linalg.inv(e[1])).real)"
        "(torch.linalg.eig(w)))",
        axes=(2,),
    ),
}
