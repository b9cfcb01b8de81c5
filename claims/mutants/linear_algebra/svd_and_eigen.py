"""Singular values confused with eigenvalues, and solvers that accept what they should not or refuse too much."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.svd_and_eigen import svd_symmetric_relation, svd_vs_eigendecomposition_domain

Factors = tuple[Tensor, Tensor, Tensor]
Pairs = tuple[Tensor, Tensor]


def _svd(a: Tensor, *, full_matrices: bool) -> Factors:
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    return u, s, vh


def _svdvals(a: Tensor) -> Tensor:
    s: Tensor = torch.linalg.svdvals(a)
    return s


def _eigvalsh(a: Tensor) -> Tensor:
    w: Tensor = torch.linalg.eigvalsh(a)
    return w


def _moduli(a: Tensor) -> Tensor:
    w: Tensor = torch.linalg.eigvals(a)
    return w.abs().sort(descending=True).values


@mutant(svd_symmetric_relation, operation="absolute_eigenvalues", trigger="a negative eigenvalue")
def eigenvalues_with_their_signs(a: Tensor) -> Tensor:
    return _eigvalsh(a).sort(descending=True).values


@mutant(svd_symmetric_relation, operation="absolute_eigenvalues", trigger="magnitudes that differ")
def magnitudes_ascend(a: Tensor) -> Tensor:
    return _eigvalsh(a).abs().sort().values


@mutant(svd_symmetric_relation, operation="absolute_eigenvalues", trigger="magnitudes other than 0 and 1")
def squared_eigenvalues(a: Tensor) -> Tensor:
    return _eigvalsh(a).square().sort(descending=True).values


@mutant(svd_symmetric_relation, operation="moduli_of_eigenvalues", trigger="eigenvalues that are not real")
def real_parts_of_eigenvalues(a: Tensor) -> Tensor:
    found: Tensor = torch.linalg.eigvals(a).real.abs().sort(descending=True).values
    return found


@mutant(
    svd_symmetric_relation,
    operation="absolute_eigenvalues",
    trigger="a negative and a positive eigenvalue: sorted before the signs are dropped",
    provenance="own",
)
def sorted_before_magnitudes(a: Tensor) -> Tensor:
    return _eigvalsh(a).flip(-1).abs()


@mutant(svd_symmetric_relation, operation="moduli_of_eigenvalues", trigger="squares that underflow", provenance="own")
def moduli_by_squares(a: Tensor) -> Tensor:
    w = torch.linalg.eigvals(a)
    found: Tensor = (w.real**2 + w.imag**2).sqrt().sort(descending=True).values
    return found


@mutant(
    svd_symmetric_relation, operation="moduli_of_eigenvalues", trigger="orders above 16: the last row", provenance="own"
)
def last_row_ignored_beyond_16(a: Tensor) -> Tensor:
    if a.shape[-1] > 16:
        a = torch.cat((a[..., :-1, :], torch.zeros_like(a[..., -1:, :])), -2)
    return _moduli(a)


@mutant(
    svd_symmetric_relation,
    operation="svdvals",
    trigger="values below the root of the unit roundoff: from the eigenvalues of A^T A",
    provenance="own",
)
def roots_of_gram_eigenvalues(a: Tensor) -> Tensor:
    size = a.abs().amax((-2, -1), keepdim=True) if a.numel() else a.new_ones(())
    scaled = a / torch.where(size > 0, size, 1.0)
    return _eigvalsh(scaled.mT @ scaled).clamp_min(0).sqrt().flip(-1) * size.reshape(*size.shape[:-2], -1)[..., :1]


@mutant(svd_symmetric_relation, operation="svd_by_eigh", trigger="a negative eigenvalue", provenance="own")
def both_factors_are_q(a: Tensor) -> Factors:
    w, q = torch.linalg.eigh(a)
    s, order = w.abs().sort(descending=True)
    v = q.take_along_dim(order[..., None, :], -1)
    return v, s, v.mT


@mutant(svd_symmetric_relation, operation="svd_by_eigh", trigger="eigenvalues of both signs", provenance="own")
def order_of_signed_eigenvalues(a: Tensor) -> Factors:
    w, q = torch.linalg.eigh(a)
    v, sign = q.flip(-1), torch.copysign(torch.ones_like(w), w).flip(-1)
    return v * sign[..., None, :], w.flip(-1).abs(), v.mT


@mutant(svd_symmetric_relation, operation="svd_by_eigh", trigger="positive definite matrices", provenance="own")
def every_other_sign_changed(a: Tensor) -> Factors:
    w, q = torch.linalg.eigh(a)
    s, order = w.abs().sort(descending=True)
    v = q.take_along_dim(order[..., None, :], -1)
    sign = torch.copysign(torch.ones_like(w), w.gather(-1, order))
    return v * sign[..., None, :] * (1 - 2 * (torch.arange(s.shape[-1], device=s.device) % 2)), s, v.mT


@mutant(svd_symmetric_relation, operation="cond", trigger="matrices in the 1-norm", provenance="own")
def condition_in_the_one_norm(a: Tensor) -> Tensor:
    found: Tensor = torch.linalg.cond(a, p=1)
    return found


@mutant(svd_symmetric_relation, operation="cond", trigger="other than normal matrices", provenance="own")
def condition_by_eigenvalues(a: Tensor) -> Tensor:
    w = _moduli(a)
    return w[..., 0] / w[..., -1]


@mutant(svd_symmetric_relation, operation="cond", trigger="condition numbers above 1e8", provenance="own")
def condition_of_at_most_1e8(a: Tensor) -> Tensor:
    found: Tensor = torch.linalg.cond(a)
    return found.clamp(max=1e8)


@mutant(svd_symmetric_relation, operation="cond", trigger="singular matrices: eps for zero", provenance="own")
def condition_of_singular_matrices_finite(a: Tensor) -> Tensor:
    s = _svdvals(a)
    return s[..., 0] / s[..., -1].clamp(min=torch.finfo(s.dtype).tiny)


@mutant(
    svd_symmetric_relation, operation="product_of_singular_values", trigger="more than eight values", provenance="own"
)
def product_of_the_first_eight(a: Tensor) -> Tensor:
    return _svdvals(a)[..., :8].prod(-1)


@mutant(
    svd_symmetric_relation, operation="product_of_singular_values", trigger="determinants below zero", provenance="own"
)
def product_with_the_sign(a: Tensor) -> Tensor:
    sign: Tensor = torch.linalg.slogdet(a).sign
    return _svdvals(a).prod(-1) * sign


@mutant(
    svd_symmetric_relation,
    operation="absolute_eigenvalues",
    trigger="matrices after the 32nd of a batch",
    provenance="own",
)
def signs_kept_after_32(a: Tensor) -> Tensor:
    w = _eigvalsh(a)
    if a.ndim > 2 and a.shape[0] > 32:
        w = torch.cat((w[:32].abs(), w[32:]))
        return w.sort(descending=True).values
    return w.abs().sort(descending=True).values


@mutant(svd_vs_eigendecomposition_domain, operation="eig", trigger="any rectangular matrix: zeros make it square")
def padded_to_a_square(a: Tensor) -> Pairs:
    m, n = a.shape[-2:]
    size = max(m, n)
    w, v = torch.linalg.eig(torch.nn.functional.pad(a, (0, size - n, 0, size - m)))
    return w, v


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="svd",
    trigger="wide matrices: refused",
    raises=(RuntimeError,),
)
def wide_matrices_refused(a: Tensor, *, full_matrices: bool = True) -> Factors:
    if a.shape[-2] < a.shape[-1]:
        raise RuntimeError("more columns than rows")
    return _svd(a, full_matrices=full_matrices)


@mutant(svd_vs_eigendecomposition_domain, operation="svd", trigger="more than one row or column: A^T is decomposed")
def decomposition_of_the_transpose(a: Tensor, *, full_matrices: bool = True) -> Factors:
    return _svd(a.mT, full_matrices=full_matrices)


@mutant(svd_vs_eigendecomposition_domain, operation="eig", trigger="one column too many: left out")
def one_column_too_many_left_out(a: Tensor) -> Pairs:
    m, n = a.shape[-2:]
    w, v = torch.linalg.eig(a[..., :m] if n == m + 1 else a)
    return w, v


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="eigvalsh",
    trigger="more rows than columns: only the leading block is read",
    provenance="own",
)
def leading_block_of_tall_matrices(a: Tensor) -> Tensor:
    n = a.shape[-1]
    return _eigvalsh(a[..., :n, :] if a.shape[-2] > n else a)


@mutant(
    svd_vs_eigendecomposition_domain, operation="eigh", trigger="fewer rows than columns: truncated", provenance="own"
)
def leading_block_of_wide_matrices(a: Tensor) -> Pairs:
    m = a.shape[-2]
    w, q = torch.linalg.eigh(a[..., :m])
    return w, q


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="eigvals",
    trigger="rectangular matrices without entries: no eigenvalues",
    provenance="own",
)
def empty_matrices_have_no_eigenvalues(a: Tensor) -> Tensor:
    if not a.shape[-1] * a.shape[-2]:
        return a.new_empty((*a.shape[:-2], 0), dtype=torch.complex64 if a.dtype == torch.float32 else torch.complex128)
    w: Tensor = torch.linalg.eigvals(a)
    return w


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="eig",
    trigger="batches of batches of rectangular matrices: nothing is checked",
    provenance="own",
)
def square_only_for_one_batch_axis(a: Tensor) -> Pairs:
    k = min(a.shape[-2:])
    w, v = torch.linalg.eig(a[..., :k, :k] if a.ndim > 3 else a)
    return w, v


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="svd",
    trigger="defective matrices: decomposed through eigenvectors",
    provenance="own",
)
def square_matrices_by_eigenvectors(a: Tensor, *, full_matrices: bool = True) -> Factors:
    if a.shape[-1] != a.shape[-2] or not a.numel():
        return _svd(a, full_matrices=full_matrices)
    w, v = torch.linalg.eig(a)
    q = v.real / torch.linalg.vector_norm(v.real, dim=-2, keepdim=True)
    sign = torch.copysign(torch.ones_like(w.real), w.real)
    return q * sign[..., None, :], w.abs(), q.mT


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="svd",
    trigger="more than 16 rows and fewer columns: the rest is not read",
    provenance="own",
)
def rows_beyond_a_block_ignored(a: Tensor, *, full_matrices: bool = True) -> Factors:
    m, n = a.shape[-2:]
    if m > 16 > n:
        a = torch.cat((a[..., :16, :], torch.zeros_like(a[..., 16:, :])), -2)
    return _svd(a, full_matrices=full_matrices)


@mutant(
    svd_vs_eigendecomposition_domain,
    operation="svdvals",
    trigger="rectangular matrices of deficient rank: one value too few",
    provenance="own",
)
def last_zero_dropped(a: Tensor) -> Tensor:
    s = _svdvals(a)
    if a.shape[-1] != a.shape[-2] and s.numel() and bool((s[..., -1] <= 1e-5 * s[..., 0]).all()):
        return s[..., :-1]
    return s
