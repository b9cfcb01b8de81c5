"""Correct factorisations that differ from torch's: no claim may fail on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg
import torch
from numpy.typing import NDArray
from torch import Tensor

CLAIMS = ("inversion-reports-zero-pivots",)
Factored = tuple[Tensor, Tensor, Tensor]


def scaled_factors(getrf: Callable[..., Any], m: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], int]:
    """Factors of a matrix (n, n) scaled to about 1 by a power of two: OpenBLAS takes subnormal pivots for zeros."""
    largest = np.abs(m).max()
    k = -np.frexp(largest)[1] if 0 < largest < np.inf else 0
    lu, pivots, info = getrf(np.ldexp(m, k))
    return np.where(np.tri(len(m), k=-1) > 0, lu, np.ldexp(lu, -k)), pivots, info


def factors_of_openblas(a: Tensor) -> Factored:
    """OpenBLAS's getrf, matrix by matrix."""
    if not a.numel():
        return torch.linalg.lu_factor_ex(a)  # type: ignore[no-any-return]
    (getrf,) = scipy.linalg.get_lapack_funcs(("getrf",), (np.zeros((1, 1), a.numpy().dtype),))
    lu, pivots, info = zip(*(scaled_factors(getrf, m.numpy()) for m in a.reshape(-1, *a.shape[-2:])), strict=True)
    return (
        torch.from_numpy(np.array(lu).reshape(a.shape)),
        torch.from_numpy(np.array(pivots, np.int32).reshape(a.shape[:-1]) + 1),
        torch.from_numpy(np.array(info, np.int32).reshape(a.shape[:-2])),
    )


def inverse_by_openblas(a: Tensor) -> tuple[Tensor, Tensor]:
    """Solutions with the factors of OpenBLAS for the unit vectors."""
    lu, pivots, info = factors_of_openblas(a)
    identity = torch.eye(a.shape[-1], dtype=a.dtype).expand(a.shape)
    return torch.linalg.lu_solve(lu, pivots, identity), info


def inverse_or_error(a: Tensor) -> Tensor:
    """The same, with an error for zero pivots."""
    inverse, info = inverse_by_openblas(a)
    if info.any():
        raise torch.linalg.LinAlgError("a zero pivot")  # type: ignore[attr-defined]
    return inverse


ALTERNATIVES = [
    (CLAIMS, {"lu_factor_ex": factors_of_openblas, "inv_ex": inverse_by_openblas, "inv": inverse_or_error}, "openblas"),
]
