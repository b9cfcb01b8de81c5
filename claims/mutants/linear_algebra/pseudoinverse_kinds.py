"""Wrong pseudoinverses of special matrices, and routes to the pseudoinverse that lose digits."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.pseudoinverse_kinds import (
    diagonal_pseudoinverse,
    pseudoinverse_algorithm_choice,
    pseudoinverse_extends_inverse,
)
from claims.mutants.linear_algebra.singularity import flushed


def _pinv(a: Tensor, **how: float) -> Tensor:
    x: Tensor = torch.linalg.pinv(a, **how)
    return x


def _ridge(a: Tensor, alpha: Tensor) -> Tensor:
    gram = a.mT @ a
    x: Tensor = torch.linalg.solve(
        gram + alpha[..., None, None] * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device), a.mT
    )
    return x


def _best_ridge(a: Tensor) -> Tensor:
    """With the penalty that serves a singular matrix best: the root of the unit roundoff, times ||A||^2."""
    return _ridge(a, torch.finfo(a.dtype).eps ** 0.5 * (a**2).sum((-2, -1)))


def _square(a: Tensor) -> bool:
    return a.shape[-1] == a.shape[-2]


@mutant(
    pseudoinverse_extends_inverse,
    operation="right_inverse_by_normal_equations",
    trigger="a square A that is not normal: (A A^T)^-1 A^T; of a wide A the shapes do not fit",
    raises=(RuntimeError,),
)
def order_of_the_right_inverse_swapped(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a @ a.mT) @ a.mT
    return x


@mutant(pseudoinverse_extends_inverse, operation="pinv", trigger="a square matrix that is not symmetric")
def transpose_missing(a: Tensor, **how: float) -> Tensor:
    return _pinv(a, **how).mT if _square(a) else _pinv(a, **how)


@mutant(
    pseudoinverse_extends_inverse, operation="pinv", trigger="a largest entry other than 1: multiplied, not divided"
)
def scale_not_inverted(a: Tensor, **how: float) -> Tensor:
    if not a.numel():
        return _pinv(a, **how)
    largest = a.abs().amax((-2, -1), keepdim=True)
    scale = torch.where(largest > 0, largest, 1.0)
    return _pinv(a / scale, **how) * scale


@mutant(pseudoinverse_extends_inverse, operation="pinv", trigger="columns that are orthogonal but no unit vectors")
def transpose_taken_for_the_pseudoinverse(a: Tensor, **how: float) -> Tensor:
    gram = a.mT @ a
    orthogonal = a.numel() > 0 and bool((gram == torch.diag_embed(gram.diagonal(dim1=-2, dim2=-1))).all())
    return a.mT.clone() if orthogonal else _pinv(a, **how)


@mutant(
    pseudoinverse_extends_inverse,
    operation="pinv",
    trigger="a square matrix in column-major order, read as row-major",
    provenance="own",
)
def column_major_squares_transposed(a: Tensor, **how: float) -> Tensor:
    by_columns = _square(a) and a.shape[-1] > 1 and a.stride(-1) != 1 and a.stride(-2) == 1
    return _pinv(a.mT if by_columns else a, **how)


@mutant(
    pseudoinverse_extends_inverse,
    operation="pinv",
    trigger="wide matrices of full rank: the penalty of the limit is kept",
    provenance="own",
)
def wide_matrices_penalised(a: Tensor, **how: float) -> Tensor:
    m, n = a.shape[-2:]
    if not 0 < m < n or how:
        return _pinv(a, **how)
    return _ridge(a.mT, 2.0**-8 * (a**2).sum((-2, -1))).mT


@mutant(pseudoinverse_extends_inverse, operation="pinv", trigger="more than 32 matrices in a batch", provenance="own")
def matrices_beyond_32_scaled(a: Tensor, **how: float) -> Tensor:
    x = _pinv(a, **how).clone()
    if a.ndim > 2:
        x[32:] *= 2
    return x


@mutant(
    pseudoinverse_extends_inverse,
    operation="pinv",
    trigger="deficient rank and an explicit relative tolerance, which is ignored",
    provenance="own",
)
def relative_tolerance_taken_for_absolute(a: Tensor, rtol: float | None = None, **how: float) -> Tensor:
    return _pinv(a, **how) if rtol is None else _pinv(a, rtol=0.0, atol=rtol, **how)


@mutant(
    pseudoinverse_extends_inverse,
    operation="left_inverse_by_normal_equations",
    trigger="more than 8 rows: the rest is missing from the Gram matrix",
    provenance="own",
)
def gram_matrix_of_eight_rows(a: Tensor) -> Tensor:
    block = a[..., :8, :] if a.shape[-1] <= 8 else a[..., :-1, :]
    x: Tensor = torch.linalg.solve(block.mT @ block, a.mT)
    return x


@mutant(
    pseudoinverse_extends_inverse,
    operation="right_inverse_by_normal_equations",
    trigger="an odd number of columns beyond 1: the last is left out of the Gram matrix",
    provenance="own",
    raises=(RuntimeError,),
)
def tail_of_the_gram_matrix_left_out(a: Tensor) -> Tensor:
    n = a.shape[-1]
    block = a[..., :-1] if n % 2 and n > 1 else a
    x: Tensor = a.mT @ torch.linalg.inv(block @ block.mT)
    return x


@mutant(
    pseudoinverse_extends_inverse,
    operation="right_inverse_by_normal_equations",
    trigger="more than 64 columns: the rest is left out of the Gram matrix",
    provenance="own",
)
def gram_matrix_of_64_columns(a: Tensor) -> Tensor:
    block = a[..., :64] if a.shape[-2] <= 64 else torch.cat((a[..., :64], a[..., 64:] / 2), -1)
    x: Tensor = a.mT @ torch.linalg.inv(block @ block.mT)
    return x


@mutant(
    pseudoinverse_extends_inverse,
    operation="right_inverse_by_normal_equations",
    trigger="more than 8 columns, fewer rows: the ninth is left out of the Gram matrix",
    provenance="own",
    raises=(RuntimeError,),  # LinAlgError: of as many rows as columns are left the Gram matrix may be singular
)
def ninth_column_left_out(a: Tensor) -> Tensor:
    block = a if a.shape[-2] == a.shape[-1] else torch.cat((a[..., :8], a[..., 9:]), -1)
    x: Tensor = a.mT @ torch.linalg.solve(block @ block.mT, torch.eye(a.shape[-2], dtype=a.dtype, device=a.device))
    return x


@mutant(pseudoinverse_extends_inverse, operation="inv", trigger="subnormal results are flushed to zero")
def flushed_inverse(a: Tensor) -> Tensor:
    return flushed(torch.linalg.inv(a))


@mutant(
    pseudoinverse_extends_inverse,
    operation="inv",
    trigger="subnormal entries are flushed to zero",
    raises=(RuntimeError,),
)
def inverse_of_flushed_entries(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(flushed(a))
    return x


@mutant(
    pseudoinverse_extends_inverse, operation="inv", trigger="order 3 by cofactors, not transposed", provenance="own"
)
def cofactors_not_transposed(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a)
    return x.mT if a.shape[-1] == 3 else x


@mutant(diagonal_pseudoinverse, operation="diagonal_reciprocals", trigger="rectangular matrices")
def diagonal_not_transposed(d: Tensor) -> Tensor:
    return torch.where(d != 0, 1 / d, 0.0)


@mutant(diagonal_pseudoinverse, operation="diagonal_reciprocals", trigger="negative entries")
def reciprocals_of_magnitudes(d: Tensor) -> Tensor:
    return torch.where(d != 0, 1 / d.abs(), 0.0).mT


@mutant(diagonal_pseudoinverse, operation="diagonal_reciprocals", trigger="zeros, off the diagonal too")
def zeros_inverted(d: Tensor) -> Tensor:
    return (1 / d).mT


@mutant(diagonal_pseudoinverse, operation="pinv", trigger="entries below 1e-8, however large compared with the others")
def absolute_threshold(d: Tensor, **how: float) -> Tensor:
    return _pinv(d, **({"atol": 1e-8, "rtol": 0.0} | how))


@mutant(diagonal_pseudoinverse, operation="pinv", trigger="rtol = 0, which is taken for none", provenance="own")
def zero_tolerance_taken_for_none(d: Tensor, rtol: float | None = None, **how: float) -> Tensor:
    return _pinv(d, **how, **({"rtol": rtol} if rtol else {}))


@mutant(diagonal_pseudoinverse, operation="pinv", trigger="negative eigenvalues, of square matrices", provenance="own")
def eigenvalues_taken_for_singular_values(d: Tensor, *, hermitian: bool = False, **how: float) -> Tensor:
    return _pinv(d.abs() if hermitian else d, **how)


@mutant(
    diagonal_pseudoinverse,
    operation="pinv",
    trigger="matrices of different size in a batch: one threshold for all",
    provenance="own",
)
def threshold_of_the_whole_batch(d: Tensor, rtol: float | None = None, **how: float) -> Tensor:
    if not d.numel() or rtol is not None:
        return _pinv(d, **how) if rtol is None else _pinv(d, rtol=rtol, **how)
    threshold = float(max(d.shape[-2:]) * torch.finfo(d.dtype).eps * d.abs().max())
    return _pinv(d, atol=threshold, rtol=0.0, **how)


@mutant(diagonal_pseudoinverse, operation="pinv", trigger="more than 16 rows: the rest is dropped", provenance="own")
def rows_beyond_16_dropped(d: Tensor, **how: float) -> Tensor:
    x = _pinv(d, **how).clone()
    x[..., 16:] = 0
    return x


@mutant(diagonal_pseudoinverse, operation="pinv", trigger="wide matrices: the smaller side counts", provenance="own")
def threshold_by_the_smaller_side(d: Tensor, rtol: float | None = None, **how: float) -> Tensor:
    relative = min(d.shape[-2:]) * torch.finfo(d.dtype).eps if rtol is None else rtol
    return _pinv(d, rtol=relative, **how)


@mutant(
    diagonal_pseudoinverse,
    operation="pinv",
    trigger="entries of full precision: reciprocals approximated to half of the digits and improved once too little",
    provenance="own",
)
def reciprocals_of_few_digits(d: Tensor, **how: float) -> Tensor:
    x = _pinv(d, **how)
    rounded = x.double() * (1 + 2.0**-18)
    return torch.where(torch.frexp(x).mantissa.abs() == 0.5, x.double(), rounded).to(x.dtype)


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="a penalty that does not vanish; beside a large A it is rounded away",
    raises=(RuntimeError,),
)
def pinv_by_a_fixed_penalty(a: Tensor, **_how: float) -> Tensor:
    return _ridge(a, torch.full(a.shape[:-2], 1e-6, dtype=a.dtype, device=a.device))


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="deficient rank: A^T A is singular up to rounding",
    raises=(RuntimeError,),
)
def pinv_by_normal_equations(a: Tensor, **_how: float) -> Tensor:
    x: Tensor = torch.linalg.solve(a.mT @ a, a.mT)
    return x


@mutant(
    pseudoinverse_algorithm_choice,
    operation="tikhonov_inverse",
    trigger="matrices at another scale than 1: a penalty that does not follow it",
    raises=(RuntimeError,),
)
def penalty_at_the_scale_of_one(a: Tensor, alpha: Tensor) -> Tensor:
    return _ridge(a, alpha / (a**2).sum((-2, -1)))


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="always: the best penalty, the root of the unit roundoff",
    provenance="own",
)
def pinv_by_the_best_penalty(a: Tensor, **_how: float) -> Tensor:
    return _best_ridge(a)


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="wide matrices by the limit",
    provenance="own",
)
def pinv_of_wide_matrices_by_the_limit(a: Tensor, **how: float) -> Tensor:
    if a.shape[-2] >= a.shape[-1]:
        return _pinv(a, **how)
    return _best_ridge(a)


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="column-major matrices, in a kernel of its own by the limit",
    provenance="own",
)
def pinv_of_column_major_matrices_by_the_limit(a: Tensor, **how: float) -> Tensor:
    if a.stride(-1) == 1:
        return _pinv(a, **how)
    return _best_ridge(a)


@mutant(
    pseudoinverse_algorithm_choice,
    operation="pinv",
    trigger="symmetric matrices by their squares",
    provenance="own",
)
def pinv_of_symmetric_matrices_by_squaring(a: Tensor, *, hermitian: bool = False, **how: float) -> Tensor:
    if not hermitian:
        return _pinv(a, **how)
    return _pinv(a @ a, rtol=torch.finfo(a.dtype).eps ** 0.5, hermitian=True) @ a


@mutant(
    pseudoinverse_algorithm_choice,
    operation="least_squares",
    trigger="deficient rank: the penalised normal equations",
    provenance="own",
)
def least_squares_by_the_limit(a: Tensor, y: Tensor, driver: str) -> Tensor:
    return _best_ridge(a) @ y


@mutant(
    pseudoinverse_algorithm_choice,
    operation="tikhonov_inverse",
    trigger="always: half of the digits lost in the Gram matrix, a quarter in the result",
    provenance="own",
)
def gram_matrix_of_few_digits(a: Tensor, alpha: Tensor) -> Tensor:
    few = (a.double() * (1 + 2.0**-9 * torch.cos(torch.arange(a.shape[-1], dtype=torch.float64, device=a.device)))).to(
        a.dtype
    )
    gram = few.mT @ a
    x: Tensor = torch.linalg.solve(
        gram + alpha[..., None, None] * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device), a.mT
    )
    return x
