"""Correct exponentials of matrices by other algorithms than torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

CLAIMS = ("matrix-exponential-series",)


DEGREE = 8


def exponential_by_pade(a: Tensor, spelling: str) -> Tensor:
    """The diagonal Pade approximant of A / 2^s, s for norms up to 1/2, squared s times (Golub and Van Loan, 9.3.1).

    SciPy's has errors of 500 u for triangular matrices of order 2.
    """
    if a.ndim > 2:
        return torch.stack([exponential_by_pade(m, spelling) for m in a])
    x, s = _scaled(a, 0.5)
    power = torch.eye(len(a), dtype=x.dtype)
    above, below, c = power, power, 1.0
    for k in range(1, DEGREE + 1):
        c *= (DEGREE - k + 1) / (k * (2 * DEGREE - k + 1))
        power = x @ power
        above, below = above + c * power, below + (-1) ** k * c * power
    return _squared(torch.linalg.solve(below, above), s).to(a.dtype)


def _scaled(a: Tensor, most: float) -> tuple[Tensor, int]:
    """A / 2^s of a norm up to that, in float32 or wider, and s."""
    norm = float(a.abs().sum(-2).max()) / most if a.numel() else 0.0
    s = max(0, int(np.ceil(np.log2(norm)))) if norm > 0 else 0
    return a.to(torch.promote_types(a.dtype, torch.float32)) / 2**s, s


def _squared(x: Tensor, s: int) -> Tensor:
    for _ in range(s):
        x = x @ x
    return x


def exponential_in_float64(a: Tensor, _spelling: str) -> Tensor:
    """In float64, together with zero matrices, then rounded."""
    pair = torch.stack((a.double(), torch.zeros_like(a, dtype=torch.float64)))
    found: Tensor = torch.linalg.matrix_exp(pair)[0]
    return found.to(a.dtype)


def exponential_by_series(a: Tensor, spelling: str) -> Tensor:
    """The power series of A / 2^s, s for norms up to 1, squared s times."""
    if a.ndim > 2:
        return torch.stack([exponential_by_series(m, spelling) for m in a])
    x, s = _scaled(a, 1.0)
    terms = [torch.eye(len(a), dtype=x.dtype)]
    for k in range(1, 20):
        terms.append(terms[-1] @ x / k)
    total: Tensor = torch.stack(terms[::-1]).sum(0)
    return _squared(total, s).to(a.dtype)


ALTERNATIVES = [
    (CLAIMS, {"matrix_exponential": f}, f.__name__)
    for f in (exponential_by_pade, exponential_in_float64, exponential_by_series)
]
