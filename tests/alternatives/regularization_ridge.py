"""Correct ridge estimators and norms that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.linear_algebra_pseudoinverse_limit import (
    by_singular_values,
    primal_by_cholesky,
    primal_in_float64,
    primal_summed_backwards,
)

NOISE = ("ridge-noise-sensitivity",)
BOTH = (*NOISE, "ridge-mean-squared-error-existence")


def root_of_an_eigenvalue(a: Tensor) -> Tensor:
    """||A||_2^2 is the largest eigenvalue of A A^T, here in float64, of A over its largest number."""
    wide = a.double()
    largest = wide.abs().amax((-2, -1), keepdim=True).clamp(min=5e-324)
    unit = wide / largest
    root = torch.linalg.eigvalsh(unit @ unit.mT)[..., -1].clamp(min=0).sqrt()
    return (root * largest[..., 0, 0]).to(a.dtype)


def product_by_columns(a: Tensor, b: Tensor) -> Tensor:
    """The columns of A times the rows of B, one after the other."""
    return sum((a[..., i, None] * b[..., None, i, :] for i in range(a.shape[-1])), a[..., :1] * b[..., :1, :] * 0)


ALTERNATIVES = [
    *(
        (BOTH, {"tikhonov_inverse": f}, f.__name__)
        for f in (primal_by_cholesky, primal_summed_backwards, primal_in_float64, by_singular_values)
    ),
    (NOISE, {"norm_spectral": root_of_an_eigenvalue}, "root_of_an_eigenvalue"),
    (NOISE, {"matmul": product_by_columns}, "product_by_columns"),
]
