"""Wrong eigendecompositions of symmetric matrices, and wrong quadratic forms."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.symmetric_eigen import (
    eigenvalue_ordering,
    rayleigh_extremes,
    spectral_decomposition_uniqueness,
    spectral_theorem,
)

Pair = tuple[Tensor, Tensor]


def _eigh(a: Tensor, UPLO: str) -> Pair:
    values, vectors = torch.linalg.eigh(a, UPLO=UPLO)
    return values, vectors


@mutant(spectral_theorem, operation="eigh", trigger="order above 1: eigenvectors as rows")
def eigenvectors_as_rows(a: Tensor, UPLO: str = "L") -> Pair:
    values, vectors = _eigh(a, UPLO)
    return values, vectors.mT


@mutant(spectral_theorem, operation="eigh", trigger="repeated eigenvalues: the general solver orthogonalises nothing")
def by_the_general_solver(a: Tensor, UPLO: str = "L") -> Pair:
    whole = a.tril() + a.tril(-1).mT if UPLO == "L" else a.triu() + a.triu(1).mT
    values, vectors = torch.linalg.eig(whole)
    values, order = values.real.sort(-1)
    return values, vectors.real.gather(-1, order[..., None, :].expand(vectors.shape))


@mutant(spectral_theorem, operation="eigh", trigger="the upper triangle is asked for")
def lower_triangle_whatever_is_asked(a: Tensor, UPLO: str = "L") -> Pair:
    return _eigh(a, "L")


@mutant(spectral_theorem, operation="eigh", trigger="a matrix of which one triangle is given")
def symmetrised_by_averaging(a: Tensor, UPLO: str = "L") -> Pair:
    return _eigh((a + a.mT) / 2, UPLO)


@mutant(spectral_theorem, operation="eigvalsh", trigger="the upper triangle is asked for", provenance="own")
def values_of_the_lower_triangle(a: Tensor, UPLO: str = "L") -> Tensor:
    found: Tensor = torch.linalg.eigvalsh(a, UPLO="L")
    return found


@mutant(spectral_theorem, operation="eigh", trigger="eigenvalues other than 0 and 1")
def eigenvalues_of_the_square(a: Tensor, UPLO: str = "L") -> Pair:
    values, vectors = _eigh(a, UPLO)
    return values.square(), vectors


@mutant(spectral_theorem, operation="eigh", trigger="a negative eigenvalue: singular values instead", provenance="own")
def magnitudes_of_eigenvalues(a: Tensor, UPLO: str = "L") -> Pair:
    values, vectors = _eigh(a, UPLO)
    return values.abs(), vectors


@mutant(spectral_theorem, operation="eigh", trigger="order 33 and above: float32 accuracy in float64", provenance="own")
def large_matrices_in_single_precision(a: Tensor, UPLO: str = "L") -> Pair:
    if a.shape[-1] < 33:
        return _eigh(a, UPLO)
    values, vectors = _eigh(a.float(), UPLO)
    return values.to(a.dtype), (vectors * (1 + 1e-5)).to(a.dtype)


@mutant(spectral_theorem, operation="eigh", trigger="squares below the normal range: no scaling", provenance="own")
def squared_without_scaling(a: Tensor, UPLO: str = "L") -> Pair:
    values, vectors = _eigh(a, UPLO)
    squares = values.square()
    return torch.where(squares < torch.finfo(a.dtype).tiny, torch.zeros_like(values), values), vectors


@mutant(spectral_theorem, operation="eigvalsh", trigger="values only: eigenvalues at the unit roundoff dropped")
def small_values_dropped(a: Tensor, UPLO: str = "L") -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(a, UPLO=UPLO)
    if not values.numel():
        return values
    floor = values.abs().amax(-1, keepdim=True) * torch.finfo(a.dtype).eps ** 0.5
    return torch.where(values.abs() < floor, torch.zeros_like(values), values)


@mutant(spectral_theorem, operation="eigh", trigger="more than 32 matrices in a batch", provenance="own")
def batch_of_vectors_ends_after_32(a: Tensor, UPLO: str = "L") -> Pair:
    values, vectors = _eigh(a, UPLO)
    if a.ndim > 2:
        vectors[32:] = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    return values, vectors


@mutant(eigenvalue_ordering, operation="descending_eigh", trigger="more than one eigenvalue")
def eigenvalues_flipped_alone(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    return values.flip(-1), vectors


@mutant(eigenvalue_ordering, operation="descending_eigh", trigger="eigenvalues of both signs")
def sorted_by_absolute_value(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    order = values.abs().argsort(-1, descending=True)
    return values.gather(-1, order), vectors.gather(-1, order[..., None, :].expand(vectors.shape))


@mutant(eigenvalue_ordering, operation="descending_eigh", trigger="more than one eigenvalue")
def sorted_without_the_vectors(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    return values.sort(-1, descending=True).values, vectors


@mutant(eigenvalue_ordering, operation="eigvalsh", trigger="more than one eigenvalue", provenance="own")
def descending_eigenvalues(a: Tensor) -> Tensor:
    ascending: Tensor = torch.linalg.eigvalsh(a)
    return ascending.flip(-1)


@mutant(eigenvalue_ordering, operation="svdvals", trigger="more than one singular value")
def ascending_values(a: Tensor) -> Tensor:
    descending: Tensor = torch.linalg.svdvals(a)
    return descending.flip(-1)


@mutant(
    eigenvalue_ordering, operation="eigh", trigger="order 8 and above: the last two are exchanged", provenance="own"
)
def last_two_exchanged(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    n = values.shape[-1]
    order = [*range(n - 2), n - 1, n - 2] if n >= 8 else [*range(n)]
    return values[..., order], vectors[..., order]


@mutant(spectral_decomposition_uniqueness, operation="eigh", trigger="eigenvalues of different size: any orthogonal Q")
def vectors_of_another_matrix(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    return values, torch.linalg.qr(vectors + torch.eye(a.shape[-1], dtype=a.dtype, device=a.device))[0]


@mutant(spectral_decomposition_uniqueness, operation="eigh", trigger="a negative off-diagonal entry")
def magnitudes_of_the_vectors(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    return values, vectors.abs()


@mutant(spectral_decomposition_uniqueness, operation="matmul", trigger="a negative eigenvalue", provenance="own")
def products_of_magnitudes(a: Tensor, b: Tensor) -> Tensor:
    return a.abs() @ b.abs()


@mutant(
    spectral_decomposition_uniqueness, operation="eigh", trigger="entries above the diagonal decide", provenance="own"
)
def diagonal_taken_for_eigenvalues(a: Tensor) -> Pair:
    _, vectors = torch.linalg.eigh(a)
    return a.diagonal(dim1=-2, dim2=-1).sort(-1).values, vectors


@mutant(rayleigh_extremes, operation="eigh", trigger="a negative eigenvalue of the largest magnitude")
def largest_magnitude_as_the_maximum(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    order = values.abs().argsort(-1)
    return values.gather(-1, order), vectors.gather(-1, order[..., None, :].expand(vectors.shape))


@mutant(rayleigh_extremes, operation="eigh", trigger="entries beside the diagonal: the largest entry as the maximum")
def largest_entry_as_the_maximum(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    if not values.numel():
        return values, vectors
    return torch.cat((values[..., :-1], a.amax((-2, -1))[..., None]), -1), vectors


@mutant(rayleigh_extremes, operation="eigh", trigger="entries beside the diagonal: eigenvalues of a triangle")
def eigenvalues_of_one_triangle(a: Tensor) -> Pair:
    _, vectors = torch.linalg.eigh(a)
    return torch.linalg.eigvals(a.tril()).real.sort(-1).values, vectors


@mutant(rayleigh_extremes, operation="eigh", trigger="eigenvalues of both signs")
def smallest_magnitude_as_the_minimum(a: Tensor) -> Pair:
    values, vectors = torch.linalg.eigh(a)
    if not values.numel():
        return values, vectors
    least = values.abs().amin(-1, keepdim=True)
    return torch.cat((least, values[..., 1:]), -1), vectors


@mutant(rayleigh_extremes, operation="quadratic_form", trigger="a vector that is no vector of the basis")
def form_over_the_l1_norm(x: Tensor, a: Tensor) -> Tensor:
    size = x.norm(p=1).clamp_min(1)
    form: Tensor = x @ a @ x / size**2
    return form


@mutant(rayleigh_extremes, operation="quadratic_form", trigger="eigenvalues other than 0 and 1")
def form_of_the_square(x: Tensor, a: Tensor) -> Tensor:
    return (a @ x).square().sum()


@mutant(rayleigh_extremes, operation="quadratic_form", trigger="entries beside the diagonal")
def form_of_the_diagonal(x: Tensor, a: Tensor) -> Tensor:
    return (a.diagonal() * x.square()).sum()


@mutant(
    rayleigh_extremes, operation="quadratic_form", trigger="order 17 and above: the last row left out", provenance="own"
)
def last_term_left_out(x: Tensor, a: Tensor) -> Tensor:
    n = len(x) - 1 if len(x) >= 17 else len(x)
    form: Tensor = x[:n] @ a[:n] @ x
    return form


@mutant(rayleigh_extremes, operation="matrix_norm", trigger="a negative eigenvalue of the largest magnitude")
def norm_is_the_largest_eigenvalue(a: Tensor, order: float) -> Tensor:
    largest: Tensor = torch.linalg.eigvalsh(a)[..., -1]
    return largest.abs()
