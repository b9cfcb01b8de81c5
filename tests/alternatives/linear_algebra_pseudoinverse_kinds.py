"""Correct pseudoinverses of special matrices that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.alternatives.linear_algebra_pseudoinverse import (
    inverse_by_openblas,
    inverse_by_qr,
    pinv_by_gesvd,
    pinv_by_scipy,
    pinv_in_float64,
    pinv_of_the_transpose,
)
from tests.alternatives.linear_algebra_pseudoinverse_limit import primal_by_cholesky, primal_summed_backwards

INVERSE = ("pseudoinverse-extends-inverse",)
DIAGONAL = ("diagonal-pseudoinverse",)
CHOICE = ("pseudoinverse-algorithm-choice",)


def left_inverse_by_cholesky(a: Tensor) -> Tensor:
    """R^T R = A^T A."""
    return torch.cholesky_solve(a.mT, torch.linalg.cholesky(a.mT @ a))


def left_inverse_by_inv(a: Tensor) -> Tensor:
    """The inverse of the Gram matrix times A^T, in float64."""
    wide = a.double()
    return (torch.linalg.inv(wide.mT @ wide) @ wide.mT).to(a.dtype)


def right_inverse_by_solving(a: Tensor) -> Tensor:
    """((A A^T)^-1 A)^T."""
    return torch.linalg.solve(a @ a.mT, a).mT


def right_inverse_summed_backwards(a: Tensor) -> Tensor:
    """The Gram matrix one outer product at a time, from the last column to the first."""
    gram = torch.zeros((*a.shape[:-1], a.shape[-2]), dtype=a.dtype)
    for j in reversed(range(a.shape[-1])):
        gram = gram + a[..., :, j, None] * a[..., None, :, j]
    return a.mT @ torch.linalg.inv(gram)


def reciprocals_on_the_diagonal(d: Tensor) -> Tensor:
    """Only the diagonal is touched."""
    x = torch.zeros_like(d.mT)
    entries = d.diagonal(dim1=-2, dim2=-1)
    x.diagonal(dim1=-2, dim2=-1).copy_(torch.where(entries != 0, entries.double().reciprocal(), 0.0).to(d.dtype))
    return x


def reciprocals_of_the_transpose(d: Tensor) -> Tensor:
    """Transposed first."""
    return torch.where(d.mT == 0, d.mT, d.mT.reciprocal())


ALTERNATIVES = [
    *(
        (INVERSE + DIAGONAL + CHOICE, {"pinv": f}, f.__name__)
        for f in (pinv_by_gesvd, pinv_by_scipy, pinv_in_float64, pinv_of_the_transpose)
    ),
    *((INVERSE, {"inv": f}, f.__name__) for f in (inverse_by_openblas, inverse_by_qr)),
    *(
        (INVERSE, {"left_inverse_by_normal_equations": f}, f.__name__)
        for f in (left_inverse_by_cholesky, left_inverse_by_inv)
    ),
    *(
        (INVERSE, {"right_inverse_by_normal_equations": f}, f.__name__)
        for f in (right_inverse_by_solving, right_inverse_summed_backwards)
    ),
    *(
        (DIAGONAL, {"diagonal_reciprocals": f}, f.__name__)
        for f in (reciprocals_on_the_diagonal, reciprocals_of_the_transpose)
    ),
    *((CHOICE, {"tikhonov_inverse": f}, f.__name__) for f in (primal_by_cholesky, primal_summed_backwards)),
]
