"""Extreme eigenpairs by decompositions: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

CLAIMS = ("extreme-pairs-by-iteration",)
Pair = tuple[Tensor, Tensor]


def by_eigh(a: Tensor, tol: float, end: str) -> Pair:  # noqa: ARG001
    """The last or the first pair of all."""
    w, q = torch.linalg.eigh(a)
    i = -1 if end == "largest" else 0
    return w[..., i].clone(), q[..., i].clone()


def by_a_shifted_decomposition(a: Tensor, tol: float, end: str) -> Pair:  # noqa: ARG001
    """The first singular pair of A + s I or s I - A, which are semidefinite, and the Rayleigh quotient."""
    shift = a.abs().sum(-1).amax(-1)[..., None, None] * torch.eye(a.shape[-1], dtype=a.dtype)
    vector = torch.linalg.svd(shift + a if end == "largest" else shift - a)[2][..., 0, :]
    return torch.einsum("...i,...ij,...j->...", vector, a, vector), vector.clone()


ALTERNATIVES = [(CLAIMS, {"lobpcg": f}, f.__name__) for f in (by_eigh, by_a_shifted_decomposition)]
