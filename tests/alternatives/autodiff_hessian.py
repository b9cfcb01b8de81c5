"""Correct products with the Hessian by hand: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIM = ("hessian-vector-product",)


def by_hand(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:  # noqa: ARG001  as it is called
    """H v."""
    return (h @ v[..., None])[..., 0]


def symmetrised(h: Tensor, b: Tensor, x: Tensor, v: Tensor, way: str) -> Tensor:  # noqa: ARG001
    """The mean of H v and H^T v, summed entry by entry in the wider arithmetic."""
    wide = h.to(torch.promote_types(h.dtype, torch.float32))
    w = v.to(wide.dtype)
    return (((wide * w[..., None, :]).sum(-1) + (wide * w[..., :, None]).sum(-2)) / 2).to(h.dtype)


def quotient_by_hand(h: Tensor, b: Tensor, x: Tensor, v: Tensor) -> Tensor:  # noqa: ARG001
    """Of a vector of length about 1."""
    unit = v / v.norm(dim=-1, keepdim=True)
    return (unit * (h @ unit[..., None])[..., 0]).sum(-1) / (unit * unit).sum(-1)


ALTERNATIVES = [
    (CLAIM, {"hessian_product": by_hand, "curvature": quotient_by_hand}, "by hand"),
    (CLAIM, {"hessian_product": symmetrised}, "symmetrised"),
]
