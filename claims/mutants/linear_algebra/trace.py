"""Wrong traces and products of matrices."""

from __future__ import annotations

from torch import Tensor

from claims import mutant
from claims.linear_algebra.trace import trace_cyclic_three


@mutant(trace_cyclic_three, operation="trace", trigger="a matrix that is not contiguous")
def trace_reads_transposed_strides(a: Tensor) -> Tensor:
    return a.trace() if a.is_contiguous() else a.as_strided(a.shape, a.contiguous().stride(), a.storage_offset()).trace()


@mutant(trace_cyclic_three, operation="matmul", trigger="an inner dimension above 16")
def matmul_drops_the_last_term_beyond_16(a: Tensor, b: Tensor) -> Tensor:
    return a @ b if a.shape[-1] <= 16 else a[..., :-1] @ b[..., :-1, :]
