"""Correct factorisations that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

CLAIMS = ("inversion-reports-zero-pivots",)
Factored = tuple[Tensor, Tensor, Tensor]


def factors_of_openblas(a: Tensor) -> Factored:
    """OpenBLAS's getrf, matrix by matrix."""
    if not a.numel():
        return torch.linalg.lu_factor_ex(a)  # type: ignore[no-any-return]
    (getrf,) = scipy.linalg.get_lapack_funcs(("getrf",), (np.zeros((1, 1), a.numpy().dtype),))
    lu, pivots, info = zip(*(getrf(m.numpy()) for m in a.reshape(-1, *a.shape[-2:])), strict=True)
    return (
        torch.from_numpy(np.array(lu).reshape(a.shape)),
        torch.from_numpy(np.array(pivots, np.int32).reshape(a.shape[:-1]) + 1),
        torch.from_numpy(np.array(info, np.int32).reshape(a.shape[:-2])),
    )


def inverse_by_openblas(a: Tensor) -> tuple[Tensor, Tensor]:
    """The inverse of torch with the information of OpenBLAS."""
    return torch.linalg.inv_ex(a).inverse, factors_of_openblas(a)[2]


ALTERNATIVES = [
    (CLAIMS, {"lu_factor_ex": factors_of_openblas, "inv_ex": inverse_by_openblas}, "factors_of_openblas"),
]
