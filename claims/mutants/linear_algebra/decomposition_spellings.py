"""Spellings of determinants, inverses and decompositions that part from the others."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.decomposition_spellings import (
    factored_and_multiplied,
    nuclear_norm,
    reflected_and_multiplied,
    spectral_norm,
    spelled_determinant,
    spelled_eigenvalues,
    spelled_inverse,
    spelled_pseudoinverse,
    spelled_singular_values,
    spelled_symmetric_inverse,
)
from claims.linear_algebra.decomposition_spellings import decomposition_spellings_agree


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="out= stored by rows, filled by columns")
def inverse_into_rows_is_transposed(a: Tensor, spelling: str) -> Tensor:
    inverse = spelled_inverse(a, spelling)
    return inverse.mT if spelling == "torch.linalg.inv, out= by rows" else inverse


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="out= is not filled")
def inverse_leaves_out_as_it_was(a: Tensor, spelling: str) -> Tensor:
    inverse = spelled_inverse(a, spelling)
    return torch.full_like(inverse, float("nan")) if spelling == "torch.linalg.inv, out=" else inverse


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="a negative power is that of the magnitude")
def negative_power_is_positive(a: Tensor, spelling: str) -> Tensor:
    return a.clone() if spelling == "torch.matrix_power" else spelled_inverse(a, spelling)


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="rows solved for instead of columns")
def right_hand_systems_solved_from_the_left(a: Tensor, spelling: str) -> Tensor:
    turned = spelling == "torch.linalg.solve, left=False" and a.stride(-1) != 1
    return spelled_inverse(a.mT if turned else a, spelling)


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="another kernel for one name, at order 3")
def adjugate_for_one_name(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.inverse" or len(a) != 3:
        return spelled_inverse(a, spelling)
    x, y, z = a
    adjugate = torch.stack([torch.linalg.cross(*pair) for pair in ((y, z), (z, x), (x, y))], -1)
    inverse: Tensor = adjugate / torch.dot(x, torch.linalg.cross(y, z))
    return inverse


@mutant(decomposition_spellings_agree, operation="spelled_determinant", trigger="odd permutations of the pivots")
def sign_of_the_permutation_lost(a: Tensor, spelling: str) -> Tensor:
    determinant = spelled_determinant(a, spelling)
    if spelling != "torch.det":
        return determinant
    product: Tensor = torch.linalg.lu_factor(a).LU.diagonal().prod()
    return product


@mutant(decomposition_spellings_agree, operation="spelled_determinant", trigger="a logarithm to the base 2")
def logarithm_to_another_base(a: Tensor, spelling: str) -> Tensor:
    determinant = spelled_determinant(a, spelling)
    return determinant.log2().exp() if spelling == "Tensor.logdet" else determinant


@mutant(decomposition_spellings_agree, operation="spelled_singular_values", trigger="ascending without vectors")
def values_alone_ascend(a: Tensor, spelling: str) -> Tensor:
    s = spelled_singular_values(a, spelling)
    return s.flip(0) if spelling == "torch.svd, compute_uv=False" else s


@mutant(decomposition_spellings_agree, operation="spelled_singular_values", trigger="more than 16 rows, by A^T A")
def tall_matrices_by_the_gram_matrix(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.svd" or a.shape[0] <= 16:
        return spelled_singular_values(a, spelling)
    s: Tensor = torch.linalg.eigvalsh(a.mT @ a).sqrt().flip(0)
    return s


@mutant(
    decomposition_spellings_agree, operation="spelled_pseudoinverse", trigger="a tolerance of 1/2, whatever is passed"
)
def cutoff_of_the_old_name_is_large(a: Tensor, rtol: float, spelling: str) -> Tensor:
    return spelled_pseudoinverse(a, 0.5 if spelling == "torch.pinverse" else rtol, spelling)


@mutant(
    decomposition_spellings_agree, operation="spelled_eigenvalues", trigger="negative entries, in the upper triangle"
)
def upper_triangle_of_magnitudes(a: Tensor, spelling: str) -> Tensor:
    return spelled_eigenvalues(a.abs() if spelling == "torch.linalg.eigvalsh, upper" else a, spelling)


@mutant(
    decomposition_spellings_agree, operation="spelled_eigenvalues", trigger="negative eigenvalues: sorted by magnitude"
)
def sorted_by_magnitude(a: Tensor, spelling: str) -> Tensor:
    w = spelled_eigenvalues(a, spelling)
    return w[w.abs().argsort()] if spelling == "torch.linalg.eig" else w


@mutant(decomposition_spellings_agree, operation="factored_and_multiplied", trigger="V returned transposed")
def old_name_returns_the_transpose(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.svd":
        return factored_and_multiplied(a, spelling)
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    if vh.shape[0] != vh.shape[1]:
        return factored_and_multiplied(a, spelling)
    product: Tensor = (u * s) @ vh.mT
    return product


@mutant(decomposition_spellings_agree, operation="factored_and_multiplied", trigger="the other triangle is returned")
def upper_factor_is_the_lower_one(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.linalg.cholesky, upper":
        return factored_and_multiplied(a, spelling)
    factor: Tensor = torch.linalg.cholesky(a)
    return factor.mT @ factor


@mutant(
    decomposition_spellings_agree, operation="factored_and_multiplied", trigger="the upper triangle of out= is left"
)
def cholesky_leaves_the_upper_triangle(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.linalg.cholesky, out=":
        return factored_and_multiplied(a, spelling)
    factor: Tensor = torch.linalg.cholesky(a) + a.triu(1)
    return factor @ factor.mT


@mutant(decomposition_spellings_agree, operation="factored_and_multiplied", trigger="rows exchanged: P^T for P")
def permutation_transposed(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.linalg.lu":
        return factored_and_multiplied(a, spelling)
    p, lower, upper = torch.linalg.lu(a)
    product: Tensor = p.mT @ (lower @ upper)
    return product


@mutant(decomposition_spellings_agree, operation="factored_and_multiplied", trigger="rows exchanged in reverse order")
def exchanges_in_reverse_order(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.linalg.lu_factor_ex":
        return factored_and_multiplied(a, spelling)
    lu, pivots, _ = torch.linalg.lu_factor_ex(a)
    p, lower, upper = torch.lu_unpack(lu, pivots)
    product: Tensor = p.mT @ (lower @ upper)
    return product


@mutant(decomposition_spellings_agree, operation="spectral_norm", trigger="the norm of all entries")
def order_ignored(a: Tensor, spelling: str) -> Tensor:
    norm: Tensor = torch.linalg.norm(a)
    return norm if spelling == "torch.linalg.matrix_norm" else spectral_norm(a, spelling)


@mutant(decomposition_spellings_agree, operation="nuclear_norm", trigger="square matrices: the trace of magnitudes")
def trace_norm_is_the_trace(a: Tensor, spelling: str) -> Tensor:
    norm = nuclear_norm(a, spelling)
    return a.diagonal().abs().sum() if spelling == "Tensor.norm" and a.shape[0] == a.shape[1] else norm


@mutant(decomposition_spellings_agree, operation="spelled_symmetric_inverse", trigger="an upper factor read as a lower")
def upper_factor_read_as_lower(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.cholesky_inverse, upper":
        return spelled_symmetric_inverse(a, spelling)
    return torch.cholesky_inverse(torch.linalg.cholesky(a).mT)


@mutant(decomposition_spellings_agree, operation="spelled_symmetric_inverse", trigger="one triangle is left empty")
def inverse_of_one_triangle(a: Tensor, spelling: str) -> Tensor:
    inverse = spelled_symmetric_inverse(a, spelling)
    return inverse.tril() if spelling == "Tensor.cholesky_inverse" else inverse


@mutant(decomposition_spellings_agree, operation="spelled_inverse", trigger="tensorsolve: rows taken for columns")
def tensor_solutions_are_transposed(a: Tensor, spelling: str) -> Tensor:
    inverse = spelled_inverse(a, spelling)
    return inverse.mT if spelling == "torch.linalg.tensorsolve" else inverse


@mutant(decomposition_spellings_agree, operation="reflected_and_multiplied", trigger="reflectors applied in reverse")
def reflectors_in_reverse_order(a: Tensor, spelling: str) -> Tensor:
    if spelling != "torch.ormqr":
        return reflected_and_multiplied(a, spelling)
    stored, tau = torch.geqrf(a)
    product: Tensor = torch.ormqr(stored[:, : min(a.shape)], tau, stored.triu(), transpose=True)
    return product
