"""Correct exponentials of matrices by other algorithms than torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import torch
from torch import Tensor

CLAIMS = ("matrix-exponential-series",)


def exponential_by_pade(a: Tensor, _spelling: str) -> Tensor:
    """SciPy's scaling and squaring with Pade approximants, in float32 or float64."""
    wide = a.to(torch.promote_types(a.dtype, torch.float32))
    return torch.from_numpy(np.asarray(scipy.linalg.expm(wide.numpy()))).to(a.dtype)


def exponential_in_float64(a: Tensor, _spelling: str) -> Tensor:
    """In float64, together with zero matrices, then rounded."""
    pair = torch.stack((a.double(), torch.zeros_like(a, dtype=torch.float64)))
    found: Tensor = torch.linalg.matrix_exp(pair)[0]
    return found.to(a.dtype)


def exponential_by_series(a: Tensor, spelling: str) -> Tensor:
    """The power series of A / 2^s, s for norms up to 1, squared s times."""
    if a.ndim > 2:
        return torch.stack([exponential_by_series(m, spelling) for m in a])
    norm = float(a.abs().sum(-2).max()) if a.numel() else 0.0
    s = max(0, int(np.ceil(np.log2(norm)))) if norm > 0 else 0
    x = a.to(torch.promote_types(a.dtype, torch.float32)) / 2**s
    terms = [torch.eye(len(a), dtype=x.dtype)]
    for k in range(1, 20):
        terms.append(terms[-1] @ x / k)
    total: Tensor = torch.stack(terms[::-1]).sum(0)
    for _ in range(s):
        total = total @ total
    return total.to(a.dtype)


ALTERNATIVES = [
    (CLAIMS, {"matrix_exponential": f}, f.__name__)
    for f in (exponential_by_pade, exponential_in_float64, exponential_by_series)
]
