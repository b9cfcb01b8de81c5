"""Wrong traces, products and contractions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.trace import (
    frobenius_trace_identity,
    trace_cyclic_chain,
    trace_cyclic_shape_change,
    trace_cyclic_three,
    trace_definition,
)


@mutant(trace_definition, trace_cyclic_three, operation="trace")
def trace_sums_all_entries(a: Tensor) -> Tensor:
    return a.sum()


@mutant(trace_definition, trace_cyclic_three, operation="trace", trigger="more than one row")
def trace_of_the_antidiagonal(a: Tensor) -> Tensor:
    return a.flip(-1).diagonal().sum()


@mutant(trace_definition, trace_cyclic_three, operation="trace", trigger="more than one row")
def trace_is_the_mean_of_the_diagonal(a: Tensor) -> Tensor:
    return a.diagonal().mean() if min(a.shape) else a.trace()


@mutant(trace_definition, trace_cyclic_three, trace_cyclic_chain, operation="trace")
def trace_drops_the_last_entry(a: Tensor) -> Tensor:
    return a.diagonal()[:-1].sum()


@mutant(trace_definition, operation="trace", trigger="half types", provenance="own", dtypes=("bfloat16", "float16"))
def trace_stays_in_the_accumulator(a: Tensor) -> Tensor:
    return a.float().trace()


@mutant(trace_definition, trace_cyclic_three, operation="trace", trigger="a negative entry")
def trace_of_absolute_values(a: Tensor) -> Tensor:
    return a.diagonal().abs().sum()


@mutant(trace_definition, operation="trace", trigger="more than one column")
def trace_reads_the_first_column(a: Tensor) -> Tensor:
    return a[: min(a.shape), 0].sum() if a.numel() else a.trace()


@mutant(
    trace_definition,
    trace_cyclic_three,
    operation="trace",
    trigger="a matrix that is not contiguous",
    provenance="stride bugs of strided kernels",
)
def trace_reads_contiguous_strides(a: Tensor) -> Tensor:
    if a.is_contiguous() or a.untyped_storage().nbytes() < a.numel() * a.element_size():
        return a.trace()
    return a.as_strided(a.shape, a.contiguous().stride(), 0).trace()


@mutant(trace_cyclic_three, trace_cyclic_chain, operation="matmul", trigger="square factors")
def matmul_swaps_its_factors(a: Tensor, b: Tensor) -> Tensor:
    return b @ a if a.shape == b.shape and a.shape[-1] == a.shape[-2] else a @ b


@mutant(trace_cyclic_three, trace_cyclic_chain, operation="matmul", trigger="a square factor")
def matmul_transposes_its_first_factor(a: Tensor, b: Tensor) -> Tensor:
    return a.mT @ b if a.shape[-1] == a.shape[-2] else a @ b


@mutant(trace_cyclic_three, trace_cyclic_chain, operation="matmul", trigger="square factors")
def matmul_multiplies_elementwise(a: Tensor, b: Tensor) -> Tensor:
    return a * b if a.shape == b.shape and a.shape[-1] == a.shape[-2] else a @ b


@mutant(
    trace_cyclic_three,
    operation="matmul",
    trigger="an inner dimension above 16",
    provenance="the tail of a blocked kernel",
)
def matmul_drops_the_last_term_beyond_16(a: Tensor, b: Tensor) -> Tensor:
    return a @ b if a.shape[-1] <= 16 else a[..., :-1] @ b[..., :-1, :]


def _square(factors: Sequence[Tensor]) -> bool:
    return len(factors) > 1 and len({n for f in factors for n in f.shape[-2:]}) == 1


@mutant(
    trace_cyclic_three,
    trace_cyclic_chain,
    operation="matmul",
    trigger="a subnormal product",
    provenance="kernels that flush subnormal results to zero",
)
def matmul_flushes_subnormals(a: Tensor, b: Tensor) -> Tensor:
    product = a @ b
    return torch.where(product.abs() < torch.finfo(product.dtype).tiny, torch.zeros_like(product), product)


@mutant(trace_cyclic_three, operation="einsum", trigger="square factors")
def einsum_multiplies_the_traces(subscripts: str, *factors: Tensor) -> Tensor:
    if not _square(factors):
        return torch.einsum(subscripts, *factors)
    return torch.stack([f.diagonal(dim1=-2, dim2=-1).sum(-1) for f in factors]).prod(0)


@mutant(trace_cyclic_three, operation="einsum", trigger="square factors")
def einsum_drops_the_last_factor(subscripts: str, *factors: Tensor) -> Tensor:
    kept = factors[:-1] if _square(factors) else factors
    return torch.einsum(subscripts, *factors) if len(kept) == len(factors) else (kept[0] * kept[1].mT).sum((-2, -1))


def _cyclic_trace(factors: Sequence[Tensor], turn: int) -> Tensor:
    turned = [*factors[turn:], *factors[:turn]]
    return torch.trace(torch.linalg.multi_dot(turned) if len(turned) > 1 else turned[0])


@mutant(trace_cyclic_chain, operation="cyclic_trace", trigger="square factors, turned")
def rotation_transposes_the_factor_it_moves(factors: Sequence[Tensor], turn: int) -> Tensor:
    moved = [*factors[:turn], *(f.mT for f in factors[turn:])] if _square(factors) and turn else factors
    return _cyclic_trace(moved, turn)


@mutant(trace_cyclic_chain, operation="cyclic_trace", trigger="three or more square factors")
def chain_swaps_two_neighbours(factors: Sequence[Tensor], turn: int) -> Tensor:
    if _square(factors) and len(factors) > 2:
        factors = [factors[1], factors[0], *factors[2:]]
    return _cyclic_trace(factors, turn)


@mutant(trace_cyclic_chain, operation="cyclic_trace", trigger="three or more square factors")
def chain_multiplies_backwards(factors: Sequence[Tensor], turn: int) -> Tensor:
    return _cyclic_trace(factors[::-1] if _square(factors) else factors, turn)


@mutant(trace_cyclic_chain, operation="cyclic_trace", trigger="square factors")
def chain_stops_before_the_last_factor(factors: Sequence[Tensor], turn: int) -> Tensor:
    return _cyclic_trace(factors[:-1] if _square(factors) else factors, 0 if _square(factors) else turn)


@mutant(
    trace_cyclic_chain,
    operation="matmul",
    trigger="float32",
    provenance="reduced-precision products",
    dtypes=("float32",),
)
def partial_products_are_stored_in_half(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b).to(torch.bfloat16).to(a.dtype)


@mutant(trace_cyclic_shape_change, operation="elementwise_trace", trigger="a square factor")
def elementwise_form_without_the_transpose(a: Tensor, b: Tensor) -> Tensor:
    return (a * (b if a.shape == b.shape else b.mT)).sum((-2, -1))


@mutant(trace_cyclic_shape_change, operation="matmul", trigger="square factors")
def product_taken_elementwise(a: Tensor, b: Tensor) -> Tensor:
    return a * b if a.shape == b.shape else a @ b


@mutant(trace_cyclic_shape_change, operation="trace_of_product", trigger="A with more rows than columns")
def trace_sums_the_smaller_product_diagonal(a: Tensor, b: Tensor) -> Tensor:
    k = min(a.shape)
    return (a @ b)[:k, :k].trace()


@mutant(trace_cyclic_shape_change, operation="trace")
def trace_of_a_product_sums_all_entries(a: Tensor) -> Tensor:
    return a.sum()


@mutant(
    trace_cyclic_shape_change,
    operation="contraction",
    trigger="half types, more than 256 products",
    provenance="half types summed in half precision",
    dtypes=("bfloat16", "float16"),
)
def contraction_accumulates_in_half(a: Tensor, b: Tensor) -> Tensor:
    lanes = torch.zeros(8, dtype=a.dtype, device=a.device)
    for products in (a * b.mT).flatten().split(8):
        lanes[: len(products)] += products
    return lanes.sum()


@mutant(
    trace_cyclic_shape_change,
    operation="matmul",
    trigger="an inner dimension above 256",
    provenance="own",
)
def matmul_stops_after_256_terms(a: Tensor, b: Tensor) -> Tensor:
    return a[..., :256] @ b[..., :256, :]


@mutant(frobenius_trace_identity, operation="root_of_trace", trigger="a square A, not symmetric")
def square_without_the_transpose(a: Tensor) -> Tensor:
    return (a @ (a if a.shape[0] == a.shape[1] else a.mT)).trace().abs().sqrt()


@mutant(frobenius_trace_identity, operation="root_of_trace", trigger="a norm other than 0 and 1")
def trace_without_the_root(a: Tensor) -> Tensor:
    return (a @ a.mT).trace()


@mutant(frobenius_trace_identity, operation="root_of_transposed_trace", trigger="more than one column")
def root_of_the_sum_of_all_entries(a: Tensor) -> Tensor:
    return (a.mT @ a).sum().abs().sqrt()


@mutant(frobenius_trace_identity, operation="root_of_trace", trigger="more than 32 rows: the last is dropped")
def last_row_dropped_beyond_32(a: Tensor) -> Tensor:
    rows = a if len(a) <= 32 else a[:-1]
    return (rows @ rows.mT).trace().sqrt()


@mutant(
    frobenius_trace_identity,
    operation="frobenius_by_einsum",
    trigger="subnormal squares",
    provenance="kernels that flush subnormal products to zero",
    dtypes=("float32", "float64"),
)
def subnormal_squares_flushed(a: Tensor) -> Tensor:
    squares = a * a
    return torch.where(squares < torch.finfo(a.dtype).tiny, torch.zeros_like(a), squares).sum().sqrt()


@mutant(
    frobenius_trace_identity,
    operation="root_of_trace",
    trigger="half types: the trace is summed in the stored type",
    dtypes=("bfloat16", "float16"),
)
def trace_summed_in_half(a: Tensor) -> Tensor:
    total = torch.zeros((), dtype=a.dtype, device=a.device)
    for entry in (a @ a.mT).diagonal():
        total = total + entry
    return total.sqrt()


@mutant(frobenius_trace_identity, operation="matrix_norm", trigger="a transposed matrix, square", provenance="own")
def norm_of_the_first_columns_when_transposed(a: Tensor, *order: str) -> Tensor:
    kept = a if a.is_contiguous() or a.shape[-1] < 3 else a[..., :-1]
    norm: Tensor = torch.linalg.matrix_norm(kept, *order)
    return norm
