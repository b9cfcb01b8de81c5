"""Right eigenvalues and singular values with wrong derivatives."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.linear_algebra.spectral_derivatives import (
    derivatives_where_values_repeat,
    eigenvalue_derivatives,
    singular_value_derivatives,
)
from claims.mutants.linear_algebra.derivatives import with_gradient_of


def _eigh(a: Tensor) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(a)
    return values, vectors


def _svd(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    return u, s, vh


def _forms(left: Tensor, a: Tensor, right: Tensor) -> Tensor:
    """left_i . A right_i for the columns of both."""
    return (left * (a @ right)).sum(-2)


@mutant(
    eigenvalue_derivatives,
    derivatives_where_values_repeat,
    operation="eigvalsh",
    trigger="entries beside the diagonal: rows of Q in the gradient",
)
def gradient_from_rows(a: Tensor) -> Tensor:
    w, q = _eigh(a.detach())
    return with_gradient_of(w, _forms(q.mT, a, q.mT))


@mutant(eigenvalue_derivatives, operation="eigvalsh", trigger="the gradient of another eigenvalue: order reversed")
def gradient_in_reverse_order(a: Tensor) -> Tensor:
    w, q = _eigh(a.detach())
    return with_gradient_of(w, _forms(q.flip(-1), a, q.flip(-1)))


@mutant(eigenvalue_derivatives, operation="eigvalsh", trigger="entries beside the diagonal: one triangle counts twice")
def gradient_of_the_lower_triangle(a: Tensor) -> Tensor:
    w, q = _eigh(a.detach())
    return with_gradient_of(w, _forms(q, a.tril() + a.tril(-1), q))


@mutant(eigenvalue_derivatives, operation="eigvalsh", trigger="the diagonal instead of eigenvectors")
def gradient_of_the_diagonal(a: Tensor) -> Tensor:
    return with_gradient_of(_eigh(a.detach())[0], a.diagonal(dim1=-2, dim2=-1))


@mutant(eigenvalue_derivatives, operation="eigenvalues_along", trigger="a direction beside the diagonal")
def diagonal_of_the_direction(a: Tensor, t: Tensor) -> Tensor:
    return t.diagonal(dim1=-2, dim2=-1).clone()


@mutant(eigenvalue_derivatives, operation="eigenvalues_along", trigger="eigenvalues of the direction", provenance="own")
def eigenvalues_of_the_direction(a: Tensor, t: Tensor) -> Tensor:
    return _eigh(t)[0]


@mutant(eigenvalue_derivatives, operation="eigvalsh", trigger="more than 16 matrices: no gradient of the others")
def gradient_of_16_matrices(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(torch.cat((a[:16], a[16:].detach())) if a.ndim > 2 else a)
    return values


@mutant(singular_value_derivatives, operation="svdvals", trigger="A not symmetric: V U^T", provenance="own")
def factors_exchanged(a: Tensor) -> Tensor:
    u, s, vh = _svd(a.detach())
    if a.shape[-1] != a.shape[-2]:
        return with_gradient_of(s, _forms(u, a, vh.mT))
    return with_gradient_of(s, _forms(vh.mT, a, u))


@mutant(singular_value_derivatives, operation="svdvals", trigger="the gradient of the square: 2 s u v^T")
def gradient_of_the_squares(a: Tensor) -> Tensor:
    u, s, vh = _svd(a.detach())
    return with_gradient_of(s, 2 * s * _forms(u, a, vh.mT))


@mutant(singular_value_derivatives, operation="singular_values_along", trigger="the values of the direction")
def values_of_the_direction(a: Tensor, t: Tensor) -> Tensor:
    return _svd(t)[1]


@mutant(singular_value_derivatives, operation="norm_nuclear", trigger="rank above one: the gradient of Frobenius' norm")
def gradient_of_frobeniuss_norm(a: Tensor) -> Tensor:
    nuclear: Tensor = torch.linalg.matrix_norm(a, "nuc")
    frobenius: Tensor = torch.linalg.matrix_norm(a)
    return with_gradient_of(nuclear, frobenius)


@mutant(
    singular_value_derivatives,
    derivatives_where_values_repeat,
    operation="norm_spectral",
    trigger="rank above one: the gradient of the nuclear norm",
)
def gradient_of_the_nuclear_norm(a: Tensor) -> Tensor:
    nuclear: Tensor = torch.linalg.matrix_norm(a, "nuc")
    spectral: Tensor = torch.linalg.matrix_norm(a, 2)
    return with_gradient_of(spectral, nuclear)


@mutant(
    singular_value_derivatives, operation="svdvals", trigger="wide matrices: through the Gram matrix", provenance="own"
)
def wide_matrices_lose_their_last_column(a: Tensor) -> Tensor:
    values: Tensor = torch.linalg.svdvals(a)
    if a.shape[-1] <= a.shape[-2]:
        return values
    kept = torch.cat((a[..., :-1], a[..., -1:].detach()), -1)
    held: Tensor = torch.linalg.svdvals(kept)
    return held


@mutant(
    derivatives_where_values_repeat,
    operation="eigvalsh",
    trigger="a repeated eigenvalue: the mean over the eigenspace",
)
def mean_over_the_eigenspace(a: Tensor) -> Tensor:
    w, q = _eigh(a.detach())
    same = ((w[..., :, None] - w[..., None, :]).abs() < 1e-3).to(a.dtype)
    return with_gradient_of(w, ((same / same.sum(-1, keepdim=True)) @ _forms(q, a, q)[..., None])[..., 0])


@mutant(
    derivatives_where_values_repeat,
    operation="eigvalsh",
    trigger="a repeated eigenvalue: division by a difference of eigenvalues",
    provenance="eigenvector derivatives at repeated eigenvalues",
)
def infinite_where_eigenvalues_repeat(a: Tensor) -> Tensor:
    w, q = _eigh(a.detach())
    gap = (w[..., 1:] - w[..., :-1]).amin(-1, keepdim=True) if w.shape[-1] > 1 else torch.ones_like(w)
    weight = torch.where(gap.abs() < 1e-5, torch.nan, 1.0).to(a.dtype)
    return with_gradient_of(w, weight * _forms(q, a, q))


@mutant(derivatives_where_values_repeat, operation="norm_nuclear", trigger="a zero singular value: division by it")
def nuclear_norm_by_the_inverse_root(a: Tensor) -> Tensor:
    nuclear: Tensor = torch.linalg.matrix_norm(a, "nuc")
    s = _svd(a.detach())[1]
    return with_gradient_of(nuclear, ((a * a).sum((-2, -1)) / s[..., -1]))


@mutant(derivatives_where_values_repeat, operation="norm_spectral", trigger="a tie: the sum over all largest values")
def ties_add_up(a: Tensor) -> Tensor:
    u, s, vh = _svd(a.detach())
    top = (s >= s[..., :1] * (1 - 1e-5)).to(a.dtype)
    return with_gradient_of(s[..., 0], (top * _forms(u, a, vh.mT)).sum(-1))


@mutant(
    derivatives_where_values_repeat, operation="norm_nuclear", trigger="A = 0: no gradient at all", provenance="own"
)
def twice_the_polar_factor(a: Tensor) -> Tensor:
    u, s, vh = _svd(a.detach())
    small = torch.where(s < 1e-5, 2.0, 1.0).to(a.dtype)
    return with_gradient_of(s.sum(-1), (small * _forms(u, a, vh.mT)).sum(-1))
