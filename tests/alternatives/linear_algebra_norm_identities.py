"""Correct norms that differ from torch's in the order of summation, the format or the algorithm: no claim may fail."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from tests.alternatives.linear_algebra_norms import (
    norm_from_the_other_end,
    norm_in_blocks,
    norm_in_float64,
    scaled_norm,
)

DEFAULT = ("euclidean-norm-default-order",)
ISOMETRY = ("frobenius-vec-isometry",)
LIMIT = ("max-norm-limit",)


def scaled_by_default(x: Tensor, p: float = 2.0, **how: Any) -> Tensor:
    """Scaled by a power of two: no square leaves the range."""
    return scaled_norm(x, p, **how)


def from_the_other_end_by_default(x: Tensor, p: float = 2.0, **how: Any) -> Tensor:
    """The order of summation reversed."""
    return norm_from_the_other_end(x, p, **how)


def whole_in_float64(x: Tensor, p: float = 2.0) -> Tensor:
    """Wider than it need be."""
    return torch.linalg.vector_norm(x.double(), p).to(x.dtype)


def rows_first(x: Tensor, p: float = 2.0) -> Tensor:
    """The norms of the slices along the last axis, then their norm, in float64."""
    if not x.numel():
        return torch.linalg.vector_norm(x, 2)
    rows = torch.linalg.vector_norm(x.double(), p, dim=-1)
    return torch.linalg.vector_norm(rows, p).to(x.dtype)


def columns_first(a: Tensor) -> Tensor:
    """The root of the sum of the diagonal of A^T A, in float64."""
    wide = a.double()
    scale = wide.abs().amax((-2, -1), keepdim=True) if a.numel() else wide.new_ones(())
    scale = torch.where(scale > 0, torch.ldexp(torch.ones_like(scale), torch.frexp(scale).exponent), 1.0)
    gram = (wide / scale).mT @ (wide / scale)
    root = gram.diagonal(dim1=-2, dim2=-1).sum(-1).sqrt()
    return (root * scale.reshape(root.shape if a.numel() else ())).to(a.dtype)


def spectral_by_eigenvalues(a: Tensor, order: float, dtype: torch.dtype) -> Tensor:
    """The largest eigenvalue in magnitude of the symmetric matrix [[0, A], [A^T, 0]]."""
    wide = a.to(dtype)
    if order != 2:
        return torch.linalg.matrix_norm(wide, order)
    m, n = wide.shape[-2:]
    block = wide.new_zeros(*wide.shape[:-2], m + n, m + n)
    block[..., :m, m:], block[..., m:, :m] = wide, wide.mT
    largest: Tensor = torch.linalg.eigvalsh(block)[..., -1]
    return largest


def by_logarithms(x: Tensor, p: float, dim: int) -> Tensor:
    """The maximum times the root of a sum of powers of ratios, in float64: the limit does not break."""
    wide = x.double()
    if math.isinf(p):
        return torch.linalg.vector_norm(wide, p, dim=dim).to(x.dtype)
    top = wide.abs().amax(dim, keepdim=True)
    ratios = wide.abs() / torch.where(top > 0, top, 1.0)
    return (ratios.pow(p).sum(dim).pow(1 / p) * top.squeeze(dim)).to(x.dtype)


ALTERNATIVES = [
    (DEFAULT, {"vector_norm": scaled_by_default}, "scaled norms"),
    (DEFAULT, {"vector_norm": from_the_other_end_by_default}, "norms from the other end"),
    (DEFAULT, {"whole_vector_norm": whole_in_float64, "whole_norm": whole_in_float64}, "whole norms in float64"),
    (DEFAULT, {"whole_tensor_norm": rows_first, "clipped_norm": rows_first}, "rows first"),
    (ISOMETRY, {"matrix_norm": columns_first}, "columns first"),
    (ISOMETRY, {"vector_norm": scaled_by_default}, "scaled norms of entries"),
    (ISOMETRY, {"matrix_norm_in": spectral_by_eigenvalues}, "spectral norms by eigenvalues"),
    (LIMIT, {"vector_norm": by_logarithms}, "relative to the maximum"),
    (LIMIT, {"vector_norm": norm_in_blocks}, "norms in blocks"),
    (LIMIT, {"vector_norm": norm_in_float64, "linalg_norm": norm_in_float64}, "norms in float64"),
]
