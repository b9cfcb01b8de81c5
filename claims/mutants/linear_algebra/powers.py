"""Wrong powers of matrices, and wrong gradients through repeated products."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.powers import applied_repeatedly
from claims.linear_algebra.powers import matrix_power_defective, matrix_power_eigendecomposition


def _power(w: Tensor, t: int) -> Tensor:
    power: Tensor = torch.linalg.matrix_power(w, t)
    return power


@mutant(matrix_power_eigendecomposition, matrix_power_defective, operation="matrix_power", trigger="W^2 is not W")
def one_factor_too_many(w: Tensor, t: int) -> Tensor:
    return _power(w, t + 1)


@mutant(matrix_power_eigendecomposition, matrix_power_defective, operation="matrix_power", trigger="t above 1")
def power_of_each_entry(w: Tensor, t: int) -> Tensor:
    return w**t


@mutant(matrix_power_eigendecomposition, operation="synthesised_power", trigger="W not symmetric")
def transposed_eigenvectors_for_the_inverse(v: Tensor, w: Tensor, inverse: Tensor, t: int) -> Tensor:
    return (v * w[..., None, :] ** t) @ v.mT


@mutant(matrix_power_eigendecomposition, operation="synthesised_power", trigger="a negative eigenvalue, t odd")
def magnitudes_of_the_eigenvalues(v: Tensor, w: Tensor, inverse: Tensor, t: int) -> Tensor:
    return (v * w.abs()[..., None, :] ** t) @ inverse


@mutant(matrix_power_eigendecomposition, operation="synthesised_power", trigger="eigenvalues that differ")
def eigenvalues_scale_the_rows(v: Tensor, w: Tensor, inverse: Tensor, t: int) -> Tensor:
    return (w[..., None] ** t * v) @ inverse


@mutant(matrix_power_eigendecomposition, operation="applied_repeatedly", trigger="W not symmetric: the gradient")
def gradient_without_the_transpose(w: Tensor, x: Tensor, t: int) -> Tensor:
    transposed = applied_repeatedly(w.mT, x, t)
    return applied_repeatedly(w, x.detach(), t) + (transposed - transposed.detach())


@mutant(
    matrix_power_eigendecomposition,
    matrix_power_defective,
    operation="applied_repeatedly",
    trigger="t above 8: the gradient",
    provenance="truncated backpropagation through time left on",
)
def gradient_stops_after_8_products(w: Tensor, x: Tensor, t: int) -> Tensor:
    last = min(t, 8)
    exact = applied_repeatedly(w, x.detach(), t)
    truncated = applied_repeatedly(w, x, last)
    return exact + (truncated - truncated.detach())


@mutant(
    matrix_power_eigendecomposition,
    matrix_power_defective,
    operation="applied_repeatedly",
    trigger="t above 64: the rest is left out",
    provenance="own",
)
def products_beyond_64_left_out(w: Tensor, x: Tensor, t: int) -> Tensor:
    return applied_repeatedly(w, x, min(t, 64))


@mutant(
    matrix_power_eigendecomposition,
    operation="applied_repeatedly",
    trigger="orders above 130: the last column is left out",
    provenance="own",
)
def last_column_of_large_matrices_left_out(w: Tensor, x: Tensor, t: int) -> Tensor:
    n = w.shape[-1]
    return applied_repeatedly(w if n <= 130 else w * (torch.arange(n) < n - 1).to(w), x, t)


@mutant(matrix_power_eigendecomposition, operation="matrix_power", trigger="t = 3", provenance="binary powering")
def cube_taken_for_the_square(w: Tensor, t: int) -> Tensor:
    return _power(w, 2 if t == 3 else t)


@mutant(
    matrix_power_eigendecomposition,
    matrix_power_defective,
    operation="matrix_power",
    trigger="t above 31",
    provenance="binary powering with five bits of the exponent",
)
def exponent_of_five_bits(w: Tensor, t: int) -> Tensor:
    return _power(w, t % 32)


@mutant(matrix_power_eigendecomposition, operation="matrix_power", trigger="t = 0", provenance="own")
def power_zero_is_the_matrix(w: Tensor, t: int) -> Tensor:
    return _power(w, max(t, 1))


@mutant(matrix_power_eigendecomposition, operation="matrix_power", trigger="the matrix is not contiguous")
def transposed_when_strided(w: Tensor, t: int) -> Tensor:
    return _power(w if w.is_contiguous() else w.mT, t)


@mutant(matrix_power_eigendecomposition, operation="matrix_power", trigger="more than 32 matrices in a batch")
def batch_ends_after_32(w: Tensor, t: int) -> Tensor:
    power = _power(w, t).clone()
    if w.ndim > 2:
        power[32:] = w[32:]
    return power


@mutant(matrix_power_eigendecomposition, operation="matrix_power", trigger="an odd t, order above 16")
def last_row_of_an_odd_power_lost(w: Tensor, t: int) -> Tensor:
    power = _power(w, t).clone()
    if t % 2 and w.shape[-1] > 16:
        power[..., -1, :] = w[..., -1, :]
    return power


@mutant(
    matrix_power_eigendecomposition,
    operation="matrix_power",
    trigger="subnormal products",
    provenance="kernels that flush subnormal numbers to zero",
    dtypes=("float16", "float32", "float64"),
)
def subnormal_powers_flushed(w: Tensor, t: int) -> Tensor:
    power = _power(w, t)
    return torch.where(power.abs() < torch.finfo(w.dtype).tiny, torch.zeros_like(power), power)


@mutant(matrix_power_eigendecomposition, operation="chained_power", trigger="five factors and more", provenance="own")
def chain_of_at_most_four(w: Tensor, t: int) -> Tensor:
    product: Tensor = torch.linalg.multi_dot([w] * min(t, 4))
    return product


@mutant(
    matrix_power_eigendecomposition,
    operation="matrix_power",
    trigger="float32: products in bfloat16",
    provenance="reduced-precision products",
    dtypes=("float32",),
)
def factors_rounded_to_bfloat16(w: Tensor, t: int) -> Tensor:
    return _power(w.bfloat16().float(), t)


@mutant(matrix_power_defective, operation="matrix_power", trigger="a defective matrix, t above 1")
def eigenvalues_moved_apart(w: Tensor, t: int) -> Tensor:
    n = w.shape[-1]
    shift = torch.arange(n, dtype=w.dtype, device=w.device) * torch.finfo(w.dtype).eps
    return _power(w + torch.diag(shift), t)


@mutant(matrix_power_defective, operation="matrix_power", trigger="W not symmetric")
def power_of_the_symmetric_part(w: Tensor, t: int) -> Tensor:
    return _power((w + w.mT) / 2, t)


@mutant(matrix_power_defective, operation="matrix_power", trigger="t above 0")
def identity_whatever_the_exponent(w: Tensor, t: int) -> Tensor:
    return _power(w, 0)


@mutant(matrix_power_defective, operation="matrix_power", trigger="t above 1", dtypes=("float32", "float64"))
def power_from_computed_eigenvectors(w: Tensor, t: int) -> Tensor:
    values, vectors = torch.linalg.eig(w)
    power: Tensor = ((vectors * values[..., None, :] ** t) @ torch.linalg.pinv(vectors)).real
    return power


@mutant(
    matrix_power_defective, operation="matrix_power", trigger="t above 64: the nearest power of two", provenance="own"
)
def large_exponents_to_a_power_of_two(w: Tensor, t: int) -> Tensor:
    return _power(w, t if t <= 64 else 1 << t.bit_length())


@mutant(matrix_power_defective, operation="matrix_power", trigger="t above 1: the gradient of one factor only")
def gradient_of_the_last_factor(w: Tensor, t: int) -> Tensor:
    power = _power(w.detach(), t)
    once = _power(w.detach(), t - 1) @ w if t > 1 else _power(w, t)
    return power + (once - once.detach())
