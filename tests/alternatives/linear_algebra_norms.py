"""Correct ways to compute norms and distances that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

NORMS = (
    "lp-norm",
    "norm-nonnegativity",
    "norm-definiteness",
    "minkowski-inequality",
    "norm-absolute-homogeneity",
    "lp-quasinorm-below-one",
)


def _wide(x: Tensor) -> Tensor:
    """Half types accumulate in float32."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def _sqrt(x: Tensor) -> Tensor:
    """NumPy's root is correctly rounded, torch's is not."""
    return torch.from_numpy(np.asarray(np.sqrt(x.numpy())))


def _is_plain(x: Tensor, p: float, dim: int) -> bool:
    """A finite positive order and several finite entries: what the alternatives are about."""
    return 0 < p < math.inf and x.ndim > 0 and x.shape[dim] > 1


def scaled_norm(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """Scaled by the power of two next to the largest entry: no power over- or underflows that matters."""
    norm = torch.linalg.vector_norm(x, p, dim=dim, **how)
    if not _is_plain(x, p, dim):
        return norm
    y = (x if "dtype" not in how else x.to(how["dtype"])).double() if x.dtype != torch.float64 else x
    exponent = torch.frexp(y.abs().amax(dim)).exponent
    scaled = torch.linalg.vector_norm(torch.ldexp(y, -exponent.unsqueeze(dim)), p, dim=dim)
    return torch.where(x.isfinite().all(dim), torch.ldexp(scaled, exponent).to(norm.dtype), norm)


def norm_from_the_other_end(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """The order of summation reversed."""
    return torch.linalg.vector_norm(x.flip(dim), p, dim=dim, **how)


def norm_one_entry_after_the_other(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """One running sum of squares."""
    if p != 2 or how or not _is_plain(x, p, dim):
        return torch.linalg.vector_norm(x, p, dim=dim, **how)
    squares = _wide(x).square().movedim(dim, -1)
    return _sqrt(squares.cumsum(-1)[..., -1]).to(x.dtype)


def norm_in_blocks(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """Blocks of 16 entries, each summed on its own, by the vectorised power."""
    if p in (1, 2) or how or not _is_plain(x, p, dim):
        return torch.linalg.vector_norm(x, p, dim=dim, **how)
    blocks = [b.abs().pow(p).sum(dim) for b in _wide(x).split(16, dim)]
    return torch.stack(blocks).sum(0).pow(1 / p).to(x.dtype)


def norm_in_float64(x: Tensor, p: float, dim: int = -1, **how: Any) -> Tensor:
    """Wider than it need be."""
    return torch.linalg.vector_norm(x.double(), p, dim=dim).to(how.get("dtype", x.dtype))


def distance_in_float64(x: Tensor, y: Tensor, p: float) -> Tensor:
    """The difference is not rounded."""
    norm: Tensor = torch.linalg.vector_norm(x.double() - y.double(), p)
    return norm.to(x.dtype)


def distances_in_float64(x: Tensor, y: Tensor, p: float, *_: Any) -> Tensor:
    """All differences at once."""
    differences = x.double()[..., :, None, :] - y.double()[..., None, :, :]
    return torch.linalg.vector_norm(differences, p, dim=-1).to(x.dtype)


def matrix_norm_in_float64(a: Tensor, order: str | float = "fro") -> Tensor:
    """Wider than it need be."""
    return torch.linalg.matrix_norm(a.double(), order).to(a.dtype)


def root_of_squares_in_float64(x: Tensor, dim: int) -> Tensor:
    """No square underflows before the sum."""
    return x.double().square().sum(dim).sqrt().to(x.dtype)


def dot_in_float64(x: Tensor, y: Tensor) -> Tensor:
    """Products and sum in float64."""
    return torch.dot(x.double(), y.double()).to(x.dtype)


def normalised_in_float64(x: Tensor, p: float, *, dim: int, eps: float) -> Tensor:
    """The norm is not rounded before the division."""
    return torch.nn.functional.normalize(x.double(), p, dim=dim, eps=eps).to(x.dtype)


ALTERNATIVES = [
    (NORMS, {"vector_norm": scaled_norm}, "scaled norms"),
    (NORMS, {"vector_norm": norm_from_the_other_end}, "norms from the other end"),
    (NORMS, {"vector_norm": norm_one_entry_after_the_other}, "norms one entry after the other"),
    (NORMS, {"vector_norm": norm_in_blocks}, "norms in blocks"),
    (NORMS, {"vector_norm": norm_in_float64}, "norms in float64"),
    (
        ("norm-definiteness",),
        {"root_of_squares": root_of_squares_in_float64, "dot": dot_in_float64},
        "sums of squares in float64",
    ),
    (("norm-absolute-homogeneity",), {"normalize": normalised_in_float64}, "normalised in float64"),
    (NORMS[:4], {"dist": distance_in_float64}, "distances in float64"),
    (("norm-of-difference-is-a-metric",), {"cdist": distances_in_float64}, "all distances in float64"),
    (
        (*NORMS[:3], "norm-absolute-homogeneity", "matrix-norms-are-norms"),
        {"matrix_norm": matrix_norm_in_float64},
        "matrix norms in float64",
    ),
]
