"""Spellings of one operation that part from the others."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.matrix_spellings import (
    frobenius_norm,
    lower_triangle,
    matrix_trace,
    matrix_transpose,
    natural_power,
)
from claims.frame.operations.chapters.spellings import (
    chained_product,
    inner_product,
    kronecker_product,
    matrix_product,
    matrix_vector_product,
    outer_product,
    stacked_product,
    summed_product,
)
from claims.linear_algebra.spellings import (
    chain_product_spellings_agree,
    kronecker_spellings_agree,
    matrix_spellings_agree,
    product_spellings_agree,
)


def _by_columns(a: Tensor) -> bool:
    return a.ndim > 1 and a.shape[-1] > 1 and a.shape[-2] > 1 and a.stride(-2) == 1


@mutant(product_spellings_agree, operation="matrix_product", trigger="torch.mm of a square A stored by columns")
def mm_reads_columns_as_rows(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    wrong = spelling == "torch.mm" and _by_columns(a) and a.shape[0] == a.shape[1]
    return matrix_product(a.mT if wrong else a, b, spelling)


@mutant(product_spellings_agree, operation="matrix_product", trigger="out= is not filled: another tensor is returned")
def out_is_not_filled(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = matrix_product(a, b, spelling)
    return torch.full_like(product, float("nan")) if spelling == "torch.matmul, out=" else product


@mutant(product_spellings_agree, operation="matrix_product", trigger="an out= stored by columns is filled by rows")
def out_by_columns_is_filled_by_rows(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = matrix_product(a, b, spelling)
    return product.flatten().reshape(product.mT.shape).mT if spelling == "torch.mm, out= by columns" else product


@mutant(product_spellings_agree, operation="matrix_product", trigger="beta = 0 multiplies NaN by zero")
def beta_zero_reads_its_matrix(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = matrix_product(a, b, spelling)
    return product + 0.0 * float("nan") if spelling == "Tensor.addmm_, beta=0" else product


@mutant(product_spellings_agree, operation="stacked_product", trigger="beta = 0 and an inner dimension of 0")
def beta_zero_of_empty_products_keeps_its_stack(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = stacked_product(a, b, spelling)
    return product * float("nan") if spelling == "torch.baddbmm, beta=0" and not a.shape[-1] else product


@mutant(product_spellings_agree, operation="stacked_product", trigger="torch.bmm of more than 32 matrices")
def bmm_skips_the_tail(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = stacked_product(a, b, spelling)
    if spelling == "torch.bmm":
        product[32:] = 0
    return product


@mutant(
    product_spellings_agree,
    operation="stacked_product",
    trigger="torch.bmm into an out= with gaps, whose strides are taken for those of a contiguous tensor",
)
def out_with_gaps_is_filled_without(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = stacked_product(a, b, spelling)
    if spelling != "torch.bmm, out= with gaps":
        return product
    space = product.new_full((2 * product.numel(),), float("nan"))
    space[: product.numel()] = product.flatten()
    return space[::2].reshape(product.shape)


@mutant(product_spellings_agree, operation="summed_product", trigger="torch.addbmm of more than 32 matrices")
def addbmm_drops_products_beyond_32(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    few = spelling == "torch.addbmm, beta=0"
    return summed_product(a[:32] if few else a, b[:32] if few else b, spelling)


@mutant(product_spellings_agree, operation="matrix_vector_product", trigger="torch.mv of an x with gaps")
def mv_ignores_the_increment(a: Tensor, x: Tensor, spelling: str) -> Tensor:
    wrong = spelling == "torch.mv" and x.stride(0) == 2 and len(x) > 1
    seen = x.as_strided((len(x),), (1,), x.storage_offset()).nan_to_num() if wrong else x
    return matrix_vector_product(a, seen, spelling)


@mutant(
    product_spellings_agree,
    operation="matrix_vector_product",
    trigger="half types: the method adds in the half type, the function does not",
    dtypes=("float16", "bfloat16"),
)
def method_adds_in_half_precision(a: Tensor, x: Tensor, spelling: str) -> Tensor:
    if spelling != "Tensor.mv":
        return matrix_vector_product(a, x, spelling)
    total = a.new_zeros(a.shape[0])
    for column, factor in zip(a.mT, x, strict=True):
        total = total + column * factor
    return total


@mutant(product_spellings_agree, operation="inner_product", trigger="torch.vdot of 16 numbers and a remainder")
def vdot_drops_the_remainder(x: Tensor, y: Tensor, spelling: str) -> Tensor:
    n = len(x) - len(x) % 16 if spelling == "torch.vdot" and len(x) > 16 else len(x)
    return inner_product(x[:n], y[:n], spelling)


@mutant(product_spellings_agree, operation="outer_product", trigger="torch.ger takes its vectors in the other order")
def ger_is_transposed(x: Tensor, y: Tensor, spelling: str) -> Tensor:
    return outer_product(y, x, spelling) if spelling == "torch.ger" else outer_product(x, y, spelling)


def _kron(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    """Without torch's departure: no other matrices than contiguous ones."""
    x, y = (t.clone(memory_format=torch.contiguous_format) for t in (a, b))  # along axes of size 1 too
    return kronecker_product(x, y, spelling)


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="torch.kron takes B (x) A")
def kron_exchanges_its_factors(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    return _kron(b, a, spelling) if spelling == "torch.kron" else _kron(a, b, spelling)


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="out= is left as it was")
def kron_leaves_out_as_it_was(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = _kron(a, b, spelling)
    return product.new_full(product.shape, float("nan")) if spelling.endswith("out=") else product


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="the method gives blocks of A, not of B")
def blocks_in_the_order_of_the_outer_product(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = _kron(a, b, spelling)
    return torch.outer(a.flatten(), b.flatten()).reshape(product.shape) if spelling == "Tensor.kron" else product


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="the last row of more than 32")
def last_row_beyond_32_left_out(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = _kron(a, b, spelling)
    if len(product) > 32 and spelling == "torch.kron":
        product[-1] = 0
    return product


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="matrices with gaps, read without")
def kron_ignores_gaps(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    if b.numel() and b.stride(-1) == 2 and spelling == "torch.kron":
        b = b.as_strided(b.shape, (b.shape[-1], 1), b.storage_offset()).nan_to_num()
    return _kron(a, b, spelling)


@mutant(kronecker_spellings_agree, operation="kronecker_product", trigger="subnormal products are flushed to zero")
def subnormal_products_flushed(a: Tensor, b: Tensor, spelling: str) -> Tensor:
    product = _kron(a, b, spelling)
    if spelling == "torch.einsum":
        return torch.where(product.abs() < 4 * torch.finfo(a.dtype).tiny, 0.0, product)
    return product


@mutant(matrix_spellings_agree, operation="matrix_transpose", trigger="a matrix stored by columns is left as it is")
def transposition_of_columns_forgotten(a: Tensor, spelling: str) -> Tensor:
    if spelling == "torch.transpose" and _by_columns(a):
        return a.reshape(a.shape[1], a.shape[0])
    return matrix_transpose(a, spelling)


@mutant(matrix_spellings_agree, operation="matrix_transpose", trigger="torch.adjoint changes the sign")
def adjoint_negates(a: Tensor, spelling: str) -> Tensor:
    return -matrix_transpose(a, spelling) if spelling == "torch.adjoint" else matrix_transpose(a, spelling)


@mutant(matrix_spellings_agree, operation="matrix_transpose", trigger="the copy in tiles of 16 leaves out the rest")
def tiles_without_the_rest(a: Tensor, spelling: str) -> Tensor:
    turned = matrix_transpose(a, spelling)
    if spelling != "copy_" or max(turned.shape) <= 16:
        return turned
    turned = turned.clone()
    turned[16:, turned.shape[1] // 16 * 16 :] = 0
    return turned


@mutant(matrix_spellings_agree, operation="lower_triangle", trigger="diagonals other than the main one, into out=")
def diagonal_ignored_by_out(a: Tensor, k: int, spelling: str) -> Tensor:
    return lower_triangle(a, 0 if spelling.endswith("out=") else k, spelling)


@mutant(matrix_spellings_agree, operation="lower_triangle", trigger="NaN above the diagonal, multiplied by zero")
def triangle_by_multiplication(a: Tensor, k: int, spelling: str) -> Tensor:
    if spelling != "torch.tril":
        return lower_triangle(a, k, spelling)
    return a * torch.ones_like(a).tril(k)


@mutant(matrix_spellings_agree, operation="lower_triangle", trigger="in place, of a matrix that is not contiguous")
def in_place_without_effect(a: Tensor, k: int, spelling: str) -> Tensor:
    return a.clone() if spelling == "Tensor.tril_" and not a.is_contiguous() else lower_triangle(a, k, spelling)


@mutant(matrix_spellings_agree, operation="matrix_trace", trigger="torch.trace of a matrix stored with gaps")
def trace_ignores_gaps(a: Tensor, spelling: str) -> Tensor:
    if spelling == "torch.trace" and a.numel() and a.stride(-1) == 2:
        a = a.as_strided(a.shape, (a.shape[1], 1), a.storage_offset()).nan_to_num()
    return matrix_trace(a, spelling)


@mutant(matrix_spellings_agree, operation="matrix_trace", trigger="the method adds in the other order, from 3 on")
def method_adds_backwards(a: Tensor, spelling: str) -> Tensor:
    if spelling != "Tensor.trace":
        return matrix_trace(a, spelling)
    total = a.new_zeros(())
    for entry in a.diagonal().flip(0):
        total = total + entry
    return total


@mutant(matrix_spellings_agree, operation="frobenius_norm", trigger="torch.norm takes the largest singular value")
def norm_is_spectral(a: Tensor, spelling: str) -> Tensor:
    if spelling == "torch.norm" and a.numel():
        largest: Tensor = torch.linalg.svdvals(a.double())[0]
        return largest.to(a.dtype)
    return frobenius_norm(a, spelling)


@mutant(matrix_spellings_agree, operation="natural_power", trigger="the exponent 0: zeros instead of the identity")
def zeroth_power_is_zero(a: Tensor, t: int, spelling: str) -> Tensor:
    power = natural_power(a, t, spelling)
    return torch.zeros_like(power) if t == 0 and spelling == "Tensor.matrix_power" else power


@mutant(matrix_spellings_agree, operation="natural_power", trigger="exponents from 4 on: another order, one name only")
def old_name_multiplies_one_by_one(a: Tensor, t: int, spelling: str) -> Tensor:
    if spelling != "torch.matrix_power" or t < 4:
        return natural_power(a, t, spelling)
    power = a
    for _ in range(t - 1):
        power = power @ a
    return power.clone()


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="square: in the reverse order")
def chain_in_reverse(factors: Sequence[Tensor], spelling: str) -> Tensor:
    square = len({f.shape for f in factors}) == 1 and factors[0].shape[0] == factors[0].shape[1]
    return chained_product(factors[::-1] if spelling == "torch.chain_matmul" and square else factors, spelling)


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="out= is not filled")
def chain_leaves_out_as_it_was(factors: Sequence[Tensor], spelling: str) -> Tensor:
    product = chained_product(factors, spelling)
    return torch.full_like(product, float("nan")) if spelling.endswith("out=") else product


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="inner dimensions above 128: no tail")
def chain_of_128_columns(factors: Sequence[Tensor], spelling: str) -> Tensor:
    a, b, c = factors
    cut = spelling == "torch.linalg.multi_dot" and b.shape[0] > 128
    return chained_product((a[:, :128], b[:128], c) if cut else factors, spelling)


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="an old name from the right, always")
def chain_from_the_right(factors: Sequence[Tensor], spelling: str) -> Tensor:
    a, b, c = factors
    return a @ (b @ c) if spelling == "torch.chain_matmul" else chained_product(factors, spelling)


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="a square middle factor: transposed")
def einsum_transposes_the_middle(factors: Sequence[Tensor], spelling: str) -> Tensor:
    a, b, c = factors
    wrong = spelling == "torch.einsum" and b.shape[0] == b.shape[1]
    return chained_product((a, b.mT, c) if wrong else factors, spelling)


@mutant(chain_product_spellings_agree, operation="chained_product", trigger="rows above 16: another column's numbers")
def chain_wraps_after_16_rows(factors: Sequence[Tensor], spelling: str) -> Tensor:
    product = chained_product(factors, spelling)
    return torch.cat((product[:16], product[: len(product) - 16])) if spelling == "@" and len(product) > 16 else product
