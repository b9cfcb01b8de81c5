"""Wrong shapes of factors, and wrong singular vectors and Gram matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.singular_vectors import left_singular_vectors, right_singular_vectors, svd_shapes
from claims.mutants.linear_algebra.singularity import flushed

Factors = tuple[Tensor, Tensor, Tensor]


def _svd(a: Tensor, *, full_matrices: bool) -> Factors:
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    return u, s, vh


def _is_square(a: Tensor) -> bool:
    return a.shape[-1] == a.shape[-2]


@mutant(svd_shapes, operation="svd", trigger="matrices that are not square: reduced factors where full ones are due")
def reduced_factors_for_full_ones(a: Tensor, *, full_matrices: bool = True) -> Factors:
    return _svd(a, full_matrices=False)


@mutant(svd_shapes, operation="svd", trigger="more than one column: V where V^T is promised")
def v_for_its_transpose(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u, s, vh.mT


@mutant(svd_shapes, operation="svd", trigger="matrices that are not square: S with max(m, n) entries")
def values_padded_with_zeros(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u, torch.nn.functional.pad(s, (0, abs(a.shape[-1] - a.shape[-2]))), vh


@mutant(svd_shapes, operation="svd", trigger="more than one row: U^T, which no shape shows where it is square")
def u_transposed(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u.mT if full_matrices else u, s, vh


@mutant(svd_shapes, operation="svd", trigger="wide matrices: always full", provenance="own")
def wide_matrices_in_full(a: Tensor, *, full_matrices: bool = True) -> Factors:
    return _svd(a, full_matrices=full_matrices or a.shape[-2] < a.shape[-1])


@mutant(svd_shapes, operation="svd", trigger="more than 64 rows: always reduced", provenance="own")
def long_matrices_reduced(a: Tensor, *, full_matrices: bool = True) -> Factors:
    return _svd(a, full_matrices=full_matrices and a.shape[-2] <= 64)


@mutant(svd_shapes, operation="svd", trigger="batches of one: the axis is lost", provenance="own")
def batch_of_one_squeezed(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return (u.squeeze(0), s.squeeze(0), vh.squeeze(0)) if a.ndim > 2 and a.shape[0] == 1 else (u, s, vh)


@mutant(svd_shapes, operation="svd", trigger="matrices without columns: no square U", provenance="own")
def no_columns_no_rows(a: Tensor, *, full_matrices: bool = True) -> Factors:
    return _svd(a, full_matrices=full_matrices and a.shape[-1] > 0)


@mutant(svd_shapes, operation="svd_with_v", trigger="matrices that are not square: full unless told otherwise")
def old_default_is_full(a: Tensor, *, some: bool = False) -> Factors:
    u, s, v = torch.svd(a, some=some)
    return u, s, v


@mutant(svd_shapes, operation="svd_with_v", trigger="square V: its transpose", provenance="own")
def transpose_from_the_old_function(a: Tensor, *, some: bool = True) -> Factors:
    u, s, v = torch.svd(a, some=some)
    return u, s, v.mT if _is_square(v) else v


@mutant(svd_shapes, operation="diagonal_factor", trigger="matrices that are not square: n x m", provenance="own")
def diagonal_factor_transposed(s: Tensor, m: int, n: int) -> Tensor:
    k = s.shape[-1]
    return torch.nn.functional.pad(torch.diag_embed(s), (0, m - k, 0, n - k))


@mutant(svd_shapes, operation="diagonal_factor", trigger="fewer rows than columns: zeros in front", provenance="own")
def values_in_the_last_columns(s: Tensor, m: int, n: int) -> Tensor:
    k = s.shape[-1]
    return torch.nn.functional.pad(torch.diag_embed(s), (n - k, 0, 0, m - k))


@mutant(svd_shapes, operation="svdvals", trigger="fewer rows than columns: one value a column", provenance="own")
def a_value_for_each_column(a: Tensor) -> Tensor:
    missing = max(a.shape[-1] - a.shape[-2], 0)
    return torch.nn.functional.pad(torch.linalg.svdvals(a), (0, missing))


@mutant(left_singular_vectors, operation="rows_gram_times", trigger="square matrices: A^T A")
def gram_matrix_of_columns(a: Tensor, u: Tensor) -> Tensor:
    product: Tensor = (a.mT @ a if _is_square(a) else a @ a.mT) @ u
    return product


@mutant(left_singular_vectors, operation="times_squares", trigger="singular values other than 0 and 1")
def values_not_squared(u: Tensor, s: Tensor) -> Tensor:
    return u * s[..., None, :]


@mutant(left_singular_vectors, operation="eigh_of_rows_gram", trigger="different eigenvalues: order as of S")
def eigenvalues_descend(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a @ a.mT)
    return w.flip(-1), q.flip(-1)


@mutant(left_singular_vectors, operation="svd", trigger="square U: its rows are the vectors")
def rows_of_u(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u.mT if _is_square(u) else u, s, vh


@mutant(
    left_singular_vectors,
    operation="svd",
    trigger="full factors of tall matrices: the completing columns are of the standard basis",
    provenance="own",
)
def completed_by_unit_vectors(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    unit = torch.eye(u.shape[-2], dtype=a.dtype, device=a.device).expand(*u.shape[:-1], u.shape[-2])
    return torch.cat((u[..., :k], unit[..., k : u.shape[-1]]), -1), s, vh


@mutant(left_singular_vectors, operation="svd", trigger="pairs in the order of growing values", provenance="own")
def pairs_in_ascending_order(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if a.shape[-1] == a.shape[-2]:
        return u.flip(-1), s.flip(-1), vh.flip(-2)
    return u, s, vh


@mutant(left_singular_vectors, operation="svd", trigger="matrices after the 32nd of a batch", provenance="own")
def vectors_after_32_from_another_matrix(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if a.ndim > 2 and a.shape[0] > 32:
        u = torch.cat((u[:32], u[: a.shape[0] - 32]))
    return u, s, vh


@mutant(left_singular_vectors, operation="times_squares", trigger="columns after the last full eight", provenance="own")
def tail_not_squared(u: Tensor, s: Tensor) -> Tensor:
    full = s.shape[-1] // 8 * 8
    return u * torch.cat((s[..., :full] ** 2, s[..., full:]), -1)[..., None, :]


@mutant(left_singular_vectors, operation="times_squares", trigger="subnormal entries are flushed to zero")
def flushed_vectors(u: Tensor, s: Tensor) -> Tensor:
    return flushed(u) * s[..., None, :] ** 2


@mutant(left_singular_vectors, operation="rows_gram_times", trigger="more than 16 columns of A", provenance="own")
def inner_dimension_beyond_a_block(a: Tensor, u: Tensor) -> Tensor:
    product: Tensor = a[..., :16] @ a.mT[..., :16, :] @ u
    return product


@mutant(left_singular_vectors, operation="eigh_of_rows_gram", trigger="more rows than 33", provenance="own")
def values_of_the_leading_block(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a @ a.mT)
    if a.shape[-2] > 33:
        w = torch.cat((w[..., -1:], w[..., :-1]), -1)
    return w, q


@mutant(
    left_singular_vectors,
    operation="eigh_of_rows_gram",
    trigger="more than 64 rows and columns: the inner dimension ends at 64",
    provenance="own",
)
def gram_matrix_of_64_columns(a: Tensor) -> tuple[Tensor, Tensor]:
    block = a[..., :64] if a.shape[-2] > 64 else a
    w, q = torch.linalg.eigh(block @ block.mT)
    return w, q


@mutant(
    left_singular_vectors,
    operation="rows_gram_times",
    trigger="more than 64 rows and columns: the last row is that before",
    provenance="own",
)
def last_row_beyond_64_repeated(a: Tensor, u: Tensor) -> Tensor:
    product: Tensor = a @ a.mT @ u
    if min(a.shape[-2:]) > 64:
        product = torch.cat((product[..., :-1, :], product[..., -2:-1, :]), -2)
    return product


@mutant(
    left_singular_vectors,
    operation="pca_lowrank",
    trigger="more than 17 rows, more columns: the largest value and the next exchanged",
    provenance="own",
)
def first_values_exchanged(a: Tensor, q: int, *, center: bool) -> Factors:
    u, s, v = torch.pca_lowrank(a, q=q, center=center)
    return (u, torch.cat((s[..., 1:2], s[..., :1], s[..., 2:]), -1), v) if 17 < a.shape[-2] < a.shape[-1] else (u, s, v)


@mutant(left_singular_vectors, operation="pca_lowrank", trigger="columns whose mean is not zero", provenance="own")
def always_centred(a: Tensor, q: int, *, center: bool) -> Factors:
    u, s, v = torch.pca_lowrank(a, q=q, center=True)
    return u, s, v


@mutant(left_singular_vectors, operation="pca_lowrank", trigger="wide matrices: U and V exchanged", provenance="own")
def wide_matrices_keep_the_factors_of_the_transpose(a: Tensor, q: int, *, center: bool) -> Factors:
    u, s, v = torch.pca_lowrank(a, q=q, center=center)
    return (v, s, u) if a.shape[-2] < a.shape[-1] else (u, s, v)


@mutant(right_singular_vectors, operation="svd", trigger="square V: V^T used as V")
def third_factor_is_v(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u, s, vh.mT if _is_square(vh) else vh


@mutant(right_singular_vectors, operation="columns_gram_times", trigger="square matrices: A A^T")
def gram_matrix_of_rows(a: Tensor, v: Tensor) -> Tensor:
    product: Tensor = (a @ a.mT if _is_square(a) else a.mT @ a) @ v
    return product


@mutant(right_singular_vectors, operation="times_squares", trigger="singular values other than 0 and 1")
def eigenvalue_is_the_singular_value(u: Tensor, s: Tensor) -> Tensor:
    return u * s.abs()[..., None, :]


@mutant(right_singular_vectors, operation="svd", trigger="more than one singular value: pairs in another order")
def unsorted_pairs(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    first = [part.roll(1, axis) for part, axis in ((u[..., :k], -1), (s, -1), (vh[..., :k, :], -2))]
    return torch.cat((first[0], u[..., k:]), -1), first[1], torch.cat((first[2], vh[..., k:, :]), -2)


@mutant(right_singular_vectors, operation="cov", trigger="any: divided by the number of observations", provenance="own")
def biased_covariance(x: Tensor) -> Tensor:
    return torch.cov(x, correction=0)


@mutant(right_singular_vectors, operation="cov", trigger="square data: a column is a variable", provenance="own")
def observations_in_rows(x: Tensor) -> Tensor:
    n = x.shape[-2]
    return torch.cov(torch.cat((x[:, :n].mT, -x[:, :n].mT), -1)) if x.shape[-1] == 2 * n else torch.cov(x)


@mutant(right_singular_vectors, operation="eigh_of_columns_gram", trigger="more columns than one", provenance="own")
def rows_of_q(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a.mT @ a)
    return w, q.mT


@mutant(right_singular_vectors, operation="eigh_of_columns_gram", trigger="values that are small", provenance="own")
def small_eigenvalues_dropped(a: Tensor) -> tuple[Tensor, Tensor]:
    w, q = torch.linalg.eigh(a.mT @ a)
    return (torch.where(w < 2e-4 * w[..., -1:], 0.0, w) if w.shape[-1] else w), q


@mutant(right_singular_vectors, operation="columns_gram_times", trigger="A with transposed strides", provenance="own")
def strides_ignored(a: Tensor, v: Tensor) -> Tensor:
    stored = a if a.is_contiguous() or not a.mT.is_contiguous() else a.mT.reshape(a.shape)
    product: Tensor = stored.mT @ stored @ v
    return product


@mutant(
    right_singular_vectors,
    operation="svd",
    trigger="wide matrices, full: completing rows are not orthogonal to the others",
    provenance="own",
)
def completing_rows_repeat_the_first(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    if 0 < k < vh.shape[-2]:
        vh = torch.cat((vh[..., :k, :], vh[..., :1, :].expand_as(vh[..., k:, :])), -2)
    return u, s, vh


@mutant(right_singular_vectors, operation="pca_lowrank", trigger="more than one factor", provenance="own")
def principal_components_ascend(a: Tensor, q: int, *, center: bool) -> Factors:
    u, s, v = torch.pca_lowrank(a, q=q, center=center)
    return u, s.flip(-1), v


@mutant(right_singular_vectors, operation="svd_lowrank", trigger="wide matrices: U and V exchanged")
def factors_of_wide_matrices_exchanged_in_svd(a: Tensor, q: int) -> tuple[Tensor, Tensor, Tensor]:
    u, s, v = torch.svd_lowrank(a, q=q)
    return (v, s, u) if a.shape[-2] < a.shape[-1] else (u, s, v)


@mutant(left_singular_vectors, operation="svd_lowrank", trigger="singular values of a sketch: squared")
def squared_singular_values(a: Tensor, q: int) -> tuple[Tensor, Tensor, Tensor]:
    u, s, v = torch.svd_lowrank(a, q=q)
    return u, s * s, v
