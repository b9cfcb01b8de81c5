"""Wrong determinants, ranks and singular values."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.singularity import inversion_reports_zero_pivots, singular_iff_zero_eigenvalue


def flushed(a: Tensor) -> Tensor:
    """Zeros for subnormal numbers, as some devices and compiler options have it."""
    return torch.where(a.abs() < torch.finfo(a.dtype).tiny, torch.zeros_like(a), a)


def _determinant(a: Tensor) -> Tensor:
    determinant: Tensor = torch.linalg.det(a)
    return determinant


def _svdvals(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.svdvals(a)
    return values


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="a small determinant: an absolute threshold")
def determinant_with_an_absolute_threshold(a: Tensor) -> Tensor:
    found = _determinant(a)
    return torch.where(found.abs() < 1e-6, torch.zeros_like(found), found)


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="subnormal entries are flushed to zero")
def determinant_of_flushed_entries(a: Tensor) -> Tensor:
    return _determinant(flushed(a))


@mutant(singular_iff_zero_eigenvalue, operation="slogdet", trigger="subnormal entries are flushed to zero")
def logarithm_of_flushed_entries(a: Tensor) -> tuple[Tensor, Tensor]:
    sign, logarithm = torch.linalg.slogdet(flushed(a))
    return sign, logarithm


@mutant(singular_iff_zero_eigenvalue, operation="lu", trigger="subnormal pivots are flushed to zero")
def flushed_pivots(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    p, lower, upper = torch.linalg.lu(a)
    return p, lower, flushed(upper)


@mutant(singular_iff_zero_eigenvalue, operation="matrix_rank", trigger="a singular matrix: every value above 0 counts")
def rank_without_tolerance(a: Tensor) -> Tensor:
    return (_svdvals(a) > 0).sum(-1)


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="the trace instead")
def trace_for_the_determinant(a: Tensor) -> Tensor:
    return a.diagonal(dim1=-2, dim2=-1).sum(-1)


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="entries beside the diagonal: no elimination")
def product_of_the_diagonal(a: Tensor) -> Tensor:
    return a.diagonal(dim1=-2, dim2=-1).prod(-1)


@mutant(singular_iff_zero_eigenvalue, operation="svdvals", trigger="the least diagonal entry for the least value")
def least_diagonal_entry(a: Tensor) -> Tensor:
    values = _svdvals(a)
    if not values.shape[-1]:
        return values
    least = a.diagonal(dim1=-2, dim2=-1).abs().amin(-1, keepdim=True)
    return torch.cat((values[..., :-1], least), -1)


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="an odd permutation of rows: its sign is lost")
def sign_of_the_permutation_lost(a: Tensor) -> Tensor:
    _, _, upper = torch.linalg.lu(a)
    product: Tensor = upper.diagonal(dim1=-2, dim2=-1).prod(-1)
    return product


@mutant(singular_iff_zero_eigenvalue, operation="slogdet", trigger="a negative determinant: its sign is lost")
def logarithm_with_a_positive_sign(a: Tensor) -> tuple[Tensor, Tensor]:
    sign, logarithm = torch.linalg.slogdet(a)
    return sign.abs(), logarithm


@mutant(singular_iff_zero_eigenvalue, operation="slogdet", trigger="a determinant out of range: the logarithm of det")
def logarithm_of_the_determinant(a: Tensor) -> tuple[Tensor, Tensor]:
    found = _determinant(a)
    return found.sign(), found.abs().log()


@mutant(
    singular_iff_zero_eigenvalue,
    operation="determinant",
    trigger="order 8 and above: the last pivot is left out",
    provenance="the tail of a blocked factorisation",
)
def last_pivot_left_out_from_order_8(a: Tensor) -> Tensor:
    n = a.shape[-1] - (a.shape[-1] >= 8)
    return _determinant(a[..., :n, :n])


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="no pivoting", provenance="own")
def eliminated_without_pivoting(a: Tensor) -> Tensor:
    rest, product = a.clone(), torch.ones(a.shape[:-2], dtype=a.dtype, device=a.device)
    for _ in range(a.shape[-1]):
        pivot = rest[..., :1, :1]
        product = product * pivot[..., 0, 0]
        tiny = torch.where(pivot == 0, torch.finfo(a.dtype).eps * torch.ones_like(pivot), pivot)
        rest = rest[..., 1:, 1:] - rest[..., 1:, :1] * rest[..., :1, 1:] / tiny
    return product


@mutant(singular_iff_zero_eigenvalue, operation="matrix_rank", trigger="scales below one: an absolute tolerance")
def rank_with_an_absolute_tolerance(a: Tensor) -> Tensor:
    return (_svdvals(a) > 1e-6).sum(-1)


@mutant(singular_iff_zero_eigenvalue, operation="svdvals", trigger="a small value: the root of a Gram eigenvalue")
def roots_of_gram_eigenvalues(a: Tensor) -> Tensor:
    squares: Tensor = torch.linalg.eigvalsh(a.mT @ a)
    return squares.clamp_min(0).sqrt().flip(-1)


@mutant(singular_iff_zero_eigenvalue, operation="determinant", trigger="an empty matrix: 0", provenance="own")
def empty_determinant_is_zero(a: Tensor) -> Tensor:
    return _determinant(a) if a.shape[-1] else torch.zeros(a.shape[:-2], dtype=a.dtype, device=a.device)


@mutant(singular_iff_zero_eigenvalue, operation="eigvalsh", trigger="a small eigenvalue: moved away from zero")
def eigenvalues_kept_from_zero(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(a)
    return values + 1e-3 * values.abs().amax(-1, keepdim=True) if values.shape[-1] else values


@mutant(singular_iff_zero_eigenvalue, operation="lu", trigger="a permutation that is no transposition: transposed")
def permutation_transposed(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    p, lower, upper = torch.linalg.lu(a)
    return p.mT, lower, upper


@mutant(singular_iff_zero_eigenvalue, operation="slogdet", trigger="an exactly singular matrix: the sign is 1")
def sign_of_a_zero_determinant(a: Tensor) -> tuple[Tensor, Tensor]:
    sign, logarithm = torch.linalg.slogdet(a)
    return torch.where(sign == 0, torch.ones_like(sign), sign), logarithm


Ex = tuple[Tensor, Tensor]
Factored = tuple[Tensor, Tensor, Tensor]


def _lu_factor_ex(a: Tensor) -> Factored:
    lu, pivots, info = torch.linalg.lu_factor_ex(a)
    return lu, pivots, info


def _inv_ex(a: Tensor) -> Ex:
    inverse, info = torch.linalg.inv_ex(a)
    return inverse, info


@mutant(inversion_reports_zero_pivots, operation="lu_factor_ex", trigger="a zero pivot: counted from 0")
def pivots_counted_from_zero(a: Tensor) -> Factored:
    lu, pivots, info = _lu_factor_ex(a)
    return lu, pivots, (info - 1).clamp_min(0)


@mutant(inversion_reports_zero_pivots, operation="lu_factor_ex", trigger="several zero pivots: the last one")
def last_zero_pivot(a: Tensor) -> Factored:
    lu, pivots, info = _lu_factor_ex(a)
    places = torch.arange(1, a.shape[-1] + 1, device=a.device, dtype=info.dtype)
    zero = (lu.diagonal(dim1=-2, dim2=-1) == 0) * places
    return lu, pivots, zero.amax(-1) if a.shape[-1] else info


@mutant(inversion_reports_zero_pivots, operation="lu_factor_ex", trigger="rows exchanged: the exchanges of the first 8")
def exchanges_beyond_8_lost(a: Tensor) -> Factored:
    lu, pivots, info = _lu_factor_ex(a)
    places = torch.arange(1, a.shape[-1] + 1, device=a.device, dtype=pivots.dtype).expand(pivots.shape)
    return lu, torch.where(places > 8, places, pivots), info


@mutant(inversion_reports_zero_pivots, operation="inv_ex", trigger="a small last pivot: reported as zero")
def small_pivots_are_reported(a: Tensor) -> Ex:
    inverse, info = _inv_ex(a)
    pivots = torch.linalg.lu_factor_ex(a).LU.diagonal(dim1=-2, dim2=-1).abs()
    if not a.shape[-1]:
        return inverse, info
    small = (pivots.amin(-1) < 1e-5 * pivots.amax(-1)) & (info == 0)
    return inverse, torch.where(small, a.shape[-1], info).to(info.dtype)


@mutant(inversion_reports_zero_pivots, operation="inv_ex", trigger="one of a batch is singular: all are")
def one_info_for_the_batch(a: Tensor) -> Ex:
    inverse, info = _inv_ex(a)
    return inverse, info.amax().expand(info.shape).clone() if info.numel() else info


@mutant(inversion_reports_zero_pivots, operation="inv_ex", trigger="one step of Newton's iteration")
def inverse_is_polished(a: Tensor) -> Ex:
    inverse, info = _inv_ex(a)
    return inverse @ (2 * torch.eye(a.shape[-1], dtype=a.dtype, device=a.device) - a @ inverse), info


@mutant(inversion_reports_zero_pivots, operation="inv", trigger="a singular matrix: infinities and no error")
def singular_matrices_are_inverted(a: Tensor) -> Tensor:
    return _inv_ex(a)[0]
