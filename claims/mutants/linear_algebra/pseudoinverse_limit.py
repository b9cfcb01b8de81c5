"""Wrong regularised pseudoinverses."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.pseudoinverse_limit import pseudoinverse_tikhonov_limit
from claims.mutants.linear_algebra.singularity import flushed


def _ridge(alpha: Tensor, n: int) -> Tensor:
    ridge: Tensor = alpha[..., None, None] * torch.eye(n, dtype=alpha.dtype, device=alpha.device)
    return ridge


def _inverse(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = torch.linalg.solve(a.mT @ a + _ridge(alpha, a.shape[-1]), a.mT)
    return x


@mutant(pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="A A^T for a square A that is not normal")
def penalty_on_the_wrong_gram_matrix(a: Tensor, alpha: Tensor) -> Tensor:
    if a.shape[-1] != a.shape[-2]:
        return _inverse(a, alpha)
    x: Tensor = torch.linalg.solve(a @ a.mT + _ridge(alpha, a.shape[-1]), a.mT)
    return x


@mutant(pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="any A: the inverse of the Gram matrix")
def transpose_missing(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = torch.linalg.inv(a.mT @ a + _ridge(alpha, a.shape[-1]))
    return x


@mutant(pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="alpha other than 1: the root is squared")
def penalty_squared(a: Tensor, alpha: Tensor) -> Tensor:
    return _inverse(a, alpha.square())


@mutant(
    pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="A (A^T A + alpha I)^-1, of the wrong shape"
)
def multiplied_from_the_left(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = a @ torch.linalg.inv(a.mT @ a + _ridge(alpha, a.shape[-1]))
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="a sign error: alpha < 0, where A_alpha may be further away than alpha ||A^+||^3, or not exist",
    raises=(RuntimeError,),
)
def penalty_subtracted(a: Tensor, alpha: Tensor) -> Tensor:
    return _inverse(a, -alpha)


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="more than one column: alpha is added to all entries",
    provenance="own",
)
def penalty_on_every_entry(a: Tensor, alpha: Tensor) -> Tensor:
    ridge = alpha[..., None, None] * (1 + torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)) / 2
    x: Tensor = torch.linalg.solve(a.mT @ a + ridge, a.mT)
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="different penalties in a batch",
    provenance="own",
)
def first_penalty_for_the_whole_batch(a: Tensor, alpha: Tensor) -> Tensor:
    return _inverse(a, alpha[:1].expand(alpha.shape) if alpha.ndim else alpha)


@mutant(pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="subnormal results are flushed to zero")
def flushed_tikhonov_inverse(a: Tensor, alpha: Tensor) -> Tensor:
    return flushed(_inverse(a, alpha))


@mutant(pseudoinverse_tikhonov_limit, operation="tikhonov_inverse", trigger="more than 64 in a batch", provenance="own")
def penalties_beyond_64_dropped(a: Tensor, alpha: Tensor) -> Tensor:
    kept = alpha.clone()
    if alpha.ndim:
        kept[64:] /= 4
    return _inverse(a, kept)


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="more than one row: alpha per observation, as in a mean of squares",
    provenance="own",
)
def penalty_times_the_number_of_rows(a: Tensor, alpha: Tensor) -> Tensor:
    return _inverse(a, alpha * a.shape[-2])


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="more than 32 rows: a block of the Gram matrix left out",
    provenance="own",
)
def rows_beyond_32_not_in_the_gram_matrix(a: Tensor, alpha: Tensor) -> Tensor:
    block = a[..., :32, :]
    x: Tensor = torch.linalg.solve(block.mT @ block + _ridge(alpha, a.shape[-1]), a.mT)
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="tikhonov_inverse",
    trigger="the last column of an odd number of them: a tail with half of its penalty",
    provenance="own",
)
def tail_of_the_diagonal_penalised_by_half(a: Tensor, alpha: Tensor) -> Tensor:
    n = a.shape[-1]
    ridge = _ridge(alpha, n)
    if n % 2 and n > 1:
        ridge[..., -1, -1] /= 2
    x: Tensor = torch.linalg.solve(a.mT @ a + ridge, a.mT)
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="dual_tikhonov_inverse",
    trigger="a square A that is not symmetric",
    provenance="own",
)
def dual_without_transposing(a: Tensor, alpha: Tensor) -> Tensor:
    left = a if a.shape[-1] == a.shape[-2] else a.mT
    x: Tensor = left @ torch.linalg.inv(a @ a.mT + _ridge(alpha, a.shape[-2]))
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="dual_tikhonov_inverse",
    trigger="full row rank: the penalty is left out",
    provenance="own",
)
def dual_without_penalty(a: Tensor, alpha: Tensor) -> Tensor:
    x: Tensor = a.mT @ torch.linalg.pinv(a @ a.mT)
    return x


@mutant(
    pseudoinverse_tikhonov_limit,
    operation="least_squares",
    trigger="the last penalised equation left out",
    provenance="own",
)
def last_equation_left_out(a: Tensor, y: Tensor, driver: str) -> Tensor:
    x: Tensor = torch.linalg.pinv(a[..., :-1, :]) @ y[..., :-1, :]
    return x


@mutant(pseudoinverse_tikhonov_limit, operation="pinv", trigger="a penalty that does not vanish", provenance="own")
def pinv_by_a_fixed_penalty(a: Tensor) -> Tensor:
    return _inverse(a, torch.full(a.shape[:-2], 2.0**-10, dtype=a.dtype, device=a.device))


@mutant(pseudoinverse_tikhonov_limit, operation="pinv", trigger="deficient rank: no threshold", provenance="own")
def pinv_without_threshold(a: Tensor) -> Tensor:
    x: Tensor = torch.linalg.pinv(a, rtol=0.0)
    return x
