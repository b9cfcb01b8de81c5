"""Vectors added to the wrong entries of a matrix, wrong roundings, wrong gradients."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.linear_algebra.broadcasting import matrix_vector_broadcast


@mutant(matrix_vector_broadcast, operation="add_to_rows", trigger="a square matrix: added to columns")
def added_to_columns_of_a_square_matrix(a: Tensor, b: Tensor) -> Tensor:
    return a + (b[:, None] if a.shape[0] == a.shape[1] == b.shape[0] else b)


@mutant(matrix_vector_broadcast, operation="add_to_rows", trigger="a vector longer than a row: taken cyclically")
def cyclic_vector(a: Tensor, b: Tensor) -> Tensor:
    n = a.shape[-1]
    fitted = b if b.shape[0] in (1, n) else b.repeat(n // b.shape[0] + 1)[:n]
    return a + fitted


@mutant(matrix_vector_broadcast, operation="add_expanded", trigger="more than one row")
def added_to_the_first_row_only(a: Tensor, b: Tensor) -> Tensor:
    total = a.clone()
    total[:1] += b
    return total


@mutant(matrix_vector_broadcast, operation="add_expanded", trigger="rows that differ: one row of memory for all")
def rows_share_memory(a: Tensor, b: Tensor) -> Tensor:
    return (a + b)[-1:].expand(a.shape).clone()


@mutant(
    matrix_vector_broadcast,
    operation="add_to_rows",
    trigger="half types: the sum stays in float32",
    dtypes=("float16", "bfloat16"),
)
def promoted_to_float32(a: Tensor, b: Tensor) -> Tensor:
    return a.float() + b.float()


@mutant(
    matrix_vector_broadcast,
    operation="add_to_rows",
    trigger="a sum beyond the largest number: saturates",
    provenance="saturating conversions of accelerators",
)
def overflow_saturates(a: Tensor, b: Tensor) -> Tensor:
    total = a + b
    largest = torch.finfo(a.dtype).max
    overflowed = total.isinf() & a.isfinite() & b.isfinite()
    return torch.where(overflowed, total.sign() * largest, total)


@mutant(
    matrix_vector_broadcast,
    operation="add_to_rows",
    trigger="subnormal sums",
    provenance="kernels that flush subnormal numbers to zero",
)
def subnormal_sums_flushed(a: Tensor, b: Tensor) -> Tensor:
    total = a + b
    return torch.where(total.abs() < torch.finfo(a.dtype).tiny, torch.zeros_like(total), total)


@mutant(matrix_vector_broadcast, operation="add_to_rows", trigger="-0 plus -0", provenance="sums that start from +0")
def zero_is_added_too(a: Tensor, b: Tensor) -> Tensor:
    return a + 0.0 + b


@mutant(
    matrix_vector_broadcast,
    operation="add_with_an_axis",
    trigger="rows beyond a vector register: the tail is not reached",
    provenance="vectorised loops without a tail",
)
def tail_of_the_row_left_out(a: Tensor, b: Tensor) -> Tensor:
    n = a.shape[-1] if a.shape[-1] < 16 or b.shape[-1] == 1 else a.shape[-1] // 16 * 16
    total = a.clone()
    total[..., :n] += b[..., None, :n]
    return total


@mutant(matrix_vector_broadcast, operation="add_to_rows", trigger="a matrix that is not contiguous", provenance="own")
def strides_taken_for_contiguous(a: Tensor, b: Tensor) -> Tensor:
    return a + b if a.is_contiguous() or a.shape[0] != a.shape[1] else a.mT + b


@mutant(matrix_vector_broadcast, operation="add_to_rows_into", trigger="rows beyond 1024", provenance="grid limits")
def rows_end_at_1024(a: Tensor, b: Tensor) -> Tensor:
    total = a.clone()
    total[:1024] += b
    return total


@mutant(matrix_vector_broadcast, operation="add_to_rows", trigger="the gradient of b: the mean of the rows")
def gradient_is_the_mean(a: Tensor, b: Tensor) -> Tensor:
    rows = max(1, a.shape[0])
    return a + b.detach() + (b - b.detach()) / rows


@mutant(
    matrix_vector_broadcast,
    operation="linear_with_bias",
    trigger="more than one row of X: a bias of the first row only",
)
def bias_of_the_first_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    product = F.linear(x, w)
    return torch.cat((product[:1] + b, product[1:]))


@mutant(
    matrix_vector_broadcast,
    operation="addmm",
    trigger="an inner dimension beyond 128: the last term is lost",
    provenance="the tail of a blocked kernel",
)
def last_term_beyond_128(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    q = x.shape[-1] - (x.shape[-1] > 128)
    return torch.addmm(b, x[:, :q], w[:, :q].mT)


@mutant(matrix_vector_broadcast, operation="addmm", trigger="an empty inner dimension: no bias", provenance="own")
def bias_lost_without_products(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(b, x, w.mT) if x.shape[-1] else x @ w.mT + 0 * b
