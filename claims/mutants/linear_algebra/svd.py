"""Wrong singular value decompositions."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.svd import svd_diagonal_singular_values, svd_existence, svd_orthogonal_factors

Factors = tuple[Tensor, Tensor, Tensor]


def _svd(a: Tensor, *, full_matrices: bool) -> Factors:
    u, s, vh = torch.linalg.svd(a, full_matrices=full_matrices)
    return u, s, vh


@mutant(svd_existence, operation="svd", trigger="square matrices: V where V^T is promised")
def v_instead_of_its_transpose(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u, s, vh.mT if vh.shape[-1] == vh.shape[-2] else vh


@mutant(svd_existence, operation="svd", trigger="square matrices")
def roots_of_the_eigenvalues_of_a(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if a.shape[-1] == a.shape[-2]:
        s = torch.linalg.eigvals(a).abs().sqrt().sort(descending=True).values
    return u, s, vh


@mutant(svd_existence, operation="svd", trigger="a negative entry on the diagonal of U")
def negative_singular_values_allowed(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    sign = torch.where(u.diagonal(dim1=-2, dim2=-1)[..., : s.shape[-1]] < 0, -1.0, 1.0).to(a.dtype)
    first = torch.cat((u[..., :, : s.shape[-1]] * sign[..., None, :], u[..., :, s.shape[-1] :]), -1)
    return first, s * sign, vh


@mutant(
    svd_existence, operation="svd", trigger="the full decomposition of a tall matrix: nothing but the shape shows it"
)
def last_column_of_u_missing(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u[..., :, :-1] if full_matrices and u.shape[-1] > s.shape[-1] else u, s, vh


@mutant(svd_existence, svd_diagonal_singular_values, operation="svd", trigger="values other than 0 and 1")
def squares_of_the_singular_values(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    return u, s * s, vh


@mutant(svd_orthogonal_factors, operation="svd", trigger="singular values other than 1")
def gram_schmidt_without_normalisation(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    return torch.cat((a @ vh[..., :k, :].mT, u[..., :, k:]), -1), s, vh


@mutant(svd_orthogonal_factors, operation="svd", trigger="a singular value that is zero")
def u_from_a_v_over_sigma(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    return torch.cat((a @ vh[..., :k, :].mT / s[..., None, :], u[..., :, k:]), -1), s, vh


@mutant(svd_orthogonal_factors, operation="svd", trigger="the full decomposition of a tall matrix")
def completion_of_u_is_not_orthogonal(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    unit = torch.eye(u.shape[-2], dtype=a.dtype, device=a.device).expand(u.shape[:-1] + u.shape[-2:-1])
    return torch.cat((u[..., :, :k], unit[..., :, k : u.shape[-1]]), -1), s, vh


@mutant(svd_orthogonal_factors, operation="svd", trigger="multiple singular values of a square matrix")
def eigenvectors_by_a_solver_that_ignores_symmetry(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if a.shape[-1] == a.shape[-2] > 1:
        multiple = (s[..., :-1] - s[..., 1:] <= torch.finfo(a.dtype).eps * s[..., :1]).any(-1)
        u = torch.where(multiple[..., None, None], torch.linalg.eig(a @ a.mT).eigenvectors.real, u)
    return u, s, vh


@mutant(svd_existence, operation="svd_with_v", trigger="square matrices: V^T where V is promised")
def transpose_of_v_instead_of_v(a: Tensor) -> Factors:
    u, s, vh = _svd(a, full_matrices=False)
    return u, s, vh if vh.shape[-1] == vh.shape[-2] else vh.mT


@mutant(svd_existence, operation="svd_with_v", trigger="a singular value other than zero", provenance="own")
def negative_values_with_v(a: Tensor) -> Factors:
    u, s, v = torch.svd(a)
    return u, -s, -v


@mutant(svd_existence, operation="svd_with_v", trigger="a singular value other than zero", provenance="own")
def scale_moved_from_values_to_vectors(a: Tensor) -> Factors:
    u, s, v = torch.svd(a)
    return 2 * u, s / 2, v


@mutant(
    svd_existence,
    operation="svd",
    trigger="tall matrices of large condition",
    provenance="own",
)
def tall_matrices_by_their_gram_matrix(a: Tensor, *, full_matrices: bool = True) -> Factors:
    if a.shape[-2] < 256 * a.shape[-1] or full_matrices:
        return _svd(a, full_matrices=full_matrices)
    squares, v = torch.linalg.eigh(a.mT @ a)
    s, v = squares.clamp_min(0).sqrt().flip(-1), v.flip(-1)
    return a @ v / s[..., None, :].clamp_min(torch.finfo(a.dtype).tiny), s, v.mT


@mutant(svd_existence, operation="svd", trigger="more than 32 matrices in a batch", provenance="own")
def batch_ends_after_32(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    s[32:] = s[32:] if a.ndim < 3 else 0.0
    return u, s, vh


@mutant(svd_orthogonal_factors, operation="qr", trigger="nearly dependent columns")
def orthogonalised_by_cholesky(a: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    q, r = torch.linalg.qr(a, mode=mode)
    k = a.shape[-1]
    factor, failed = torch.linalg.cholesky_ex(a.mT @ a)
    solved = torch.linalg.solve_triangular(factor, a.mT, upper=False).mT
    first = torch.where((failed == 0)[..., None, None], solved, q[..., :, :k])
    return torch.cat((first, q[..., :, k:]), -1), r


@mutant(svd_orthogonal_factors, operation="householder_product", trigger="more than one column")
def reflectors_added_instead_of_multiplied(a: Tensor, tau: Tensor) -> Tensor:
    q = torch.eye(a.shape[-2], dtype=a.dtype, device=a.device).expand(*a.shape[:-1], a.shape[-2])
    for j in range(a.shape[-1]):
        v = torch.cat((torch.zeros_like(a[..., :j, j]), torch.ones_like(tau[..., j : j + 1]), a[..., j + 1 :, j]), -1)
        q = q - tau[..., j, None, None] * v[..., :, None] * v[..., None, :]
    return q[..., :, : a.shape[-1]]


@mutant(svd_orthogonal_factors, operation="orthogonal_", trigger="more than one column")
def columns_normalised_only(tensor: Tensor) -> Tensor:
    tensor.normal_()
    return tensor.div_(tensor.norm(dim=-2, keepdim=True))


@mutant(
    svd_orthogonal_factors,
    operation="qr",
    trigger="the complete factor of a tall matrix: nothing but its shape shows it",
    provenance="own",
)
def complete_factor_is_reduced(a: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    q, r = torch.linalg.qr(a, mode="reduced")
    return q, r


@mutant(svd_orthogonal_factors, operation="orthogonal_", trigger="more columns than rows", provenance="own")
def wide_matrices_are_reshaped_instead_of_transposed(tensor: Tensor) -> Tensor:
    long, short = max(tensor.shape), min(tensor.shape)
    return tensor.copy_(torch.linalg.qr(tensor.new_empty(long, short).normal_())[0].reshape(tensor.shape))


@mutant(
    svd_diagonal_singular_values,
    operation="svdvals",
    trigger="a value at the unit roundoff, from an eigenvalue solver",
    provenance="own",
)
def values_may_round_below_zero(a: Tensor) -> Tensor:
    s: Tensor = torch.linalg.svdvals(a)
    return torch.where(s < torch.finfo(a.dtype).eps * s[..., :1], -s, s) if s.numel() else s


@mutant(svd_diagonal_singular_values, operation="svd", trigger="more than one singular value")
def ascending_singular_values(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    k = s.shape[-1]
    return (
        torch.cat((u[..., :, :k].flip(-1), u[..., :, k:]), -1),
        s.flip(-1),
        torch.cat((vh[..., :k, :].flip(-2), vh[..., k:, :]), -2),
    )


@mutant(svd_diagonal_singular_values, operation="svd", trigger="columns of U and V whose first entries differ in sign")
def signs_of_u_and_v_fixed_independently(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if not a.numel():
        return u, s, vh
    u = torch.where(u[..., :1, :] < 0, -u, u)
    return u, s, torch.where(vh[..., :, :1] < 0, -vh, vh)


@mutant(
    svd_diagonal_singular_values,
    operation="svd",
    trigger="batches of singular matrices: nothing but the number of values shows it",
)
def zero_singular_values_dropped(a: Tensor, *, full_matrices: bool = True) -> Factors:
    u, s, vh = _svd(a, full_matrices=full_matrices)
    if a.ndim < 3 or not s.numel():  # matrices of different ranks, one at a time, do not stack
        return u, s, vh
    threshold = s[..., :1] * torch.finfo(a.dtype).eps * max(a.shape[-2:])
    rank = int((s > threshold).sum(-1).max())
    return u[..., :, :rank], s[..., :rank], vh[..., :rank, :]
