"""Correct ways to left eigenvectors and complex eigenvalues that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.linear_algebra_eigen import by_openblas, other_phases_and_order

BOTH = ("left-eigenvector", "complex-eigendecomposition")


def values_of_the_transpose(a: Tensor) -> Tensor:
    """The spectrum of A^T."""
    values: Tensor = torch.linalg.eigvals(a.mT.contiguous())
    return values


def rows_by_solve(v: Tensor, w: Tensor) -> Tensor:  # noqa: ARG001  eigenvalues come along
    """V X = I."""
    rows: Tensor = torch.linalg.solve(v, torch.eye(v.shape[-1], dtype=v.dtype, device=v.device).expand(v.shape))
    return rows


ALTERNATIVES = [
    *((BOTH, {"eig": f}, f.__name__) for f in (by_openblas, other_phases_and_order)),
    (BOTH, {"eigvals": values_of_the_transpose}, "values_of_the_transpose"),
    (BOTH[:1], {"inv_of_vectors": rows_by_solve}, "rows_by_solve"),
]
